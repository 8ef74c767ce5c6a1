"""The book channels: ``books`` tells what changed since its last push, ``books1``, ``5`` and ``15`` tell all of it.

``seq`` is the sequence of the journal's entry after which the book stood so; it grows with every push. The
checksum is the signed CRC32 over the best 25 levels a side, bid and ask in turn (documentation, "Checksum").
"""

from __future__ import annotations

from functools import lru_cache
from itertools import chain, islice, zip_longest
from typing import Any
from zlib import crc32

from papertape.contract.protocol.channel import Channel
from papertape.contract.protocol.wire import Timestamp
from papertape.contract.spot import streams
from papertape.contract.spot.streams import DEPTHS, BookMessage, Level
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.trading.orderbook import BookSide
from papertape.operations.feeds.feed import Action, Feed, FeedPush, Who, feeds

CHECKED = 25
"""Levels a side that the checksum covers."""
REMOVED = "0"

Lots = dict[int, int]
"""One side's levels, best first: lots by price in ticks."""


class BookFeed(Feed):
    """An instrument's book, so many levels deep, as of the last push: what every listener holds."""

    def __init__(self, who: Who, channel: Channel[Any]) -> None:
        super().__init__(who, channel)
        self.depth = DEPTHS[channel.name]
        self.asks: Lots = {}
        self.bids: Lots = {}
        self.sequence = 0
        self.seen = -1

    def message(self, exchange: Exchange, asks: Lots, bids: Lots, previous: int) -> BookMessage:
        """Return these levels, with the checksum of all that are published."""
        instrument = self.market(exchange).instrument
        places = instrument.price_places, instrument.size_places
        return BookMessage(
            symbol=self.topic.key,
            asks=_levels(asks, len(asks), *places),
            bids=_levels(bids, len(bids), *places),
            checksum=checksum(_levels(self.bids, CHECKED, *places), _levels(self.asks, CHECKED, *places)),
            sequence=self.sequence,
            previous=previous,
            time=Timestamp(exchange.now),
        )

    def snapshot(self, exchange: Exchange) -> FeedPush:
        """Return the book as of the last push, so that the next update follows on for old and new listeners alike."""
        if self.seen < 0:
            self.publish(exchange)
        return self.whole(exchange)

    def whole(self, exchange: Exchange) -> FeedPush:
        """Return all that is published."""
        return self.push(exchange, "snapshot", [self.message(exchange, self.asks, self.bids, 0)])

    def publish(self, exchange: Exchange) -> bool:
        """Take the book as it stands; tell whether anything within the depth has changed."""
        book = self.market(exchange).book
        if book.changes == self.seen:
            return False
        self.seen = book.changes
        asks, bids = _top(book.asks, self.depth), _top(book.bids, self.depth)
        if asks == self.asks and bids == self.bids and self.sequence:
            return False
        self.asks, self.bids = asks, bids
        self.advance(exchange)
        return True

    def advance(self, exchange: Exchange) -> None:
        """Return the next sequence: the journal's, which has grown if the book has changed."""
        self.sequence = max(self.sequence + 1, exchange.sequence)

    def forget(self) -> None:
        """Forget the book that was published: the next push is of another."""
        self.asks, self.bids, self.seen = {}, {}, -1


@feeds(*(channel for channel in streams.books if channel.name != "books"))
class TopOfBookFeed(BookFeed):
    """The best levels, always all of them."""

    def due(self, exchange: Exchange) -> FeedPush | None:
        """Return all levels, if one has changed."""
        return self.whole(exchange) if self.publish(exchange) else None


@feeds(*(channel for channel in streams.books if channel.name == "books"))
class WholeBookFeed(BookFeed):
    """The book in changes: a snapshot first, then what is new, what is different and what is gone.

    A level that others push out of the depth is gone too, and comes back as new: who applies every update always
    holds the best levels, no more and no less.
    """

    replaced = False

    def due(self, exchange: Exchange) -> FeedPush | None:
        """Return the levels that have changed since the last push."""
        asks, bids, previous = self.asks, self.bids, self.sequence
        if not self.publish(exchange):
            return None
        if not previous or self.replaced:
            self.replaced = False
            return self.whole(exchange)
        return self._update(exchange, _changes(asks, self.asks), _changes(bids, self.bids), previous)

    def repeat(self, exchange: Exchange) -> FeedPush:
        """Return an update without changes: the checksum still tells whether all is well."""
        previous = self.sequence
        self.advance(exchange)
        return self._update(exchange, {}, {}, previous)

    def forget(self) -> None:
        """Forget the book that was replaced: its listeners get the new one whole."""
        super().forget()
        self.replaced = True

    def _update(self, exchange: Exchange, asks: Lots, bids: Lots, previous: int) -> FeedPush:
        action: Action = "update"
        return self.push(exchange, action, [self.message(exchange, asks, bids, previous)])


def checksum(bids: list[Level], asks: list[Level]) -> int:
    """Return the signed CRC32 of the best levels: bid price, bid size, ask price, ask size, next bid and so on."""
    pairs = zip_longest(bids[:CHECKED], asks[:CHECKED], fillvalue=())
    value = crc32(":".join(chain.from_iterable(chain.from_iterable(pairs))).encode())
    return value - (1 << 32) if value >= 1 << 31 else value


def _top(side: BookSide, depth: int) -> Lots:
    return dict(side.depth(depth))


def _changes(old: Lots, new: Lots) -> Lots:
    """Tell what turns the old levels into the new ones; 0 lots for a level that is gone."""
    changes = {ticks: lots for ticks, lots in new.items() if old.get(ticks) != lots}
    changes.update((ticks, 0) for ticks in old if ticks not in new)
    return changes


def _levels(lots: Lots, count: int, price_places: int, size_places: int) -> list[Level]:
    return [
        (_digits(ticks, price_places), _digits(size, size_places) if size else REMOVED)
        for ticks, size in islice(lots.items(), count)
    ]


@lru_cache(maxsize=1 << 15)
def _digits(units: int, places: int) -> str:
    """Write so many units of the last decimal place as decimals: 150 with 2 places is 1.50."""
    if not places:
        return str(units)
    digits = str(units).zfill(places + 1)
    return f"{digits[:-places]}.{digits[-places:]}"
