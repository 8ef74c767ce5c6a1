"""What the markets did before the exchange opened, as history asks for it: made from the exchange's seed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from papertape.engine.exchange.exchange import Exchange
from papertape.engine.trading.market_id import MarketId
from papertape.engine.trading.records import CandleRecord, TradeRecord
from papertape.operations.ports import HistoryPage
from papertape.simulator.history import minute_candles
from papertape.simulator.past_trades import past_trades

FOREVER = (1 << 63) - 1


class SeededPast:
    """The past of the exchange of the moment; the same in every environment."""

    def __init__(self, exchange: Callable[[], Exchange]) -> None:
        self._exchange = exchange

    def minutes(self, market: MarketId, start: int, end: int) -> list[CandleRecord]:
        """The minutes with ``start <= minute < end``, ascending."""
        exchange = self._exchange()
        return minute_candles(exchange.seed, self._instrument(market), exchange.opened, start, end)

    def trades(self, market: MarketId, page: HistoryPage) -> list[TradeRecord]:
        """The page's trades, newest first."""
        exchange = self._exchange()
        return past_trades(
            exchange.seed,
            self._instrument(market),
            exchange.opened,
            limit=page.limit,
            before=page.before,
            start=page.start or 0,
            end=FOREVER if page.end is None else page.end,
        )

    def _instrument(self, market: MarketId) -> Any:
        return self._exchange().environments[market.environment].market(market).instrument
