"""Public market data of one instrument, made from its trades: last price, recent trades, minutes, 24 hours.

Candles are built in minutes; longer ones are put together from minutes when they are read. A minute has
closed with the first trade after it, and leaves the engine for history. Snapshots hold the minutes
as of the last trade, so that what a state looks like never depends on which questions it was asked.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from decimal import Decimal

import msgspec

from papertape.engine.exchange.money import ZERO, nearest
from papertape.engine.trading.day_window import DAY, MINUTE, DayFigures, DayWindow, window_start
from papertape.engine.trading.instruments import Instrument
from papertape.engine.trading.records import CandleRecord, TradeRecord

RECENT_TRADES = 500
"""How many public trades stay in the engine; ``fills`` shows at most as many."""
ONE = Decimal(1)


class RunningMinute(msgspec.Struct):
    """The minute of the last trade, which the next trade may still change."""

    start: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    base_volume: Decimal = ZERO
    quote_volume: Decimal = ZERO
    usdt_volume: Decimal = ZERO

    def record(self, product: str, symbol: str) -> CandleRecord:
        """The minute as it stands."""
        return CandleRecord(
            product=product,
            symbol=symbol,
            start=self.start,
            open=self.open,
            high=self.high,
            low=self.low,
            close=self.close,
            base_volume=self.base_volume,
            quote_volume=self.quote_volume,
            usdt_volume=self.usdt_volume,
        )


class MarketDataState(msgspec.Struct, frozen=True, kw_only=True):
    """One instrument's market data in a snapshot; ``before`` is the price before the first of ``minutes``."""

    last: Decimal
    last_trade_time: int
    day: int
    day_open: Decimal
    before: Decimal
    minutes: list[CandleRecord]
    running: RunningMinute | None
    recent: list[TradeRecord]


class MarketData:
    """One instrument's market data. ``last`` is its last price, the opening price before any trade."""

    def __init__(self, product: str, instrument: Instrument) -> None:
        self.product, self.symbol = product, instrument.symbol
        self.last = nearest(instrument.opening_price, instrument.price_places)
        self.last_trade_time = 0
        self.recent: deque[TradeRecord] = deque(maxlen=RECENT_TRADES)
        self.running: RunningMinute | None = None
        self._minutes: deque[CandleRecord] = deque()
        self._before = self.last
        self._day = 0
        self._day_open = self.last
        self._window = DayWindow(self._before)

    def seed_window(self, buckets: Iterable[CandleRecord]) -> None:
        """Fills the last 24 hours from back-filled candles (ascending, of one length) before the first trade.

        A bucket longer than a minute stays in the window as a whole until its last minute leaves.
        """
        assert self.running is None and not self._minutes, "market data is seeded before the first trade"
        seeds = list(buckets)
        length = seeds[1].start - seeds[0].start if len(seeds) > 1 else MINUTE
        for bucket in seeds:
            if bucket.start // DAY != self._day:
                self._day, self._day_open = bucket.start // DAY, bucket.open
            self._minutes.append(msgspec.structs.replace(bucket, start=bucket.start + length - MINUTE))
        if seeds:
            self._before = seeds[0].open
        self._window = DayWindow(self._before, self._minutes)

    def add_trade(self, trade: TradeRecord, usdt_rate: Decimal) -> CandleRecord | None:
        """Takes a trade in; ``usdt_rate`` is what one quote coin is worth in USDT.

        Returns the candle of the minute before when this trade begins a new one.
        """
        price, size, created = trade.price, trade.size, trade.created
        running, closed = self.running, None
        if running is None or created - running.start >= MINUTE:
            closed = None if running is None else running.record(self.product, self.symbol)
            running = self._begin_minute(closed, created, price)
        elif price > running.high:
            running.high = price
        elif price < running.low:
            running.low = price
        quote = price * size
        running.close = self.last = price
        running.base_volume += size
        running.quote_volume += quote
        running.usdt_volume += quote if usdt_rate == ONE else nearest(quote * usdt_rate, 8)
        self.last_trade_time = created
        self.recent.append(trade)
        return closed

    def day(self, now: int) -> DayFigures:
        """The last 24 hours at ``now`` (Unix milliseconds)."""
        start, window = window_start(now), self._window
        window.expire(start)
        running = self.running
        if running is None or running.start < start:
            open_ = window.open_at(start) if running is None else self.last
            return self._figures(now, open_, None)
        open_ = running.open if running.start == start else window.open_at(start)
        return self._figures(now, open_, running)

    def dump(self) -> MarketDataState:
        """What a snapshot keeps; the same however often the data was read."""
        running = self.running
        return MarketDataState(
            last=self.last,
            last_trade_time=self.last_trade_time,
            day=self._day,
            day_open=self._day_open,
            before=self._before,
            minutes=list(self._minutes),
            running=None if running is None else msgspec.structs.replace(running),
            recent=list(self.recent),
        )

    @classmethod
    def load(cls, product: str, instrument: Instrument, state: MarketDataState) -> MarketData:
        """The market data that was dumped."""
        data = cls(product, instrument)
        data.last, data.last_trade_time = state.last, state.last_trade_time
        data._day, data._day_open = state.day, state.day_open
        data.running = None if state.running is None else msgspec.structs.replace(state.running)
        data.recent.extend(state.recent)
        data._before = state.before
        data._minutes.extend(state.minutes)
        data._window = DayWindow(state.before, state.minutes)
        return data

    def _figures(self, now: int, open_: Decimal, running: RunningMinute | None) -> DayFigures:
        window = self._window
        high = low = open_
        if window.minutes:
            high, low = max(high, window.highs[0].high), min(low, window.lows[0].low)
        base, quote, usdt = window.base_volume, window.quote_volume, window.usdt_volume
        if running is not None:
            high, low = max(high, running.high), min(low, running.low)
            base, quote, usdt = base + running.base_volume, quote + running.quote_volume, usdt + running.usdt_volume
        open_utc = self._day_open if now // DAY == self._day else self.last
        return DayFigures(open_, high, low, base, quote, usdt, open_utc)

    def _begin_minute(self, closed: CandleRecord | None, created: int, price: Decimal) -> RunningMinute:
        start = created - created % MINUTE
        if closed is not None:
            self._minutes.append(closed)
            self._window.append(closed)
        if created // DAY != self._day:
            self._day = created // DAY
            self._day_open = price if start % DAY == 0 else self.last
        oldest = window_start(created)
        minutes = self._minutes
        while minutes and minutes[0].start < oldest:
            self._before = minutes.popleft().close
        self.running = RunningMinute(start, price, price, price, price)
        return self.running
