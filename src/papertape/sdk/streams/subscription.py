"""A user's subscription: iterate with ``async for``, or have each item passed to a function."""

from __future__ import annotations

import asyncio
import inspect
import logging
import weakref
from collections.abc import Callable
from types import TracebackType
from typing import Any, Generic, TypeVar

from papertape.contract.protocol.channel import Topic
from papertape.sdk.exceptions import BitgetError
from papertape.sdk.streams.connection_pool import ConnectionPool
from papertape.sdk.streams.socket.mailbox import Mailbox
from papertape.sdk.streams.socket.shared_subscription import SharedSubscription

Y = TypeVar("Y")

logger = logging.getLogger("papertape.stream")


class Subscription(Generic[Y]):
    """Yields the messages of one topic, from a queue of its own: ``async for message in subscription``.

    It begins at once and ends with ``close``, ``async with``, the stream, or when nobody holds it any more. Iterating
    raises the exchange's refusal as a ``BitgetError``.
    """

    def __init__(self, pool: ConnectionPool, shared: SharedSubscription, mailbox: Mailbox) -> None:
        self._pool, self._shared, self._mailbox = pool, shared, mailbox
        self._functions: list[Callable[[Y], Any]] = []
        shared.join(mailbox)
        self._abandoned = weakref.finalize(self, _leave, pool.loop, shared, mailbox)
        self._abandoned.atexit = False

    @property
    def topic(self) -> Topic:
        """Product, channel and key."""
        return self._shared.topic

    @property
    def waiting(self) -> int:
        """How many items wait in the queue."""
        return len(self._mailbox)

    async def ready(self) -> None:
        """Wait until the exchange has acknowledged; raises its refusal, or ``RequestTimeout``."""
        await self._shared.ready()

    def on(self, function: Callable[[Y], Any]) -> Subscription[Y]:
        """Call the function with each item, instead of iterating; a coroutine function is awaited.

        What it raises is logged, and the next item comes all the same. It runs on the event loop: it must not block.
        """
        if not self._functions:
            self._abandoned.detach()
            self._pool.run(_call(self._shared, self._mailbox, self._functions))
        self._functions.append(function)
        return self

    async def resubscribe(self) -> None:
        """Subscribe anew, and so get a new snapshot; waits until that is acknowledged."""
        self._shared.resubscribe()
        await self._shared.ready()

    async def close(self) -> None:
        """End it; the topic is unsubscribed when nobody else listens to it."""
        self._abandoned.detach()
        self._shared.leave(self._mailbox)

    async def aclose(self) -> None:
        """Do the same as ``close``, for ``contextlib.aclosing``."""
        await self.close()

    async def take(self, most: int) -> list[Y]:
        """Take the waiting items, at most so many; waits for one if there is none, empty at the end."""
        mailbox = self._mailbox
        if not await mailbox.arrival():
            return []
        return [mailbox.take() for _ in range(min(most, len(mailbox)))]

    def __aiter__(self) -> Subscription[Y]:
        return self

    async def __anext__(self) -> Y:
        if not await self._mailbox.arrival():
            raise StopAsyncIteration
        item: Y = self._mailbox.take()
        return item

    async def __aenter__(self) -> Subscription[Y]:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"<Subscription {self._shared.endpoint}>"


async def _call(shared: SharedSubscription, mailbox: Mailbox, functions: list[Callable[[Any], Any]]) -> None:
    try:
        while await mailbox.arrival():
            item = mailbox.take()
            for function in list(functions):
                await _call_one(function, item, shared)
            # Other tasks run between two items of a busy topic.
            await asyncio.sleep(0)
    except BitgetError as error:
        logger.error("%s has ended: %s", shared.endpoint, error)


async def _call_one(function: Callable[[Any], Any], item: Any, shared: SharedSubscription) -> None:
    try:
        result = function(item)
        if inspect.isawaitable(result):
            await result
    except Exception:
        logger.exception("a callback of %s failed", shared.endpoint)


def _leave(loop: asyncio.AbstractEventLoop, shared: SharedSubscription, mailbox: Mailbox) -> None:
    """End a subscription that nobody holds any more; called from any thread."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(shared.leave, mailbox)
