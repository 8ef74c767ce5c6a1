"""What a connection has not yet been able to take.

While the other side reads, messages go straight to the socket. While it does not, they wait here: what may be
replaced by something newer is, and what may not is bounded. So a slow reader costs a bounded amount of memory and
nobody else's time.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Literal

MOST_MESSAGES = 512
"""Messages that may wait and must not be replaced: answers, private pushes."""

MOST_BYTES = 1 << 20
"""Their size together."""

Slow = Literal["latest", "resnapshot", "disconnect"]
Make = Callable[[], bytes | None]


class Outbox:
    """Messages that wait, in the order in which they are to go out."""

    __slots__ = ("_bytes", "_messages", "_number", "_waiting")

    def __init__(self) -> None:
        self._waiting: dict[Hashable, bytes | Make] = {}
        self._number = self._messages = self._bytes = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, message: bytes) -> bool:
        """Keeps a message that must not be lost; False when that would be one too many."""
        if self._messages >= MOST_MESSAGES or self._bytes + len(message) > MOST_BYTES:
            return False
        self._number += 1
        self._messages += 1
        self._bytes += len(message)
        self._waiting[self._number] = message
        return True

    def replace(self, subject: Hashable, message: bytes | Make) -> None:
        """Keeps the newest message on a subject, or what will make one when its turn comes."""
        self._waiting[subject] = message

    def forget(self, subject: Hashable) -> None:
        """Drops what waits on a subject."""
        self._waiting.pop(subject, None)

    def next(self) -> bytes | None:
        """Takes the first message out; None when nothing is left."""
        while self._waiting:
            subject = next(iter(self._waiting))
            message = self._waiting.pop(subject)
            if isinstance(message, bytes):
                if isinstance(subject, int):
                    self._messages -= 1
                    self._bytes -= len(message)
                return message
            made = message()
            if made is not None:
                return made
        return None

    def clear(self) -> None:
        """Drops everything."""
        self._waiting.clear()
        self._messages = self._bytes = 0
