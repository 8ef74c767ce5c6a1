"""What every feed is: a topic's pushes, made from records as they happen or from the exchange when they are due."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from operator import attrgetter
from typing import Any, ClassVar, Literal, TypeVar

import msgspec

from papertape.contract.protocol.channel import Channel, Topic
from papertape.contract.spot.streams import SPOT
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.records import Record
from papertape.engine.trading.orders import OrderChanged
from papertape.engine.trading.records import CandleRecord, FillRecord, TradeRecord, TriggerRecord
from papertape.operations.ports import History

MOST_ROWS = 100
"""Rows of one push; more become several pushes."""

Action = Literal["snapshot", "update"]

OWNERS: dict[type[Record], Callable[[Any], int | str]] = {
    TradeRecord: attrgetter("symbol"),
    CandleRecord: attrgetter("symbol"),
    FillRecord: attrgetter("uid"),
    TriggerRecord: attrgetter("uid"),
    OrderChanged: attrgetter("order.uid"),
}
"""What decides who gets a record: the instrument that it is about or the account that it belongs to."""

LISTED: dict[str, Callable[[Exchange], Container[str]]] = {SPOT: attrgetter("instruments")}
"""The instruments of each product."""


class Push(msgspec.Struct, frozen=True):
    """A message to all who listen to a topic, for a private one those of this ``uid``; ``time`` is market time."""

    topic: Topic
    uid: int | None
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

    def __init__(self, topic: Topic, channel: Channel[Any], uid: int | None) -> None:
        self.topic, self.channel, self.uid = topic, channel, uid
        self.next_push = self.last_push = 0

    @property
    def owner(self) -> int | str:
        """Whose records it is told of: the account's, or the instrument's."""
        return self.topic.key if self.uid is None else self.uid

    @property
    def loaded(self) -> bool:
        """Whether a snapshot can be taken: what it needs from history has been read."""
        return True

    async def load(self, exchange: Exchange, history: History) -> None:
        """Reads what a snapshot needs from history."""

    def snapshot(self, exchange: Exchange) -> Push | None:
        """What a new listener gets first, if anything; later pushes follow on from it."""
        return None

    def take(self, exchange: Exchange, record: Any) -> None:
        """A record of the entry just applied, or (UID, wallet, coin) of a balance that it changed."""

    def flush(self, exchange: Exchange) -> list[Push]:
        """The pushes that the records of this entry make at once."""
        return []

    def due(self, exchange: Exchange) -> Push | None:
        """What has changed since the last push, if anything."""
        return None

    def repeat(self, exchange: Exchange) -> Push | None:
        """What to push when nothing has changed for long."""
        return self.snapshot(exchange)

    def forget(self) -> None:
        """Drops what was derived from an exchange that has been replaced by another."""

    def push(self, exchange: Exchange, action: Action, data: Sequence[Any]) -> Push:
        """A push of this topic, now."""
        return Push(self.topic, self.uid, action, data, exchange.now)


class RowsFeed(Feed):
    """A feed whose pushes are the rows that an entry's records left in ``rows``, oldest first."""

    action: ClassVar[Action] = "snapshot"

    def __init__(self, topic: Topic, channel: Channel[Any], uid: int | None) -> None:
        super().__init__(topic, channel, uid)
        self.rows: list[Any] = []

    def flush(self, exchange: Exchange) -> list[Push]:
        """All rows, in as many pushes as they need."""
        rows, self.rows = self.rows, []
        return [
            self.push(exchange, self.action, rows[first : first + MOST_ROWS])
            for first in range(0, len(rows), MOST_ROWS)
        ]

    def wants(self, symbol: str) -> bool:
        """Whether the topic includes this instrument."""
        return self.topic.key in (symbol, "default")


F = TypeVar("F", bound=Feed)
FEEDS: dict[Channel[Any], type[Feed]] = {}


def feeds(*channels: Channel[Any]) -> Callable[[type[F]], type[F]]:
    """Registers the class that makes these channels' pushes."""

    def register(feed: type[F]) -> type[F]:
        for channel in channels:
            assert channel not in FEEDS, f"{channel} has two feeds"
            FEEDS[channel] = feed
        return feed

    return register
