"""Taker flow: what takers bought and sold of an instrument, by the size of their orders, in minutes and in days.

An order counts as one, by what all its fills as a taker were worth in USDT when it traded: a whale's, a dolphin's
or a fish's, by the instrument's two thresholds. What it trades later, resting, is the flow of those who take it. A
minute or a day has ended with the first order after it, and leaves the engine for history.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import msgspec

from papertape.engine.exchange.money import ZERO
from papertape.engine.trading.instruments import Instrument
from papertape.engine.trading.records import FlowRecord, FlowSpan, Side

SizeClass = Literal["whale", "dolphin", "fish"]
SPANS: dict[FlowSpan, int] = {"minute": 60_000, "day": 86_400_000}
"""The lengths that flow is added up over, in milliseconds."""


class Flow(msgspec.Struct):
    """What has been traded since ``start`` (Unix milliseconds), in the base coin."""

    start: int
    whale_buy: Decimal = ZERO
    dolphin_buy: Decimal = ZERO
    fish_buy: Decimal = ZERO
    whale_sell: Decimal = ZERO
    dolphin_sell: Decimal = ZERO
    fish_sell: Decimal = ZERO

    def record(self, product: str, symbol: str, span: FlowSpan) -> FlowRecord:
        """The flow as it stands."""
        return FlowRecord(product=product, symbol=symbol, span=span, **msgspec.structs.asdict(self))


class Flows(msgspec.Struct):
    """One instrument's running minute and running day: those of the last order, which the next may still change."""

    running: dict[FlowSpan, Flow] = msgspec.field(default_factory=dict)

    def add(self, now: int, side: Side, size_class: SizeClass, size: Decimal) -> list[tuple[FlowSpan, Flow]]:
        """Takes in what one order took at ``now`` (ms); returns the minute and the day that this has ended."""
        place, ended = f"{size_class}_{side}", []
        for span, length in SPANS.items():
            start = now - now % length
            flow = self.running.get(span)
            if flow is None or flow.start != start:
                if flow is not None:
                    ended.append((span, flow))
                flow = self.running[span] = Flow(start)
            setattr(flow, place, getattr(flow, place) + size)
        return ended


def size_class(instrument: Instrument, usdt: Decimal) -> SizeClass:
    """Whose order it is that was worth this much in USDT."""
    if usdt >= instrument.whale_value:
        return "whale"
    return "dolphin" if usdt >= instrument.dolphin_value else "fish"
