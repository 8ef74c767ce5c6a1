"""Shares, a product of the tests, as clients see it: a few endpoints and two channels."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from papertape.contract.protocol.channel import Channel
from papertape.contract.protocol.endpoint import UNLIMITED, Endpoint, Group, T
from papertape.contract.protocol.enums import Side
from papertape.contract.protocol.stream_orders import OrderOperation, ProductStreams
from papertape.contract.protocol.wire import Amount, Reply, Request, Timestamp
from papertape.contract.spot.streams import TradeMessage

INST_TYPE = "SHARES"


class OfShare(Request):
    """One share."""

    symbol: str


class PlaceShareOrder(Request):
    """A limit order on shares."""

    symbol: str
    side: Side
    price: Decimal
    size: Decimal
    client_oid: str = ""


class CancelShareOrder(Request):
    """Which order is to go."""

    symbol: str
    order_id: str


class IssueShares(Request):
    """Lists a share: the first user gets all 1,000, the second the cash to buy some."""

    symbol: str
    price: Decimal
    owner: int
    buyer: int
    cash: Decimal


class ShareReference(Reply):
    """Which order it is."""

    order_id: str
    client_oid: str


class ShareOrder(Reply):
    """An order on shares."""

    symbol: str
    order_id: str
    client_oid: str
    side: str
    price: Amount
    size: Amount
    filled: Amount
    status: str
    created: Timestamp


class ShareTicker(Reply):
    """A share's last price and what was traded in the last 24 hours."""

    symbol: str
    last_price: Amount
    volume: Amount


class ShareHolding(Reply):
    """How many shares the caller has, and how many of them are offered for sale."""

    symbol: str
    held: Amount
    offered: Amount


class Shares(Group[T]):
    """The product's calls."""

    place = Endpoint(
        "POST",
        "/api/v2/shares/place",
        PlaceShareOrder,
        ShareReference,
        "Place.",
        limit=UNLIMITED,
        permission="spot_trade",
    )
    cancel = Endpoint(
        "POST",
        "/api/v2/shares/cancel",
        CancelShareOrder,
        ShareReference,
        "Cancel.",
        limit=UNLIMITED,
        permission="spot_trade",
    )
    open_orders = Endpoint(
        "GET", "/api/v2/shares/open", OfShare, list[ShareOrder], "Open orders.", limit=UNLIMITED, permission="read"
    )
    past_orders = Endpoint(
        "GET", "/api/v2/shares/past", OfShare, list[ShareOrder], "Past orders.", limit=UNLIMITED, permission="read"
    )
    holding = Endpoint(
        "GET", "/api/v2/shares/holding", OfShare, ShareHolding, "Shares held.", limit=UNLIMITED, permission="read"
    )
    issue = Endpoint(
        "POST", "/papertape/v1/shares/issue", IssueShares, ShareTicker, "Issue.", limit=UNLIMITED, access="control"
    )
    ticker = Endpoint("GET", "/api/v2/shares/ticker", OfShare, ShareTicker, "Last price.", limit=UNLIMITED)


trade = Channel("trade", TradeMessage, "Every trade.", slow="disconnect")
orders = Channel("orders", ShareOrder, "Orders that changed.", slow="disconnect", key="symbol or default", private=True)
CHANNELS: tuple[Channel[Any], ...] = (trade, orders)
STREAMS = ProductStreams(INST_TYPE, CHANNELS, {"place-order": OrderOperation(Shares.place)})
