"""The bounded queue of a subscription, with the policy of its channel. A slow consumer fills no other's queue."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from papertape.sdk.streams.events import Gap, Push, Reconnected

MOST_STATES = 1000
"""Rows that a state queue holds at most, one for each state: more than a candle channel's snapshot has."""


class Sink(Protocol):
    """A listener of a topic. Every method is called on the event loop and returns at once."""

    def deliver(self, push: Push[Any]) -> None:
        """Take a push; its rows stand oldest first."""

    def interrupted(self) -> None:
        """Note that the socket is gone: what was built from pushes is out of date."""

    def resumed(self, event: Reconnected, gap: Gap | None) -> None:
        """Note that the topic is subscribed again; ``gap`` if something is missing."""

    def missed(self, gap: Gap) -> None:
        """Note that something is missing at this place."""

    def end(self, error: Exception | None) -> None:
        """Note that nothing more comes; ``error`` if it was not meant to end."""


class Mailbox(ABC):
    """The items that wait for one consumer. ``take`` returns the next item, ``arrival`` waits for one."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.ended = False
        self._arrived = asyncio.Event()

    @abstractmethod
    def __len__(self) -> int:
        """Count the items that wait."""

    @abstractmethod
    def take(self) -> Any:
        """Return the next item; there has to be one."""

    @abstractmethod
    def deliver(self, push: Push[Any]) -> None:
        """Keep a push's rows."""

    @abstractmethod
    def interrupted(self) -> None:
        """Note that the socket is gone; what was received is kept."""

    @abstractmethod
    def resumed(self, event: Reconnected, gap: Gap | None) -> None:
        """Note that the topic is subscribed again."""

    @abstractmethod
    def missed(self, gap: Gap) -> None:
        """Note that something is missing at this place."""

    def end(self, error: Exception | None) -> None:
        """Take nothing more; what waits can still be taken."""
        if not self.ended:
            self.ended, self.error = True, error
            self._arrived.set()

    async def arrival(self) -> bool:
        """Wait until there is something to take; False when nothing more comes, raises what ended it."""
        while not len(self):
            if self.error is not None:
                raise self.error
            if self.ended:
                return False
            self._arrived.clear()
            await self._arrived.wait()
        return True


class StateMailbox(Mailbox):
    """Keeps the newest of each state: ``key`` tells which state a row is of (for candles: its start)."""

    def __init__(self, key: Callable[[Any], Any]) -> None:
        super().__init__()
        self._key = key
        self._rows: dict[Any, Any] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def take(self) -> Any:
        """Return the newest row of the state that has waited longest."""
        return self._rows.pop(next(iter(self._rows)))

    def deliver(self, push: Push[Any]) -> None:
        """Replace the older row of each state."""
        rows, key = self._rows, self._key
        for row in push.data:
            rows[key(row)] = row
        while len(rows) > MOST_STATES:
            del rows[next(iter(rows))]
        self._arrived.set()

    def interrupted(self) -> None:
        """Do nothing: what was received is kept."""

    def resumed(self, event: Reconnected, gap: Gap | None) -> None:
        """Do nothing: the newest state comes with the next push."""

    def missed(self, gap: Gap) -> None:
        """Do nothing: the newest state comes with the next push."""


class EventMailbox(Mailbox):
    """Keeps all items in order; when it is full the oldest are dropped and a ``Gap`` in their place counts them."""

    def __init__(self, capacity: int, *, whole: bool = False) -> None:
        super().__init__()
        self._items: deque[Any] = deque()
        self._capacity, self._whole = capacity, whole
        self._dropped = 0
        self._lost: int | None = 0

    def __len__(self) -> int:
        return len(self._items) + (1 if self._dropped else 0)

    def take(self) -> Any:
        """Return the oldest item, or the gap in the place of those that were dropped."""
        if not self._dropped:
            return self._items.popleft()
        gap = Gap(lost=self._lost, reason="slow consumer")
        self._dropped, self._lost = 0, 0
        return gap

    def deliver(self, push: Push[Any]) -> None:
        """Keep the rows, or the push as it is."""
        if self._whole:
            self._items.append(push)
        else:
            self._items.extend(push.data)
        self._trim()

    def interrupted(self) -> None:
        """Do nothing: what was received is kept."""

    def resumed(self, event: Reconnected, gap: Gap | None) -> None:
        """Add the gap and the event."""
        self._items.extend((event,) if gap is None else (gap, event))
        self._trim()

    def missed(self, gap: Gap) -> None:
        """Add the gap."""
        self._items.append(gap)
        self._trim()

    def _trim(self) -> None:
        items = self._items
        while len(items) > self._capacity:
            oldest = items.popleft()
            self._dropped += 1
            if isinstance(oldest, Gap):
                self._lost = None if oldest.lost is None or self._lost is None else self._lost + oldest.lost
            elif not isinstance(oldest, Reconnected) and self._lost is not None:
                self._lost += 1
        self._arrived.set()
