"""What spot serves over WebSocket: its channels, and the endpoints that ``op: trade`` can call."""

from __future__ import annotations

from papertape.contract.protocol.stream_orders import OrderOperation, ProductStreams
from papertape.contract.spot.streams import SPOT, SPOT_CHANNELS
from papertape.contract.spot.trade import SpotTrade

SPOT_STREAMS = ProductStreams(
    SPOT,
    SPOT_CHANNELS,
    {
        "place-order": OrderOperation(SpotTrade.place_order),
        "cancel-order": OrderOperation(SpotTrade.cancel_order),
    },
)
