"""One HTTP request as it is sent, and as errors show it."""

from __future__ import annotations

from typing import Any

import msgspec


class HttpRequest(msgspec.Struct):
    """One HTTP request: ``target`` is the path with its query, percent-encoded as signed and as sent.

    Its headers are the same for every request of a client; key, signature and tokens are not among them.
    """

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    access: str

    @property
    def path(self) -> str:
        """The path without its query."""
        return self.target.partition("?")[0]

    @property
    def endpoint(self) -> str:
        """Method and path, for error messages."""
        return f"{self.method} {self.path}"

    def __repr__(self) -> str:
        return f"HttpRequest({self.endpoint})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [("endpoint", self.endpoint)]
