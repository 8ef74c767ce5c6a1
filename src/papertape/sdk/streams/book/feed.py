"""Keeps a live order book from the pushes of ``books``: verified at each, subscribed anew when it breaks."""

from __future__ import annotations

import asyncio
import logging
import weakref
from types import TracebackType
from typing import Any

from papertape.sdk.streams.book.order_book import BookBroken, BookLevel, Depth, OrderBook
from papertape.sdk.streams.connection_pool import ConnectionPool
from papertape.sdk.streams.events import Gap, Push, Reconnected
from papertape.sdk.streams.socket.shared_subscription import SharedSubscription

logger = logging.getLogger("papertape.stream")

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
"""Seconds between two new subscriptions of a book that breaks again and again; the first is made at once."""


class BookKeeper:
    """Applies pushes as they come, however slow the consumer is. ``changes`` counts the verified ones."""

    def __init__(self, shared: SharedSubscription, patience: float) -> None:
        self.book = OrderBook(shared.topic.key)
        self.changes = self.breaks = 0
        self.error: Exception | None = None
        self.ended = False
        self._shared, self._patience = shared, patience
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()
        self._repairs = 0
        self._timer: asyncio.TimerHandle | None = None
        self._in(patience, self._look)

    async def change(self, after: int) -> int:
        """Wait for a verified book after so many changes; returns the count, -1 at the end; raises why it ended."""
        while not self.book.ready or self.changes == after:
            if self.error is not None:
                raise self.error
            if self.ended:
                return -1
            self._changed.clear()
            await self._changed.wait()
        return self.changes

    def deliver(self, push: Push[Any]) -> None:
        """Apply a push; a book that breaks can no longer be read and is subscribed anew."""
        try:
            for message in push.data:
                self.book.apply(push.action, message)
        except BookBroken as error:
            logger.warning("%s", error)
            self._repair()
            return
        if self.book.ready:
            self.changes += 1
            self._changed.set()
            if push.action != "snapshot":
                self._repairs = 0

    def interrupted(self) -> None:
        """Drop the book: the next connection begins with a snapshot."""
        self.book.invalidate("its connection has dropped")

    def resumed(self, event: Reconnected, gap: Gap | None) -> None:
        """Wait for the snapshot that is on its way."""
        self._in(self._patience, self._look)

    def missed(self, gap: Gap) -> None:
        """Subscribe anew: a push could not be read."""
        self.book.invalidate("a push could not be read")
        self._repair()

    def end(self, error: Exception | None) -> None:
        """Drop the book: no more pushes come."""
        if not self.ended:
            self.ended, self.error = True, error
            self.book.invalidate("its stream has ended")
            self._changed.set()
        if self._timer is not None:
            self._timer.cancel()

    def _repair(self) -> None:
        self.breaks += 1
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (self._repairs - 1)) if self._repairs else 0.0
        self._repairs = min(self._repairs + 1, 20)
        self._in(pause, self._renew)

    def _renew(self) -> None:
        self._shared.resubscribe()
        self._in(self._patience, self._look)

    def _look(self) -> None:
        """Ask again for a snapshot that has not come in time; one of a socket that is down comes by itself."""
        if not self.book.ready and self._shared.live:
            self._repair()

    def _in(self, seconds: float, work: Any) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if self.ended else self._loop.call_later(seconds, work)


class OrderBookFeed:
    """Keeps an instrument's order book live: ``async for book in stream.spot.order_book("BTCUSDT")``.

    Iterating gives the book after each change that was verified; a slow consumer misses changes, never the newest
    book. Reading raises ``BookNotReady`` while there is none that is verified: before the first snapshot, after a
    break, while the socket is down. ``breaks`` counts how often it had to be subscribed anew.
    """

    def __init__(self, pool: ConnectionPool, shared: SharedSubscription) -> None:
        self._shared = shared
        self._keeper = BookKeeper(shared, pool.settings.timeout)
        self._seen = 0
        shared.join(self._keeper)
        self._abandoned = weakref.finalize(self, _leave, pool.loop, shared, self._keeper)
        self._abandoned.atexit = False

    @property
    def symbol(self) -> str:
        """The instrument."""
        return self._shared.topic.key

    @property
    def book(self) -> OrderBook:
        """The book itself. It goes on changing: take a ``copy`` to keep it."""
        return self._keeper.book

    @property
    def breaks(self) -> int:
        """How often the book broke and was subscribed anew."""
        return self._keeper.breaks

    @property
    def best_bid(self) -> BookLevel | None:
        """The highest price that somebody buys at; None when nobody does. Raises ``BookNotReady``."""
        return self._keeper.book.best_bid

    @property
    def best_ask(self) -> BookLevel | None:
        """The lowest price that somebody sells at; None when nobody does. Raises ``BookNotReady``."""
        return self._keeper.book.best_ask

    def depth(self, levels: int) -> Depth:
        """Return the best levels of each side, as many as asked for. Raises ``BookNotReady``."""
        return self._keeper.book.depth(levels)

    async def ready(self) -> None:
        """Wait until there is a verified book; raises the exchange's refusal."""
        if await self._keeper.change(-1) < 0:
            raise RuntimeError("this order book is closed")

    async def close(self) -> None:
        """End it; the topic is unsubscribed when nobody else listens to it."""
        self._abandoned.detach()
        self._shared.leave(self._keeper)

    async def aclose(self) -> None:
        """Do the same as ``close``, for ``contextlib.aclosing``."""
        await self.close()

    def __aiter__(self) -> OrderBookFeed:
        return self

    async def __anext__(self) -> OrderBook:
        seen = await self._keeper.change(self._seen)
        if seen < 0:
            raise StopAsyncIteration
        self._seen = seen
        return self._keeper.book

    async def __aenter__(self) -> OrderBookFeed:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"<OrderBookFeed {self.symbol}>"


def _leave(loop: asyncio.AbstractEventLoop, shared: SharedSubscription, keeper: BookKeeper) -> None:
    """End a feed that nobody holds any more; called from any thread."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(shared.leave, keeper)
