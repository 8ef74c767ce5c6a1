"""Delays calls so that they stay within the exchange's limits: per endpoint by UID or address, and 6000 a minute.

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
"""Calls a minute of an address that only urgent calls may take."""

MARGIN = 1.05
"""Requests take different times on their way: ten sent in a second may arrive in less."""


class Budget:
    """Allows at most ``count`` calls in any ``seconds``. Turns are given out in the order asked for."""

    def __init__(self, count: int, seconds: float) -> None:
        self._turns: deque[float] = deque()
        """The earliest first: one may be taken before another that was asked for earlier."""
        self._count, self._seconds = count, seconds
        self._closed_until = 0.0

    def next(self, now: float) -> float:
        """Return when the next call may go out."""
        turns, seconds = self._turns, self._seconds
        while turns and turns[0] + seconds <= now:
            turns.popleft()
        free = turns[-self._count] + seconds if len(turns) >= self._count else now
        return max(now, free, self._closed_until)

    def take(self, at: float) -> None:
        """Take a turn no earlier than ``next`` has returned."""
        turns = self._turns
        if not turns or at >= turns[-1]:
            turns.append(at)
        else:
            turns.insert(bisect(turns, at), at)

    def give_back(self, at: float) -> None:
        """Return a turn that nobody used."""
        if at in self._turns:
            self._turns.remove(at)

    def close(self, until: float) -> None:
        """Give out no turn before ``until``: the exchange has refused one."""
        self._closed_until = max(self._closed_until, until)


class Turn(NamedTuple):
    """A turn: ``seconds`` to wait from now, and the budgets that it was taken from (none if it is too far away)."""

    seconds: float
    at: float
    budgets: tuple[Budget, ...] = ()


class Limiter:
    """Holds the budgets of one address. Share it between clients of one address: ``Client(limiter=...)``.

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
        """Take a turn and return the seconds to wait for it; one further away than ``patience`` is not taken."""
        return self.reserve(path, limit, key, urgent=urgent, patience=patience).seconds

    def reserve(self, path: str, limit: Limit, key: str, *, urgent: bool, patience: float) -> Turn:
        """Take a turn as ``turn`` does, and return it in a form that can be given back."""
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
        """Return a turn whose caller has stopped waiting, so that nobody waits behind it for nothing."""
        with self._lock:
            for budget in turn.budgets:
                budget.give_back(turn.at)

    def refused(self, path: str, limit: Limit, key: str, seconds: float) -> None:
        """Send nothing to this endpoint for so many seconds: the exchange has answered 429."""
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
