"""History as operations ask for it, read from the tables that the projector writes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from typing import Any, TypeVar

from msgspec.structs import replace

from papertape.contract.protocol.enums import Granularity
from papertape.engine.exchange.environments import Environment
from papertape.engine.exchange.money import use_money_context
from papertape.engine.exchange.records import Record
from papertape.engine.trading.market_id import MarketId
from papertape.engine.trading.records import (
    CandleRecord,
    FlowRecord,
    FlowSpan,
    TradeRecord,
)
from papertape.operations.ports import Filter, HistoryPage
from papertape.projections.candles import BackFill, CandleReader
from papertape.projections.database import Database, DatabaseSession
from papertape.projections.projector import Projector
from papertape.projections.tables.all_tables import TABLES
from papertape.projections.tables.table import Table
from papertape.projections.trading.tables import FLOWS

R = TypeVar("R", bound=Record)
T = TypeVar("T")
READERS = 2
LARGEST = (1 << 63) - 1
"""The largest integer of a column; a time or an id beyond it means the same."""


class StoredHistory:
    """The history port on a database: a read sees every write acknowledged before it, and never blocks the loop.

    ``back_fill`` gives the minutes and trades before ``opened``, when the exchange opened (Unix milliseconds).
    """

    def __init__(self, database: Database, projector: Projector, back_fill: BackFill, opened: int) -> None:
        self._database, self._projector = database, projector
        self._back_fill, self._candles = back_fill, CandleReader(back_fill, opened)
        self._environment: Environment = "live"
        self._local = threading.local()
        self._sessions: list[DatabaseSession] = []
        self._readers = projector.worker
        if database.shared:
            self._readers = ThreadPoolExecutor(READERS, "history-reader", initializer=self._open)

    def of(self, environment: Environment) -> StoredHistory:
        """The history of another environment, read through the same connections."""
        if environment == self._environment:
            return self
        other = copy(self)
        other._environment = environment
        return other

    def forget(self) -> None:
        """Drops what is kept in memory: the exchange went back to an earlier state, in every environment."""
        self._candles.forget()

    def close(self) -> None:
        """Ends the reading threads; call it before the projector stops."""
        if self._database.shared:
            self._readers.shutdown()
            for session in self._sessions:
                session.close()

    async def rows(self, kind: type[R], page: HistoryPage, **filters: Filter) -> list[R]:
        """The records of one kind, newest first."""
        table: Table[R] = TABLES[kind]
        statement, values = select(table, page, {"environment": self._environment, **filters})
        rows = await self._read(lambda session: session.rows(statement, values))
        return [table.read(row) for row in rows]

    async def trades(self, market: MarketId, page: HistoryPage) -> list[TradeRecord]:
        """Public trades, newest first; those before the opening are made from its seed."""
        rows = await self.rows(TradeRecord, page, product=market.product, symbol=market.symbol)
        if len(rows) == page.limit or page.offset:
            return rows
        rest = replace(page, limit=page.limit - len(rows))
        return rows + await self._read(lambda session: self._back_fill.trades(market, rest))

    async def candles(
        self, market: MarketId, start: int, end: int, granularity: Granularity = "1min"
    ) -> list[CandleRecord]:
        """Candles from the minutes with ``start <= minute < end``, ascending and without holes."""
        return await self._read(lambda session: self._candles.read(session, market, start, end, granularity))

    async def flows(self, market: MarketId, span: FlowSpan, start: int, end: int) -> list[FlowRecord]:
        """Closed minutes or days of taker flow with ``start <= begin < end``, ascending."""
        statement = (
            f"SELECT {FLOWS.selection} FROM {FLOWS.name} "
            'WHERE environment = ? AND product = ? AND symbol = ? AND span = ? AND "start" >= ? AND "start" < ? '
            'ORDER BY "start"'
        )
        rows = await self._read(lambda session: session.rows(statement, (*market, span, start, end)))
        return [FLOWS.read(row) for row in rows]

    async def _read(self, ask: Callable[[DatabaseSession], T]) -> T:
        await self._projector.caught_up()
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._ask, ask)

    def _ask(self, ask: Callable[[DatabaseSession], T]) -> T:
        session: DatabaseSession = self._local.session if self._database.shared else self._projector.session
        return ask(session)

    def _open(self) -> None:
        use_money_context()
        self._local.session = self._database.session()
        self._sessions.append(self._local.session)


def select(table: Table[Any], page: HistoryPage, filters: Mapping[str, Filter]) -> tuple[str, list[Any]]:
    """The statement for a page of a table, newest first, and its values; filters that are None do not apply."""
    given = {name: value for name, value in filters.items() if value is not None}
    wanted: dict[str, Any] = {f'"{name}" = ?': value for name, value in given.items() if name not in table.filters}
    bounds = {f'"{table.identity}" < ?': page.before, '"created" >= ?': page.start, '"created" <= ?': page.end}
    wanted |= {test: min(value, LARGEST) for test, value in bounds.items() if value is not None}
    if table.order != table.key and page.before is not None:
        # Ids grow with time, so the cursor is a time too, which the index finds without walking down to it.
        older = f'environment = {table.name}.environment AND "{table.identity}" < ?'
        newest = f'SELECT "created" FROM {table.name} AS older WHERE {older} ORDER BY "{table.identity}" DESC LIMIT 1'
        wanted[f'"created" <= ({newest})'] = min(page.before, LARGEST)
    tests = [*wanted, *(table.filters[name](value) for name, value in given.items() if name in table.filters)]
    if table.versioned:
        same = " AND ".join(f'newest."{name}" = {table.name}."{name}"' for name in ("environment", table.identity))
        tests.append(f"sequence = (SELECT max(sequence) FROM {table.name} AS newest WHERE {same})")
    order = ", ".join(f'"{name}" DESC' for name in table.order)
    where = f"WHERE {' AND '.join(tests)} " if tests else ""
    statement = f"SELECT {table.selection} FROM {table.name} {where}ORDER BY {order} LIMIT ? OFFSET ?"
    return statement, [*wanted.values(), page.limit, page.offset]
