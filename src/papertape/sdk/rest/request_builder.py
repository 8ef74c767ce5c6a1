"""Builds the exact bytes that are signed and sent from a typed request, the same for both clients.

Source: documentation, "Signature": timestamp + METHOD + path[?query] + body, keys of the query sorted.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, quote

import msgspec

from papertape.contract.protocol import wire
from papertape.contract.protocol.endpoint import Endpoint
from papertape.contract.protocol.signing import prehash
from papertape.sdk.credentials import Signer
from papertape.sdk.environment import Environment
from papertape.sdk.exceptions import ControlTokenMissing, CredentialsMissing
from papertape.sdk.http_request import HttpRequest

USER_AGENT = "papertape"
CONTROL_PREFIX = "/papertape/"


def query_string(parameters: Mapping[str, str]) -> str:
    """Write the parameters sorted by name and percent-encoded (a space is %20), as signed and as sent."""
    return "&".join(f"{quote(name, safe='')}={quote(parameters[name], safe='')}" for name in sorted(parameters))


class RequestBuilder:
    """Builds the requests of one environment and one key."""

    def __init__(
        self,
        environment: Environment,
        signer: Signer | None,
        control_token: str | None,
        *,
        locale: str = "en-US",
    ) -> None:
        self.environment, self.signer, self._control_token = environment, signer, control_token
        self._plain = {"User-Agent": USER_AGENT, "Accept": "application/json", "locale": locale}
        if environment.demo:
            self._plain["paptrading"] = "1"
        self._with_body = {**self._plain, "Content-Type": "application/json"}

    def typed(self, endpoint: Endpoint[..., Any, Any], request: Any) -> HttpRequest:
        """Build the request of a declared endpoint; raises ``CredentialsMissing`` before anything is sent."""
        if endpoint.method == "GET":
            query, body = query_string(wire.query_parameters(request)), b""
        else:
            query, body = "", wire.body(request)
        target = f"{endpoint.path}?{query}" if query else endpoint.path
        return self._message(endpoint.method, target, body, endpoint.access)

    def free(
        self, method: str, path: str, parameters: Mapping[str, Any] | None, body: Any, signed: bool | None = None
    ) -> HttpRequest:
        """Build the request of any other path. ``body`` is sent as JSON, or as it is when it is bytes.

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
            signed = self.signer is not None
        access = "control" if place.startswith(CONTROL_PREFIX) else "signed" if signed else "public"
        return self._message(method.upper(), f"{place}?{encoded}" if encoded else place, body or b"", access)

    def to_sign(self, message: HttpRequest, timestamp: str) -> bytes:
        """Return the bytes whose signature goes with the message."""
        return prehash(timestamp, message.method, message.target, message.body)

    def signed(
        self, message: HttpRequest, timestamp: str, signature: str, headers: Mapping[str, str]
    ) -> dict[str, str]:
        """Return the headers of one sending: the message's, the key's, and ``headers``."""
        signer = self.signer
        assert signer is not None
        return {
            **message.headers,
            "ACCESS-KEY": signer.key,
            "ACCESS-SIGN": signature,
            "ACCESS-TIMESTAMP": timestamp,
            "ACCESS-PASSPHRASE": signer.passphrase,
            **headers,
        }

    def unsigned(self, message: HttpRequest, headers: Mapping[str, str]) -> dict[str, str]:
        """Return the headers of one sending: the message's, ``headers``, and the control plane's token."""
        every = {**message.headers, **headers}
        if message.access == "control":
            every["Authorization"] = f"Bearer {self._control_token}"
        return every

    def _message(self, method: str, target: str, body: bytes, access: str) -> HttpRequest:
        if access == "signed" and self.signer is None:
            raise CredentialsMissing("this call needs an API key", endpoint=f"{method} {target.partition('?')[0]}")
        if access == "control" and self._control_token is None:
            raise ControlTokenMissing("only a local Papertape has a control plane, and it wants a control_token")
        return HttpRequest(method, target, self._with_body if body or method == "POST" else self._plain, body, access)


def text(value: Any) -> str:
    """Write a query parameter's value as Bitget does."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return wire.plain(value) if isinstance(value, Decimal) else str(value)
