"""Open orders: the order itself and the index of all that have not come to an end."""

from __future__ import annotations

from collections import deque
from decimal import Decimal
from typing import Literal

import msgspec

from papertape.engine.exchange.money import ZERO, ratio
from papertape.engine.exchange.records import Record
from papertape.engine.trading.instruments import Instrument
from papertape.engine.trading.records import Force, OrderRecord, OrderStatus, OrderType, SelfTradePrevention, Side

CLIENT_OID_MEMORY_MS = 2 * 3_600_000
"""How long the client id of a finished order stays taken: as long as it can be looked up (changelog 2025-03-20)."""
ID_DIGITS = 19
CLIENT_OID_MEMORY = 1_000_000
"""At most this many client ids of finished orders are remembered."""


class Exit(msgspec.Struct, frozen=True):
    """A take-profit or stop-loss: its trigger in ticks, then a limit at ``price`` ticks (0 = at market)."""

    trigger: int
    price: int = 0


class OrderState(msgspec.Struct, kw_only=True):
    """What is known of a spot order: ``price`` in ticks (0 = market), ``size`` in lots.

    A market buy has a quote ``budget`` instead of a size.
    ``frozen`` is what it still holds frozen: quote coin for buys, base coin for sells. An order with ``above``
    or ``below`` waits off the book until the last price gets there. ``take_profit`` and ``stop_loss`` are
    attached exits, placed when it is done.
    """

    order_id: int
    client_oid: str = ""
    uid: int
    symbol: str
    side: Side
    order_type: OrderType
    force: Force = "gtc"
    price: int = 0
    size: int = 0
    budget: Decimal = ZERO
    stp_mode: SelfTradePrevention = "none"
    above: Exit | None = None
    below: Exit | None = None
    take_profit: Exit | None = None
    stop_loss: Exit | None = None
    tpsl_type: Literal["normal", "tpsl"] = "normal"
    trigger_price: Decimal | None = None
    entry_point: str = "API"
    status: OrderStatus = "live"
    filled: int = 0
    quote: Decimal = ZERO
    frozen: Decimal = ZERO
    fee: Decimal = ZERO
    fee_bgb: Decimal = ZERO
    cancel_reason: str = ""
    created: int
    updated: int


class Order(OrderState, kw_only=True):
    """An order in its place: ``previous`` and ``next`` are its neighbours in the queue of its price."""

    previous: Order | None = None
    next: Order | None = None

    @property
    def open_lots(self) -> int:
        """Lots not yet filled; a market buy has none of its own."""
        return self.size - self.filled

    @property
    def waiting(self) -> bool:
        """Whether it waits for its trigger, off the book."""
        return self.above is not None or self.below is not None

    @property
    def resting(self) -> bool:
        """Whether it is on the book (when open)."""
        return self.order_type == "limit" and not self.waiting


class OrderChanged(Record, frozen=True, kw_only=True):
    """That an order changed: a copy of the order as it stood. Most changes of most orders are never looked at,
    so the record is only written out for who wants it.
    """

    order: Order
    instrument: Instrument

    @property
    def finished(self) -> bool:
        """Whether this was the order's last change."""
        return self.order.status in ("filled", "cancelled")

    def record(self) -> OrderRecord:
        """The order as it stood, in decimals."""
        return record(self.order, self.instrument)


def record(order: Order, instrument: Instrument) -> OrderRecord:
    """The order as it stands, in decimals."""
    base = instrument.size(order.filled)
    sells = order.side == "sell"
    take_profit = order.take_profit or (order.above if sells else order.below)
    stop_loss = order.stop_loss or (order.below if sells else order.above)
    return OrderRecord(
        order_id=order.order_id,
        client_oid=order.client_oid,
        uid=order.uid,
        symbol=order.symbol,
        side=order.side,
        order_type=order.order_type,
        force=order.force,
        price=instrument.price(order.price),
        size=order.budget or instrument.size(order.size),
        status=order.status,
        base_volume=base,
        quote_volume=order.quote,
        average_price=average_price(order.quote, base, instrument.price_places),
        fee_coin=instrument.base if order.side == "buy" else instrument.quote,
        fee=order.fee,
        fee_bgb=order.fee_bgb,
        stp_mode=order.stp_mode,
        tpsl_type=order.tpsl_type,
        trigger_price=order.trigger_price,
        take_profit_trigger=_trigger(take_profit, instrument),
        take_profit_price=_execution(take_profit, instrument),
        stop_loss_trigger=_trigger(stop_loss, instrument),
        stop_loss_price=_execution(stop_loss, instrument),
        entry_point=order.entry_point,
        cancel_reason=order.cancel_reason,
        created=order.created,
        updated=order.updated,
    )


def average_price(quote: Decimal, base: Decimal, places: int) -> Decimal:
    """Quote per base: with the instrument's decimals where those are exact, else with 8 more; 0 before any fill."""
    if not base:
        return ZERO
    shown = ratio(quote, base, places)
    return shown if shown * base == quote else ratio(quote, base, places + 8)


def _trigger(leg: Exit | None, instrument: Instrument) -> Decimal | None:
    return None if leg is None else instrument.price(leg.trigger)


def _execution(leg: Exit | None, instrument: Instrument) -> Decimal | None:
    return None if leg is None or not leg.price else instrument.price(leg.price)


def named(order: Order) -> bool:
    """Whether the client chose the client id; an order placed without one carries its own id there."""
    return order.client_oid != str(order.order_id)


def unnamed_id(client_oid: str) -> int | None:
    """The order id that an exchange-made client id stands for."""
    return int(client_oid) if client_oid.isdecimal() and len(client_oid) == ID_DIGITS else None


class OpenOrders:
    """All open orders by id, by user, by client id; and the client ids of those lately finished."""

    def __init__(self) -> None:
        self.by_id: dict[int, Order] = {}
        self.by_user: dict[int, dict[int, Order]] = {}
        self.client_oids: dict[tuple[int, str], int] = {}
        self.counts: dict[tuple[int, str], int] = {}
        self.finished: deque[tuple[int, int, str]] = deque()

    def add(self, order: Order) -> None:
        """Takes an order in; its client id is taken from now on."""
        self.by_id[order.order_id] = order
        self.by_user.setdefault(order.uid, {})[order.order_id] = order
        count = order.uid, order.symbol
        self.counts[count] = self.counts.get(count, 0) + 1
        if named(order):
            self.client_oids[order.uid, order.client_oid] = order.order_id

    def remove(self, order: Order, now: int) -> None:
        """Lets a finished order go; its client id stays taken for a while."""
        del self.by_id[order.order_id]
        mine = self.by_user[order.uid]
        del mine[order.order_id]
        if not mine:
            del self.by_user[order.uid]
        count = order.uid, order.symbol
        self.counts[count] -= 1
        if not self.counts[count]:
            del self.counts[count]
        if named(order):
            self.finished.append((now, order.uid, order.client_oid))
        self.forget(now)

    def forget(self, now: int) -> None:
        """Frees the client ids of orders that finished too long ago, or too many orders ago."""
        finished = self.finished
        while finished and (finished[0][0] < now - CLIENT_OID_MEMORY_MS or len(finished) > CLIENT_OID_MEMORY):
            _, uid, client_oid = finished.popleft()
            self.client_oids.pop((uid, client_oid), None)

    def of(self, uid: int) -> dict[int, Order]:
        """A user's open orders by id, oldest first; to read only."""
        return self.by_user.get(uid, {})

    def count(self, uid: int, symbol: str) -> int:
        """How many open orders the user has on the instrument."""
        return self.counts.get((uid, symbol), 0)

    def find(self, uid: int, order_id: int | None, client_oid: str | None) -> Order | None:
        """A user's open order by id, or else by client id."""
        if order_id is None and client_oid:
            order_id = self.client_oids.get((uid, client_oid)) or unnamed_id(client_oid)
        return None if order_id is None else self.of(uid).get(order_id)
