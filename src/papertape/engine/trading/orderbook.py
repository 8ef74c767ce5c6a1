"""The order book of one instrument: price-time priority in integer ticks and lots.

A level is a queue of orders; each side keeps its prices sorted with the best one last, so that the
best price, the insertion of a new one and the removal of the best are all cheap.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import OrderedDict
from collections.abc import Iterator

from papertape.engine.trading.orders import Order
from papertape.engine.trading.records import Side


class Level:
    """All orders at one price by id, oldest first, and the sum of their open lots."""

    __slots__ = ("lots", "orders", "price")

    def __init__(self, price: int) -> None:
        self.price = price
        self.lots = 0
        self.orders: OrderedDict[int, Order] = OrderedDict()

    @property
    def first(self) -> Order:
        """The order that trades first."""
        return next(iter(self.orders.values()))


class BookSide:
    """One side of a book. ``sign`` turns prices into keys that grow towards the best price.

    ``changes`` counts what has changed since the process started; it is no part of the state.
    """

    __slots__ = ("changes", "keys", "levels", "sign")

    def __init__(self, sign: int) -> None:
        self.sign = sign
        self.changes = 0
        self.keys: list[int] = []
        self.levels: dict[int, Level] = {}

    def best(self) -> Level | None:
        """The level that trades first, or None when the side is empty."""
        keys = self.keys
        return self.levels[keys[-1] * self.sign] if keys else None

    def add(self, order: Order) -> None:
        """Queues a resting order at its price."""
        self.changes += 1
        price = order.price
        level = self.levels.get(price)
        if level is None:
            level = self.levels[price] = Level(price)
            insort(self.keys, price * self.sign)
        level.orders[order.order_id] = order
        level.lots += order.open_lots

    def remove(self, order: Order) -> None:
        """Takes a resting order out, and its level with it when it was the last one there."""
        self.changes += 1
        price = order.price
        level = self.levels[price]
        del level.orders[order.order_id]
        level.lots -= order.open_lots
        if not level.orders:
            del self.levels[price]
            keys = self.keys
            key = price * self.sign
            if keys[-1] == key:
                keys.pop()
            else:
                del keys[bisect_left(keys, key)]

    def fill(self, order: Order, lots: int) -> None:
        """Takes filled lots off a resting order; one that is filled whole leaves the book."""
        if lots == order.open_lots:
            self.remove(order)
        else:
            self.changes += 1
            self.levels[order.price].lots -= lots
        order.filled += lots

    def holds(self, order: Order) -> bool:
        """Whether the order rests here."""
        level = self.levels.get(order.price)
        return level is not None and order.order_id in level.orders

    def best_first(self) -> Iterator[Level]:
        """The levels, the best first."""
        for key in reversed(self.keys):
            yield self.levels[key * self.sign]

    def depth(self, levels: int) -> list[tuple[int, int]]:
        """The best ``levels`` prices as (ticks, lots), best first."""
        return [(key * self.sign, self.levels[key * self.sign].lots) for key in self.keys[: -levels - 1 : -1]]


class LimitOrderBook:
    """Bids and asks of one instrument."""

    __slots__ = ("asks", "bids")

    def __init__(self) -> None:
        self.bids = BookSide(1)
        self.asks = BookSide(-1)

    @property
    def changes(self) -> int:
        """How often either side has changed: another number, another book."""
        return self.bids.changes + self.asks.changes

    def side(self, side: Side) -> BookSide:
        """Where orders of this side rest."""
        return self.bids if side == "buy" else self.asks

    def opposite(self, side: Side) -> BookSide:
        """What orders of this side trade against."""
        return self.asks if side == "buy" else self.bids

    def best_bid(self) -> int | None:
        """The highest bid in ticks."""
        return self.bids.keys[-1] if self.bids.keys else None

    def best_ask(self) -> int | None:
        """The lowest ask in ticks."""
        return -self.asks.keys[-1] if self.asks.keys else None

    def depth(self, side: Side, levels: int) -> list[tuple[int, int]]:
        """The best ``levels`` prices of a side as (ticks, lots), best first."""
        return self.side(side).depth(levels)
