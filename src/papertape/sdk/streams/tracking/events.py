"""Tracks events, each of which must be delivered once.

Trade and order ids grow with time; REST lists the newest first.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Hashable
from typing import Any

from papertape.contract.protocol.channel import DEFAULT, Topic
from papertape.sdk.rest.async_client import AsyncClient

MOST_REMEMBERED = 10_000
"""Messages of one topic that are remembered as delivered."""

MOST_PAGES = 20
PAGE = 100

OVERLAP_MS = 5000
"""How far before the last message a REST window begins: clocks and writers need not agree to the millisecond."""


class Seen:
    """Remembers keys of what has been delivered; the oldest are forgotten."""

    def __init__(self) -> None:
        self._keys: dict[Hashable, None] = {}

    def __contains__(self, key: Hashable) -> bool:
        return key in self._keys

    def add(self, key: Hashable) -> bool:
        """Remember a key; False if it was known."""
        if key in self._keys:
            return False
        self._keys[key] = None
        if len(self._keys) > MOST_REMEMBERED:
            del self._keys[next(iter(self._keys))]
        return True


class EventTracker(ABC):
    """Delivers each event once, known by ``key``. Up to ``since`` (ms, 0: unknown) all have been delivered."""

    def __init__(self, topic: Topic, rest: AsyncClient) -> None:
        self.rest, self.symbol = rest, None if topic.key == DEFAULT else topic.key
        self.since = 0
        self.seen = Seen()
        self._began = self._newest = 0

    @abstractmethod
    def key(self, row: Any) -> Hashable:
        """Identify a row: two rows with one key are the same event."""

    def time(self, row: Any) -> int:
        """Return when it happened, in ms."""
        return int(row.updated)

    async def begin(self) -> None:
        """Note the exchange's time: nothing before now is of interest."""
        if not self.rest.clock.measured:
            await self.rest.synchronise()
        self._began = self.rest.clock.now()

    def fresh(self, rows: list[Any]) -> list[Any]:
        """Return the rows that have not been delivered."""
        new = [row for row in rows if self.seen.add(self.key(row))]
        for row in new:
            self.note(row)
        return new

    def note(self, row: Any) -> None:
        """Note a row as it is delivered. One from before the beginning was stamped by a clock that is behind."""
        told = self.time(row)
        self._newest, self._began = max(self._newest, told), min(self._began, told)

    def state(self) -> list[Any]:
        """Return nothing: events are not repeated."""
        return []

    def mark(self) -> None:
        """Note that everything up to the newest message has been delivered."""
        self.since = max(self._began, self._newest - OVERLAP_MS)

    def new(self, rows: list[Any], held: list[Any]) -> list[Any]:
        """Return what has not been delivered; the same rows among those held back are then left out."""
        return self.fresh(rows)


async def pages(
    ask: Callable[[str | None], Awaitable[list[Any]]], identity: Callable[[Any], str]
) -> tuple[list[Any], bool]:
    """Fetch all rows of a list, newest first, and whether these are all: the number of pages is bounded."""
    found: list[Any] = []
    before: str | None = None
    for _ in range(MOST_PAGES):
        rows = await ask(before)
        found += rows
        if len(rows) < PAGE:
            return found, True
        before = identity(rows[-1])
    return found, False
