"""Timers: what the exchange has promised itself to do at a market time.

A timer is a due time, a kind, the environment and what it is about. Timers fire in order of due time, then of setting.
"""

from __future__ import annotations

import heapq
from typing import NamedTuple

import msgspec

from papertape.engine.exchange.environments import Environment

Subject = int | tuple[int | str, ...]
"""What a timer is about: a number, or several words and numbers where one does not tell."""


class Timer(NamedTuple):
    """One promise: when (market time, ms), in which order among equals, of what kind, about what."""

    due: int
    order: int
    environment: Environment
    kind: str
    subject: Subject


class Timers(msgspec.Struct):
    """All timers that are set: a heap by due time; ``count`` orders those due at the same time."""

    heap: list[Timer] = msgspec.field(default_factory=list)
    count: int = 0

    def add(self, environment: Environment, kind: str, subject: Subject, due: int) -> None:
        """Keeps a promise."""
        self.count += 1
        heapq.heappush(self.heap, Timer(due, self.count, environment, kind, subject))

    def next_due(self) -> int | None:
        """When the next one is due, or None if there is none."""
        return self.heap[0].due if self.heap else None
