"""Passes what a stream's subscriptions yield to an output, until enough was shown or the stream has ended."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from typing import Any

from papertape.cli.watching.ladder import LadderView, ladder, texts
from papertape.cli.watching.output import Lines, Screen, WatchOutput, heard
from papertape.sdk.streams.book.feed import OrderBookFeed
from papertape.sdk.streams.stream import Stream
from papertape.sdk.streams.subscription import Subscription

BATCH = 256
"""Messages that are shown at once."""

LOOK_EVERY = 0.25
"""Seconds between two looks at whether a book is still verified."""

Subscriptions = Callable[[Stream], Iterable[tuple[str, Subscription[Any]]]]


async def watch(stream: Stream, subscribe: Subscriptions, output: WatchOutput) -> None:
    """Show all that the subscriptions yield. Raises the exchange's refusal."""
    with heard(output.note):
        async with stream:
            pumps = [_pump(symbol, subscription, output) for symbol, subscription in subscribe(stream)]
            await _first_of(output.run(), *pumps)


async def watch_book(stream: Stream, symbol: str, levels: int, output: Lines | Screen, view: LadderView | None) -> None:
    """Show an instrument's book after each change; into a pipe (no view) as text. Raises the exchange's refusal."""
    with heard(output.note):
        async with stream:
            feed = stream.spot.order_book(symbol)
            looks = [_look(feed, output, view)] if view is not None else []
            await _first_of(output.run(), _pump_book(feed, levels, output, as_text=view is None), *looks)


async def _pump(symbol: str, subscription: Subscription[Any], output: WatchOutput) -> None:
    await subscription.ready()
    await output.take(symbol, [])
    while items := await subscription.take(BATCH):
        await output.take(symbol, items)


async def _pump_book(feed: OrderBookFeed, levels: int, output: WatchOutput, *, as_text: bool) -> None:
    async for book in feed:
        shown = ladder(book, levels, feed.breaks)
        await output.take("", [texts(shown) if as_text else shown])


async def _look(feed: OrderBookFeed, output: WatchOutput, view: LadderView) -> None:
    """Hide a book that is no longer verified."""
    while True:
        if not feed.book.ready:
            view.withhold(f"the book of {feed.symbol} is not verified now, so it is not shown")
            await output.take("", [])
        await asyncio.sleep(LOOK_EVERY)


async def _first_of(*work: Coroutine[Any, Any, None]) -> None:
    """Run all until one has ended; raises why."""
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run it to its end; an interrupt or a request to terminate ends it without an error."""

    async def interruptible() -> None:
        task = asyncio.ensure_future(work)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            with suppress(NotImplementedError, ValueError, RuntimeError):
                loop.add_signal_handler(number, task.cancel)
        with suppress(asyncio.CancelledError):
            await task

    asyncio.run(interruptible())
