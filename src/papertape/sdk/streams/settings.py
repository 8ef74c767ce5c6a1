"""The settings of a stream; every number is bounded."""

from __future__ import annotations

import msgspec

MOST_CONNECTIONS = 100
"""Connections of one address at once. Source: documentation, "Connect"."""

MOST_CHANNELS = 1000
"""Channels of one connection."""


class StreamSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of a stream, all times in seconds; ``Stream`` explains them."""

    timeout: float = 10.0
    queue: int = 10_000
    channels_per_connection: int = 50
    ping_every: float = 25.0
    silence: float = 60.0
    first_backoff: float = 0.25
    longest_backoff: float = 30.0

    def __post_init__(self) -> None:
        if not 1 <= self.channels_per_connection <= MOST_CHANNELS:
            raise ValueError(f"1 to {MOST_CHANNELS} channels a connection, not {self.channels_per_connection}")
        if self.queue < 1:
            raise ValueError("a queue holds at least one message")
        if min(self.timeout, self.ping_every, self.silence, self.first_backoff, self.longest_backoff) <= 0:
            raise ValueError("times have to be longer than nothing")
