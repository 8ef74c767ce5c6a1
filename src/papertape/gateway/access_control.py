"""Who may use the control plane: the bearer of its token."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected
from papertape.operations.registry import Caller

CONTROL = Caller(0)
"""The control plane as a caller: the exchange itself."""


class ControlToken:
    """The control plane's bearer token; it never shows in a repr."""

    __slots__ = ("_token",)

    def __init__(self, token: str) -> None:
        assert token, "the control plane needs a token"
        self._token = token.encode()

    def check(self, headers: Mapping[str, str]) -> None:
        """Refuses with 401 unless the request bears the token."""
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(token.strip().encode(), self._token):
            raise Rejected(errors.HTTP_UNAUTHORIZED)
