"""Every channel and every order operation over WebSocket, put together from what the products declare."""

from __future__ import annotations

from typing import Any

from papertape.contract.protocol import errors
from papertape.contract.protocol.channel import Channel
from papertape.contract.protocol.errors import Rejected
from papertape.contract.protocol.stream_orders import OrderArgument, OrderCall, OrderOperation, ProductStreams
from papertape.contract.spot.stream_orders import SPOT_STREAMS

PRODUCTS: tuple[ProductStreams, ...] = (SPOT_STREAMS,)

CHANNELS: dict[tuple[str, str], Channel[Any]] = {
    (product.inst_type, channel.name): channel for product in PRODUCTS for channel in product.channels
}
"""Every channel by product (``instType``) and name."""

ORDER_OPERATIONS: dict[tuple[str, str], OrderOperation] = {
    (product.inst_type, name): operation for product in PRODUCTS for name, operation in product.order_operations.items()
}
"""What ``op: trade`` can do, by product (``instType``) and channel."""


def order_call(argument: OrderArgument) -> OrderCall:
    """Find the endpoint and make the typed request that an argument stands for.

    Raises ``Rejected``: 30001 for an unknown operation, else what the endpoint's parameters are refused with on REST.
    """
    operation = ORDER_OPERATIONS.get((argument.inst_type.upper(), argument.channel))
    if operation is None:
        place = f"instType:{argument.inst_type},channel:{argument.channel},instId:{argument.inst_id}"
        raise Rejected(errors.CHANNEL_DOES_NOT_EXIST.of(place))
    return OrderCall(operation.endpoint, operation.request(argument.inst_id, argument.params))
