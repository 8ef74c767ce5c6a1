"""What a connection may do, and how many an address may have. All of it is off with ``--limits off``.

Source: documentation, "Connect" (as of 2024-11-22). Everything counts in the gateway's clock, so that a test spends
a connection's day in a millisecond.
"""

from __future__ import annotations

from papertape.contract.protocol.endpoint import Limit
from papertape.gateway.rate_limits import EXHAUSTED, Quota

REQUESTED = Limit(300, "ip", 300)
"""Connections that one address may ask for in five minutes."""

AT_ONCE = 100
"""Connections of one address."""

SUBSCRIBE_REQUESTS, SUBSCRIBE_MS = 240, 3_600_000
"""Subscribe requests of one connection in an hour."""

CHANNELS = 1000
"""Subscriptions of one connection."""

MESSAGES, MESSAGES_MS = 10, 1000
"""Messages of one connection in a second: ping and JSON alike."""

ARGUMENT_BYTES = 4096
"""Length of the arguments of one request, as sent."""

SILENCE_MS = 120_000
"""Without the text ``ping``."""

DAY_MS = 86_400_000
"""How long a connection lives."""


class FixedWindow:
    """A count in fixed windows of the gateway's clock."""

    __slots__ = ("_count", "_period", "_used", "_window")

    def __init__(self, count: int, period_ms: int) -> None:
        self._count, self._period = count, period_ms
        self._window = self._used = 0

    def take(self, now: int) -> bool:
        """Counts one more at ``now`` (ms); False for one too many."""
        window = now // self._period
        if window != self._window:
            self._window, self._used = window, 0
        self._used += 1
        return self._used <= self._count


class Addresses:
    """How many connections each address has, and has asked for."""

    def __init__(self, *, enabled: bool) -> None:
        self.enabled = enabled
        self._requested = Quota(REQUESTED)
        self._open: dict[str, int] = {}

    def admit(self, address: str, now: int) -> bool:
        """Counts a connection; whether the address may have it. ``leave`` has to follow in either case."""
        count = self._open[address] = self._open.get(address, 0) + 1
        in_time = self._requested.take(address, now) != EXHAUSTED
        return not self.enabled or (in_time and count <= AT_ONCE)

    def leave(self, address: str) -> None:
        """A connection of the address is gone."""
        count = self._open.get(address, 1) - 1
        if count:
            self._open[address] = count
        else:
            self._open.pop(address, None)


class Allowance:
    """What one connection has left; ``enabled`` False allows everything."""

    __slots__ = ("_messages", "_subscribes", "enabled", "expires", "pinged")

    def __init__(self, now: int, *, enabled: bool) -> None:
        self.enabled = enabled
        self.pinged = now
        self.expires = now + DAY_MS
        self._messages = FixedWindow(MESSAGES, MESSAGES_MS)
        self._subscribes = FixedWindow(SUBSCRIBE_REQUESTS, SUBSCRIBE_MS)

    def message(self, now: int) -> bool:
        """Counts a message; False for one too many in this second."""
        return self._messages.take(now) or not self.enabled

    def subscribe(self, now: int) -> bool:
        """Counts a subscribe request; False for one too many in this hour."""
        return self._subscribes.take(now) or not self.enabled

    def channel(self, subscribed: int) -> bool:
        """Whether a connection with so many subscriptions may have one more."""
        return subscribed < CHANNELS or not self.enabled

    def arguments(self, size: int) -> bool:
        """Whether a request's arguments may be so many bytes."""
        return size <= ARGUMENT_BYTES or not self.enabled

    def silent(self, now: int) -> bool:
        """Whether the client has not said ping for too long."""
        return self.enabled and now - self.pinged > SILENCE_MS

    def expired(self, now: int) -> bool:
        """Whether the connection has had its day."""
        return self.enabled and now >= self.expires
