"""The gateway as one function: a request in, status, headers and body out. Any HTTP server can run it.

The order of checks: host name, address limit, route, token or signature (see ``authentication``), endpoint limit,
parameters.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from time import perf_counter_ns
from typing import Any, NamedTuple

import msgspec

from papertape.contract import openapi
from papertape.contract.protocol import errors
from papertape.contract.protocol.endpoint import Endpoint
from papertape.contract.protocol.errors import SUCCESS, Error, Rejected
from papertape.contract.protocol.response import REMAINING
from papertape.engine.exchange.exchange import Exchange
from papertape.gateway.access_control import CONTROL, ControlToken
from papertape.gateway.authentication import Authentication, asked_environment
from papertape.gateway.control import OPEN_TO_ALL, ControlEndpoints, ExchangeAdministration
from papertape.gateway.dispatch import Dispatcher, Writer
from papertape.gateway.faults import requests as faulty
from papertape.gateway.faults.checking import CONTROL as NEVER_STRUCK
from papertape.gateway.faults.requests import Struck
from papertape.gateway.faults.switchboard import Switchboard
from papertape.gateway.host_names import HostNames
from papertape.gateway.incoming import IncomingRequest
from papertape.gateway.metrics import CONTENT_TYPE as METRICS_TYPE
from papertape.gateway.metrics import Metrics
from papertape.gateway.rate_limits import EXHAUSTED, UNCOUNTED, RateLimits
from papertape.gateway.replies import JSON, Answer, Replies
from papertape.gateway.requests_log import AnsweredRequest, RequestsLog
from papertape.gateway.router import Route, Router
from papertape.operations.ports import History, Vault
from papertape.operations.registry import Caller

logger = logging.getLogger("papertape.gateway")

LARGEST_BODY = 1 << 20
"""Bytes of a request's body; servers stop reading there."""

NOBODY = Caller(0)

Document = Callable[[], str | bytes]


class Performed(NamedTuple):
    """A request that succeeded: its reply, who asked, and what is left of the quota."""

    reply: Any
    caller: Caller
    remaining: int


class Served(NamedTuple):
    """A request answered with success: what to send, and who asked."""

    body: bytes
    caller: Caller
    remaining: int


class Refused(Rejected):
    """A rejection with what was known by then: the caller and what is left of the quota."""

    def __init__(self, error: Error, caller: Caller, remaining: int) -> None:
        super().__init__(error)
        self.caller, self.remaining = caller, remaining


class Gateway:
    """Everything between a socket and the exchange."""

    def __init__(
        self,
        *,
        endpoints: Iterable[Endpoint[..., Any, Any]],
        sequencer: Writer,
        history: History,
        vault: Vault,
        administration: ExchangeAdministration,
        control_token: str,
        limits: bool = True,
        v1_paths: dict[str, str] | None = None,
        host_names: HostNames | None = None,
    ) -> None:
        endpoints = tuple(endpoints)
        self.host_names = host_names or HostNames("", checked=False)
        self.requests = RequestsLog()
        self.metrics = Metrics()
        self.faults = Switchboard(self.metrics)
        self.vault = vault
        self.replies = Replies(vault)
        self._limits = RateLimits(enabled=limits)
        self._router = Router(endpoints, self._limits, v1_paths or {})
        self._authentication = Authentication(vault)
        self._token = ControlToken(control_token)
        self._sequencer = sequencer
        self._clock = administration.gateway_clock
        self.history = history
        self._dispatcher = Dispatcher(sequencer, history, administration.market_clock)
        self._administration = ControlEndpoints(administration, self.requests, self.faults)
        self._documents: dict[str, tuple[str, Document]] = {}
        self._add_documents(endpoints)

    def _add_documents(self, endpoints: tuple[Endpoint[..., Any, Any], ...]) -> None:
        self.add_document("/metrics", METRICS_TYPE, self.metrics.text)
        self.add_document("/openapi.json", JSON[1], cache(partial(_openapi, endpoints, control=False)))
        self.add_document("/papertape/v1/openapi.json", JSON[1], cache(partial(_openapi, endpoints, control=True)))
        self.metrics.add_gauge(
            "papertape_sequence", "Sequence of the last applied entry.", lambda: self._sequencer.exchange.sequence
        )
        self.metrics.add_gauge(
            "papertape_queue_depth", "Commands that wait for the journal.", lambda: self._sequencer.waiting
        )

    def add_document(self, path: str, content_type: str, read: Document) -> None:
        """Serves a document to anyone at ``GET path``, outside the API and its envelope."""
        self._documents[path] = (content_type, read)

    async def handle(self, method: str, target: str, headers: Mapping[str, str], body: bytes, peer: str) -> Answer:
        """Answers one request, or has it cut. ``target`` is path and query as sent; ``peer`` the client's address."""
        started = perf_counter_ns()
        if not self.host_names.admit(headers):
            return self.refuse(errors.HOST_FOREIGN, headers)
        path, _, query = target.partition("?")
        incoming = IncomingRequest(method, target, path, query, headers, body, peer, self._clock.now())
        if path in self._documents and method == "GET":
            return self._document(path)
        if self.faults.on_requests and not path.startswith(NEVER_STRUCK):
            caller = self._claimed(headers)
            struck = faulty.strike(self.faults, incoming, caller.key, caller.uid)
            if struck is not None:
                return await self._struck(struck, incoming, caller, started)
        return await self._answer(incoming, started)

    async def _answer(self, incoming: IncomingRequest, started: int, fault: str = "") -> Answer:
        method, path, headers = incoming.method, incoming.path, incoming.headers
        route = self._router.routes.get((method, path))
        try:
            served = await self._serve(route, incoming)
        except Refused as refused:
            error, caller, remaining = refused.error, refused.caller, refused.remaining
        except Rejected as rejected:
            error, caller, remaining = rejected.error, NOBODY, UNCOUNTED
        except Exception:
            # The one boundary: a defect of ours is logged and counted, and the server goes on.
            logger.exception("%s %s failed", method, path)
            error, caller, remaining = errors.SERVER_FAILED, NOBODY, UNCOUNTED
        else:
            error, caller, remaining = SUCCESS, served.caller, served.remaining
        microseconds = (perf_counter_ns() - started) // 1000
        self.metrics.count(route.label if route else "", error.code, microseconds)
        self._record(incoming, caller, error, microseconds, fault)
        out = [JSON] if remaining == UNCOUNTED else [JSON, (REMAINING, str(remaining))]
        if error is SUCCESS:
            return 200, out, served.body
        if error.status == 405:
            out.append(("allow", ", ".join(self._router.methods(path))))
        return error.status, out, self.replies.error(error, incoming.now, headers.get("locale", ""))

    async def _struck(self, struck: Struck, incoming: IncomingRequest, caller: Caller, started: int) -> Answer:
        """Answers a request that a fault has struck."""
        if struck.before:
            await self.faults.wait(struck.before)
            incoming = incoming._replace(now=self._clock.now())
        if struck.executed:
            answer = await self._answer(incoming, started, struck.names)
        else:
            error = struck.error
            self._record(incoming, caller, error, (perf_counter_ns() - started) // 1000, struck.names)
            locale = incoming.headers.get("locale", "")
            answer = error.status, [JSON], self.replies.error(error, incoming.now, locale)
        if struck.after:
            await self.faults.wait(struck.after)
        return faulty.spoilt(struck, answer)

    def _claimed(self, headers: Mapping[str, str]) -> Caller:
        """Who a request says that it is from."""
        key = self.exchange.keys.get(headers.get("access-key", ""))
        return NOBODY if key is None else Caller(key.uid, key.key)

    def release(self) -> None:
        """Lets what a fault holds back go on at once: the server stops."""
        self.faults.release()

    def refuse(self, error: Error, headers: Mapping[str, str]) -> Answer:
        """The answer to a request that is not looked at."""
        self.metrics.count("", error.code, 0)
        return error.status, [JSON], self.replies.error(error, self._clock.now(), headers.get("locale", ""))

    @property
    def exchange(self) -> Exchange:
        """The live exchange."""
        return self._sequencer.exchange

    async def perform(self, endpoint: Endpoint[..., Any, Any], key: str, request: Any, peer: str) -> Any:
        """Answers a signed endpoint for one who has logged in with ``key`` on a stream: same permission, same quota.

        Raises ``Rejected``, also with 40037 for a key that is gone.
        """
        started = perf_counter_ns()
        route = self._router.routes[endpoint.method, endpoint.path]
        error = SUCCESS
        try:
            performed = await self._perform(
                route,
                peer,
                self._clock.now(),
                identify=lambda: self._authentication.known(self.exchange, endpoint, key, peer),
                read=lambda: request,
            )
            return performed.reply
        except Rejected as rejected:
            error = rejected.error
            raise
        finally:
            self.metrics.count(route.label, error.code, (perf_counter_ns() - started) // 1000)

    def _document(self, path: str) -> Answer:
        content_type, read = self._documents[path]
        text = read()
        return 200, [("content-type", content_type)], text.encode() if isinstance(text, str) else text

    def _record(self, incoming: IncomingRequest, caller: Caller, error: Error, microseconds: int, fault: str) -> None:
        method, target, _, _, _, _, peer, now = incoming
        self.requests.add(
            AnsweredRequest(
                now, method, target, caller.uid, caller.key, peer, error.status, error.code, microseconds, fault
            )
        )

    async def _serve(self, route: Route | None, incoming: IncomingRequest) -> Served:
        if route is None:
            self._limits.admit(incoming.peer, incoming.now)
            raise Rejected(self._router.missing(incoming.path))
        if route.access == "control":
            return Served(await self._control(route, incoming), CONTROL, UNCOUNTED)
        performed = await self._perform(
            route,
            incoming.peer,
            incoming.now,
            identify=lambda: self._identified(route, incoming),
            read=lambda: route.decode(incoming),
        )
        return Served(self.replies.success(performed.reply, incoming.now), performed.caller, performed.remaining)

    def _identified(self, route: Route, incoming: IncomingRequest) -> Caller:
        """Finds out who sends a request over HTTP; nobody in particular where no signature is asked for."""
        if route.access == "signed":
            return self._authentication.authenticate(self.exchange, route.endpoint, incoming)
        return Caller(0, time=incoming.now, environment=asked_environment(incoming.headers))

    async def _perform(
        self, route: Route, peer: str, now: int, *, identify: Callable[[], Caller], read: Callable[[], Any]
    ) -> Performed:
        """Admits a request and has it answered, whichever way it came: address limit, caller, quota, parameters.

        ``identify`` gives the caller, ``read`` the typed request; both may reject. Raises ``Refused`` once it is
        known who asks, ``Rejected`` before.
        """
        self._limits.admit(peer, now)
        caller = identify()
        remaining = self._limits.take(route.quota, caller.uid if route.by_uid else peer, now)
        try:
            if remaining == EXHAUSTED:
                raise Rejected(errors.TOO_MANY_REQUESTS)
            reply = await self._dispatcher.answer(route.endpoint, caller, read())
        except Rejected as rejected:
            raise Refused(rejected.error, caller, 0 if remaining == EXHAUSTED else remaining) from None
        return Performed(reply, caller, remaining)

    async def _control(self, route: Route, incoming: IncomingRequest) -> bytes:
        path = route.endpoint.path
        if path not in OPEN_TO_ALL:
            self._token.check(incoming.headers)
        request = route.decode(incoming)
        function = self._administration.functions.get(path)
        if function is not None:
            return self.replies.plain(await function(request))
        caller = msgspec.structs.replace(CONTROL, environment=asked_environment(incoming.headers))
        return self.replies.plain(await self._dispatcher.answer(route.endpoint, caller, request))


def _openapi(endpoints: tuple[Endpoint[..., Any, Any], ...], *, control: bool) -> bytes:
    return msgspec.json.encode(openapi.document(control=control, endpoints=endpoints))
