"""What operations need from outside, as ports: history that has left the engine, and the vault for secrets."""

from __future__ import annotations

from typing import Protocol, TypeVar

import msgspec

from papertape.contract.protocol.enums import Granularity
from papertape.engine.exchange.environments import Environment
from papertape.engine.exchange.records import Record
from papertape.engine.trading.market_id import MarketId
from papertape.engine.trading.records import (
    CandleRecord,
    FlowRecord,
    FlowSpan,
    TradeRecord,
)


class HistoryPage(msgspec.Struct, frozen=True, kw_only=True):
    """Which rows: newest first, at most ``limit``, ids below ``before``, ``start <= created <= end``.

    ``offset`` serves the page-number endpoints.
    """

    limit: int
    before: int | None = None
    start: int | None = None
    end: int | None = None
    offset: int = 0


R = TypeVar("R", bound=Record)
Filter = str | int | bool | None


class History(Protocol):
    """Closed orders, fills, bills and so on; every read sees all writes acknowledged before it.

    It is that of one environment. Every filter left at None is not applied. Rows come newest (highest id) first.
    """

    def of(self, environment: Environment) -> History:
        """Return the history of another environment."""
        ...

    async def rows(self, kind: type[R], page: HistoryPage, **filters: Filter) -> list[R]:
        """Return the records of one kind that are as the filters say, for its fields and what its table knows."""
        ...

    async def trades(self, market: MarketId, page: HistoryPage) -> list[TradeRecord]:
        """Return public trades, newest first."""
        ...

    async def candles(
        self,
        market: MarketId,
        start: int,
        end: int,
        granularity: Granularity = "1min",
    ) -> list[CandleRecord]:
        """Return candles put together from the closed minutes with ``start <= minute < end``, ascending; ``start`` must
        begin a candle. Minutes before the exchange opened come from its seed, all others from trades. Minutes
        without trades repeat the close before them, so there are no holes; what lies before all history is absent."""
        ...

    async def flows(self, market: MarketId, span: FlowSpan, start: int, end: int) -> list[FlowRecord]:
        """Return taker flow of closed minutes or days with ``start <= begin < end``, ascending; those without trades
        are absent."""
        ...


class Vault(Protocol):
    """Where secrets are sealed and randomness comes from, before anything is journaled."""

    def seal(self, secret: str) -> str:
        """Return the secret, encrypted: what the log, snapshots and the exchange hold."""
        ...

    def open(self, sealed: str) -> str:
        """Return the secret in clear."""
        ...

    def token(self, length: int) -> str:
        """Return random letters and digits."""
        ...
