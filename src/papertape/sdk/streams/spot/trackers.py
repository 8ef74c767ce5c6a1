"""What was missed while a socket was down, fetched over REST and told as the messages that it would have been.

A tracker remembers enough of one topic to know what has been told: nothing is told twice, and what cannot be fetched
is admitted. Trade and order ids grow with time; REST lists the newest first.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Hashable, Iterable
from typing import Any, NamedTuple, Protocol

from papertape.contract.protocol.channel import DEFAULT, Topic
from papertape.contract.spot.account import Asset
from papertape.contract.spot.market import Trade
from papertape.contract.spot.streams import FillCost, FillMessage, TradeMessage
from papertape.contract.spot.trade import Fill
from papertape.sdk.rest.async_client import AsyncClient

MOST_REMEMBERED = 10_000
"""Messages of one topic that are remembered as told."""

MOST_PAGES = 20
PAGE = 100
MOST_TRADES = 500

OVERLAP_MS = 5000
"""How far before the last message a REST window begins: clocks and writers need not agree to the millisecond."""


class Missed(NamedTuple):
    """What REST tells, oldest first; ``complete`` unless more may be missing."""

    rows: list[Any]
    complete: bool


NOBODY_KNOWS = Missed([], complete=False)
"""Where neither a beginning nor a message is known: all of history would count as missed."""


class Tracker(Protocol):
    """What has been told of one topic."""

    def begin(self) -> Awaitable[None]:
        """The topic is subscribed for the first time: notes how things stand."""

    def fresh(self, rows: list[Any]) -> list[Any]:
        """The rows of a push that have not been told, oldest first; from now on they have."""

    def state(self) -> list[Any]:
        """What one who joins later has to know."""

    def mark(self) -> None:
        """The socket is gone: from here on something may be missing."""

    def missed(self) -> Awaitable[Missed]:
        """What may have been missed since ``mark``."""

    def new(self, rows: list[Any], held: list[Any]) -> list[Any]:
        """Of what REST tells, what has not been told; ``held`` back are the pushes that will be told next."""


class Seen:
    """Keys of what has been told; the oldest are forgotten."""

    def __init__(self) -> None:
        self._keys: dict[Hashable, None] = {}

    def __contains__(self, key: Hashable) -> bool:
        return key in self._keys

    def add(self, key: Hashable) -> bool:
        """Remembers a key; False if it was known."""
        if key in self._keys:
            return False
        self._keys[key] = None
        if len(self._keys) > MOST_REMEMBERED:
            del self._keys[next(iter(self._keys))]
        return True


class EventTracker(ABC):
    """Tells each event once, known by ``key``. Up to ``since`` (ms, 0: unknown) everything has been told."""

    def __init__(self, topic: Topic, rest: AsyncClient) -> None:
        self.rest, self.symbol = rest, None if topic.key == DEFAULT else topic.key
        self.since = 0
        self.seen = Seen()
        self._began = self._newest = 0

    @abstractmethod
    def key(self, row: Any) -> Hashable:
        """What makes a row the same as another."""

    def time(self, row: Any) -> int:
        """When it happened, in ms."""
        return int(row.updated)

    async def begin(self) -> None:
        """Nothing before now is of interest, by the exchange's clock."""
        if not self.rest.clock.measured:
            await self.rest.synchronise()
        self._began = self.rest.clock.now()

    def fresh(self, rows: list[Any]) -> list[Any]:
        """Those that have not been told."""
        new = [row for row in rows if self.seen.add(self.key(row))]
        for row in new:
            self.note(row)
        return new

    def note(self, row: Any) -> None:
        """A row is being told. One from before the beginning has been stamped by a clock that is behind the other."""
        told = self.time(row)
        self._newest, self._began = max(self._newest, told), min(self._began, told)

    def state(self) -> list[Any]:
        """Events are not told again."""
        return []

    def mark(self) -> None:
        """Everything up to the newest message has been told."""
        self.since = max(self._began, self._newest - OVERLAP_MS)

    def new(self, rows: list[Any], held: list[Any]) -> list[Any]:
        """What has not been told; of what is held back the same will then not be told again."""
        return self.fresh(rows)


class TradeTracker(EventTracker):
    """Public trades: known by their id, refilled from the newest 500."""

    def __init__(self, topic: Topic, rest: AsyncClient) -> None:
        super().__init__(topic, rest)
        self._last = self._told = -1

    def key(self, row: TradeMessage) -> Hashable:
        """A trade's id."""
        return row.trade_id

    def time(self, row: TradeMessage) -> int:
        """When it was made."""
        return int(row.time)

    def fresh(self, rows: list[Any]) -> list[Any]:
        """Those that have not been told, oldest first."""
        return super().fresh(sorted(rows, key=number))

    def note(self, row: Any) -> None:
        """Notes the newest."""
        super().note(row)
        self._last = max(self._last, number(row))

    def mark(self) -> None:
        """Notes the last trade before the gap."""
        super().mark()
        self._told = self._last

    async def missed(self) -> Missed:
        """The trades after the last one told; complete unless all that REST lists are new."""
        assert self.symbol is not None, "trades are of an instrument"
        trades = await self.rest.spot.market.fills(symbol=self.symbol, limit=MOST_TRADES)
        rows = sorted((_trade(trade) for trade in trades), key=number)
        if self._told < 0 and not self.since:
            return NOBODY_KNOWS
        if self._told < 0:
            new = [row for row in rows if row.time >= self.since]
            return Missed(new, complete=len(new) < MOST_TRADES)
        new = [row for row in rows if number(row) > self._told]
        return Missed(new, complete=len(new) < MOST_TRADES)


class FillTracker(EventTracker):
    """One's own fills: known by order and trade, fetched page by page."""

    def key(self, row: FillMessage) -> Hashable:
        """Both orders of a trade may be one's own."""
        return row.order_id, row.trade_id

    async def missed(self) -> Missed:
        """The fills since the last one told."""
        if not self.since:
            return NOBODY_KNOWS
        ask = self.rest.spot.trade.fills
        found, complete = await pages(
            lambda before: ask(symbol=self.symbol, start_time=self.since, limit=PAGE, id_less_than=before),
            _above,
        )
        return Missed([_fill(fill) for fill in reversed(found)], complete)


class AccountTracker:
    """Balances: each coin's newest is told once; one that REST does not list any more is asked for alone."""

    def __init__(self, topic: Topic, rest: AsyncClient) -> None:
        self.rest = rest
        self._balances: dict[str, Asset] = {}

    async def begin(self) -> None:
        """The exchange pushes every balance first."""

    def fresh(self, rows: list[Any]) -> list[Any]:
        """Those that differ from what was told and are not older."""
        new = [row for row in rows if self._is_news(row)]
        self._balances.update((row.coin, row) for row in new)
        return new

    def state(self) -> list[Any]:
        """All balances."""
        return list(self._balances.values())

    def mark(self) -> None:
        """Balances are compared one by one."""

    async def missed(self) -> Missed:
        """The balances as they are now."""
        ask = self.rest.spot.account.assets
        rows = list(await ask())
        for coin in self._balances.keys() - {row.coin for row in rows}:
            rows += await ask(coin=coin)
        return Missed(rows, complete=True)

    def new(self, rows: list[Any], held: list[Any]) -> list[Any]:
        """The balances that differ from what was told."""
        return self.fresh(rows)

    def _is_news(self, row: Asset) -> bool:
        told = self._balances.get(row.coin)
        return told is None or (row != told and row.updated >= told.updated)


async def pages(
    ask: Callable[[str | None], Awaitable[list[Any]]], identity: Callable[[Any], str]
) -> tuple[list[Any], bool]:
    """All rows of a list, newest first, and whether these are all: there is a bound to how many pages are asked for."""
    found: list[Any] = []
    before: str | None = None
    for _ in range(MOST_PAGES):
        rows = await ask(before)
        found += rows
        if len(rows) < PAGE:
            return found, True
        before = identity(rows[-1])
    return found, False


def _above(fill: Fill) -> str:
    """Where the next page of fills begins: with this fill's trade, both sides of which may be one's own."""
    return str(int(fill.trade_id) + 1) if fill.trade_id.isdigit() else fill.trade_id


def number(row: Any) -> int:
    """A trade's id as a number; -1 for an id that is none."""
    return int(row.trade_id) if row.trade_id.isdigit() else -1


def only(rows: Iterable[Any], symbol: str | None) -> list[Any]:
    """The rows of an instrument, of all for None."""
    return [row for row in rows if symbol is None or row.symbol == symbol]


def _trade(trade: Trade) -> TradeMessage:
    return TradeMessage(
        time=trade.time, price=trade.price, size=trade.size, side=trade.side.lower(), trade_id=trade.trade_id
    )


def _fill(fill: Fill) -> FillMessage:
    fee = fill.fee_detail
    return FillMessage(
        order_id=fill.order_id,
        trade_id=fill.trade_id,
        symbol=fill.symbol,
        order_type=fill.order_type,
        side=fill.side,
        price=fill.price,
        size=fill.size,
        amount=fill.amount,
        trade_scope=fill.trade_scope,
        fee_detail=[
            FillCost(
                fee_coin=fee.fee_coin,
                deduction=fee.deduction,
                total_deduction_fee=fee.total_deduction_fee,
                total_fee=fee.total_fee,
            )
        ],
        created=fill.created,
        updated=fill.updated,
    )
