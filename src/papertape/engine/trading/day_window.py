"""The last 24 hours of one instrument, kept as running totals over its closed minutes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from decimal import Decimal

import msgspec

from papertape.engine.exchange.money import ZERO
from papertape.engine.trading.records import CandleRecord

MINUTE = 60_000
DAY = 86_400_000


class DayFigures(msgspec.Struct, frozen=True):
    """What a ticker shows of the last 24 hours: prices in the quote coin, volumes in the coin they name.

    ``open`` is the price 24 hours ago, ``open_utc`` the one at 00:00 UTC; with no trade since, the last price.
    """

    open: Decimal
    high: Decimal
    low: Decimal
    base_volume: Decimal
    quote_volume: Decimal
    usdt_volume: Decimal
    open_utc: Decimal


class DayWindow:
    """Sums and extremes over the closed minutes that began in the last 24 hours, each O(1) amortised.

    Derived from the minutes alone and never part of a snapshot, so a read may drop what has expired.
    """

    def __init__(self, before: Decimal, minutes: Iterable[CandleRecord] = ()) -> None:
        self.before = before
        self.minutes: deque[CandleRecord] = deque()
        self.highs: deque[CandleRecord] = deque()
        self.lows: deque[CandleRecord] = deque()
        self.base_volume = self.quote_volume = self.usdt_volume = ZERO
        for minute in minutes:
            self.append(minute)

    def append(self, minute: CandleRecord) -> None:
        """Adds a closed minute, later than all before it."""
        self.minutes.append(minute)
        highs, lows = self.highs, self.lows
        while highs and highs[-1].high <= minute.high:
            highs.pop()
        highs.append(minute)
        while lows and lows[-1].low >= minute.low:
            lows.pop()
        lows.append(minute)
        self.base_volume += minute.base_volume
        self.quote_volume += minute.quote_volume
        self.usdt_volume += minute.usdt_volume

    def expire(self, start: int) -> None:
        """Drops minutes that began before ``start`` (Unix milliseconds)."""
        minutes = self.minutes
        while minutes and minutes[0].start < start:
            gone = minutes.popleft()
            self.before = gone.close
            self.base_volume -= gone.base_volume
            self.quote_volume -= gone.quote_volume
            self.usdt_volume -= gone.usdt_volume
            if self.highs[0] is gone:
                self.highs.popleft()
            if self.lows[0] is gone:
                self.lows.popleft()
        if not minutes:
            # The sums are 0 now, but with the decimals of what they were the sums of.
            self.base_volume = self.quote_volume = self.usdt_volume = ZERO

    def open_at(self, start: int) -> Decimal:
        """The price at ``start``: that minute's first trade, or without one the close before it."""
        first = self.minutes[0] if self.minutes else None
        return first.open if first is not None and first.start == start else self.before


def window_start(now: int) -> int:
    """The first of the 1440 minutes, the running one included, that are the last 24 hours at ``now``."""
    return now - now % MINUTE - DAY + MINUTE
