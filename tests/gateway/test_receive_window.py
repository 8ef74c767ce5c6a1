"""How late a request that names a receive window may come."""

from __future__ import annotations

import msgspec
import pytest

from tests.gateway.desk import LIMIT_BUY, NOON, ORDER, Desk

READS = ["/api/v2/spot/trade/orderInfo?orderId=1&", "/api/v2/spot/trade/unfilled-orders?"]
WISHES = [
    ("in time", {"requestTime": NOON - 500, "receiveWindow": 500}, "00000"),
    ("a millisecond late", {"requestTime": NOON - 501, "receiveWindow": 500}, "40078"),
    ("from a clock that is ahead", {"requestTime": NOON + 900, "receiveWindow": 500}, "00000"),
    ("the longest window", {"requestTime": NOON - 60_000, "receiveWindow": 60_000}, "00000"),
    ("a longer window", {"requestTime": NOON, "receiveWindow": 60_001}, "40079"),
    ("a longer window without a time", {"receiveWindow": 60_001}, "40079"),
    ("a window without a time", {"receiveWindow": 1}, "00000"),
    ("a time without a window", {"requestTime": 1}, "00000"),
]
parametrized = pytest.mark.parametrize(("wish", "code"), [row[1:] for row in WISHES], ids=[row[0] for row in WISHES])


@parametrized
@pytest.mark.parametrize("read", READS)
async def test_a_read_is_answered_within_its_window(desk: Desk, read: str, wish: dict[str, int], code: str) -> None:
    target = read + "&".join(f"{name}={value}" for name, value in wish.items())
    assert (await desk.signed("GET", target)).code == code


@parametrized
async def test_an_order_is_placed_within_its_window_or_not_at_all(desk: Desk, wish: dict[str, int], code: str) -> None:
    before = desk.exchange.sequencer.exchange.sequence
    order = msgspec.json.encode(msgspec.json.decode(LIMIT_BUY) | {name: str(value) for name, value in wish.items()})
    assert (await desk.signed("POST", ORDER, order)).code == code
    assert (desk.exchange.sequencer.exchange.sequence > before) == (code == "00000")
