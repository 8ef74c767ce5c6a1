"""One HTTP/1.1 connection: bytes in, requests to the gateway, answers out, in order.

llhttp (through httptools) parses; the bounds are here: head and body size, pipelined requests, a deadline for
whatever the client is to do next. One loop, no threads: an answer costs no hop, and a fault can cut a socket.
"""

from __future__ import annotations

import asyncio
from collections import deque
from http import HTTPStatus
from math import inf
from typing import TYPE_CHECKING, NamedTuple, cast

import httptools

from papertape.contract import errors
from papertape.contract.errors import Error
from papertape.gateway.app import LARGEST_BODY

if TYPE_CHECKING:
    from papertape.gateway.server import HttpServer

LARGEST_HEAD = 64 << 10
"""Bytes of request line and headers."""

PIPELINED = 16
"""Requests of one connection that may wait; past it the socket is not read."""

IDLE_SECONDS = 75.0
"""Between requests."""

HEAD_SECONDS = 10.0
BODY_SECONDS = 20.0
DRAIN_SECONDS = 20.0
"""For the client to take an answer."""

LINGER_BYTES = 8 << 20
LINGER_SECONDS = 2.0
"""After a refusal: for the client to read it, while what it still sends is thrown away."""

_STATUS_LINES = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n" for status in HTTPStatus}


class HttpRequest(NamedTuple):
    """A whole request; ``keep`` whether the connection may serve another."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    keep: bool


class Connection(asyncio.Protocol):
    """A client's connection. ``deadline`` (loop time) is when it has to have done its part."""

    def __init__(self, server: HttpServer) -> None:
        self._server = server
        self._loop = server.loop
        self._parser = httptools.HttpRequestParser(self)
        self._waiting: deque[HttpRequest] = deque()
        self._answering: asyncio.Task[None] | None = None
        self._open = False
        self._ended = False
        self._congested = False
        self._head_size = 0
        self._in_body = False
        self._begin()
        self.deadline = inf

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The server accepted it."""
        self._transport = cast(asyncio.Transport, transport)
        peer = transport.get_extra_info("peername")
        self._peer = peer[0] if peer else ""
        self._open = True
        self.deadline = self._loop.time() + IDLE_SECONDS
        self._server.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """The socket is gone; a request that is being answered runs to its end, for nobody."""
        self._open = False
        self._waiting.clear()
        self._server.closed(self)

    def data_received(self, data: bytes) -> None:
        """Bytes from the client."""
        self._head_size += len(data)
        if self._ended:
            if self._head_size > LINGER_BYTES:
                self.abort()
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._ended = True
        except httptools.HttpParserError:
            self._refuse(errors.BAD_JSON)
        if self._head_size > LARGEST_HEAD and not (self._in_body or self._ended):
            self._refuse(errors.HEAD_TOO_LARGE)

    def eof_received(self) -> bool:
        """The client sends no more; what it has asked is still answered."""
        self._ended = True
        return self.busy

    def pause_writing(self) -> None:
        """The client does not take its answers: nothing more is started for it."""
        self._congested = True
        self.deadline = self._loop.time() + DRAIN_SECONDS

    def resume_writing(self) -> None:
        """The client has caught up."""
        self._congested = False
        self.deadline = inf if self._answering else self._loop.time() + IDLE_SECONDS
        self._next()

    @property
    def busy(self) -> bool:
        """Whether a request is being answered or waits for it."""
        return self._answering is not None or bool(self._waiting)

    @property
    def answering(self) -> asyncio.Task[None] | None:
        """The task that answers the current request."""
        return self._answering

    def expire(self) -> None:
        """The deadline has passed."""
        if self._congested or self._ended:
            self.abort()
        elif self._in_body or self._head_size:
            self._refuse(errors.REQUEST_TIMED_OUT)
        else:
            self._transport.close()

    def abort(self) -> None:
        """Cuts the socket, unsent answers included."""
        self._transport.abort()

    def retire(self) -> None:
        """Closes as soon as nothing is being answered; used when the server stops."""
        self._ended = True
        self._waiting.clear()
        if self._answering is None:
            self._transport.close()

    def _begin(self) -> None:
        self._url = b""
        self._headers: dict[str, str] = {}
        self._body: list[bytes] = []
        self._body_size = 0

    def on_message_begin(self) -> None:
        """A request's first byte."""
        self._begin()
        if self._answering is None:
            self.deadline = self._loop.time() + HEAD_SECONDS

    def on_url(self, url: bytes) -> None:
        """A part of the request's target."""
        self._url += url

    def on_header(self, name: bytes, value: bytes | None) -> None:
        """A header; the first of several with one name counts."""
        self._headers.setdefault(name.decode("latin-1").lower(), (value or b"").decode("latin-1"))

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._in_body = True
        length = self._headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            self._refuse(errors.BODY_TOO_LARGE.of(LARGEST_BODY))
        elif self._headers.get("expect", "").lower() == "100-continue" and not self.busy:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if self._answering is None:
            self.deadline = self._loop.time() + BODY_SECONDS

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        self._body_size += len(body)
        if self._body_size > LARGEST_BODY:
            self._refuse(errors.BODY_TOO_LARGE.of(LARGEST_BODY))
        elif not self._ended:
            self._body.append(body)

    def on_message_complete(self) -> None:
        """A whole request."""
        self._in_body = False
        self._head_size = 0
        if self._ended:
            return
        method = self._parser.get_method().decode("latin-1")
        target = self._url.decode("utf-8", "replace")
        if not target.startswith("/"):
            target = _origin_form(target)
        keep = self._parser.should_keep_alive()
        self._waiting.append(HttpRequest(method, target, self._headers, b"".join(self._body), keep))
        if len(self._waiting) >= PIPELINED:
            self._transport.pause_reading()
        self._next()

    def _next(self) -> None:
        """Starts to answer the next request, if it is its turn."""
        if self._answering is None and self._waiting and self._open and not self._congested:
            request = self._waiting.popleft()
            self.deadline = inf
            self._answering = self._loop.create_task(self._answer(request), context=self._server.context)

    async def _answer(self, request: HttpRequest) -> None:
        method, target, headers, body, keep = request
        status, reply_headers, reply = await self._server.gateway.handle(method, target, headers, body, self._peer)
        self._answering = None
        if not self._open:
            return
        keep = keep and not (self._ended and not self._waiting)
        self._write(status, reply_headers, reply, keep=keep, bodiless=method == "HEAD")
        if not keep:
            self._ended = True
            self._waiting.clear()
            self._transport.close()
            return
        if not self._congested:
            self.deadline = self._loop.time() + IDLE_SECONDS
        if len(self._waiting) == PIPELINED - 1:
            self._transport.resume_reading()
        self._next()

    def _write(
        self, status: int, headers: list[tuple[str, str]], body: bytes, *, keep: bool, bodiless: bool = False
    ) -> None:
        head = "".join(
            [
                _STATUS_LINES[status],
                *[f"{name}: {value}\r\n" for name, value in headers],
                f"content-length: {len(body)}\r\ndate: {self._server.date}\r\n",
                "\r\n" if keep else "connection: close\r\n\r\n",
            ]
        )
        self._transport.write(head.encode("latin-1", "replace") + (b"" if bodiless else body))

    def _refuse(self, error: Error) -> None:
        """Answers what cannot be read to its end and closes, unless an earlier request is still to be answered."""
        if self._ended:
            return
        self._ended = True
        if self.busy:
            return
        self._write(*self._server.gateway.refuse(error, self._headers), keep=False)
        self._transport.write_eof()
        self.deadline = self._loop.time() + LINGER_SECONDS


def _origin_form(target: str) -> str:
    """Path and query of an absolute target."""
    _, _, rest = target.partition("://")
    _, slash, path = rest.partition("/")
    return slash + path or target
