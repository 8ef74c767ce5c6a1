"""How often a caller may ask: each endpoint by UID or address, and every address over all endpoints.

Counted in fixed windows of the gateway's clock, so that what is left is what Bitget's header
``x-mbx-used-remain-limit`` says: the rest of this second. Source: documentation, "Access Restriction" and FAQ
(6000 requests a minute and address; once exceeded the address stays blocked for five minutes).
"""

from __future__ import annotations

from papertape.contract.protocol import errors
from papertape.contract.protocol.endpoint import Limit
from papertape.contract.protocol.errors import Rejected

ADDRESS_LIMIT = Limit(6000, "ip", 60)
BLOCK_MS = 300_000
MOST_CALLERS = 65_536
"""Callers counted in one window; past it the window starts again, in the callers' favour."""

UNCOUNTED = -1
EXHAUSTED = -2


class Quota:
    """One limit's counters for the current window. Old windows are dropped whole, so memory stays bounded."""

    __slots__ = ("count", "period", "used", "window")

    def __init__(self, limit: Limit) -> None:
        self.count = limit.count
        self.period = limit.per_seconds * 1000
        self.window = -1
        self.used: dict[int | str, int] = {}

    def take(self, caller: int | str, now: int) -> int:
        """Counts one request at ``now`` (ms); how many are left in the window, ``EXHAUSTED`` for one too many."""
        window = now // self.period
        if window != self.window or len(self.used) > MOST_CALLERS:
            self.window = window
            self.used.clear()
        used = self.used.get(caller, 0)
        if used >= self.count:
            return EXHAUSTED
        self.used[caller] = used + 1
        return self.count - used - 1


class RateLimits:
    """All limits of the gateway; ``enabled`` False admits everyone (``--limits off``)."""

    def __init__(self, *, enabled: bool = True) -> None:
        self.enabled = enabled
        self._quotas: dict[str, Quota] = {}
        self._addresses = Quota(ADDRESS_LIMIT)
        self._blocked: dict[str, int] = {}

    def quota(self, path: str, limit: Limit) -> Quota | None:
        """The counters of the endpoint at ``path``, shared by its aliases; ``None`` when it is not limited."""
        if not limit.count:
            return None
        return self._quotas.setdefault(path, Quota(limit))

    def admit(self, address: str, now: int) -> None:
        """Counts one request against the address as a whole; 429 past the limit and while it is blocked."""
        if not self.enabled:
            return
        if self._blocked:
            until = self._blocked.get(address, 0)
            if now < until <= now + BLOCK_MS:
                raise Rejected(errors.TOO_MANY_REQUESTS)
            self._blocked.pop(address, None)
        if self._addresses.take(address, now) == EXHAUSTED:
            if len(self._blocked) >= MOST_CALLERS:
                self._blocked.clear()
            self._blocked[address] = now + BLOCK_MS
            raise Rejected(errors.TOO_MANY_REQUESTS)

    def take(self, quota: Quota | None, caller: int | str, now: int) -> int:
        """Counts one request against an endpoint's quota: what is left, ``EXHAUSTED``, ``UNCOUNTED``."""
        if quota is None or not self.enabled:
            return UNCOUNTED
        return quota.take(caller, now)
