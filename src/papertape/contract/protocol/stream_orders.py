"""Orders over WebSocket (``op: trade``): the same requests as on REST, in an envelope of their own.

Source: documentation, "Spot / Websocket / Trade". A request names a product, an instrument, an operation and its
parameters; the answer repeats them, with the order's ids for ``params`` or, in an error, the parameters as sent.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple, Protocol

import msgspec

from papertape.contract.protocol import errors
from papertape.contract.protocol.channel import Channel
from papertape.contract.protocol.decoding import Decoder
from papertape.contract.protocol.endpoint import Endpoint
from papertape.contract.protocol.errors import Error, Rejected
from papertape.contract.protocol.wire import Reply, Request

is_id = re.compile(r"[0-9A-Za-z_:#\-+\s]{0,40}", re.ASCII).fullmatch


class OrderOperation:
    """An endpoint that can be called over WebSocket; ``symbol`` is where it takes the instrument."""

    def __init__(self, endpoint: Endpoint[..., Any, Any], symbol: str = "symbol") -> None:
        self.endpoint, self.symbol = endpoint, symbol
        self._decoder: Decoder[Any] = Decoder(endpoint.request)

    def request(self, instrument: str, parameters: dict[str, Any]) -> Request:
        """The typed request; rejects as REST does."""
        request: Request = self._decoder.build({**parameters, self.symbol: instrument})
        return request


class ProductStreams(NamedTuple):
    """What one product serves over WebSocket: its ``instType``, its channels, and what ``op: trade`` can do there."""

    inst_type: str
    channels: tuple[Channel[Any], ...]
    order_operations: dict[str, OrderOperation]


class PlacedOrder(Protocol):
    """The ids in the reply of an endpoint that places or cancels an order."""

    @property
    def order_id(self) -> str:
        """The exchange's id."""
        ...

    @property
    def client_oid(self) -> str:
        """The client's id."""
        ...


class OrderCall(NamedTuple):
    """What to ask the exchange for."""

    endpoint: Endpoint[..., Any, Any]
    request: Request


class OrderArgument(Reply, omit_defaults=True):
    """The argument of an ``op: trade``, sent back with its answer."""

    inst_type: str
    channel: str
    inst_id: str
    params: dict[str, Any]
    id: str | None = None


class OrderAnswer(Reply):
    """The answer: ``code`` is the number 0 for success; ``time`` is Unix milliseconds, a number."""

    event: str
    arguments: list[OrderArgument] = msgspec.field(name="arg")
    code: int
    message: str = msgspec.field(name="msg")
    time: int = msgspec.field(name="ts")


def argument_of(given: Any) -> OrderArgument:
    """An element of ``args`` as sent, in camelCase or snake_case; 30016 unless it is whole."""
    if not isinstance(given, dict):
        raise Rejected(errors.STREAM_PARAMETER_ERROR)
    number, parameters = given.get("id"), given.get("params")
    inst_type, inst_id = given.get("instType", given.get("inst_type")), given.get("instId", given.get("inst_id"))
    channel = given.get("channel")
    if not (isinstance(inst_type, str) and isinstance(inst_id, str) and isinstance(channel, str)):
        raise Rejected(errors.STREAM_PARAMETER_ERROR)
    if not isinstance(parameters, dict) or not (number is None or (isinstance(number, str) and is_id(number))):
        raise Rejected(errors.STREAM_PARAMETER_ERROR)
    return OrderArgument(id=number, inst_type=inst_type, channel=channel, inst_id=inst_id, params=parameters)


def done(argument: OrderArgument, reference: PlacedOrder, now: int) -> OrderAnswer:
    """That the order was placed or cancelled."""
    ids = {"orderId": reference.order_id, "clientOid": reference.client_oid}
    echo = msgspec.structs.replace(argument, params=ids)
    return OrderAnswer(event="trade", arguments=[echo], code=0, message="Success", time=now)


def refused(argument: OrderArgument, error: Error, now: int) -> OrderAnswer:
    """Why nothing was done."""
    return OrderAnswer(event="error", arguments=[argument], code=int(error.code), message=error.message, time=now)
