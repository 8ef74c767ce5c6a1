"""The public trades of the minutes before the exchange opened: made from the seed when they are asked for.

A minute's trades add up to its candle: its volume, its open, high, low and close, and its volume in quote wherever any
trades can (a candle whose average price is its low or its high leaves no room for its other prices).
"""

from __future__ import annotations

from typing import NamedTuple
from zlib import crc32

from papertape.engine.spot.instruments import SpotInstrument
from papertape.engine.spot.markets import SPOT
from papertape.engine.trading.records import Side, TradeRecord
from papertape.simulator import profiles
from papertape.simulator.history import DAYS, HOUR, PastMinute, minute_at
from papertape.simulator.prices import MINUTE
from papertape.simulator.randomness import Draws

FIRST_PAST_ID = 1_200_000_000_000_000_000
"""Below every id that the exchange gives, and as long."""
IDS_A_MINUTE = 1_000_000
IDS_AN_INSTRUMENT = 100
LEAST, MOST = 4, 40
"""Trades of a minute: at least those of its four prices."""


class _Print(NamedTuple):
    """One trade of a minute in ticks and lots."""

    ticks: int
    lots: int


def past_trades(
    seed: int, instrument: SpotInstrument, opened: int, *, limit: int, before: int | None, start: int, end: int
) -> list[TradeRecord]:
    """The newest ``limit`` trades below id ``before`` with ``start <= created <= end``, newest first.

    They go back 90 days from the minute in which the exchange opened; ``opened``, ``start`` and ``end`` in Unix ms.
    """
    last = opened - opened % MINUTE
    first = max(start - start % MINUTE, last - DAYS * 24 * HOUR)
    minute = min(end - end % MINUTE, last - MINUTE)
    if before is not None:
        minute = min(minute, (before - FIRST_PAST_ID) // IDS_A_MINUTE * MINUTE)
    found: list[TradeRecord] = []
    while minute >= first and len(found) < limit:
        found += [
            trade
            for trade in reversed(minute_trades(seed, instrument, opened, minute))
            if start <= trade.created <= end and (before is None or trade.trade_id < before)
        ]
        minute -= MINUTE
    return found[:limit]


def minute_trades(seed: int, instrument: SpotInstrument, opened: int, start: int) -> list[TradeRecord]:
    """All trades of the minute that begins at ``start``, oldest first; it must be of the 90 days before the opening."""
    minute = minute_at(seed, instrument, opened, start)
    draws = Draws(seed, f"past/{instrument.symbol}", start // MINUTE)
    prints = _prints(minute, draws, _count(instrument, minute.lots))
    times = sorted(draws.below(MINUTE) for _ in prints)
    number = start // MINUTE * IDS_A_MINUTE + crc32(instrument.symbol.encode()) % 9_999 * IDS_AN_INSTRUMENT
    trades, before = [], minute.open
    side: Side = "buy" if draws.uniform() < 0.5 else "sell"
    for index, (each, time) in enumerate(zip(prints, times, strict=True)):
        if each.ticks != before:
            side, before = ("buy" if each.ticks > before else "sell"), each.ticks
        trades.append(
            TradeRecord(
                trade_id=FIRST_PAST_ID + number + index,
                product=SPOT,
                symbol=instrument.symbol,
                side=side,
                price=instrument.price(each.ticks),
                size=instrument.size(each.lots),
                created=start + time,
            )
        )
    return trades


def _count(instrument: SpotInstrument, lots: int) -> int:
    usual = lots * profiles.lot_value(instrument) / profiles.trade_value(instrument)
    return min(max(round(usual), LEAST), MOST)


def _prints(minute: PastMinute, draws: Draws, count: int) -> list[_Print]:
    """A minute's trades in order: its open first, its close last, high, low and the rest anywhere between."""
    corners = [minute.open, minute.high, minute.low, minute.close]
    rest = minute.lots - len(corners)
    if rest < 0:
        return [_Print(ticks, 1) for ticks in corners[-minute.lots :]]
    value = min(
        max(minute.typical * minute.lots - sum(corners), minute.low * rest),
        minute.high * rest,
    )
    between = [_Print(minute.high, 1), _Print(minute.low, 1), *_filling(minute, draws, rest, value, count - LEAST)]
    for index in range(len(between) - 1, 0, -1):
        other = draws.below(index + 1)
        between[index], between[other] = between[other], between[index]
    return [_Print(minute.open, 1), *between, _Print(minute.close, 1)]


def _filling(minute: PastMinute, draws: Draws, lots: int, value: int, count: int) -> list[_Print]:
    """Trades of so many lots that are worth exactly ``value``, ticks times lots, all between low and high.

    Pairs lie evenly around the average price, so that they cost as much as if both were at it.
    """
    if not lots:
        return []
    average, above = divmod(value, lots)
    room = min(minute.high - average, average - minute.low)
    pairs: list[_Print] = []
    left = lots - above
    for _ in range(max(count - 2, 0) // 2):
        size = int(left / (count + 1) * (0.4 + 1.2 * draws.uniform()))
        if room > 0 and 0 < 2 * size < left:
            apart = draws.below(room + 1)
            pairs += [_Print(average - apart, size), _Print(average + apart, size)]
            left -= 2 * size
    return [*pairs, *(each for each in (_Print(average, left), _Print(average + 1, above)) if each.lots)]
