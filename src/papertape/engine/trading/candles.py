"""Candles of every granularity, put together from minutes.

Candles without trades repeat the previous close with no volume, so that a series has no holes, and a candle
opens at the previous close unless it traded in its first minute. Days, weeks, months and the 6 and 12 hour
candles begin at midnight UTC+8, those named ``utc`` at midnight UTC (documentation: Get Candlestick Data; its
example month begins at 16:00 UTC).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

import msgspec

from papertape.contract.protocol.enums import Granularity
from papertape.engine.exchange.money import ZERO
from papertape.engine.trading.records import CandleRecord

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY
FIRST_MONDAY = 4 * DAY
EASTERN = 8 * HOUR
"""Bitget's own time zone, UTC+8."""
EPOCH = datetime(1970, 1, 1)


class Span(msgspec.Struct, frozen=True):
    """How long candles are and where they begin; ``length`` 0 is a calendar month. All in milliseconds.

    ``depth`` is how many days back the recent candles go, 0 for no limit (documentation: Get Candlestick Data).
    """

    length: int
    offset: int = 0
    anchor: int = 0
    depth: int = 0

    def start(self, time: int) -> int:
        """When the candle that holds this time begins."""
        local = time + self.offset
        if self.length:
            return time - (local - self.anchor) % self.length
        month = (EPOCH + timedelta(milliseconds=local)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        return self._time(month)

    def after(self, start: int) -> int:
        """When the next candle begins."""
        return start + self.length if self.length else self.start(start + 32 * DAY)

    def ceiling(self, time: int) -> int:
        """When the first candle begins that does not begin before this time."""
        start = self.start(time)
        return start if start == time else self.after(start)

    def before(self, start: int, count: int) -> int:
        """When the candle ``count`` candles earlier begins."""
        if self.length:
            return start - count * self.length
        month = EPOCH + timedelta(milliseconds=start + self.offset)
        months = max(month.year * 12 + month.month - 1 - count, EPOCH.year * 12)
        return self._time(datetime(months // 12, months % 12 + 1, 1))

    def _time(self, local: datetime) -> int:
        return (local - EPOCH) // timedelta(milliseconds=1) - self.offset


SPANS: dict[Granularity, Span] = {
    "1min": Span(MINUTE, depth=30),
    "3min": Span(3 * MINUTE, depth=30),
    "5min": Span(5 * MINUTE, depth=30),
    "15min": Span(15 * MINUTE, depth=52),
    "30min": Span(30 * MINUTE, depth=62),
    "1h": Span(HOUR, depth=83),
    "4h": Span(4 * HOUR, depth=240),
    "6h": Span(6 * HOUR, EASTERN, depth=360),
    "12h": Span(12 * HOUR, EASTERN),
    "1day": Span(DAY, EASTERN),
    "3day": Span(3 * DAY, EASTERN),
    "1week": Span(WEEK, EASTERN, FIRST_MONDAY),
    "1M": Span(0, EASTERN),
    "6Hutc": Span(6 * HOUR, depth=360),
    "12Hutc": Span(12 * HOUR),
    "1Dutc": Span(DAY),
    "3Dutc": Span(3 * DAY),
    "1Wutc": Span(WEEK, 0, FIRST_MONDAY),
    "1Mutc": Span(0),
}


def flat(product: str, symbol: str, start: int, price: Decimal) -> CandleRecord:
    """A candle without trades."""
    return CandleRecord(
        product=product,
        symbol=symbol,
        start=start,
        open=price,
        high=price,
        low=price,
        close=price,
        base_volume=ZERO,
        quote_volume=ZERO,
        usdt_volume=ZERO,
    )


def joined(first: CandleRecord, second: CandleRecord) -> CandleRecord:
    """One candle of two that follow each other within it."""
    return CandleRecord(
        product=first.product,
        symbol=first.symbol,
        start=first.start,
        open=first.open,
        high=max(first.high, second.high),
        low=min(first.low, second.low),
        close=second.close,
        base_volume=first.base_volume + second.base_volume,
        quote_volume=first.quote_volume + second.quote_volume,
        usdt_volume=first.usdt_volume + second.usdt_volume,
    )


class CandleSeries:
    """Candles of one granularity growing from shorter ones: without holes, ascending."""

    def __init__(self, product: str, symbol: str, span: Span, previous: CandleRecord | None = None) -> None:
        """``previous`` is what was before the first candle; without it the series begins where trading did."""
        self.product, self.symbol, self.span = product, symbol, span
        self.candles: list[CandleRecord] = []
        self.close = None if previous is None else previous.close
        self.end = 0

    def resume(self, candles: list[CandleRecord]) -> None:
        """Goes on after candles of this series that were put together before."""
        if candles:
            self.candles = candles
            self.close, self.end = candles[-1].close, self.span.after(candles[-1].start)

    def begin(self, start: int) -> None:
        """Where the first candle begins, if it is known what was before."""
        if self.close is not None:
            self.end = start

    def extend(self, parts: Iterable[CandleRecord]) -> None:
        """Adds candles no longer than this series', ascending, none before those already in."""
        candles, span = self.candles, self.span
        for part in parts:
            self.fill(part.start)
            if part.start >= self.end:
                start = span.start(part.start)
                self.end = span.after(start)
                if part.start != start:
                    part = self._late(start, part)
                candles.append(part)
            else:
                candles[-1] = joined(candles[-1], part)
            self.close = part.close

    def fill(self, time: int) -> None:
        """Adds flat candles until the one that holds ``time`` is next or already there."""
        if self.close is None or not self.end:
            return
        while (following := self.span.after(self.end)) <= time:
            self.candles.append(flat(self.product, self.symbol, self.end, self.close))
            self.end = following

    def finish(self, end: int) -> list[CandleRecord]:
        """All candles that begin before ``end``."""
        if self.close is not None and self.end:
            while self.end < end:
                self.candles.append(flat(self.product, self.symbol, self.end, self.close))
                self.end = self.span.after(self.end)
        return self.candles

    def _late(self, start: int, part: CandleRecord) -> CandleRecord:
        """The candle of a part that begins later than it: it opens at the close before, where there is one."""
        if self.close is None:
            return msgspec.structs.replace(part, start=start)
        return joined(flat(self.product, self.symbol, start, self.close), part)
