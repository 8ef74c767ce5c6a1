"""The candle channels: the running candle as trades change it, and a new one when its time has come.

Candles are those of the REST endpoint: without holes, one without trades repeats the close before it. The finished
ones that a snapshot shows are read from history once and kept as text; the running one is put together from closed
minutes and from the minute of the last trade.
"""

from __future__ import annotations

from collections import deque
from typing import Any

import msgspec

from papertape.contract.protocol.channel import Channel
from papertape.contract.protocol.wire import Amount, Timestamp, encode
from papertape.contract.spot import streams
from papertape.contract.spot.streams import CANDLES, CandleMessage
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.trading.candles import SPANS, CandleSeries
from papertape.engine.trading.records import CandleRecord
from papertape.operations.feeds.feed import Feed, FeedPush, Who, feeds
from papertape.operations.ports import History

MOST_CANDLES = 500
"""Candles in a snapshot."""
MINUTE = 60_000


@feeds(*streams.candles)
class CandleFeed(Feed):
    """An instrument's candles of one granularity; silent until they are loaded."""

    records = (CandleRecord,)

    def __init__(self, who: Who, channel: Channel[Any]) -> None:
        super().__init__(who, channel)
        self.granularity = CANDLES[channel.name]
        self.span = SPANS[self.granularity]
        self.forget()

    def forget(self) -> None:
        """Forget all candles: they have to be loaded again."""
        self.series: CandleSeries | None = None
        """Closed minutes put together; only its last candle is kept."""
        self.missed: list[CandleRecord] = []
        """Minutes that closed before the series was there."""
        self.finished: deque[msgspec.Raw] = deque(maxlen=MOST_CANDLES)
        self.pushed: CandleRecord | None = None
        self.seen = (-1, -1)

    @property
    def loaded(self) -> bool:
        """Whether the finished candles are there."""
        return self.series is not None

    async def load(self, exchange: Exchange, history: History) -> None:
        """Read the candles up to the minute of the last trade; minutes that close meanwhile are not lost."""
        symbol, running = self.topic.key, self.market(exchange).data.running
        stop = exchange.now - exchange.now % MINUTE if running is None else running.start
        first = self.span.before(self.span.start(stop), MOST_CANDLES - 1)
        found = await history.candles(self.market(exchange).id, first, stop, self.granularity)
        if self.series is None:
            series = CandleSeries(self.product, symbol, self.span)
            series.resume(found)
            series.extend(minute for minute in self.missed if minute.start >= stop)
            self.missed = []
            self._keep(series)

    def take(self, exchange: Exchange, record: Any) -> None:
        """Add a minute that has closed."""
        if self.series is None:
            self.missed.append(record)
        else:
            self.series.extend([record])
            self._keep(self.series)

    def snapshot(self, exchange: Exchange) -> FeedPush:
        """Return the last candles, ascending, the running one among them."""
        running = self._running(exchange)
        if self.pushed is None and running:
            self.pushed = running[-1]
        rows = [*self.finished, *map(_message, running)]
        return self.push(exchange, "snapshot", rows[-MOST_CANDLES:])

    def due(self, exchange: Exchange) -> FeedPush | None:
        """Return the running candle if it has changed, after what became of the one before if that has ended."""
        if self.series is None:
            return None
        recent = self.market(exchange).data.recent
        seen = recent[-1].trade_id if recent else 0, self.span.start(exchange.now)
        if seen == self.seen:
            return None
        self.seen, pushed = seen, self.pushed
        rows = self._running(exchange)
        if pushed is not None:
            rows = [row for row in rows if row.start >= pushed.start and row != pushed]
        if not rows:
            return None
        self.pushed = rows[-1]
        return self.push(exchange, "update", [_message(row) for row in rows])

    def _running(self, exchange: Exchange) -> list[CandleRecord]:
        """Return the candle of the last closed minute and all begun since, at most as many as a snapshot shows."""
        assert self.series is not None, "a snapshot was taken of candles that were not loaded"
        symbol, now = self.topic.key, exchange.now
        series = CandleSeries(self.product, symbol, self.span)
        series.resume(list(self.series.candles))
        minute = self.market(exchange).data.running
        if minute is not None:
            series.extend([minute.record(self.product, symbol)])
        first = self.span.before(self.span.start(now), MOST_CANDLES - 1)
        if series.candles and series.end < first:
            series = CandleSeries(self.product, symbol, self.span, series.candles[-1])
            series.begin(first)
        return series.finish(now + 1)

    def _keep(self, series: CandleSeries) -> None:
        """Turn all candles but the last into text."""
        for candle in series.candles[:-1]:
            self.finished.append(msgspec.Raw(encode(_message(candle))))
        series.candles = series.candles[-1:]
        self.series = series


def _message(candle: CandleRecord) -> CandleMessage:
    return CandleMessage(
        start=Timestamp(candle.start),
        open=Amount(candle.open),
        high=Amount(candle.high),
        low=Amount(candle.low),
        close=Amount(candle.close),
        base_volume=Amount(candle.base_volume),
        quote_volume=Amount(candle.quote_volume),
        usdt_volume=Amount(candle.usdt_volume),
    )
