"""Timers: what the exchange has promised itself to do at a market time.

A timer is a due time, a kind and the number of what it is about. They fire in order of due time, then of
setting, when the internal tick command is applied; nothing else moves time. A timer is not taken back: its
function looks at what it is about and does nothing when that has changed meanwhile.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    from papertape.engine.exchange.exchange import Exchange

MOST_PER_TICK = 10_000
"""How many fire in one entry; the rest stay due and fire with the next."""


class Timer(NamedTuple):
    """One promise: when (market time, ms), in which order among equals, of what kind, about what."""

    due: int
    order: int
    kind: str
    subject: int


Function = Callable[["Exchange", int, int], None]
"""What a timer does: gets the exchange, the subject and the time that the timer was due."""

FUNCTIONS: dict[str, Function] = {}
"""The function of each kind, registered where the kind is at home."""


class Timers(msgspec.Struct):
    """All timers that are set: a heap by due time; ``count`` orders those due at the same time."""

    heap: list[Timer] = msgspec.field(default_factory=list)
    count: int = 0

    def set(self, kind: str, subject: int, due: int) -> None:
        """Promises to call the kind's function for the subject at ``due``."""
        assert kind in FUNCTIONS, f"no function for timers of kind {kind}"
        self.count += 1
        heapq.heappush(self.heap, Timer(due, self.count, kind, subject))

    def next_due(self) -> int | None:
        """When the next one is due, or None if there is none."""
        return self.heap[0].due if self.heap else None


def on_timer(kind: str) -> Callable[[Function], Function]:
    """Registers the function of a kind of timers."""

    def register(function: Function) -> Function:
        assert kind not in FUNCTIONS, f"timers of kind {kind} have two functions"
        FUNCTIONS[kind] = function
        return function

    return register


def fire_due(exchange: Exchange) -> int:
    """Fires what is due at the exchange's time, including what that sets in turn; how many fired."""
    heap, fired = exchange.timers.heap, 0
    while heap and heap[0].due <= exchange.now and fired < MOST_PER_TICK:
        timer = heapq.heappop(heap)
        FUNCTIONS[timer.kind](exchange, timer.subject, timer.due)
        fired += 1
    return fired
