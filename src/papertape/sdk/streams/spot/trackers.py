"""Trackers of spot trades, fills and balances: what has been delivered, and how to fetch what was missed."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from papertape.contract.protocol.channel import Topic
from papertape.contract.spot.account import Asset
from papertape.contract.spot.pushes import fill_message, trade_message
from papertape.contract.spot.streams import FillMessage, TradeMessage
from papertape.contract.spot.trade import Fill
from papertape.sdk.rest.async_client import AsyncClient
from papertape.sdk.streams.tracking.events import PAGE, EventTracker, pages
from papertape.sdk.streams.tracking.tracker import UNKNOWN, Missed

MOST_TRADES = 500
"""Trades that REST lists at once."""


class TradeTracker(EventTracker):
    """Tracks public trades by their id; refills from the newest 500."""

    def __init__(self, topic: Topic, rest: AsyncClient) -> None:
        super().__init__(topic, rest)
        self._last = self._told = -1

    def key(self, row: TradeMessage) -> Hashable:
        """Identify a trade by its id."""
        return row.trade_id

    def time(self, row: TradeMessage) -> int:
        """Return when the trade was made."""
        return int(row.time)

    def fresh(self, rows: list[Any]) -> list[Any]:
        """Return the trades that have not been delivered, oldest first."""
        return super().fresh(sorted(rows, key=number))

    def note(self, row: Any) -> None:
        """Note the newest trade."""
        super().note(row)
        self._last = max(self._last, number(row))

    def mark(self) -> None:
        """Note the last trade before the gap."""
        super().mark()
        self._told = self._last

    async def missed(self) -> Missed:
        """Fetch the trades after the last one delivered; incomplete if all that REST lists are new."""
        assert self.symbol is not None, "trades are of an instrument"
        trades = await self.rest.spot.market.fills(symbol=self.symbol, limit=MOST_TRADES)
        rows = sorted((trade_message(trade) for trade in trades), key=number)
        if self._told < 0 and not self.since:
            return UNKNOWN
        if self._told < 0:
            new = [row for row in rows if row.time >= self.since]
            return Missed(new, complete=len(new) < MOST_TRADES)
        new = [row for row in rows if number(row) > self._told]
        return Missed(new, complete=len(new) < MOST_TRADES)


class FillTracker(EventTracker):
    """Tracks the account's fills by order and trade; fetches them page by page."""

    def key(self, row: FillMessage) -> Hashable:
        """Identify a fill by order and trade: both orders of a trade may be the account's own."""
        return row.order_id, row.trade_id

    async def missed(self) -> Missed:
        """Fetch the fills since the last one delivered."""
        if not self.since:
            return UNKNOWN
        ask = self.rest.spot.trade.fills
        found, complete = await pages(
            lambda before: ask(symbol=self.symbol, start_time=self.since, limit=PAGE, id_less_than=before),
            _above,
        )
        return Missed([fill_message(fill) for fill in reversed(found)], complete)


class AccountTracker:
    """Tracks the newest balance of each coin; one that REST no longer lists is asked for alone."""

    def __init__(self, topic: Topic, rest: AsyncClient) -> None:
        self.rest = rest
        self._balances: dict[str, Asset] = {}

    async def begin(self) -> None:
        """Do nothing: the exchange pushes every balance first."""

    def fresh(self, rows: list[Any]) -> list[Any]:
        """Return the balances that differ from those delivered and are not older."""
        new = [row for row in rows if self._is_news(row)]
        self._balances.update((row.coin, row) for row in new)
        return new

    def state(self) -> list[Any]:
        """Return all balances."""
        return list(self._balances.values())

    def mark(self) -> None:
        """Do nothing: balances are compared one by one."""

    async def missed(self) -> Missed:
        """Fetch the balances as they are now."""
        ask = self.rest.spot.account.assets
        rows = list(await ask())
        for coin in self._balances.keys() - {row.coin for row in rows}:
            rows += await ask(coin=coin)
        return Missed(rows, complete=True)

    def new(self, rows: list[Any], held: list[Any]) -> list[Any]:
        """Return the balances that differ from those delivered."""
        return self.fresh(rows)

    def _is_news(self, row: Asset) -> bool:
        told = self._balances.get(row.coin)
        return told is None or (row != told and row.updated >= told.updated)


def _above(fill: Fill) -> str:
    """Return the cursor that includes this fill's trade again: both its sides may be the account's own."""
    return str(int(fill.trade_id) + 1) if fill.trade_id.isdigit() else fill.trade_id


def number(row: Any) -> int:
    """Return a trade's id as a number; -1 for an id that is none."""
    return int(row.trade_id) if row.trade_id.isdigit() else -1
