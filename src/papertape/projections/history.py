"""History as operations ask for it, read from the tables that the projector writes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from typing import Any, TypeVar

from papertape.contract.protocol.enums import Granularity
from papertape.engine.convert.records import ConversionRecord, SmallBalanceRecord
from papertape.engine.exchange.environments import Environment
from papertape.engine.exchange.money import use_money_context
from papertape.engine.exchange.records import Record
from papertape.engine.funds.records import BillRecord, DepositRecord, TransferRecord, WithdrawalRecord
from papertape.engine.p2p.records import AdvertisementRecord, P2POrderRecord
from papertape.engine.trading.market_id import MarketId
from papertape.engine.trading.records import (
    CandleRecord,
    FillRecord,
    FlowRecord,
    FlowSpan,
    OrderRecord,
    TradeRecord,
    TriggerRecord,
)
from papertape.operations.ports import HistoryPage
from papertape.projections.candles import BackFill, CandleReader
from papertape.projections.database import Database, DatabaseSession
from papertape.projections.projector import Projector
from papertape.projections.schema import (
    ADVERTISEMENTS,
    BILLS,
    CONVERSIONS,
    DEPOSITS,
    FILLS,
    FLOWS,
    ORDERS,
    P2P_ORDERS,
    SMALL_BALANCES,
    TRADES,
    TRANSFERS,
    TRIGGERS,
    WITHDRAWALS,
    Table,
)

R = TypeVar("R", bound=Record)
T = TypeVar("T")
READERS = 2
LARGEST = (1 << 63) - 1
"""The largest integer of a column; a time or an id beyond it means the same."""


class StoredHistory:
    """The history port on a database: a read sees every write acknowledged before it, and never blocks the loop.

    ``back_fill`` gives the minutes before ``opened``, when the exchange opened (Unix milliseconds).
    """

    def __init__(self, database: Database, projector: Projector, back_fill: BackFill, opened: int) -> None:
        self._database, self._projector = database, projector
        self._candles = CandleReader(back_fill, opened)
        self._rewinds = projector.rewinds
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

    def close(self) -> None:
        """Ends the reading threads; call it before the projector stops."""
        if self._database.shared:
            self._readers.shutdown()
            for session in self._sessions:
                session.close()

    async def orders(
        self,
        uid: int,
        page: HistoryPage,
        *,
        symbol: str | None = None,
        order_id: int | None = None,
        client_oid: str | None = None,
        tpsl_type: str | None = None,
    ) -> list[OrderRecord]:
        """Closed orders: filled or cancelled."""
        return await self._page(
            ORDERS, page, uid=uid, symbol=symbol, order_id=order_id, client_oid=client_oid, tpsl_type=tpsl_type
        )

    async def fills(
        self, uid: int, page: HistoryPage, *, symbol: str | None = None, order_id: int | None = None
    ) -> list[FillRecord]:
        """The user's fills; a page goes by trade id."""
        return await self._page(FILLS, page, uid=uid, symbol=symbol, order_id=order_id)

    async def triggers(
        self, uid: int, page: HistoryPage, *, symbol: str | None = None, order_id: int | None = None
    ) -> list[TriggerRecord]:
        """Trigger orders that are no longer live."""
        return await self._page(TRIGGERS, page, uid=uid, symbol=symbol, order_id=order_id)

    async def bills(
        self,
        uid: int,
        page: HistoryPage,
        *,
        wallet: str | None = None,
        coin: str | None = None,
        group_type: str | None = None,
        business_type: str | None = None,
    ) -> list[BillRecord]:
        """The lines of the user's statements."""
        return await self._page(
            BILLS, page, uid=uid, wallet=wallet, coin=coin, group_type=group_type, business_type=business_type
        )

    async def transfers(
        self,
        page: HistoryPage,
        *,
        initiator_uid: int | None = None,
        from_uid: int | None = None,
        to_uid: int | None = None,
        coin: str | None = None,
        from_wallet: str | None = None,
        client_oid: str | None = None,
        between_accounts: bool | None = None,
    ) -> list[TransferRecord]:
        """Transfers; ``between_accounts`` asks for those between two users, or for those within one."""
        condition = {None: "", True: "from_uid <> to_uid", False: "from_uid = to_uid"}[between_accounts]
        return await self._page(
            TRANSFERS,
            page,
            condition,
            initiator_uid=initiator_uid,
            from_uid=from_uid,
            to_uid=to_uid,
            coin=coin,
            from_wallet=from_wallet,
            client_oid=client_oid,
        )

    async def deposits(
        self, uid: int, page: HistoryPage, *, coin: str | None = None, order_id: int | None = None
    ) -> list[DepositRecord]:
        """Deposits as they stand, pending ones included."""
        return await self._page(DEPOSITS, page, uid=uid, coin=coin, order_id=order_id)

    async def withdrawals(
        self,
        uid: int,
        page: HistoryPage,
        *,
        coin: str | None = None,
        order_id: int | None = None,
        client_oid: str | None = None,
    ) -> list[WithdrawalRecord]:
        """Withdrawals as they stand, pending ones included."""
        return await self._page(WITHDRAWALS, page, uid=uid, coin=coin, order_id=order_id, client_oid=client_oid)

    async def conversions(self, uid: int, page: HistoryPage) -> list[ConversionRecord]:
        """Conversions at a quote."""
        return await self._page(CONVERSIONS, page, uid=uid)

    async def small_balances(
        self, uid: int, page: HistoryPage, *, order_id: int | None = None
    ) -> list[SmallBalanceRecord]:
        """Small balances that became BGB."""
        return await self._page(SMALL_BALANCES, page, uid=uid, order_id=order_id)

    async def p2p_advertisements(
        self,
        page: HistoryPage,
        *,
        uid: int | None = None,
        advertisement_id: int | None = None,
        side: str | None = None,
        coin: str | None = None,
        fiat: str | None = None,
        payment_id: str | None = None,
    ) -> list[AdvertisementRecord]:
        """Completed P2P advertisements."""
        assert payment_id is None or payment_id.isdecimal(), "a payment method's id is a number"
        condition = f"',' || payment_ids || ',' LIKE '%,{payment_id},%'" if payment_id else ""
        return await self._page(
            ADVERTISEMENTS,
            page,
            condition,
            uid=uid,
            advertisement_id=advertisement_id,
            side=side,
            coin=coin,
            fiat=fiat,
        )

    async def p2p_orders(
        self,
        page: HistoryPage,
        *,
        merchant_uid: int | None = None,
        customer_uid: int | None = None,
        advertisement_id: int | None = None,
        order_id: int | None = None,
        side: str | None = None,
        coin: str | None = None,
        fiat: str | None = None,
        status: str | None = None,
    ) -> list[P2POrderRecord]:
        """Completed and cancelled P2P orders."""
        return await self._page(
            P2P_ORDERS,
            page,
            merchant_uid=merchant_uid,
            customer_uid=customer_uid,
            advertisement_id=advertisement_id,
            order_id=order_id,
            side=side,
            coin=coin,
            fiat=fiat,
            status=status,
        )

    async def trades(self, market: MarketId, page: HistoryPage) -> list[TradeRecord]:
        """Public trades, newest first."""
        return await self._page(TRADES, page, product=market.product, symbol=market.symbol)

    async def candles(
        self, market: MarketId, start: int, end: int, granularity: Granularity = "1min"
    ) -> list[CandleRecord]:
        """Candles from the minutes with ``start <= minute < end``, ascending and without holes."""
        if self._rewinds != self._projector.rewinds:
            self._rewinds = self._projector.rewinds
            self._candles.forget()
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

    async def _page(self, table: Table[R], page: HistoryPage, condition: str = "", **equal: Any) -> list[R]:
        statement, values = select(table, page, condition, {"environment": self._environment, **equal})
        rows = await self._read(lambda session: session.rows(statement, values))
        return [table.read(row) for row in rows]

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


def select(table: Table[Any], page: HistoryPage, condition: str, equal: dict[str, Any]) -> tuple[str, list[Any]]:
    """The statement for a page of a table, newest first, and its values; filters that are None do not apply."""
    wanted = {f'"{name}" = ?': value for name, value in equal.items() if value is not None}
    bounds = {f'"{table.identity}" < ?': page.before, '"created" >= ?': page.start, '"created" <= ?': page.end}
    wanted |= {test: min(value, LARGEST) for test, value in bounds.items() if value is not None}
    if table.order != table.key and page.before is not None:
        # Ids grow with time, so the cursor is a time too, which the index finds without walking down to it.
        older = f'environment = {table.name}.environment AND "{table.identity}" < ?'
        newest = f'SELECT "created" FROM {table.name} AS older WHERE {older} ORDER BY "{table.identity}" DESC LIMIT 1'
        wanted[f'"created" <= ({newest})'] = min(page.before, LARGEST)
    tests = [*wanted, *([condition] if condition else [])]
    if table.versioned:
        same = " AND ".join(f'newest."{name}" = {table.name}."{name}"' for name in ("environment", table.identity))
        tests.append(f"sequence = (SELECT max(sequence) FROM {table.name} AS newest WHERE {same})")
    order = ", ".join(f'"{name}" DESC' for name in table.order)
    where = f"WHERE {' AND '.join(tests)} " if tests else ""
    statement = f"SELECT {table.selection} FROM {table.name} {where}ORDER BY {order} LIMIT ? OFFSET ?"
    return statement, [*wanted.values(), page.limit, page.offset]
