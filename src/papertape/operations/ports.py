"""What operations need from outside, as ports: history that has left the engine, and the vault for secrets."""

from __future__ import annotations

from typing import Protocol, TypeVar

import msgspec

from papertape.contract.protocol.enums import Granularity
from papertape.engine.convert.records import ConversionRecord, SmallBalanceRecord
from papertape.engine.exchange.environments import Environment
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


class HistoryPage(msgspec.Struct, frozen=True, kw_only=True):
    """Which rows: newest first, at most ``limit``, ids below ``before``, ``start <= created <= end``.

    ``offset`` serves the page-number endpoints.
    """

    limit: int
    before: int | None = None
    start: int | None = None
    end: int | None = None
    offset: int = 0


T = TypeVar("T")


class History(Protocol):
    """Closed orders, fills, bills and so on; every read sees all writes acknowledged before it.

    It is that of one environment. Every filter left at None is not applied. Rows come newest (highest id) first.
    """

    def of(self, environment: Environment) -> History:
        """The history of another environment."""
        ...

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
        """Finished orders."""
        ...

    async def fills(
        self,
        uid: int,
        page: HistoryPage,
        *,
        symbol: str | None = None,
        order_id: int | None = None,
    ) -> list[FillRecord]:
        """Fills of own orders."""
        ...

    async def triggers(
        self,
        uid: int,
        page: HistoryPage,
        *,
        symbol: str | None = None,
        order_id: int | None = None,
    ) -> list[TriggerRecord]:
        """Plan orders that fired, failed or were cancelled."""
        ...

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
        """Lines of the wallets' statements."""
        ...

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
        """Transfers between wallets and between accounts."""
        ...

    async def deposits(
        self,
        uid: int,
        page: HistoryPage,
        *,
        coin: str | None = None,
        order_id: int | None = None,
    ) -> list[DepositRecord]:
        """Deposits, as they stand."""
        ...

    async def withdrawals(
        self,
        uid: int,
        page: HistoryPage,
        *,
        coin: str | None = None,
        order_id: int | None = None,
        client_oid: str | None = None,
    ) -> list[WithdrawalRecord]:
        """Withdrawals, as they stand."""
        ...

    async def conversions(self, uid: int, page: HistoryPage) -> list[ConversionRecord]:
        """Conversions at a quote."""
        ...

    async def small_balances(
        self, uid: int, page: HistoryPage, *, order_id: int | None = None
    ) -> list[SmallBalanceRecord]:
        """Small balances that became BGB."""
        ...

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
        """Completed P2P advertisements; ``payment_id`` is one of their payment methods."""
        ...

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
        """Completed and cancelled P2P orders; ``side`` is the merchant's."""
        ...

    async def trades(self, market: MarketId, page: HistoryPage) -> list[TradeRecord]:
        """Public trades, newest first."""
        ...

    async def candles(
        self,
        market: MarketId,
        start: int,
        end: int,
        granularity: Granularity = "1min",
    ) -> list[CandleRecord]:
        """Candles put together from the closed minutes with ``start <= minute < end``, ascending; ``start`` must
        begin a candle. Minutes before the exchange opened come from its seed, all others from trades. Minutes
        without trades repeat the close before them, so there are no holes; what lies before all history is absent."""
        ...

    async def flows(self, market: MarketId, span: FlowSpan, start: int, end: int) -> list[FlowRecord]:
        """Taker flow of the closed minutes or days with ``start <= begin < end``, ascending; those without trades
        are absent."""
        ...


class Vault(Protocol):
    """Where secrets are sealed and randomness comes from, before anything is journaled."""

    def seal(self, secret: str) -> str:
        """The secret, encrypted: what the log, snapshots and the exchange hold."""
        ...

    def open(self, sealed: str) -> str:
        """The secret in clear."""
        ...

    def token(self, length: int) -> str:
        """Random letters and digits."""
        ...
