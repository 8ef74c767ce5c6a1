"""Clocks: Unix milliseconds that never go back, running as they should.

The exchange has two: market time, which the journal writes into its entries, and gateway time, for signatures and
limits. Each is a ``Clock`` and is set on its own.
"""

from __future__ import annotations

import time


class Clock:
    """A clock in one of its modes: ``real``, ``manual`` (stands still until moved), ``x10`` (ten times as fast)."""

    def __init__(self, mode: str = "real", start_ms: int | None = None) -> None:
        """Starts at ``start_ms``, by default at the time of day; raises ``ValueError`` for an unknown mode."""
        self.mode = mode
        self._factor = _factor(mode)
        self._origin = time.time_ns()
        self._start = self._origin // 1_000_000 if start_ms is None else start_ms
        self._latest = self._start

    def now(self) -> int:
        """Unix milliseconds; never less than before."""
        elapsed = time.time_ns() - self._origin
        self._latest = max(self._latest, self._start + int(elapsed * self._factor) // 1_000_000)
        return self._latest

    def advance(self, ms: int) -> int:
        """Jumps ahead by ``ms`` milliseconds, in every mode; returns the new time. Raises ``ValueError`` below 0."""
        if ms < 0:
            raise ValueError("a clock does not go back")
        self._start += ms
        return self.now()

    def set(self, ms: int) -> int:
        """Jumps ahead to ``ms``; returns the new time. Raises ``ValueError`` if that is in the past."""
        return self.advance(ms - self.now())

    def resume(self, ms: int) -> None:
        """Goes on from ``ms``, the time of the last entry, unless it is later already."""
        if ms > self.now():
            self.set(ms)

    def restore(self, ms: int) -> None:
        """Goes to ``ms`` even if that is back, for an exchange that went back; in real mode not before real time."""
        self._origin = time.time_ns()
        self._start = max(ms, self._origin // 1_000_000) if self.mode == "real" else ms
        self._latest = self._start


def _factor(mode: str) -> float:
    if mode in ("real", "manual"):
        return float(mode == "real")
    if mode.startswith("x") and mode[1:].replace(".", "", 1).isdecimal() and float(mode[1:]) > 0:
        return float(mode[1:])
    raise ValueError(f"no such clock: {mode!r}; there are real, manual and xN, such as x10")
