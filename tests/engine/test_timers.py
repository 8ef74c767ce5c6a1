"""Timers: what fires when, and in which order."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.firing_timers import FUNCTIONS, fire_due, on_timer, set_timer

fired: list[tuple[int, int]] = []


@pytest.fixture(autouse=True)
def rings() -> Iterator[None]:
    """A kind of timer that notes what fired; subject 99 sets the next one, a second later."""

    @on_timer("ring")
    def ring(exchange: Exchange, subject: int, due: int) -> None:
        fired.append((subject, due))
        if subject == 99:
            set_timer(exchange, "ring", 1, due + 1000)

    fired.clear()
    yield
    del FUNCTIONS["ring"]


def test_what_is_due_fires_by_time_then_in_order_of_setting() -> None:
    exchange = Exchange()
    for subject, due in ((1, 300), (2, 100), (3, 200), (4, 100)):
        set_timer(exchange, "ring", subject, due)
    assert exchange.next_due() == 100
    exchange.now = 200
    assert fire_due(exchange) == 3
    assert fired == [(2, 100), (4, 100), (3, 200)]
    assert exchange.next_due() == 300


def test_nothing_fires_before_its_time() -> None:
    exchange = Exchange()
    assert exchange.next_due() is None
    set_timer(exchange, "ring", 1, 100)
    exchange.now = 99
    assert (fire_due(exchange), fired) == (0, [])


def test_a_timer_set_by_a_timer_fires_in_the_same_jump_of_time() -> None:
    exchange = Exchange()
    set_timer(exchange, "ring", 99, 100)
    exchange.now = 5000
    assert fire_due(exchange) == 2
    assert fired == [(99, 100), (1, 1100)]
