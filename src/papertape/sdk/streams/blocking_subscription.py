"""The blocking form of a subscription: iterate with ``for``, or have each item passed to a function."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import Any, Generic, TypeVar

from papertape.contract.protocol.channel import Topic
from papertape.sdk.exceptions import BitgetError
from papertape.sdk.streams.background import Background
from papertape.sdk.streams.subscription import Subscription

Y = TypeVar("Y")

logger = logging.getLogger("papertape.stream")


class BlockingSubscription(Generic[Y]):
    """Yields the messages of one topic: ``for message in subscription``. As ``Subscription``, without async."""

    def __init__(self, background: Background, subscription: Subscription[Y], batch: int) -> None:
        self._background, self._subscription, self._batch = background, subscription, batch
        self._taken: deque[Y] = deque()
        self._functions: list[Callable[[Y], Any]] = []

    @property
    def topic(self) -> Topic:
        """Product, channel and key."""
        return self._subscription.topic

    @property
    def waiting(self) -> int:
        """How many items wait in the queue."""
        return self._subscription.waiting + len(self._taken)

    def ready(self) -> None:
        """Wait until the exchange has acknowledged; raises its refusal, or ``RequestTimeout``."""
        self._background.run(self._subscription.ready)

    def on(self, function: Callable[[Y], Any]) -> BlockingSubscription[Y]:
        """Call the function with each item, instead of iterating, in a thread of its own; it may block.

        What it raises is logged, and the next item comes all the same.
        """
        self._functions.append(function)
        if len(self._functions) == 1:
            threading.Thread(target=self._call, name=f"papertape {self.topic.channel}", daemon=True).start()
        return self

    def resubscribe(self) -> None:
        """Subscribe anew, and so get a new snapshot; waits until that is acknowledged."""
        self._background.run(self._subscription.resubscribe)

    def close(self) -> None:
        """End it; the topic is unsubscribed when nobody else listens to it."""
        self._background.run(self._subscription.close)

    def take(self, most: int) -> list[Y]:
        """Take the waiting items, at most so many; waits for one if there is none, empty at the end."""
        if self._taken:
            return [self._taken.popleft() for _ in range(min(most, len(self._taken)))]
        return self._background.run(partial(self._subscription.take, most))

    def __iter__(self) -> BlockingSubscription[Y]:
        return self

    def __next__(self) -> Y:
        if not self._taken:
            self._taken.extend(self.take(self._batch))
        if not self._taken:
            raise StopIteration
        return self._taken.popleft()

    def __enter__(self) -> BlockingSubscription[Y]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return repr(self._subscription)

    def _call(self) -> None:
        try:
            for item in self:
                for function in list(self._functions):
                    self._call_one(function, item)
        except BitgetError as error:
            logger.error("%r has ended: %s", self, error)
        except RuntimeError:
            logger.debug("%r has ended with its stream", self)

    def _call_one(self, function: Callable[[Y], Any], item: Y) -> None:
        try:
            function(item)
        except Exception:
            logger.exception("a callback of %r failed", self)
