"""A subscription's queue: bounded, with the policy of its channel. A slow consumer fills its own and no other's."""

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
    """Who listens to a topic. Everything is called on the event loop and returns at once."""

    def deliver(self, push: Push[Any]) -> None:
        """A push; its rows stand oldest first."""

    def interrupted(self) -> None:
        """The socket is gone: what was built from pushes is out of date."""

    def resumed(self, event: Reconnected, gap: Gap | None) -> None:
        """The topic is subscribed again; ``gap`` if something is missing."""

    def missed(self, gap: Gap) -> None:
        """Something is missing at this place."""

    def end(self, error: Exception | None) -> None:
        """Nothing more comes; ``error`` if it was not meant to end."""


class Mailbox(ABC):
    """What waits for one consumer. ``take`` is the next item, ``arrival`` waits for one."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.ended = False
        self._arrived = asyncio.Event()

    @abstractmethod
    def __len__(self) -> int:
        """How many items wait."""

    @abstractmethod
    def take(self) -> Any:
        """The next item; there has to be one."""

    @abstractmethod
    def deliver(self, push: Push[Any]) -> None:
        """Keeps a push's rows."""

    @abstractmethod
    def interrupted(self) -> None:
        """The socket is gone; what was received stays received."""

    @abstractmethod
    def resumed(self, event: Reconnected, gap: Gap | None) -> None:
        """The topic is subscribed again."""

    @abstractmethod
    def missed(self, gap: Gap) -> None:
        """Something is missing at this place."""

    def end(self, error: Exception | None) -> None:
        """No more; what waits can still be taken."""
        if not self.ended:
            self.ended, self.error = True, error
            self._arrived.set()

    async def arrival(self) -> bool:
        """Waits until there is something to take; False when nothing more comes, raises what ended it."""
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
        """The newest row of the state that has waited longest."""
        return self._rows.pop(next(iter(self._rows)))

    def deliver(self, push: Push[Any]) -> None:
        """Puts each row in the place of the older one of its state."""
        rows, key = self._rows, self._key
        for row in push.data:
            rows[key(row)] = row
        while len(rows) > MOST_STATES:
            del rows[next(iter(rows))]
        self._arrived.set()

    def interrupted(self) -> None:
        """Nothing to do: what was received stays received."""

    def resumed(self, event: Reconnected, gap: Gap | None) -> None:
        """State has no gaps: the newest comes with the next push."""

    def missed(self, gap: Gap) -> None:
        """State has no gaps."""


class EventMailbox(Mailbox):
    """Keeps everything in order; when it is full the oldest go, and a ``Gap`` tells how many, at their place."""

    def __init__(self, capacity: int, *, whole: bool = False) -> None:
        super().__init__()
        self._items: deque[Any] = deque()
        self._capacity, self._whole = capacity, whole
        self._dropped = 0
        self._lost: int | None = 0

    def __len__(self) -> int:
        return len(self._items) + (1 if self._dropped else 0)

    def take(self) -> Any:
        """The oldest item, or the gap that stands in the place of those that went."""
        if not self._dropped:
            return self._items.popleft()
        gap = Gap(lost=self._lost, reason="slow consumer")
        self._dropped, self._lost = 0, 0
        return gap

    def deliver(self, push: Push[Any]) -> None:
        """Keeps the rows, or the push as it is."""
        if self._whole:
            self._items.append(push)
        else:
            self._items.extend(push.data)
        self._trim()

    def interrupted(self) -> None:
        """Nothing to do: what was received stays received."""

    def resumed(self, event: Reconnected, gap: Gap | None) -> None:
        """Tells of it, the gap first."""
        self._items.extend((event,) if gap is None else (gap, event))
        self._trim()

    def missed(self, gap: Gap) -> None:
        """Tells of it."""
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
