"""Keeps to the exchange's limits before it has to say so: per endpoint by UID or address, and 6000 a minute.

Source: each endpoint's documented limit, and "Access Restriction". Every endpoint has its own budget, so that a busy
one takes nothing from another. Cancels have a part of the address's budget for themselves.
"""

from __future__ import annotations

import threading
from bisect import bisect
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import NamedTuple

from papertape.contract.protocol.endpoint import Limit

ADDRESS_LIMIT = Limit(6000, "ip", 60)
KEPT_FOR_URGENT = 600
"""Of the address's calls a minute: only urgent calls take them."""

MARGIN = 1.05
"""Requests do not travel at one speed: ten sent in a second may arrive in less."""


class Budget:
    """At most ``count`` calls in any ``seconds``. Turns are given out in the order asked for."""

    def __init__(self, count: int, seconds: float) -> None:
        self._turns: deque[float] = deque()
        """The earliest first: one may be taken before another that was asked for earlier."""
        self._count, self._seconds = count, seconds
        self._closed_until = 0.0

    def next(self, now: float) -> float:
        """When the next call may go out."""
        turns, seconds = self._turns, self._seconds
        while turns and turns[0] + seconds <= now:
            turns.popleft()
        free = turns[-self._count] + seconds if len(turns) >= self._count else now
        return max(now, free, self._closed_until)

    def take(self, at: float) -> None:
        """Takes a turn no earlier than ``next`` told."""
        turns = self._turns
        if not turns or at >= turns[-1]:
            turns.append(at)
        else:
            turns.insert(bisect(turns, at), at)

    def give_back(self, at: float) -> None:
        """Takes back a turn that nobody used."""
        if at in self._turns:
            self._turns.remove(at)

    def close(self, until: float) -> None:
        """Gives out no turn before ``until``: the exchange has refused one."""
        self._closed_until = max(self._closed_until, until)


class Turn(NamedTuple):
    """``seconds`` to wait from now, and where the turn was taken: nowhere if it was too far away."""

    seconds: float
    at: float
    budgets: tuple[Budget, ...] = ()


class Limiter:
    """The budgets of one address. Give one to several clients that share an address: ``Client(limiter=...)``.

    Calls by one API key share a UID's budgets; usable from many threads.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._endpoints: dict[tuple[str, str], Budget] = {}
        seconds = ADDRESS_LIMIT.per_seconds * MARGIN
        self._address = Budget(ADDRESS_LIMIT.count - KEPT_FOR_URGENT, seconds)
        self._urgent = Budget(KEPT_FOR_URGENT, seconds)

    def turn(self, path: str, limit: Limit, key: str, *, urgent: bool, patience: float) -> float:
        """Takes a turn: the seconds to wait for it. One further away than ``patience`` is told and not taken."""
        return self.reserve(path, limit, key, urgent=urgent, patience=patience).seconds

    def reserve(self, path: str, limit: Limit, key: str, *, urgent: bool, patience: float) -> Turn:
        """The same for whoever may have to give the turn back."""
        with self._lock:
            now = self._clock()
            address, endpoint = self._lane(now, urgent), self._endpoint(path, limit, key)
            budgets = (address,) if endpoint is None else (address, endpoint)
            at = max([budget.next(now) for budget in budgets])
            if at - now > patience:
                return Turn(at - now, at)
            for budget in budgets:
                budget.take(at)
            return Turn(at - now, at, budgets)

    def give_back(self, turn: Turn) -> None:
        """Takes back a turn whose caller has stopped waiting, so that nobody waits behind it for nothing."""
        with self._lock:
            for budget in turn.budgets:
                budget.give_back(turn.at)

    def refused(self, path: str, limit: Limit, key: str, seconds: float) -> None:
        """The exchange said 429: nothing goes to this endpoint for so long."""
        with self._lock:
            budget = self._endpoint(path, limit, key) or self._address
            budget.close(self._clock() + seconds)

    def _lane(self, now: float, urgent: bool) -> Budget:
        if urgent and self._urgent.next(now) <= self._address.next(now):
            return self._urgent
        return self._address

    def _endpoint(self, path: str, limit: Limit, key: str) -> Budget | None:
        if not limit.count:
            return None
        whose = (path, key if limit.by == "uid" else "")
        budget = self._endpoints.get(whose)
        if budget is None:
            budget = self._endpoints[whose] = Budget(limit.count, limit.per_seconds * MARGIN)
        return budget
