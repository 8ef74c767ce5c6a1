"""The blocking form of a live order book. It gives copies: the book itself belongs to the loop's thread."""

from __future__ import annotations

from types import TracebackType

from papertape.sdk.streams.background import Background
from papertape.sdk.streams.book.feed import OrderBookFeed
from papertape.sdk.streams.book.order_book import BookLevel, Depth, OrderBook


class BlockingOrderBookFeed:
    """Keeps an instrument's order book live: ``for book in stream.spot.order_book("BTCUSDT")``.

    As ``OrderBookFeed``, without async and usable from many threads; each book that it gives is a copy.
    """

    def __init__(self, background: Background, feed: OrderBookFeed) -> None:
        self._background, self._feed = background, feed

    @property
    def symbol(self) -> str:
        """The instrument."""
        return self._feed.symbol

    @property
    def book(self) -> OrderBook:
        """A copy of the book as it stands."""
        return self._background.run(self._copy)

    @property
    def breaks(self) -> int:
        """How often the book broke and was subscribed anew."""
        return self._feed.breaks

    @property
    def best_bid(self) -> BookLevel | None:
        """The highest price that somebody buys at; None when nobody does. Raises ``BookNotReady``."""
        return self.book.best_bid

    @property
    def best_ask(self) -> BookLevel | None:
        """The lowest price that somebody sells at; None when nobody does. Raises ``BookNotReady``."""
        return self.book.best_ask

    def depth(self, levels: int) -> Depth:
        """Return the best levels of each side, as many as asked for. Raises ``BookNotReady``."""
        return self.book.depth(levels)

    def ready(self) -> None:
        """Wait until there is a verified book; raises the exchange's refusal."""
        self._background.run(self._feed.ready)

    def close(self) -> None:
        """End it; the topic is unsubscribed when nobody else listens to it."""
        self._background.run(self._feed.close)

    def __iter__(self) -> BlockingOrderBookFeed:
        return self

    def __next__(self) -> OrderBook:
        book = self._background.run(self._next)
        if book is None:
            raise StopIteration
        return book

    def __enter__(self) -> BlockingOrderBookFeed:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<BlockingOrderBookFeed {self.symbol}>"

    async def _copy(self) -> OrderBook:
        return self._feed.book.copy()

    async def _next(self) -> OrderBook | None:
        async for book in self._feed:
            return book.copy()
        return None
