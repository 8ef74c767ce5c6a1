"""The order book of one instrument, put together from pushes and readable only when it is verified.

Source: documentation, "Websocket API / Checksum" and "Depth Channel"; the levels' texts are kept as they came,
because the checksum is made of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from math import inf
from typing import Literal, NamedTuple
from zlib import crc32

from papertape.contract.spot.streams import BookMessage, Level
from papertape.sdk.exceptions import BitgetError

CHECKED = 25
"""Levels a side that the checksum covers."""

MOST_LEVELS = 10_000
"""Levels a side that a book may grow to: far above what any channel holds, so more means that removals get lost."""

Verification = Literal["checksum", "sequence", "nothing"]
SideName = Literal["bids", "asks"]


class BookBroken(BitgetError):
    """A push does not fit the book: one was lost or is wrong. The next snapshot repairs it; subscribe again."""

    retryable = True


class BookNotReady(BitgetError):
    """The book cannot be read now: no snapshot has come yet, or none since the book broke."""

    retryable = True


class BookLevel(NamedTuple):
    """A price and how much rests there, in base coin."""

    price: Decimal
    size: Decimal


class Depth(NamedTuple):
    """The best levels of both sides, best first."""

    bids: list[BookLevel]
    asks: list[BookLevel]


class Cost(NamedTuple):
    """The result of a market order on the book as it stands, without fees.

    ``size`` is base coin: less than asked for when the book holds no more. ``amount`` is quote coin. ``worst_price``
    is the price of the last level that is needed, 0 when there is none.
    """

    size: Decimal
    amount: Decimal
    worst_price: Decimal

    @property
    def average_price(self) -> Decimal:
        """Quote coin for one of base, 0 when nothing would trade."""
        return self.amount / self.size if self.size else Decimal(0)


@lru_cache(maxsize=1 << 13)
def _number(price: str) -> float:
    """Convert a price to the number that levels are sorted by; cached, since prices repeat."""
    number = float(price)
    if not 0 < number < inf:
        raise ValueError(f"{price} is no price")
    return number


class _Side:
    """One side: prices ascending as numbers and beside each the level's text, ``price:size``.

    Two plain lists beat a dict with sorted keys and sortedcontainers, measured. A float tells prices of up to 15
    significant digits apart; no instrument has as many.
    """

    __slots__ = ("prices", "texts")

    def __init__(self) -> None:
        self.prices: list[float] = []
        self.texts: list[str] = []

    def apply(self, changes: Iterable[Level]) -> None:
        """Set and remove levels; raises ``ValueError`` for an invalid price."""
        prices, texts = self.prices, self.texts
        for price, size in changes:
            number = _number(price)
            place = bisect_left(prices, number)
            known = place < len(prices) and prices[place] == number
            if not size.strip("0."):
                if known:
                    del prices[place], texts[place]
            elif known:
                texts[place] = f"{price}:{size}"
            else:
                prices.insert(place, number)
                texts.insert(place, f"{price}:{size}")

    def copy(self) -> _Side:
        other = _Side()
        other.prices, other.texts = self.prices.copy(), self.texts.copy()
        return other


class OrderBook:
    """The book of one instrument; it shares nothing with any other book.

    ``apply`` feeds it. Reading raises ``BookNotReady`` until the first snapshot, and from a break to the next one: a
    book that is unverified or crossed is never handed out. It is not made for several threads at once: hand the
    others a ``copy()``.

    ``sequence`` is the last push's ``seq`` and ``time`` its moment in ms, both 0 while the book is not ready.
    ``verified_by`` tells how much the last push proved: ``checksum``, else ``sequence`` (nothing was lost since the
    snapshot), else ``nothing`` (the exchange sent neither).
    """

    __slots__ = ("_asks", "_bids", "_reason", "ready", "sequence", "symbol", "time", "verified_by")

    def __init__(self, symbol: str) -> None:
        self.symbol = symbol
        self.invalidate("no snapshot has come yet")

    def invalidate(self, reason: str) -> None:
        """Empty the book, for instance when its connection has dropped; it is not ready until the next snapshot."""
        self._bids, self._asks = _Side(), _Side()
        self._reason = reason
        self.ready, self.sequence, self.time = False, 0, 0
        self.verified_by: Verification = "nothing"

    def apply(self, action: str, message: BookMessage) -> bool:
        """Apply a push and return whether the book is ready. A snapshot replaces all; updates wait for the first one.

        Raises ``BookBroken``, and is not ready from then on, when a push is missing in between, the checksum is
        another or the book would be crossed.
        """
        if action == "snapshot":
            self._bids, self._asks = _Side(), _Side()
        elif not self.ready:
            return False
        flaw = self._follow(action, message)
        if flaw:
            self.invalidate(f"it is broken: {flaw}")
            raise BookBroken(f"the book of {self.symbol} is broken: {flaw}")
        return True

    def _follow(self, action: str, message: BookMessage) -> str:
        """Apply a push to the levels and return what is wrong with them, "" when nothing is."""
        updates = action != "snapshot"
        if message.symbol and message.symbol != self.symbol:
            return f"the push is of {message.symbol}"
        if updates and self.sequence and (flaw := _lost(self.sequence, message)):
            return flaw
        bids, asks = self._bids, self._asks
        try:
            bids.apply(message.bids)
            asks.apply(message.asks)
        except ValueError as error:
            return str(error)
        if bids.prices and asks.prices and bids.prices[-1] >= asks.prices[0]:
            return f"the best bid {bids.texts[-1]} is not below the best ask {asks.texts[0]}"
        if len(bids.prices) > MOST_LEVELS or len(asks.prices) > MOST_LEVELS:
            return f"it has more than {MOST_LEVELS} levels on one side"
        if message.checksum and message.checksum != _checksum(bids.texts, asks.texts):
            return f"the checksum is not {message.checksum}"
        proof = message.previous if updates else message.sequence
        self.verified_by = "checksum" if message.checksum else "sequence" if proof else "nothing"
        self.sequence, self.time, self.ready = message.sequence, message.time, True
        return ""

    @property
    def best_bid(self) -> BookLevel | None:
        """The highest price that somebody buys at; None when nobody does."""
        return next(self._levels("bids"), None)

    @property
    def best_ask(self) -> BookLevel | None:
        """The lowest price that somebody sells at; None when nobody does."""
        return next(self._levels("asks"), None)

    @property
    def bids(self) -> list[BookLevel]:
        """All levels of the buyers, the highest price first."""
        return list(self._levels("bids"))

    @property
    def asks(self) -> list[BookLevel]:
        """All levels of the sellers, the lowest price first."""
        return list(self._levels("asks"))

    def depth(self, levels: int) -> Depth:
        """Return the best levels of each side, as many as asked for or as there are."""
        return Depth(list(islice(self._levels("bids"), levels)), list(islice(self._levels("asks"), levels)))

    @property
    def spread(self) -> Decimal | None:
        """The difference between the best ask and the best bid; None when a side is empty."""
        bid, ask = self.best_bid, self.best_ask
        return ask.price - bid.price if bid and ask else None

    @property
    def mid(self) -> Decimal | None:
        """The price in the middle of the best bid and the best ask; None when a side is empty."""
        bid, ask = self.best_bid, self.best_ask
        return (bid.price + ask.price) / 2 if bid and ask else None

    def volume(self, side: SideName, price: Decimal) -> Decimal:
        """Sum the base coin that rests on a side at this price or a better one."""
        total = Decimal(0)
        for level in self._levels(side):
            if level.price < price if side == "bids" else level.price > price:
                break
            total += level.size
        return total

    def buying(self, size: Decimal) -> Cost:
        """Return the cost of buying so much base coin at once; raises ``ValueError`` when it is not above 0."""
        return self._cost("asks", size)

    def selling(self, size: Decimal) -> Cost:
        """Return the proceeds of selling so much base coin at once; raises ``ValueError`` when it is not above 0."""
        return self._cost("bids", size)

    def copy(self) -> OrderBook:
        """Return a copy to keep or to hand to another thread; it no longer changes by itself."""
        other = OrderBook(self.symbol)
        other._bids, other._asks, other._reason = self._bids.copy(), self._asks.copy(), self._reason
        other.ready, other.sequence, other.time = self.ready, self.sequence, self.time
        other.verified_by = self.verified_by
        return other

    def _cost(self, side: SideName, size: Decimal) -> Cost:
        if size <= 0:
            raise ValueError(f"a size is above 0, this one is not: {size}")
        missing, amount, worst = size, Decimal(0), Decimal(0)
        for level in self._levels(side):
            taken = min(missing, level.size)
            missing, amount, worst = missing - taken, amount + taken * level.price, level.price
            if not missing:
                break
        return Cost(size - missing, amount, worst)

    def _levels(self, side: SideName) -> Iterator[BookLevel]:
        if not self.ready:
            raise BookNotReady(f"the book of {self.symbol} cannot be read: {self._reason}")
        texts = reversed(self._bids.texts) if side == "bids" else iter(self._asks.texts)
        return map(_level, texts)

    def __repr__(self) -> str:
        if not self.ready:
            return f"<OrderBook {self.symbol}: {self._reason}>"
        return f"<OrderBook {self.symbol}: {len(self._bids.texts)} bids, {len(self._asks.texts)} asks>"


def _lost(last: int, message: BookMessage) -> str:
    """Return why an update does not follow on the push numbered ``last``, "" when it does or nothing is told."""
    if message.previous:
        return "" if message.previous == last else f"the pushes between {last} and {message.previous} are missing"
    return f"{message.sequence} came after {last}" if 0 < message.sequence < last else ""


def _checksum(bids: list[str], asks: list[str]) -> int:
    """Return the signed CRC32 of the best levels, bid and ask in turn; the longer side goes on alone."""
    bids, asks = bids[: -CHECKED - 1 : -1], asks[:CHECKED]
    pairs = min(len(bids), len(asks))
    texts = [""] * (2 * pairs)
    texts[::2], texts[1::2] = bids[:pairs], asks[:pairs]
    value = crc32(":".join(texts + bids[pairs:] + asks[pairs:]).encode())
    return value - (1 << 32) if value >= 1 << 31 else value


def _level(text: str) -> BookLevel:
    price, _, size = text.partition(":")
    return BookLevel(Decimal(price), Decimal(size))
