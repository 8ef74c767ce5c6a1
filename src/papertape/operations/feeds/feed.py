"""What every feed is: a topic's pushes, made from records as they happen or from the exchange when they are due."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Literal, NamedTuple, TypeVar

import msgspec

from papertape.contract.protocol.channel import Channel, Topic
from papertape.engine.exchange.environments import Environment
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.records import Owner, Record
from papertape.engine.trading.market import Market
from papertape.operations.ports import History

MOST_ROWS = 100
"""Rows of one push; more become several pushes."""

Action = Literal["snapshot", "update"]


def product_of(inst_type: str) -> str:
    """Return the engine's word for a product by its ``instType``: ``USDT-FUTURES`` is ``usdt_futures``."""
    return inst_type.lower().replace("-", "_")


class Who(NamedTuple):
    """Whose pushes: a topic's in one environment, for a private one those of this ``uid``."""

    environment: Environment
    topic: Topic
    uid: int | None


class FeedPush(msgspec.Struct, frozen=True):
    """A message to all who listen to ``who``'s pushes; ``time`` is market time."""

    who: Who
    action: Action
    data: Sequence[Any]
    time: int


class Feed:
    """One topic's pushes, for one account if the channel is private. This one says nothing, whatever happens.

    ``records`` are what it is told of, ``balances`` whether it is told of its account's balances; ``due`` is only
    asked of paced channels.
    """

    records: ClassVar[tuple[type[Record], ...]] = ()
    balances: ClassVar[bool] = False

    def __init__(self, who: Who, channel: Channel[Any]) -> None:
        self.who, self.channel = who, channel
        self.topic, self.uid = who.topic, who.uid
        self.product = product_of(who.topic.inst_type)
        self.next_push = self.last_push = 0

    @property
    def owner(self) -> Owner:
        """Whose records it is told of: the account's, or the instrument's."""
        return self.product, self.topic.key if self.uid is None else self.uid

    def market(self, exchange: Exchange) -> Market[Any]:
        """Return the market of a topic that names an instrument."""
        return exchange.markets[self.product][self.topic.key]

    @property
    def loaded(self) -> bool:
        """Whether a snapshot can be taken: what it needs from history has been read."""
        return True

    async def load(self, exchange: Exchange, history: History) -> None:
        """Read what a snapshot needs from history."""

    def snapshot(self, exchange: Exchange) -> FeedPush | None:
        """Return what a new listener gets first, if anything; later pushes follow on from it."""
        return None

    def take(self, exchange: Exchange, record: Any) -> None:
        """Take in a record of the entry just applied, or (UID, wallet, coin) of a balance that it changed."""

    def flush(self, exchange: Exchange) -> list[FeedPush]:
        """Return the pushes that the records of this entry make at once."""
        return []

    def due(self, exchange: Exchange) -> FeedPush | None:
        """Return a push of what has changed since the last one, if anything has."""
        return None

    def repeat(self, exchange: Exchange) -> FeedPush | None:
        """Return the push to make when nothing has changed for long."""
        return self.snapshot(exchange)

    def forget(self) -> None:
        """Drop what was derived from an exchange that has been replaced by another."""

    def push(self, exchange: Exchange, action: Action, data: Sequence[Any]) -> FeedPush:
        """Make a push of this topic, now."""
        return FeedPush(self.who, action, data, exchange.now)


class RowsFeed(Feed):
    """A feed whose pushes are the rows that an entry's records left in ``rows``, oldest first."""

    action: ClassVar[Action] = "snapshot"

    def __init__(self, who: Who, channel: Channel[Any]) -> None:
        super().__init__(who, channel)
        self.rows: list[Any] = []

    def flush(self, exchange: Exchange) -> list[FeedPush]:
        """Return all rows, in as many pushes as they need."""
        rows, self.rows = self.rows, []
        return [
            self.push(exchange, self.action, rows[first : first + MOST_ROWS])
            for first in range(0, len(rows), MOST_ROWS)
        ]

    def wants(self, symbol: str) -> bool:
        """Tell whether the topic includes this instrument."""
        return self.topic.key in (symbol, "default")


F = TypeVar("F", bound=Feed)
FEEDS: dict[Channel[Any], type[Feed]] = {}


def feeds(*channels: Channel[Any]) -> Callable[[type[F]], type[F]]:
    """Register the class that makes these channels' pushes."""

    def register(feed: type[F]) -> type[F]:
        for channel in channels:
            assert channel not in FEEDS, f"{channel} has two feeds"
            FEEDS[channel] = feed
        return feed

    return register
