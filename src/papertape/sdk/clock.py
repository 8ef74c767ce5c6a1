"""The exchange's clock as seen from here: this machine's, set right by what each answer tells.

Signed requests must be within 30 s of the exchange's time (documentation, "Signature"); every answer carries that
time as ``requestTime``, so that no call is made only to ask for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable

REFRESHED_MS = 60_000
"""A measurement older than this gives way to any newer one: clocks drift."""


def machine_ms() -> int:
    """This machine's clock in ms since 1970."""
    return time.time_ns() // 1_000_000


class ExchangeClock:
    """Reads the exchange's time in ms. ``offset`` is what it is ahead of this machine, ``error`` the doubt in it."""

    def __init__(self, machine: Callable[[], int] = machine_ms) -> None:
        self.machine = machine
        self.offset = self.error = 0
        self._measured: int | None = None

    @property
    def measured(self) -> bool:
        """Whether any answer has told the exchange's time yet."""
        return self._measured is not None

    def now(self) -> int:
        """The exchange's time in ms, as well as it is known."""
        return self.machine() + self.offset

    def observe(self, told: int, sent: int, received: int) -> None:
        """Takes the time that an answer tells; ``sent`` and ``received`` are this machine's, all in ms.

        The exchange's clock showed ``told`` at some moment in between, so the offset is known to half the round
        trip. A measurement is replaced by a closer one, by a newer one once it is old, and by one that it
        contradicts: then a clock was set.
        """
        if told <= 0 or received < sent:
            return
        low, high = told - received, told - sent
        contradicted = not low - self.error <= self.offset <= high + self.error
        aged = self._measured is None or received - self._measured > REFRESHED_MS
        error = (high - low + 1) // 2
        if contradicted or aged or error < self.error:
            self.offset, self.error, self._measured = (low + high) // 2, error, received
