"""Clocks run as told, never go back, and go on where the journal ended."""

from __future__ import annotations

import time

import pytest

from papertape.journal.clock import Clock

NOON = 1_700_000_000_000


def test_a_real_clock_shows_the_time_of_day() -> None:
    assert abs(Clock().now() - time.time_ns() // 1_000_000) < 60_000


def test_a_manual_clock_stands_still_until_it_is_moved() -> None:
    clock = Clock("manual", NOON)
    assert clock.now() == NOON
    assert clock.advance(500) == NOON + 500
    assert clock.set(NOON + 8_000) == NOON + 8_000
    assert clock.now() == NOON + 8_000


def test_a_fast_clock_outruns_the_wall() -> None:
    clock = Clock("x100000", NOON)
    until = time.monotonic() + 0.005
    while time.monotonic() < until:
        pass
    assert clock.now() - NOON >= 400_000


def test_a_jump_moves_a_real_clock_too() -> None:
    clock = Clock()
    before = clock.now()
    assert clock.advance(8 * 3_600_000) >= before + 8 * 3_600_000


@pytest.mark.parametrize("mode", ["real", "manual", "x10"])
def test_no_clock_goes_back(mode: str) -> None:
    clock = Clock(mode, NOON)
    with pytest.raises(ValueError, match="back"):
        clock.set(NOON - 1)
    with pytest.raises(ValueError, match="back"):
        clock.advance(-1)
    readings = [clock.now() for _ in range(1000)]
    assert readings == sorted(readings)


def test_a_clock_goes_on_from_the_last_entry_unless_it_is_later_already() -> None:
    clock = Clock("manual", NOON)
    clock.resume(NOON + 5)
    assert clock.now() == NOON + 5
    clock.resume(NOON)
    assert clock.now() == NOON + 5


def test_an_exchange_that_went_back_takes_its_clock_along() -> None:
    clock = Clock("manual", NOON)
    clock.advance(9_000)
    clock.restore(NOON + 1)
    assert clock.now() == NOON + 1


def test_real_time_goes_on_when_the_exchange_went_back() -> None:
    clock = Clock()
    clock.restore(NOON)
    assert clock.now() > NOON + 1_000_000


@pytest.mark.parametrize("mode", ["", "fast", "x", "x0", "x-1", "xNaN", "x1e3", "x1.2.3"])
def test_an_unknown_mode_is_refused(mode: str) -> None:
    with pytest.raises(ValueError, match="clock"):
        Clock(mode)
