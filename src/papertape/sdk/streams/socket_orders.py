"""Orders over the socket, with the models, limits and exceptions of REST. No order is ever placed twice.

Source: documentation, "Spot / Websocket / Trade". When a connection breaks before the answer has come, the order is
looked up over REST by its client id before anything is sent again.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any, TypeVar

import msgspec

from papertape.contract.channels import ORDER_OPERATIONS
from papertape.contract.protocol import wire
from papertape.contract.protocol.endpoint import Endpoint
from papertape.contract.protocol.response import Response
from papertape.sdk.exceptions import (
    InvalidRequest,
    NetworkError,
    RateLimited,
    RequestTimeout,
    UnexpectedReply,
)
from papertape.sdk.recovery import RECOVERIES, Recovery, recovered
from papertape.sdk.rest.async_transport import AsyncCallDriver
from papertape.sdk.rest.steps import Course, Perform
from papertape.sdk.streams.socket.messages import StreamEnvelope
from papertape.sdk.streams.socket.supervisor import Supervisor

R = TypeVar("R")

RETRIES = 2
"""How often an order is sent again at most: when a lookup has shown that the exchange does not have it, or when it was
refused unread for coming too soon."""

_channels = {id(operation.endpoint): (*name, operation.symbol) for name, operation in ORDER_OPERATIONS.items()}
_answers = msgspec.json.Decoder(float_hook=str)


class SocketOrders:
    """Calls endpoints over one connection, which ``trading`` gives. Answers are matched by the id of the request."""

    def __init__(self, driver: AsyncCallDriver, timeout: float, trading: Callable[[], Supervisor]) -> None:
        self._driver, self._timeout, self._trading = driver, timeout, trading
        self._waiting: dict[str, asyncio.Future[StreamEnvelope]] = {}
        self._prefix, self._numbers = secrets.token_hex(4), count(1)

    async def perform(self, endpoint: Endpoint[..., Any, R], request: Any) -> R:
        """Place or cancel an order; raises the same exceptions as REST.

        ``OutcomeUnknown`` carries the client id of an order of which nobody could tell what became of it.
        """
        recovery: Recovery[Any, R] = RECOVERIES[endpoint.path]
        once = self._driver.calls.once
        return (await self._driver.drive(recovered(self._send, once, recovery, endpoint, request, RETRIES))).data

    def answered(self, envelope: StreamEnvelope) -> None:
        """Take an answer, or a refusal that may not say of what."""
        future = self._waiting.get(_id_of(envelope))
        if future is None and len(self._waiting) == 1:
            (future,) = self._waiting.values()
        if future is not None and not future.done():
            future.set_result(envelope)

    def interrupted(self) -> None:
        """Fail all requests that wait for an answer: the socket is gone, and their answers with it."""
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(NetworkError("the connection broke before the answer had come", sent=True))

    def _send(self, endpoint: Endpoint[..., Any, R], request: Any) -> Course[Response[R]]:
        """Send a request; one that was refused unread for coming too soon is sent again after a rest."""
        for _ in range(RETRIES):
            try:
                return (yield from self._send_once(endpoint, request))
            except RateLimited as error:
                if not error.code:
                    raise
                self._driver.calls.refused(endpoint.path, endpoint.limit, error)
        return (yield from self._send_once(endpoint, request))

    def _send_once(self, endpoint: Endpoint[..., Any, R], request: Any) -> Course[Response[R]]:
        supervisor = yield Perform(self._connected)
        yield from self._driver.calls.turn(
            endpoint.path, endpoint.limit, urgent=endpoint.urgent, patience=self._timeout
        )
        envelope = yield Perform(partial(self._exchange, supervisor, endpoint, request))
        if envelope.failure:
            raise envelope.error(endpoint.path)
        return Response(_reply(endpoint, envelope), 0, {}, bytes(envelope.arg), envelope.time)

    async def _exchange(
        self, supervisor: Supervisor, endpoint: Endpoint[..., Any, Any], request: Any
    ) -> StreamEnvelope:
        """Send a request once and wait for its answer."""
        number = f"{self._prefix}-{next(self._numbers)}"
        text = _envelope(endpoint, request, number)
        future = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            if not supervisor.send(text):
                raise NetworkError("there is no connection to send the order over", endpoint=endpoint.path)
            async with asyncio.timeout(self._timeout):
                envelope: StreamEnvelope = await future
        except TimeoutError as error:
            raise RequestTimeout("the order was not answered in time", endpoint=endpoint.path, sent=True) from error
        finally:
            del self._waiting[number]
        return envelope

    async def _connected(self) -> Supervisor:
        """Wait for the connection to be logged in."""
        supervisor = self._trading()
        supervisor.answered, supervisor.interrupted = self.answered, self.interrupted
        try:
            async with asyncio.timeout(self._timeout):
                await supervisor.ready.wait()
        except TimeoutError as error:
            raise NetworkError("no connection to send the order over, nothing was sent") from error
        if supervisor.error is not None:
            raise supervisor.error
        return supervisor


def _envelope(endpoint: Endpoint[..., Any, Any], request: Any, number: str) -> str:
    """Write the request in the envelope that orders over the socket have."""
    product, channel, symbol = _channels[id(endpoint)]
    parameters = msgspec.json.decode(wire.body(request))
    instrument = parameters.pop(symbol, None)
    if not instrument:
        raise InvalidRequest(f"over a stream {symbol} cannot be left out, nothing was sent", endpoint=endpoint.path)
    argument = {
        "id": number, "instType": product, "instId": instrument, "channel": channel, "params": parameters,
    }  # fmt: skip
    return msgspec.json.encode({"op": "trade", "args": [argument]}).decode()


def _arguments(envelope: StreamEnvelope) -> dict[str, Any]:
    """Read what an answer is about: a list of one, in some refusals the bare argument."""
    try:
        given = _answers.decode(envelope.arg)
    except msgspec.DecodeError:
        return {}
    if isinstance(given, list):
        given = given[0] if given else {}
    return given if isinstance(given, dict) else {}


def _id_of(envelope: StreamEnvelope) -> str:
    return str(_arguments(envelope).get("id", ""))


def _reply(endpoint: Endpoint[..., Any, R], envelope: StreamEnvelope) -> R:
    try:
        reply: R = msgspec.convert(_arguments(envelope).get("params"), endpoint.reply, strict=False)
    except msgspec.ValidationError as error:
        raise UnexpectedReply(f"the answer does not fit the reply: {error}", endpoint=endpoint.path) from error
    return reply
