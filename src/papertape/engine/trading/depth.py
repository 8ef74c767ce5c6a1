"""An order book as it is shown: its levels, merged into wider price steps when asked for."""

from __future__ import annotations

from decimal import Decimal

from papertape.engine.trading.instruments import Instrument
from papertape.engine.trading.orderbook import LimitOrderBook
from papertape.engine.trading.records import Side

DEEPEST = 5_000
"""Levels of a side that are looked at: no answer holds or merges more."""

Levels = list[tuple[Decimal, Decimal]]


def merge_step(power: int) -> int:
    """Ticks in one merged level: the tick times ten to the ``power`` (documentation: Get Merge Depth)."""
    return int(10**power)


def levels(book: LimitOrderBook, instrument: Instrument, side: Side, step: int, limit: int) -> Levels:
    """The best ``limit`` levels of a side as (price, size), best first, merged into steps of ``step`` ticks.

    A merged bid is shown at the lower end of its step and an ask at the upper end, so that neither looks
    better than it is.
    """
    if step == 1:
        return [(instrument.price(ticks), instrument.size(lots)) for ticks, lots in book.depth(side, limit)]
    merged: dict[int, int] = {}
    for ticks, lots in book.depth(side, DEEPEST):
        price = ticks - ticks % step if side == "buy" else ticks + -ticks % step
        if price not in merged and len(merged) == limit:
            break
        merged[price] = merged.get(price, 0) + lots
    return [(instrument.price(ticks), instrument.size(lots)) for ticks, lots in merged.items()]
