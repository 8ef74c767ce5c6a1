"""Estimates the exchange's clock: this machine's, corrected by the time that each answer tells.

Signed requests must be within 30 s of the exchange's time (documentation, "Signature"); every answer carries that
time as ``requestTime``, so that no call is made only to ask for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

DRIFT = 1000
"""Clocks may drift apart by 1 ms in so many: the older a measurement, the more doubtful."""


def machine_ms() -> int:
    """Return this machine's clock in ms since 1970."""
    return time.time_ns() // 1_000_000


class _Measurement(NamedTuple):
    """A measurement: how far the exchange's clock is ahead, how exactly that is known, and when; all in ms."""

    offset: int
    error: int
    at: int

    def doubt(self, now: int) -> int:
        """Return the error, plus what the clocks may have drifted apart since."""
        return self.error + abs(now - self.at) // DRIFT

    def contradicts(self, other: _Measurement) -> bool:
        """Determine whether the two measurements cannot both be right."""
        return abs(self.offset - other.offset) > self.error + other.doubt(self.at)


class ExchangeClock:
    """Estimates the exchange's time in ms: this machine's plus ``offset``, known to within ``error``."""

    def __init__(self, machine: Callable[[], int] = machine_ms) -> None:
        self.machine = machine
        self._known: _Measurement | None = None
        self._suspected: _Measurement | None = None

    @property
    def measured(self) -> bool:
        """Whether any answer has told the exchange's time yet."""
        return self._known is not None

    @property
    def offset(self) -> int:
        """How many ms the exchange's clock is ahead of this machine's."""
        known = self._known
        return 0 if known is None else known.offset

    @property
    def error(self) -> int:
        """To how many ms the offset was known when it was measured."""
        known = self._known
        return 0 if known is None else known.error

    def now(self) -> int:
        """Return the exchange's time in ms, as well as it is known."""
        return self.machine() + self.offset

    def observe(self, told: int, sent: int, received: int, *, certain: bool = False) -> None:
        """Take the time that an answer tells; ``sent`` and ``received`` are this machine's, all in ms.

        The exchange's clock showed ``told`` at some moment in between, so the offset is known to half the round
        trip. A measurement is replaced by a closer one, with time also by one less close. One that contradicts it
        tells that a clock was set, if the next one agrees or if it is ``certain``; else that an answer was odd.
        """
        if told <= 0 or received < sent:
            return
        low, high = told - received, told - sent
        new, known = _Measurement((low + high) // 2, (high - low + 1) // 2, received), self._known
        if known is None or certain:
            self._known, self._suspected = new, None
        elif new.contradicts(known):
            suspected, self._suspected = self._suspected, new
            if suspected is not None and not new.contradicts(suspected):
                self._known, self._suspected = new, None
        else:
            self._suspected = None
            if new.error < known.doubt(received):
                self._known = new
