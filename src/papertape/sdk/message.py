"""From a typed request to the exact bytes that are signed and sent; the same for sync and async.

Source: documentation, "Signature": timestamp + METHOD + path[?query] + body, keys of the query sorted.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, quote

import msgspec

from papertape.contract import wire
from papertape.contract.endpoint import Endpoint
from papertape.contract.signing import prehash
from papertape.sdk.credentials import Credentials
from papertape.sdk.environment import Environment
from papertape.sdk.exceptions import CredentialsMissing

USER_AGENT = "papertape"
CONTROL_PREFIX = "/papertape/"


class Message(msgspec.Struct):
    """One HTTP request, ready to send: ``target`` is the path with its query, percent-encoded as signed."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def endpoint(self) -> str:
        """Method and path, for error messages."""
        return f"{self.method} {self.target.partition('?')[0]}"

    def __repr__(self) -> str:
        return f"Message({self.endpoint})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [("endpoint", self.endpoint)]


def query_string(parameters: Mapping[str, str]) -> str:
    """The parameters sorted by name and percent-encoded (a space is %20), as signed and as sent."""
    return "&".join(f"{quote(name, safe='')}={quote(parameters[name], safe='')}" for name in sorted(parameters))


def now_ms() -> int:
    """This machine's clock in ms since 1970."""
    return time.time_ns() // 1_000_000


class Composer:
    """Makes messages for one environment and one key."""

    def __init__(
        self,
        environment: Environment,
        credentials: Credentials | None,
        control_token: str | None,
        *,
        locale: str = "en-US",
        clock: Callable[[], int] = now_ms,
    ) -> None:
        self.environment, self.credentials, self._control_token = environment, credentials, control_token
        self._clock = clock
        self._plain = {"User-Agent": USER_AGENT, "Accept": "application/json", "locale": locale}
        if environment.demo:
            self._plain["paptrading"] = "1"

    def typed(self, endpoint: Endpoint[..., Any, Any], request: Any) -> Message:
        """The message of a declared endpoint; raises ``CredentialsMissing`` before anything is sent."""
        if endpoint.method == "GET":
            query, body = query_string(wire.query_parameters(request)), b""
        else:
            query, body = "", wire.body(request)
        target = f"{endpoint.path}?{query}" if query else endpoint.path
        return self._message(endpoint.method, target, body, endpoint.access)

    def free(
        self, method: str, path: str, parameters: Mapping[str, Any] | None, body: Any, signed: bool | None = None
    ) -> Message:
        """The message of any other path. ``body`` is sent as JSON, or as it is when it is bytes.

        A query inside ``path`` joins ``parameters``. ``signed`` defaults to whether there is a key;
        the control plane's paths get its token instead.
        """
        if not path.startswith("/"):
            raise ValueError(f"a path starts with /, this one does not: {path!r}")
        place, _, query = path.partition("?")
        fields = dict(parse_qsl(query, keep_blank_values=True))
        fields.update({name: text(value) for name, value in (parameters or {}).items() if value is not None})
        encoded = query_string(fields)
        place = quote(place, safe="/%-._~:@!$&'()*+,;=")
        if body is not None and not isinstance(body, bytes):
            body = msgspec.json.encode(body, enc_hook=wire.encode_hook)
        if signed is None:
            signed = self.credentials is not None
        access = "control" if place.startswith(CONTROL_PREFIX) else "signed" if signed else "public"
        return self._message(method.upper(), f"{place}?{encoded}" if encoded else place, body or b"", access)

    def _message(self, method: str, target: str, body: bytes, access: str) -> Message:
        headers = dict(self._plain)
        if body or method == "POST":
            headers["Content-Type"] = "application/json"
        if access == "signed":
            if self.credentials is None:
                raise CredentialsMissing("this call needs an API key", endpoint=f"{method} {target.partition('?')[0]}")
            timestamp = str(self._clock())
            headers["ACCESS-KEY"] = self.credentials.key
            headers["ACCESS-SIGN"] = self.credentials.sign(prehash(timestamp, method, target, body))
            headers["ACCESS-TIMESTAMP"] = timestamp
            headers["ACCESS-PASSPHRASE"] = self.credentials.passphrase
        elif access == "control":
            if self._control_token is None:
                raise CredentialsMissing("the control plane needs a token: is this a local Papertape?")
            headers["Authorization"] = f"Bearer {self._control_token}"
        return Message(method, target, headers, body)


def text(value: Any) -> str:
    """A query parameter's value as Bitget writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return wire.plain(value) if isinstance(value, Decimal) else str(value)
