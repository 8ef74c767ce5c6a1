"""What happens on markets, as records: orders, fills, trades, candles, flows, trigger orders."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from papertape.engine.exchange.records import Owner, Record
from papertape.engine.funds.ledger import line_of

Side = Literal["buy", "sell"]
OrderType = Literal["limit", "market"]
Force = Literal["gtc", "ioc", "fok", "post_only"]
SelfTradePrevention = Literal["none", "cancel_taker", "cancel_maker", "cancel_both"]
OrderStatus = Literal["live", "partially_filled", "filled", "cancelled"]
FlowSpan = Literal["minute", "day"]


class OrderRecord(Record, frozen=True, kw_only=True):
    """An order on coins, paid from ``wallet``, as it stands after a change; ``price`` is 0 for market orders.

    ``size`` is base, for market buys quote. ``fee`` is charged in ``fee_coin`` (what the order receives),
    ``fee_bgb`` in BGB; both are positive when charged.
    """

    order_id: int
    client_oid: str
    uid: int
    wallet: str
    symbol: str
    side: Side
    order_type: OrderType
    force: Force
    price: Decimal
    size: Decimal
    status: OrderStatus
    base_volume: Decimal
    quote_volume: Decimal
    average_price: Decimal
    fee_coin: str
    fee: Decimal
    fee_bgb: Decimal
    stp_mode: SelfTradePrevention
    tpsl_type: Literal["normal", "tpsl"]
    trigger_price: Decimal | None
    take_profit_trigger: Decimal | None
    take_profit_price: Decimal | None
    stop_loss_trigger: Decimal | None
    stop_loss_price: Decimal | None
    entry_point: str
    cancel_reason: str
    created: int
    updated: int


class FillRecord(Record, frozen=True, kw_only=True):
    """One side of a trade: what one order got from it. ``fee`` is positive when charged."""

    trade_id: int
    order_id: int
    client_oid: str
    uid: int
    wallet: str
    symbol: str
    order_type: OrderType
    side: Side
    price: Decimal
    size: Decimal
    amount: Decimal
    fee_coin: str
    fee: Decimal
    deducted: bool
    scope: Literal["maker", "taker"]
    created: int

    @property
    def owner(self) -> Owner:
        """The user whose order it is."""
        return line_of(self.wallet), self.uid


class TradeRecord(Record, frozen=True, kw_only=True):
    """A public trade; ``side`` is the taker's."""

    trade_id: int
    product: str
    symbol: str
    side: Side
    price: Decimal
    size: Decimal
    created: int

    @property
    def owner(self) -> Owner:
        """The instrument."""
        return self.product, self.symbol


class CandleRecord(Record, frozen=True, kw_only=True):
    """One closed minute of one instrument; ``start`` is its first millisecond."""

    product: str
    symbol: str
    start: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    base_volume: Decimal
    quote_volume: Decimal
    usdt_volume: Decimal

    @property
    def owner(self) -> Owner:
        """The instrument."""
        return self.product, self.symbol


class FlowRecord(Record, frozen=True, kw_only=True):
    """What takers bought and sold of one instrument in one closed minute or day, in the base coin.

    ``start`` is its first millisecond; whose order was whose is told in ``engine/trading/flows.py``.
    """

    product: str
    symbol: str
    span: FlowSpan
    start: int
    whale_buy: Decimal
    dolphin_buy: Decimal
    fish_buy: Decimal
    whale_sell: Decimal
    dolphin_sell: Decimal
    fish_sell: Decimal


class TriggerRecord(Record, frozen=True, kw_only=True):
    """A trigger (plan) order as it stands after a change; ``execute_price`` is 0 for market orders.

    ``size`` is base for ``plan_type`` amount, quote for total. ``child_order_id`` is 0 until it has fired.
    """

    order_id: int
    client_oid: str
    uid: int
    wallet: str
    symbol: str
    side: Side
    trigger_price: Decimal
    order_type: OrderType
    execute_price: Decimal
    plan_type: Literal["amount", "total"]
    trigger_type: Literal["fill_price", "mark_price"]
    size: Decimal
    status: Literal["live", "executed", "fail_execute", "cancelled"]
    stp_mode: SelfTradePrevention
    entry_point: str
    child_order_id: int
    created: int
    updated: int

    @property
    def owner(self) -> Owner:
        """The user whose order it is."""
        return line_of(self.wallet), self.uid
