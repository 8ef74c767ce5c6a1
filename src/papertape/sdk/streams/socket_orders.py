"""Orders over the socket, with the models, limits and exceptions of REST. No order is ever placed twice.

Source: documentation, "Spot / Websocket / Trade". When a connection breaks before the answer has come, the order is
looked up over REST by its client id before anything is sent again.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from itertools import count
from typing import Any, TypeVar

import msgspec

from papertape.contract.channels import ORDER_OPERATIONS
from papertape.contract.protocol import wire
from papertape.contract.protocol.endpoint import Endpoint
from papertape.sdk.exceptions import (
    BitgetError,
    InvalidRequest,
    NetworkError,
    OutcomeUnknown,
    RateLimited,
    RequestTimeout,
    UnexpectedReply,
)
from papertape.sdk.recovery import RECOVERIES, Recovery
from papertape.sdk.recovery.course import SETTLING_SECONDS
from papertape.sdk.rest.async_client import AsyncClient
from papertape.sdk.streams.socket.messages import StreamEnvelope
from papertape.sdk.streams.socket.supervisor import Supervisor

R = TypeVar("R")

TRIES = 3
"""How often an order is sent at most: again only when a lookup has told that the exchange does not have it, or when it
was refused unread for coming too soon."""

REFUSED_SECONDS = 1.0
"""How long an endpoint rests after it was refused so; limits count by the second."""

_channels = {id(operation.endpoint): (*name, operation.symbol) for name, operation in ORDER_OPERATIONS.items()}
_answers = msgspec.json.Decoder(float_hook=str)


class SocketOrders:
    """Asks over one connection; ``trading`` gives it. Answers are matched by the id of the request."""

    def __init__(self, client: AsyncClient, key: str, timeout: float, trading: Callable[[], Supervisor]) -> None:
        self._client, self._key, self._timeout, self._trading = client, key, timeout, trading
        self._waiting: dict[str, asyncio.Future[StreamEnvelope]] = {}
        self._prefix, self._numbers = secrets.token_hex(4), count(1)

    async def perform(self, endpoint: Endpoint[..., Any, R], request: Any) -> R:
        """Places or cancels an order; raises the same exceptions as REST.

        ``OutcomeUnknown`` carries the client id of an order of which nobody could tell what became of it.
        """
        recovery: Recovery[Any, R] = RECOVERIES[endpoint.path]
        request = recovery.identified(request)
        lost: BitgetError | None = None
        for _ in range(TRIES):
            try:
                return await self._patiently(endpoint, request)
            except BitgetError as error:
                if lost is None and not error.uncertain:
                    raise
                lost = error
            reply = await self._found(recovery, request, lost)
            if reply is not None:
                return reply
            if not lost.uncertain and not isinstance(lost, recovery.refusals):
                raise lost
            if not recovery.can_repeat(request):
                break
        assert lost is not None, "the loop ends with what it returns or raises, or with a lost answer"
        raise _unknown(recovery, request, lost) from lost

    def answered(self, envelope: StreamEnvelope) -> None:
        """An answer, or a refusal that may not say of what."""
        future = self._waiting.get(_id_of(envelope))
        if future is None and len(self._waiting) == 1:
            (future,) = self._waiting.values()
        if future is not None and not future.done():
            future.set_result(envelope)

    def interrupted(self) -> None:
        """The socket is gone, and with it the answers that are still out."""
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(NetworkError("the connection broke before the answer had come", sent=True))

    async def _found(self, recovery: Recovery[Any, R], request: Any, lost: BitgetError) -> R | None:
        """What became of a request whose answer is lost: the reply, or None if the exchange does not have it."""
        road = self._client._transport
        await asyncio.sleep(SETTLING_SECONDS)
        try:
            found = await road.drive(recovery.find(road.calls.once, request))
        except BitgetError as error:
            raise _unknown(recovery, request, lost) from error
        return None if found.done is None else found.done.data

    async def _patiently(self, endpoint: Endpoint[..., Any, R], request: Any) -> R:
        """Sends again after a rest what was refused for coming too soon; then it was not even read."""
        for _ in range(TRIES - 1):
            try:
                return await self._ask(endpoint, request)
            except RateLimited as error:
                if not error.code:
                    raise
                self._client.limiter.refused(endpoint.path, endpoint.limit, self._key, REFUSED_SECONDS)
        return await self._ask(endpoint, request)

    async def _ask(self, endpoint: Endpoint[..., Any, R], request: Any) -> R:
        """Sends once and waits for the answer."""
        supervisor = await self._ready()
        await self._turn(endpoint)
        number = f"{self._prefix}-{next(self._numbers)}"
        text = _envelope(endpoint, request, number)
        future = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            if not supervisor.send(text):
                raise NetworkError("there is no connection to send the order over", endpoint=endpoint.path)
            async with asyncio.timeout(self._timeout):
                envelope = await future
        except TimeoutError as error:
            raise RequestTimeout("the order was not answered in time", endpoint=endpoint.path, sent=True) from error
        finally:
            del self._waiting[number]
        if envelope.failure:
            raise envelope.error(endpoint.path)
        return _reply(endpoint, envelope)

    async def _ready(self) -> Supervisor:
        """The connection, once it is logged in."""
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

    async def _turn(self, endpoint: Endpoint[..., Any, Any]) -> None:
        """The limit is the endpoint's, shared with REST."""
        limiter = self._client.limiter
        turn = limiter.reserve(endpoint.path, endpoint.limit, self._key, urgent=endpoint.urgent, patience=self._timeout)
        if turn.seconds > self._timeout:
            raise RateLimited(f"the next call may go out in {turn.seconds:.2f} s", endpoint=endpoint.path)
        try:
            await asyncio.sleep(max(turn.seconds, 0))
        except asyncio.CancelledError:
            limiter.give_back(turn)
            raise


def _envelope(endpoint: Endpoint[..., Any, Any], request: Any, number: str) -> str:
    """The request in the envelope that orders over the socket have."""
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
    """What an answer is about: a list of one, in some refusals bare."""
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


def _unknown(recovery: Recovery[Any, Any], request: Any, lost: BitgetError) -> OutcomeUnknown:
    text = f"the answer was lost ({lost.message}) and what became of the order could not be found out"
    return OutcomeUnknown(text, client_oids=recovery.names(request))
