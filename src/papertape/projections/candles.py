"""Candles from stored minutes and from the minutes before the exchange opened, which are made from its seed."""

from __future__ import annotations

from typing import Protocol

from papertape.contract.protocol.enums import Granularity
from papertape.engine.trading.candles import DAY, HOUR, MINUTE, SPANS, CandleSeries
from papertape.engine.trading.market_id import MarketId
from papertape.engine.trading.records import CandleRecord, TradeRecord
from papertape.operations.ports import HistoryPage
from papertape.projections.database import DatabaseSession
from papertape.projections.trading.tables import CANDLES

MARKET = "environment = ? AND product = ? AND symbol = ?"


class BackFill(Protocol):
    """What a market did before the exchange opened."""

    def minutes(self, market: MarketId, start: int, end: int) -> list[CandleRecord]:
        """The minutes with ``start <= minute < end``, ascending."""
        ...

    def trades(self, market: MarketId, page: HistoryPage) -> list[TradeRecord]:
        """The page's trades, newest first."""
        ...


HOURS_KEPT = 60_000
"""Finished hours kept in memory, for the long candles: 90 days of some 25 instruments."""
BACK_FILL_REACH = 90 * DAY
"""How far before the opening there is history."""
CHUNK = 7 * DAY
"""How many minutes are in memory at once while hours are put together."""


class CandleReader:
    """Reads candles; ``opened`` is when the exchange opened (Unix milliseconds)."""

    def __init__(self, back_fill: BackFill, opened: int) -> None:
        self._back_fill = back_fill
        self._opened = opened - opened % MINUTE
        self._hours: dict[tuple[MarketId, int], CandleRecord] = {}

    def forget(self) -> None:
        """Drops what is kept in memory, after history was taken back; a read under way keeps to its own."""
        self._hours = {}

    def read(
        self, session: DatabaseSession, market: MarketId, start: int, end: int, granularity: Granularity
    ) -> list[CandleRecord]:
        """Candles from minutes with ``start <= minute < end``, without holes; ``start`` begins a candle."""
        span = SPANS[granularity]
        if not span.length or span.length > HOUR:
            parts = self._whole_hours(session, market, start, end)
        else:
            parts = self._minutes(session, market, start, end)
        series = CandleSeries(market.product, market.symbol, span, self._before(session, market, start))
        series.begin(start)
        series.extend(parts)
        return series.finish(end)

    def _minutes(self, session: DatabaseSession, market: MarketId, start: int, end: int) -> list[CandleRecord]:
        before = self._back_fill.minutes(market, start, min(end, self._opened)) if start < self._opened else []
        rows = session.rows(
            f'SELECT {CANDLES.selection} FROM {CANDLES.name} WHERE {MARKET} AND "start" >= ? AND "start" < ? '
            'ORDER BY "start"',
            (*market, max(start, self._opened), end),
        )
        return before + [CANDLES.read(row) for row in rows]

    def _before(self, session: DatabaseSession, market: MarketId, start: int) -> CandleRecord | None:
        """The last minute before ``start``."""
        if start > self._opened:
            rows = session.rows(
                f'SELECT {CANDLES.selection} FROM {CANDLES.name} WHERE {MARKET} AND "start" < ? '
                'ORDER BY "start" DESC LIMIT 1',
                (*market, start),
            )
            if rows:
                return CANDLES.read(rows[0])
        last = min(start, self._opened)
        found = self._back_fill.minutes(market, last - MINUTE, last)
        return found[-1] if found else None

    def _whole_hours(self, session: DatabaseSession, market: MarketId, start: int, end: int) -> list[CandleRecord]:
        """Hours from ``start``; the last one holds minutes up to ``end`` only."""
        final, kept = self._final(session, market), self._hours
        hours: list[CandleRecord] = []
        at = max(start, SPANS["1h"].start(self._opened - BACK_FILL_REACH))
        while at < end:
            known = kept.get((market, at)) if at + HOUR <= end else None
            if known is not None:
                hours.append(known)
                at += HOUR
                continue
            stop = at + HOUR
            while stop < min(end, at + CHUNK) and (market, stop) not in kept:
                stop += HOUR
            made = self.read(session, market, at, min(stop, end), "1h")
            if len(kept) > HOURS_KEPT:
                kept.clear()
            kept |= {(market, hour.start): hour for hour in made if hour.start + HOUR <= min(final, end)}
            hours += made
            at = stop
        return hours

    def _final(self, session: DatabaseSession, market: MarketId) -> int:
        """Before this time no minute can change any more: the newest that was stored, or the opening."""
        rows = session.rows(f'SELECT max("start") FROM {CANDLES.name} WHERE {MARKET}', market)
        newest = rows[0][0]
        return self._opened if newest is None else max(int(newest), self._opened)
