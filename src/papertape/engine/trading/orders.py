"""Open orders: the order itself and the index of all that have not come to an end."""

from __future__ import annotations

from collections import deque
from decimal import Decimal
from typing import Literal

import msgspec

from papertape.engine.exchange.money import ZERO
from papertape.engine.funds.ledger import line_of
from papertape.engine.trading.market_id import MarketId, PriceKind
from papertape.engine.trading.records import Force, OrderStatus, OrderType, SelfTradePrevention, Side

CLIENT_OID_MEMORY_MS = 2 * 3_600_000
"""How long the client id of a finished order stays taken: as long as it can be looked up (changelog 2025-03-20)."""
ID_DIGITS = 19
CLIENT_OID_MEMORY = 1_000_000
"""At most this many client ids of finished orders are remembered."""

ClientOid = tuple[str, int, str]
"""Whose client id it is: the product line, the UID, the id."""


class Exit(msgspec.Struct, frozen=True):
    """A take-profit or stop-loss: its trigger in ticks, then a limit at ``price`` ticks (0 = at market)."""

    trigger: int
    price: int = 0


class Order(msgspec.Struct, kw_only=True):
    """An open order: ``price`` in ticks (0 = market), ``size`` in lots, what it costs is paid from ``wallet``.

    An order that is to spend has a quote ``budget`` instead of a size. ``frozen`` is what it still holds frozen, of
    which coin its terms say. An order with ``above`` or ``below`` waits off the book until the price that it watches
    gets there. ``take_profit`` and ``stop_loss`` are attached exits, placed when it is done.
    """

    order_id: int
    client_oid: str = ""
    uid: int
    market: MarketId
    wallet: str
    side: Side
    order_type: OrderType
    force: Force = "gtc"
    price: int = 0
    size: int = 0
    budget: Decimal = ZERO
    stp_mode: SelfTradePrevention = "none"
    above: Exit | None = None
    below: Exit | None = None
    watches: PriceKind = "last"
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

    @property
    def symbol(self) -> str:
        """The instrument's symbol."""
        return self.market.symbol

    @property
    def line(self) -> str:
        """The product line that the order is listed under."""
        return line_of(self.wallet)

    @property
    def watched(self) -> tuple[int | None, int | None]:
        """The prices in ticks that it waits for: above and below."""
        return self.above.trigger if self.above else None, self.below.trigger if self.below else None

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


def named(order: Order) -> bool:
    """Whether the client chose the client id; an order placed without one carries its own id there."""
    return order.client_oid != str(order.order_id)


def unnamed_id(client_oid: str) -> int | None:
    """The order id that an exchange-made client id stands for."""
    return int(client_oid) if client_oid.isdecimal() and len(client_oid) == ID_DIGITS else None


class OpenOrders:
    """All open orders of an environment by id, and by product line and user; the client ids of those lately finished.

    Each product line has client ids of its own: two orders of one user may share one on two lines.
    """

    def __init__(self) -> None:
        self.by_id: dict[int, Order] = {}
        self.by_user: dict[tuple[str, int], dict[int, Order]] = {}
        self.client_oids: dict[ClientOid, int] = {}
        self.counts: dict[tuple[str, int, str], int] = {}
        self.finished: deque[tuple[int, ClientOid]] = deque()

    def add(self, order: Order) -> None:
        """Takes an order in; its client id is taken from now on."""
        line = order.line
        self.by_id[order.order_id] = order
        self.by_user.setdefault((line, order.uid), {})[order.order_id] = order
        count = line, order.uid, order.symbol
        self.counts[count] = self.counts.get(count, 0) + 1
        if named(order):
            self.client_oids[line, order.uid, order.client_oid] = order.order_id

    def remove(self, order: Order, now: int) -> None:
        """Lets a finished order go; its client id stays taken for a while."""
        line = order.line
        del self.by_id[order.order_id]
        mine = self.by_user[line, order.uid]
        del mine[order.order_id]
        if not mine:
            del self.by_user[line, order.uid]
        count = line, order.uid, order.symbol
        self.counts[count] -= 1
        if not self.counts[count]:
            del self.counts[count]
        if named(order):
            self.finished.append((now, (line, order.uid, order.client_oid)))
        self.forget(now)

    def forget(self, now: int) -> None:
        """Frees the client ids of orders that finished too long ago, or too many orders ago."""
        finished = self.finished
        while finished and (finished[0][0] < now - CLIENT_OID_MEMORY_MS or len(finished) > CLIENT_OID_MEMORY):
            self.client_oids.pop(finished.popleft()[1], None)

    def of(self, line: str, uid: int) -> dict[int, Order]:
        """A user's open orders of a product line by id, oldest first; to read only."""
        return self.by_user.get((line, uid), {})

    def count(self, line: str, uid: int, symbol: str) -> int:
        """How many open orders the user has on the line's instrument."""
        return self.counts.get((line, uid, symbol), 0)

    def find(self, line: str, uid: int, order_id: int | None, client_oid: str | None) -> Order | None:
        """A user's open order of a product line by id, or else by client id."""
        if order_id is None and client_oid:
            order_id = self.client_oids.get((line, uid, client_oid)) or unnamed_id(client_oid)
        return None if order_id is None else self.of(line, uid).get(order_id)
