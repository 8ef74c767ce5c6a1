"""The gateway as an ASGI application: what uvicorn calls for each request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from papertape.gateway.app import Gateway
from papertape.gateway.replies import CUT

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


async def application(scope: Message, receive: Receive, send: Send) -> None:
    """Answers one request. The scope's state holds the gateway, the connection and the target's bytes as they came."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(scope["headers"])}
    body = b""
    if "content-length" in headers or "transfer-encoding" in headers:
        whole = await _body(receive)
        if whole is None:
            return
        body = whole
    gateway: Gateway = scope["state"]["gateway"]
    client = scope["client"]
    status, out, reply = answer = await gateway.handle(
        scope["method"], _target(scope), headers, body, client[0] if client else ""
    )
    if answer is CUT:
        scope["state"]["connection"].abort()
        return
    lines = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in out]
    lines.append((b"content-length", b"%d" % len(reply)))
    await send({"type": "http.response.start", "status": status, "headers": lines})
    await send({"type": "http.response.body", "body": reply})


async def _body(receive: Receive) -> bytes | None:
    """The whole body, or ``None`` if the rest of it will not come; the connection bounds its size."""
    parts = []
    while (message := await receive())["type"] == "http.request":
        parts.append(message["body"])
        if not message["more_body"]:
            return b"".join(parts)
    return None


def _target(scope: Message) -> str:
    """Path and query exactly as sent, since they are signed; of an absolute target without scheme and host."""
    target: bytes = scope["state"]["target"]
    if not target.startswith(b"/"):
        target = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
    return target.decode("utf-8", "replace")
