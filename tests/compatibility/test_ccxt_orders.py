"""ccxt places, edits, cancels and lists orders where nobody else trades."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.cli.serving import Served
from tests.compatibility.clients import BTC, available, frozen, trading


def ids(orders: list[dict[str, Any]]) -> list[str]:
    return [order["id"] for order in orders]


def test_a_limit_order_rests_and_freezes_its_cost(developer: Any) -> None:
    placed = developer.create_order(BTC, "limit", "buy", 0.01, 84000)
    order = developer.fetch_order(placed["id"], BTC)
    assert (order["status"], order["type"], order["side"]) == ("open", "limit", "buy")
    assert (order["price"], order["amount"], order["filled"], order["remaining"]) == (84000, 0.01, 0, 0.01)
    assert order["clientOrderId"] == placed["clientOrderId"]
    assert order["info"]["status"] == "live"
    assert frozen(developer) == {"USDT": Decimal(840)}
    assert available(developer)["USDT"] == Decimal(99160)


def test_an_open_order_is_listed_as_it_is_fetched(developer: Any) -> None:
    placed = developer.create_order(BTC, "limit", "sell", 0.5, 84500)
    [listed] = developer.fetch_open_orders(BTC)
    fetched = developer.fetch_order(placed["id"], BTC)
    facts = ("id", "clientOrderId", "symbol", "type", "side", "price", "amount", "filled", "remaining", "status")
    assert {fact: listed[fact] for fact in facts} == {fact: fetched[fact] for fact in facts}
    assert ids(developer.fetch_open_orders()) == [placed["id"]]
    assert developer.fetch_open_orders("ETH/USDT") == []


def test_an_order_of_the_callers_own_id_is_found_by_it(developer: Any) -> None:
    placed = developer.create_order(BTC, "limit", "buy", 0.01, 84000, {"clientOrderId": "my-first_order#1"})
    assert placed["clientOrderId"] == "my-first_order#1"
    assert developer.fetch_order("", BTC, {"clientOrderId": "my-first_order#1"})["id"] == placed["id"]
    developer.cancel_order("", BTC, {"clientOrderId": "my-first_order#1"})
    assert developer.fetch_open_orders(BTC) == []


def test_a_cancelled_order_gives_everything_back(developer: Any) -> None:
    before = available(developer)
    placed = developer.create_order(BTC, "limit", "sell", 0.123456, 84500.5)
    assert frozen(developer) == {"BTC": Decimal("0.123456")}
    assert developer.cancel_order(placed["id"], BTC)["id"] == placed["id"]
    assert (available(developer), frozen(developer)) == (before, {})
    assert developer.fetch_order(placed["id"], BTC)["status"] == "canceled"
    assert ids(developer.fetch_canceled_orders(BTC)) == [placed["id"]]
    assert developer.fetch_closed_orders(BTC) == []


def test_editing_replaces_the_order(developer: Any) -> None:
    old = developer.create_order(BTC, "limit", "buy", 0.01, 84000)
    new = developer.edit_order(old["id"], BTC, "limit", "buy", 0.02, 83900)
    [order] = developer.fetch_open_orders(BTC)
    assert (order["id"], order["price"], order["amount"]) == (new["id"], 83900, 0.02)
    assert developer.fetch_order(old["id"], BTC)["status"] == "canceled"
    assert frozen(developer) == {"USDT": Decimal(1678)}


def test_a_post_only_order_rests_or_is_cancelled_but_never_takes(developer: Any, trader: Any) -> None:
    resting = developer.create_order(BTC, "limit", "sell", 0.01, 84500, {"postOnly": True})
    crossing = trader.create_order(BTC, "limit", "buy", 0.01, 84600, {"postOnly": True})
    assert developer.fetch_order(resting["id"], BTC)["filled"] == 0
    assert trader.fetch_order(crossing["id"], BTC)["status"] == "canceled"
    assert trader.fetch_my_trades(BTC) == []


@pytest.mark.parametrize(("force", "filled"), [("IOC", 0.01), ("FOK", 0)])
def test_what_does_not_fill_at_once_is_cancelled(developer: Any, trader: Any, force: str, filled: float) -> None:
    developer.create_order(BTC, "limit", "sell", 0.01, 84500)
    placed = trader.create_order(BTC, "limit", "buy", 0.03, 84500, {"timeInForce": force})
    order = trader.fetch_order(placed["id"], BTC)
    assert (order["status"], order["filled"]) == ("canceled", filled)
    assert frozen(trader) == {}


def test_several_orders_are_placed_and_cancelled_at_once(developer: Any) -> None:
    wanted = [
        {"symbol": BTC, "type": "limit", "side": "buy", "amount": 0.01, "price": 83000 + step} for step in range(20)
    ]
    placed = developer.create_orders(wanted)
    assert len(set(ids(placed))) == 20
    assert sorted(ids(developer.fetch_open_orders(BTC))) == sorted(ids(placed))
    assert sorted(ids(developer.cancel_orders(ids(placed)[:15], BTC))) == sorted(ids(placed)[:15])
    assert sorted(ids(developer.fetch_open_orders(BTC))) == sorted(ids(placed)[15:])


def test_a_batch_tells_which_row_it_refused(developer: Any) -> None:
    rows = [{"side": "buy", "orderType": "limit", "force": "gtc", "price": "83000", "size": size} for size in "17"]
    reply = developer.private_spot_post_v2_spot_trade_batch_orders({"symbol": "BTCUSDT", "orderList": rows})["data"]
    assert len(reply["successList"]) == 1
    assert [(failure["orderId"], failure["errorCode"]) for failure in reply["failureList"]] == [("", "43012")]
    assert len(developer.fetch_open_orders(BTC)) == 1


def test_cancel_all_ends_the_orders_of_one_symbol(developer: Any) -> None:
    for price in (83000, 83500, 84000):
        developer.create_order(BTC, "limit", "buy", 0.01, price)
    other = developer.create_order("ETH/USDT", "limit", "buy", 0.1, 1600)
    developer.cancel_all_orders(BTC)
    assert ids(developer.fetch_open_orders()) == [other["id"]]
    assert len(developer.fetch_canceled_orders(BTC)) == 3


def test_lists_come_in_pages(developer: Any) -> None:
    placed = ids([developer.create_order(BTC, "limit", "buy", 0.01, 83000 + number) for number in range(5)])
    assert in_order(developer.fetch_open_orders(BTC, limit=2)) == placed[3:]
    assert in_order(developer.fetch_open_orders(BTC, limit=2, params={"idLessThan": placed[3]})) == placed[1:3]
    developer.cancel_all_orders(BTC)
    assert in_order(developer.fetch_canceled_and_closed_orders(BTC, limit=2)) == placed[3:]
    assert in_order(developer.fetch_canceled_and_closed_orders(BTC, since=0, limit=100)) == placed
    assert developer.fetch_canceled_and_closed_orders(BTC, since=developer.milliseconds() + 60_000) == []


def in_order(orders: list[dict[str, Any]]) -> list[str]:
    """Their ids as they were made: ccxt sorts by time alone, and one millisecond may have several."""
    return sorted(ids(orders))


def test_orders_under_way_at_the_same_time_all_arrive(still: Served) -> None:
    calls = [
        lambda exchange, price=price: exchange.create_order(BTC, "limit", "buy", 0.001, price)
        for price in range(83000, 83040)
    ]
    with trading("async", still) as developer:
        placed = developer.together(calls)
        assert len(set(ids(placed))) == 40
        assert sorted(ids(developer.fetch_open_orders(BTC))) == sorted(ids(placed))
        assert frozen(developer) == {"USDT": sum(Decimal(price) / 1000 for price in range(83000, 83040))}
