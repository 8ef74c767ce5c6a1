"""Setting timers, and firing those that are due.

They fire when the internal tick command is applied; nothing else moves time. A timer is not taken back: its function
looks at what it is about and does nothing when that has changed meanwhile.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any, TypeVar

from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.timers import Subject

MOST_PER_TICK = 10_000
"""How many fire in one entry; the rest stay due and fire with the next."""

S = TypeVar("S", bound=Subject)
Function = Callable[[Exchange, S, int], None]
"""What a timer does: gets the exchange, the subject and the time that the timer was due."""

FUNCTIONS: dict[str, Function[Any]] = {}
"""The function of each kind, registered where the kind is at home."""


def on_timer(kind: str) -> Callable[[Function[S]], Function[S]]:
    """Registers the function of a kind of timers."""

    def register(function: Function[S]) -> Function[S]:
        assert kind not in FUNCTIONS, f"timers of kind {kind} have two functions"
        FUNCTIONS[kind] = function
        return function

    return register


def set_timer(exchange: Exchange, kind: str, subject: Subject, due: int) -> None:
    """Promises to call the kind's function in this environment for the subject at ``due`` (market time, ms)."""
    assert kind in FUNCTIONS, f"no function for timers of kind {kind}"
    exchange.timers.add(exchange.environment, kind, subject, due)


def fire_due(exchange: Exchange) -> int:
    """Fires what is due at the exchange's time, including what that sets in turn; how many fired."""
    heap, fired = exchange.timers.heap, 0
    while heap and heap[0].due <= exchange.now and fired < MOST_PER_TICK:
        timer = heapq.heappop(heap)
        FUNCTIONS[timer.kind](exchange.environments[timer.environment], timer.subject, timer.due)
        fired += 1
    return fired
