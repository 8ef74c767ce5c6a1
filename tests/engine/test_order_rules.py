"""Which orders are refused, with which code; a refusal changes nothing (``Market.refused`` checks that)."""

from __future__ import annotations

import pytest

from papertape.engine.state import digest, dump, load
from tests.market import Market, instrument

NINES = "9" * 29
"""As large as a number on the wire can be."""


@pytest.mark.parametrize(
    ("side", "order", "more", "code"),
    [
        ("buy", "1 @ 100", {"symbol": "NOPEUSDT"}, "40034"),
        ("buy", "1 @ 0", {}, "40020"),
        ("buy", "1 @ -5", {}, "40020"),
        ("buy", "0 @ 100", {}, "40020"),
        ("buy", "1 @ 100.001", {}, "40808"),
        ("buy", "0.00001 @ 100", {}, "40808"),
        ("buy", "0.0001 @ 100", {}, "45110"),
        ("buy", "1 @ 601", {}, "43009"),
        ("sell", "2 @ 0.99", {}, "43008"),
        ("buy", "200000 @ 100", {}, "43007"),
        ("buy", f"{NINES}.9999 @ {NINES}.99", {}, "40053"),
        ("sell", f"{NINES}.9999", {}, "40053"),
        ("buy", "1 @ 99", {"trigger_price": NINES, "tpsl_type": "tpsl"}, "40053"),
        ("buy", "1 @ 99", {"preset_take_profit_price": NINES}, "40053"),
        ("buy", "1 @ 99", {"preset_stop_loss_price": "98", "execute_stop_loss_price": NINES}, "40053"),
        ("buy", "11 @ 100", {}, "43012"),
        ("sell", "11 @ 100", {}, "43012"),
        ("buy", "1001", {}, "43012"),
        ("buy", "0.5", {}, "45110"),
        ("buy", "1 @ 100", {"client_oid": "x" * 50}, "40304"),
        ("buy", "1 @ 100", {"client_oid": "with space"}, "40402"),
        ("buy", "1 @ 100", {"tpsl_type": "tpsl"}, "40019"),
    ],
)
def test_refused(side: str, order: str, more: dict[str, str], code: str) -> None:
    market = Market(alice="1000 USDT, 10 BTC")
    assert market.refused("alice", side, order, **more) == code


def test_a_client_id_is_taken_while_its_order_is_open_and_for_two_hours_after() -> None:
    market = Market(alice="1000 USDT")
    order = market.buy("alice", "1 @ 100", client_oid="mine-1")
    assert market.refused("alice", "buy", "1 @ 100", client_oid="mine-1") == "43118"
    market.cancel("alice", order)
    assert market.refused("alice", "buy", "1 @ 100", client_oid="mine-1") == "43118"
    market.wait(2 * 3_600_000 + 1)
    market.cancel("alice", market.buy("alice", "1 @ 100"))
    assert market.buy("alice", "1 @ 100", client_oid="mine-1") != order


def test_two_traders_may_use_the_same_client_id() -> None:
    market = Market(alice="1000 USDT", bob="1000 USDT")
    market.buy("alice", "1 @ 100", client_oid="one")
    market.buy("bob", "1 @ 100", client_oid="one")
    assert market.book()["bids"] == ["2 @ 100"]


def test_open_orders_are_bounded() -> None:
    small = instrument("BTCUSDT", "BTC", "USDT", "100", open_orders=2)
    market = Market(instruments=(small,), alice="1000 USDT")
    market.buy("alice", "1 @ 100")
    market.buy("alice", "1 @ 99")
    assert market.refused("alice", "buy", "1 @ 98") == "43005"


@pytest.mark.parametrize(("status", "code"), [("offline", "41113"), ("halt", "41114")])
def test_an_instrument_that_is_not_online_takes_no_orders(status: str, code: str) -> None:
    market = Market(instruments=(instrument("BTCUSDT", "BTC", "USDT", "100", status=status),), alice="1000 USDT")
    assert market.refused("alice", "buy", "1 @ 100") == code


def test_the_largest_prices_and_sizes_that_are_taken_can_be_kept() -> None:
    market = Market(alice="1000 USDT, 10 BTC")
    market.sell("alice", "0.0001 @ 99999999999")
    market.buy("alice", "1 @ 99", preset_take_profit_price="9999999999999999")
    assert digest(load(dump(market.exchange))) == digest(market.exchange)
    assert market.refused("alice", "buy", "1 @ 98", preset_take_profit_price="10000000000000000") == "40053"


def test_a_market_buy_that_does_not_pay_for_one_lot_is_cancelled() -> None:
    coarse = instrument("BTCUSDT", "BTC", "USDT", "100", size_places=0)
    market = Market(instruments=(coarse,), alice="1000 USDT", bob="2 BTC")
    market.sell("bob", "1 @ 100")
    assert market.status(market.buy("alice", "50")) == "cancelled"
    assert market.balances("alice") == {"USDT": "1000"}
