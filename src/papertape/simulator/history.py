"""The minutes before the exchange opened: made from the seed when they are asked for, never stored.

They end at the instrument's opening price in the minute before the one the exchange opened in; from there on
candles come from real trades. Instruments over the same coins agree with each other, as their fair prices do.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from threading import Lock
from typing import NamedTuple

from papertape.engine.exchange.money import down
from papertape.engine.spot.instruments import SpotInstrument
from papertape.engine.spot.markets import SPOT
from papertape.engine.spot.valuation import DOLLARS
from papertape.engine.trading.records import CandleRecord
from papertape.simulator import profiles
from papertape.simulator.prices import MINUTE, MINUTES_OCTAVE, Prices, Wildness
from papertape.simulator.randomness import gauss_table, words

HOUR = 3_600_000
DAYS = 90
"""How far back history goes."""
BLOCK_MINUTES = 240
BLOCK_MS = BLOCK_MINUTES * MINUTE
REMEMBERED_BLOCKS = 96
SMALLEST_VOLATILITY = 0.001
"""Even prices that do not move have highs and lows."""
_YEAR_MINUTES = 365 * 1440
_making = Lock()
"""What is remembered about prices is not for two threads at once, and histories are read by several."""


class PastMinute(NamedTuple):
    """One minute in whole ticks and lots; ``typical`` is the average traded price, ``micros`` what a quote coin was
    worth in millionths of a USDT."""

    open: int
    high: int
    low: int
    close: int
    typical: int
    lots: int
    micros: int


def minute_candles(seed: int, instrument: SpotInstrument, opened_ms: int, start: int, end: int) -> list[CandleRecord]:
    """The minutes with ``start <= minute < end`` of the 90 days before the exchange opened, oldest first."""
    last = opened_ms - opened_ms % MINUTE
    first = max(start + -start % MINUTE, last - DAYS * 24 * HOUR)
    end = min(end, last)
    candles: list[CandleRecord] = []
    while first < end:
        number = (last - first - MINUTE) // BLOCK_MS
        block_start = last - (number + 1) * BLOCK_MS
        block = _block(seed, instrument, last, number)
        stop = min(end, block_start + BLOCK_MS)
        for time in range(first, stop, MINUTE):
            index = (time - block_start) // MINUTE
            candles.append(_record(instrument, time, block[index]))
        first = max(stop, first + MINUTE)
    return candles


def minute_at(seed: int, instrument: SpotInstrument, opened_ms: int, start: int) -> PastMinute:
    """The minute that begins at ``start``, one of the 90 days before the exchange opened."""
    last = opened_ms - opened_ms % MINUTE
    number = (last - start - MINUTE) // BLOCK_MS
    return _block(seed, instrument, last, number)[(start - last + (number + 1) * BLOCK_MS) // MINUTE]


def hour_candles(seed: int, instrument: SpotInstrument, opened_ms: int, hours: int = 24) -> Iterator[CandleRecord]:
    """The last ``hours`` before the exchange opened, oldest first, each the sum of its 60 minutes.

    Hours are counted back from the opening's minute, so that together they are exactly the time before it.
    """
    last = opened_ms - opened_ms % MINUTE
    for back in range(hours, 0, -1):
        start = last - back * HOUR
        minutes = minute_candles(seed, instrument, opened_ms, start, start + HOUR)
        if minutes:
            yield CandleRecord(
                product=SPOT,
                symbol=instrument.symbol,
                start=start,
                open=minutes[0].open,
                high=max(minute.high for minute in minutes),
                low=min(minute.low for minute in minutes),
                close=minutes[-1].close,
                base_volume=sum((minute.base_volume for minute in minutes[1:]), minutes[0].base_volume),
                quote_volume=sum((minute.quote_volume for minute in minutes[1:]), minutes[0].quote_volume),
                usdt_volume=sum((minute.usdt_volume for minute in minutes[1:]), minutes[0].usdt_volume),
            )


@lru_cache(maxsize=4)
def _prices(seed: int) -> Prices:
    return Prices(seed, MINUTES_OCTAVE)


@lru_cache(maxsize=4)
def _wildness(seed: int) -> Wildness:
    return Wildness(seed)


def _block(seed: int, instrument: SpotInstrument, last: int, number: int) -> tuple[PastMinute, ...]:
    """Block ``number``, counted back from the opening's minute ``last``; made by one thread at a time."""
    with _making:
        return _made_block(seed, instrument, last, number)


@lru_cache(maxsize=REMEMBERED_BLOCKS)
def _made_block(seed: int, instrument: SpotInstrument, last: int, number: int) -> tuple[PastMinute, ...]:
    start = -(number + 1) * BLOCK_MS
    ticks, micros = _closes(seed, instrument, start), _quote_micros(seed, instrument, start)
    usual, wildness = _usual_move(instrument), _wildness(seed)
    scale = profiles.turnover(instrument) / 1440 / profiles.lot_value(instrument)
    beyond, uneven = _tables()
    key = f"{seed}/minutes/{instrument.symbol}"
    minutes: list[PastMinute] = []
    for index in range(0, BLOCK_MINUTES, 4):
        time = start + index * MINUTE
        reach, lots_a_minute = usual * wildness.at(time), scale * profiles.activity(last + time)
        row = words(key, (number * BLOCK_MINUTES + index) // 4)
        for minute in range(index, index + 4):
            above, below, volume, tail = row[:4]
            row = row[4:]
            opened, closed = ticks[minute], ticks[minute + 1]
            upper, lower = (opened, closed) if opened > closed else (closed, opened)
            one_move = opened * usual
            high = upper + int(opened * reach * beyond[above >> 20])
            low = lower - int(opened * reach * beyond[below >> 20]) or 1
            lots = int(lots_a_minute * (0.55 + 0.45 * (upper - lower) / one_move) * uneven[volume >> 20]) or 1
            typical = low + ((high - low) * tail >> 32)
            minutes.append(PastMinute(opened, high, low, closed, typical, lots, micros[minute]))
    return tuple(minutes)


@lru_cache(maxsize=1)
def _tables() -> tuple[list[float], list[float]]:
    """How far a minute goes beyond its open and close, in usual moves, and how uneven its volume is."""
    gauss = gauss_table()
    return [0.4 * abs(number) for number in gauss], [math.exp(0.5 * number - 0.125) for number in gauss]


def _closes(seed: int, instrument: SpotInstrument, start: int) -> list[int]:
    """The price in ticks at the start of each of a block's minutes and at its end."""
    levels = _prices(seed).minutes(instrument, start, BLOCK_MINUTES + 1)
    opening = float(instrument.opening_price.scaleb(instrument.price_places))
    return [max(1, round(opening * math.exp(level))) for level in levels]


def _quote_micros(seed: int, instrument: SpotInstrument, start: int) -> list[int]:
    """What one quote coin was worth, in millionths of a USDT."""
    value = profiles.usdt_value(instrument.quote) * 1e6
    if instrument.quote in DOLLARS:
        return [1_000_000] * (BLOCK_MINUTES + 1)
    levels = _prices(seed).coin_minutes(instrument.quote, start, BLOCK_MINUTES + 1)
    return [round(value * math.exp(level)) for level in levels]


def _record(instrument: SpotInstrument, start: int, minute: PastMinute) -> CandleRecord:
    tick = instrument.tick
    quote = instrument.value(minute.typical, minute.lots)
    return CandleRecord(
        product=SPOT,
        symbol=instrument.symbol,
        start=start,
        open=tick * minute.open,
        high=tick * minute.high,
        low=tick * minute.low,
        close=tick * minute.close,
        base_volume=instrument.size(minute.lots),
        quote_volume=quote,
        usdt_volume=quote if minute.micros == 1_000_000 else down(quote * Decimal(minute.micros).scaleb(-6), 8),
    )


def _usual_move(instrument: SpotInstrument) -> float:
    """One standard deviation of a minute's return."""
    base, quote = profiles.coin(instrument.base), profiles.coin(instrument.quote)
    leads = (base.beta - quote.beta) * profiles.LEADER_VOLATILITY
    return math.sqrt((leads**2 + base.volatility**2 + quote.volatility**2 + SMALLEST_VOLATILITY**2) / _YEAR_MINUTES)
