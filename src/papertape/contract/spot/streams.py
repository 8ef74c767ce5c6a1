"""The channels of spot trading and the messages that they push. Source: documentation, "Spot / Websocket".

Every number in a message is a string, except a book's ``seq``, ``pseq`` and ``checksum``.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, UnsetType

from papertape.contract.protocol.channel import Channel
from papertape.contract.protocol.enums import (
    EntryPointWord,
    Granularity,
    OrderStatusWord,
    OrderTypeWord,
    PlanTypeWord,
    SideWord,
    TradeScopeWord,
    TriggerTypeWord,
    YesNoWord,
)
from papertape.contract.protocol.wire import Amount, Reply, Timestamp, words
from papertape.contract.spot.account import Asset

SPOT = "SPOT"

Level = tuple[str, str]
"""Price and size as text: the checksum is made of these very characters."""

SelfTradePreventionWord = Annotated[str, words("none", "cancel_taker", "cancel_maker", "cancel_both")]


class TickerMessage(Reply):
    """An instrument's last 24 hours; changes are fractions."""

    symbol: str = msgspec.field(name="instId")
    last_price: Amount = msgspec.field(name="lastPr")
    open: Amount = msgspec.field(name="open24h")
    high: Amount = msgspec.field(name="high24h")
    low: Amount = msgspec.field(name="low24h")
    change: Amount = msgspec.field(name="change24h")
    bid_price: Amount = msgspec.field(name="bidPr")
    ask_price: Amount = msgspec.field(name="askPr")
    bid_size: Amount = msgspec.field(name="bidSz")
    ask_size: Amount = msgspec.field(name="askSz")
    base_volume: Amount
    quote_volume: Amount
    open_utc: Amount = msgspec.field(name="openUtc")
    change_since_utc: Amount = msgspec.field(name="changeUtc24h")
    time: Timestamp = msgspec.field(name="ts")


class CandleMessage(Reply, array_like=True):
    """One candle, on the wire a list of eight strings; the last two stand the other way round than on REST."""

    start: Timestamp
    open: Amount
    high: Amount
    low: Amount
    close: Amount
    base_volume: Amount
    quote_volume: Amount
    usdt_volume: Amount


class BookMessage(Reply, kw_only=True):
    """Levels, best first: of a snapshot all, of an update those that changed, a removed one with size ``0``.

    ``checksum`` is of the best 25 levels a side once the message is applied. ``previous`` is the ``seq`` of the
    message before, 0 in a snapshot. What has a default is missing in some of Bitget's own pushes: ``instId`` and
    ``pseq`` in the documented ones, the checksum (or 0) in recorded ones.
    """

    symbol: str = msgspec.field(name="instId", default="")
    asks: list[Level]
    bids: list[Level]
    checksum: int = 0
    sequence: int = msgspec.field(name="seq", default=0)
    previous: int = msgspec.field(name="pseq", default=0)
    time: Timestamp = msgspec.field(name="ts")


class TradeMessage(Reply):
    """A public trade; ``side`` is the taker's."""

    time: Timestamp = msgspec.field(name="ts")
    price: Amount
    size: Amount
    side: SideWord
    trade_id: str


class AuctionMessage(Reply):
    """The stage of a call auction."""

    stage: Annotated[str, words("pre_market", "stage_1", "stage_2", "stage_3", "success", "failure")]
    stage_end_time: Timestamp
    estimated_opening_price: Amount | None = msgspec.field(name="estOpeningPrice")
    matched_volume: Amount | None
    auction_end_time: Timestamp


class ChargedFee(Reply):
    """What an order paid in one coin so far; a charge is negative."""

    fee_coin: str
    fee: Amount


class OrderMessage(Reply):
    """An order after a change; what a fill tells is there only when a fill caused it.

    ``size`` is base, for market buys quote, and ``base_volume`` what is filled of it, as in REST's orders; the wire
    calls them ``newSize`` and ``accBaseVolume``. ``stated_size``, there ``size``, is a limit order's value in quote,
    as is ``notional``. ``price`` is a limit order's. ``order_type`` is sent under both names that the documentation
    has. What has a default is missing in some of Bitget's own pushes.
    """

    symbol: str = msgspec.field(name="instId")
    order_id: str
    client_oid: str
    stated_size: Amount = msgspec.field(name="size")
    size: Amount = msgspec.field(name="newSize")
    order_type: OrderTypeWord
    force: Annotated[str, words("gtc", "ioc", "fok", "post_only")]
    side: SideWord
    status: OrderStatusWord
    created: Timestamp = msgspec.field(name="cTime")
    updated: Timestamp = msgspec.field(name="uTime")
    stp_mode: SelfTradePreventionWord
    enter_point_source: EntryPointWord
    notional: Amount = Amount(0)
    order_type_short: OrderTypeWord = msgspec.field(name="ordType", default="")
    base_volume: Amount = msgspec.field(name="accBaseVolume", default=Amount(0))
    average_price: Amount = msgspec.field(name="priceAvg", default=Amount(0))
    fee_detail: list[ChargedFee] = msgspec.field(default_factory=list)
    price: Amount | UnsetType = UNSET
    fill_price: Amount | UnsetType = UNSET
    trade_id: str | UnsetType = UNSET
    fill_size: Amount | UnsetType = msgspec.field(name="baseVolume", default=UNSET)
    fill_time: Timestamp | UnsetType = UNSET
    fill_fee: Amount | UnsetType = UNSET
    fill_fee_coin: str | UnsetType = UNSET
    trade_scope: Annotated[str, words("T", "M")] | UnsetType = UNSET


class PlanOrderMessage(Reply):
    """A trigger order after a change; ``price`` is its trigger price, ``actual_size`` what it ordered when it fired."""

    symbol: str = msgspec.field(name="instId")
    order_id: str
    client_oid: str
    trigger_price: Amount
    trigger_type: TriggerTypeWord
    plan_type: PlanTypeWord
    price: Amount
    size: Amount
    actual_size: Amount
    order_type: OrderTypeWord
    side: SideWord
    status: Annotated[str, words("live", "executed", "fail_execute", "cancelled")]
    execute_price: Amount
    enter_point_source: EntryPointWord
    created: Timestamp = msgspec.field(name="cTime")
    updated: Timestamp = msgspec.field(name="uTime")
    stp_mode: SelfTradePreventionWord


class FillCost(Reply):
    """What a fill cost: ``total_fee`` is negative for a charge; ``deduction`` tells whether BGB paid it."""

    fee_coin: str
    deduction: YesNoWord
    total_deduction_fee: Amount
    total_fee: Amount


class FillMessage(Reply):
    """One order's side of a trade; ``amount`` is quote."""

    order_id: str
    trade_id: str
    symbol: str
    order_type: OrderTypeWord
    side: SideWord
    price: Amount = msgspec.field(name="priceAvg")
    size: Amount
    amount: Amount
    trade_scope: TradeScopeWord
    fee_detail: list[FillCost]
    created: Timestamp = msgspec.field(name="cTime")
    updated: Timestamp = msgspec.field(name="uTime")


CANDLES: dict[str, Granularity] = {
    "candle1m": "1min",
    "candle3m": "3min",
    "candle5m": "5min",
    "candle15m": "15min",
    "candle30m": "30min",
    "candle1H": "1h",
    "candle4H": "4h",
    "candle6H": "6h",
    "candle12H": "12h",
    "candle1D": "1day",
    "candle3D": "3day",
    "candle1W": "1week",
    "candle1M": "1M",
    "candle6Hutc": "6Hutc",
    "candle12Hutc": "12Hutc",
    "candle1Dutc": "1Dutc",
    "candle3Dutc": "3Dutc",
    "candle1Wutc": "1Wutc",
    "candle1Mutc": "1Mutc",
}
"""The candle channels and their granularities; ``candle3m`` is not documented, but clients use it."""

DEPTHS = {"books": 400, "books1": 1, "books5": 5, "books15": 15}
"""Levels a side that a snapshot of these channels holds at most."""

BOOK_PACES = {"books": 200, "books1": 60, "books5": 200, "books15": 200}
QUIET = 10_000
"""Milliseconds after which a market without a change is pushed again: clients drop a socket that says nothing."""

ticker = Channel("ticker", TickerMessage, "An instrument's last 24 hours.", slow="latest", pace_ms=200, quiet_ms=QUIET)
candles = [
    Channel(name, CandleMessage, f"Candles of {granularity}.", slow="latest", pace_ms=1000)
    for name, granularity in CANDLES.items()
]
books = [
    Channel(
        name,
        BookMessage,
        f"The best {depth} levels a side." if depth > 1 else "The best bid and ask.",
        slow="resnapshot" if name == "books" else "latest",
        pace_ms=BOOK_PACES[name],
        quiet_ms=QUIET,
    )
    for name, depth in DEPTHS.items()
]
trade = Channel("trade", TradeMessage, "Every trade.", slow="disconnect")
auction = Channel("auction", AuctionMessage, "The stage of a call auction.", slow="latest", pace_ms=200)
account = Channel(
    "account", Asset, "Balances that changed.", slow="disconnect", key="default", private=True,
)  # fmt: skip
orders = Channel(
    "orders", OrderMessage, "Orders that changed.", slow="disconnect", key="symbol or default", private=True,
)  # fmt: skip
plan_orders = Channel(
    "orders-algo", PlanOrderMessage, "Trigger orders that changed.", slow="disconnect", key="symbol or default",
    private=True,
)  # fmt: skip
fill = Channel("fill", FillMessage, "Fills.", slow="disconnect", key="symbol or default", private=True)

SPOT_CHANNELS: tuple[Channel[Any], ...] = (
    ticker, *candles, *books, trade, auction, account, orders, plan_orders, fill,
)  # fmt: skip
