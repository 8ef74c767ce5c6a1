"""Which endpoint a method and path mean. Built once from the declarations, aliases included."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from papertape.contract.protocol import errors
from papertape.contract.protocol.decoding import Decoder
from papertape.contract.protocol.endpoint import Endpoint
from papertape.contract.protocol.errors import Error
from papertape.gateway.incoming import IncomingRequest
from papertape.gateway.rate_limits import Quota, RateLimits
from papertape.gateway.receive_window import check_receive_window, has_receive_window

_V1 = re.compile(r"/api/[A-Za-z0-9_-]+/v1/")


class Route:
    """An endpoint made ready to be served: its decoder and its quota."""

    __slots__ = ("_body", "_has_window", "_query", "access", "by_uid", "endpoint", "label", "quota")

    def __init__(self, endpoint: Endpoint[..., Any, Any], quota: Quota | None) -> None:
        decoder = Decoder(endpoint.request)
        self.endpoint, self.access, self.quota = endpoint, endpoint.access, quota
        self.by_uid = endpoint.limit.by == "uid" and endpoint.access == "signed"
        self.label = endpoint.path
        self._body, self._query = decoder.decode_body, decoder.decode_query
        self._has_window = has_receive_window(endpoint.request)

    def decode(self, incoming: IncomingRequest) -> Any:
        """The typed request: a GET's from its query, a POST's from its body; raises ``Rejected``."""
        request = self._query(incoming.query) if self.endpoint.method == "GET" else self._body(incoming.body)
        if self._has_window:
            check_receive_window(request, incoming.now)
        return request


class Router:
    """All routes by method and path; internal endpoints are on no socket."""

    def __init__(
        self, endpoints: Iterable[Endpoint[..., Any, Any]], limits: RateLimits, v1_paths: Mapping[str, str]
    ) -> None:
        self.routes: dict[tuple[str, str], Route] = {}
        self._v1 = v1_paths
        for endpoint in endpoints:
            if endpoint.access == "internal":
                continue
            route = Route(endpoint, limits.quota(endpoint.path, endpoint.limit))
            for path in (endpoint.path, *endpoint.aliases):
                assert (endpoint.method, path) not in self.routes, f"{endpoint.method} {path} is declared twice"
                self.routes[endpoint.method, path] = route

    def methods(self, path: str) -> list[str]:
        """The methods that the path is declared for."""
        return [method for method, declared in self.routes if declared == path]

    def missing(self, path: str) -> Error:
        """Why no route was found: a path of the switched-off V1, a wrong method, or no such path."""
        if self.methods(path):
            return errors.METHOD_NOT_SUPPORTED
        if path in self._v1 or _V1.match(path):
            return errors.V1_SWITCHED_OFF.of(self._v1.get(path) or "this endpoint has no successor")
        return errors.URL_NOT_FOUND
