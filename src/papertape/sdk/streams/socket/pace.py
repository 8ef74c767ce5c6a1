"""Limits what is sent: messages a second and subscribe requests an hour of a connection, attempts to connect.

Source: documentation, "Connect". What is counted here is a little less than what is allowed: the exchange counts when
messages arrive, not when they are sent.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import ClassVar

MESSAGES, MESSAGES_SECONDS = 8, 1.0
"""Messages of one connection; 10 are allowed, ``ping`` included."""

SUBSCRIBE_REQUESTS, SUBSCRIBE_SECONDS = 230, 3600.0
"""Subscribe requests of one connection; 240 are allowed."""

ATTEMPTS, ATTEMPTS_SECONDS = 280, 300.0
"""Attempts to connect to one exchange, of this whole process; 300 an address are allowed."""

MOST_WAITING = 1000
"""Messages of one connection that wait for their turn."""


class SlidingWindow:
    """Counts what happened in a sliding window of seconds."""

    def __init__(self, count: int, seconds: float) -> None:
        self._count, self._seconds = count, seconds
        self._taken: deque[float] = deque()

    def wait(self, now: float) -> float:
        """Return the seconds until one more is allowed; 0 for at once."""
        taken = self._taken
        while taken and taken[0] <= now - self._seconds:
            taken.popleft()
        return taken[0] + self._seconds - now if len(taken) >= self._count else 0.0

    def take(self, now: float) -> None:
        """Count one more."""
        self._taken.append(now)


class Attempts:
    """Counts attempts to connect to one address, for all streams of the process and all their loops."""

    _of: ClassVar[dict[str, Attempts]] = {}
    _lock = threading.Lock()

    def __init__(self) -> None:
        self._window = SlidingWindow(ATTEMPTS, ATTEMPTS_SECONDS)

    @classmethod
    def wait(cls, address: str) -> float:
        """Count an attempt and return 0, or return the seconds after which to ask again."""
        with cls._lock:
            window = cls._of.setdefault(address, Attempts())._window
            now = monotonic()
            seconds = window.wait(now)
            if not seconds:
                window.take(now)
            return seconds


class PacedSender:
    """Sends text in order, no faster than allowed; urgent messages go first."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._loop = asyncio.get_running_loop()
        self._window = SlidingWindow(MESSAGES, MESSAGES_SECONDS)
        self._urgent: deque[str] = deque()
        self._waiting: deque[str] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def send(self, text: str, *, urgent: bool = False) -> bool:
        """Send the text, now or as soon as allowed; False if too much waits already."""
        if len(self._urgent) + len(self._waiting) >= MOST_WAITING:
            return False
        (self._urgent if urgent else self._waiting).append(text)
        if self._timer is None:
            self._flush()
        return True

    def close(self) -> None:
        """Drop what waits."""
        self._urgent.clear()
        self._waiting.clear()
        if self._timer is not None:
            self._timer.cancel()

    def _flush(self) -> None:
        self._timer = None
        while queue := self._urgent or self._waiting:
            now = self._loop.time()
            if seconds := self._window.wait(now):
                self._timer = self._loop.call_later(seconds, self._flush)
                return
            self._window.take(now)
            self._write(queue.popleft())
