"""Order book operations a second, the same orders in the same order as through ``liquibook`` (C++ behind Python).

Each counts as one operation: an order that rests, a cancellation, an order that trades.
"""

from __future__ import annotations

import gc
import random
import time
from typing import Any, NamedTuple

from benchmarks.figures import console, median, rate, ratio, show
from papertape.engine.trading.market_id import MarketId
from papertape.engine.trading.orderbook import LimitOrderBook
from papertape.engine.trading.orders import Order
from papertape.engine.trading.records import Side

OPERATIONS = 100_000
ROUNDS = 5
MIDDLE = 6_000_000
DEPTH = 400
BTCUSDT = MarketId("live", "spot", "BTCUSDT")
"""Ticks on each side of the middle over which resting orders spread."""


class Step(NamedTuple):
    """One operation: order number ``order``; with ``cancels`` set, the number of the order to cancel."""

    order: int
    side: Side
    price: int
    lots: int
    cancels: int | None


def tape(seed: int) -> list[Step]:
    """The operations: 55 % rest, 30 % cancel what may still rest, 15 % trade."""
    chance = random.Random(seed)
    steps: list[Step] = []
    resting: list[int] = []
    for number in range(OPERATIONS):
        kind, buys, away = chance.random(), chance.random() < 0.5, chance.randint(1, DEPTH)
        side: Side = "buy" if buys else "sell"
        lots = chance.randint(1, 1000)
        if kind < 0.30 and resting:
            place = chance.randrange(len(resting))
            resting[place], resting[-1] = resting[-1], resting[place]
            steps.append(Step(number, side, 0, 0, resting.pop()))
        elif kind < 0.85:
            steps.append(Step(number, side, MIDDLE - away if buys else MIDDLE + away, lots, None))
            resting.append(number)
        else:
            steps.append(Step(number, side, MIDDLE + DEPTH if buys else MIDDLE - DEPTH, lots, None))
    return steps


class Ours:
    """Our book with the loop that trades on it."""

    def __init__(self) -> None:
        self.book = LimitOrderBook()
        self.open: dict[int, Order] = {}

    def play(self, steps: list[Step]) -> int:
        """Run the operations; answer how many orders rest in the end."""
        for step in steps:
            if step.cancels is None:
                self.place(step)
            elif (order := self.open.pop(step.cancels, None)) is not None:
                self.book.side(order.side).remove(order)
        return len(self.open)

    def place(self, step: Step) -> None:
        """Trade what crosses; the rest of the order rests."""
        order = Order(order_id=step.order, uid=1, market=BTCUSDT, wallet="spot", side=step.side, order_type="limit",
                      price=step.price, size=step.lots, created=0, updated=0)  # fmt: skip
        against, limit = self.book.opposite(step.side), step.price
        buys, wanted = step.side == "buy", step.lots
        while wanted and (level := against.best()) is not None:
            if level.price > limit if buys else level.price < limit:
                break
            maker = level.first
            left = maker.open_lots
            lots = left if left < wanted else wanted
            against.fill(maker, lots)
            wanted -= lots
            if lots == left:
                del self.open[maker.order_id]
        if wanted:
            order.filled = order.size - wanted
            self.book.side(step.side).add(order)
            self.open[order.order_id] = order


class Liquibook:
    """The peer at its fastest: no listener that would call back into Python."""

    def __init__(self, package: Any) -> None:
        self.package, self.book = package, package.DepthOrderBook()
        self.book.set_symbol("BTCUSDT")

    def play(self, steps: list[Step]) -> int:
        """Run the operations; answer how many orders rest in the end."""
        orders: dict[int, Any] = {}
        make, cancel, add = self.package.SimpleOrder, self.book.cancel, self.book.add
        for step in steps:
            if step.cancels is None:
                orders[step.order] = order = make(step.side == "buy", step.price, step.lots)
                add(order)
            else:
                cancel(orders.pop(step.cancels))
        resting: int = self.book.bids().size() + self.book.asks().size()
        return resting


def measure() -> None:
    """Print the table."""
    console.print("[bold]Order book[/bold]: the same tape through each", style="dim")
    steps = tape(7)
    package = _liquibook()
    ours, theirs = [], []
    resting: set[int] = set()
    for _ in range(ROUNDS):
        ours.append(_timed(Ours(), steps, resting))
        if package is not None:
            theirs.append(_timed(Liquibook(package), steps, resting))
    assert len(resting) == 1, f"the books disagree: {resting} orders rest"
    mine, peer = median(ours), median(theirs) if theirs else None
    show(
        f"Order book operations a second, {OPERATIONS:,} operations",
        ["", "ours", "liquibook", "ratio (aim 1)"],
        [["operations/s", rate(mine), rate(peer), ratio(mine, peer)]],
        [] if package else ["liquibook: not measured, it has no build for this Python"],
    )


def _timed(book: Ours | Liquibook, steps: list[Step], resting: set[int]) -> float:
    gc.collect()
    started = time.perf_counter()
    resting.add(book.play(steps))
    return len(steps) / (time.perf_counter() - started)


def _liquibook() -> Any:
    try:
        import liquibook
    except ImportError:
        return None
    return liquibook
