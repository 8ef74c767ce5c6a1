"""Plan orders: they wait without freezing anything, fire once, and fail when they cannot be paid for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from papertape.contract.protocol.errors import Rejected
from papertape.contract.spot.plan import (
    BatchCancelPlanOrders,
    CancelPlanOrder,
    ListOpenPlanOrders,
    ModifyPlanOrder,
    PlacePlanOrder,
)
from papertape.engine.state import digest, dump, load
from papertape.engine.trading.records import TriggerRecord
from papertape.operations.registry import Caller
from papertape.operations.spot.plan import (
    batch_cancel_plan_orders,
    cancel_plan_order,
    current_plan_orders,
    modify_plan_order,
    place_plan_order,
)
from tests.engine.test_exits import trade_at
from tests.market import UIDS, Market

ALICE = Caller(UIDS["alice"])


@pytest.fixture
def market() -> Market:
    return Market(alice="1000 USDT, 5 BTC", carol="100000 USDT, 100 BTC")


def plan(market: Market, side: Any, trigger: str, size: str, price: str = "", **more: Any) -> str:
    request = PlacePlanOrder(
        symbol="BTCUSDT",
        side=side,
        trigger_price=Decimal(trigger),
        order_type="limit" if price else "market",
        execute_price=Decimal(price) if price else None,
        size=Decimal(size),
        trigger_type="fill_price",
        **more,
    )
    return place_plan_order(market.exchange, ALICE, request).order_id


def waiting(market: Market) -> list[str]:
    return [order.order_id for order in current_plan_orders(market.exchange, ALICE, ListOpenPlanOrders()).order_list]


def test_it_freezes_nothing_and_becomes_a_limit_order_when_the_price_gets_there(market: Market) -> None:
    plan(market, "buy", "90", "2", price="89")
    assert market.balances("alice") == {"USDT": "1000", "BTC": "5"}
    trade_at(market, "90")
    assert market.book()["bids"] == ["2 @ 89"]
    assert market.balances("alice") == {"USDT": "822 + 178 frozen", "BTC": "5"}


def test_it_remembers_the_order_it_made(market: Market) -> None:
    plan(market, "sell", "110", "1", price="111")
    trade_at(market, "110")
    (fired,) = [row for row in market.happened(TriggerRecord) if row.status == "executed"]
    assert fired.child_order_id in market.exchange.orders.by_id


def test_it_fails_when_it_cannot_be_paid_for(market: Market) -> None:
    order = plan(market, "buy", "110", "100", price="110")
    trade_at(market, "110")
    (failed,) = market.happened(TriggerRecord)
    assert (str(failed.order_id), failed.status, failed.child_order_id) == (order, "fail_execute", 0)
    assert waiting(market) == []


def test_a_market_buy_of_a_quote_amount(market: Market) -> None:
    plan(market, "buy", "110", "220", plan_type="total")
    market.sell("carol", "5 @ 110")
    market.buy("carol", "0.1 @ 110")
    assert market.balances("alice") == {"USDT": "780", "BTC": "6.998"}


def test_a_market_sell_of_a_quote_amount_sells_what_that_is_worth(market: Market) -> None:
    market.buy("carol", "5 @ 90")
    plan(market, "sell", "90", "180", plan_type="total")
    market.sell("carol", "0.1 @ 90")
    assert market.balances("alice")["BTC"] == "3"


def test_one_fired_order_may_fire_the_next(market: Market) -> None:
    plan(market, "sell", "90", "1", price="80")
    plan(market, "sell", "80", "1", price="70")
    market.buy("carol", "0.1 @ 90")
    market.buy("carol", "1 @ 80")
    market.buy("carol", "1 @ 70")
    market.sell("carol", "0.1 @ 90")
    assert market.trades() == ["sell 0.1 @ 90", "sell 1 @ 80", "sell 1 @ 70"]


def test_modified_terms_count_from_then_on(market: Market) -> None:
    order = plan(market, "buy", "90", "2", price="89")
    request = ModifyPlanOrder(
        order_id=order, trigger_price=Decimal(95), order_type="limit", execute_price=Decimal(94), size=Decimal(1)
    )
    assert modify_plan_order(market.exchange, ALICE, request).order_id == order
    trade_at(market, "95")
    assert market.book()["bids"] == ["1 @ 94"]


def test_cancelled_it_never_fires(market: Market) -> None:
    order = plan(market, "buy", "90", "2", price="89", client_oid="plan-1")
    assert cancel_plan_order(market.exchange, ALICE, CancelPlanOrder(client_oid="plan-1")).result == "success"
    trade_at(market, "90")
    assert market.book()["bids"] == []
    with pytest.raises(Rejected) as refusal:
        cancel_plan_order(market.exchange, ALICE, CancelPlanOrder(order_id=order))
    assert refusal.value.error.code == "43025"


def test_all_of_some_symbols_are_cancelled_at_once(market: Market) -> None:
    order = plan(market, "buy", "90", "2", price="89")
    outcome = batch_cancel_plan_orders(market.exchange, ALICE, BatchCancelPlanOrders(symbol_list=["BGBUSDT"]))
    assert (outcome.success_list, waiting(market)) == ([], [order])
    outcome = batch_cancel_plan_orders(market.exchange, ALICE, BatchCancelPlanOrders())
    assert ([row.order_id for row in outcome.success_list], waiting(market)) == ([order], [])


def test_waiting_orders_survive_a_snapshot(market: Market) -> None:
    plan(market, "buy", "90", "2", price="89")
    market.sell("alice", "1 @ 88", tpsl_type="tpsl", trigger_price="91")
    loaded = Market()
    loaded.exchange = load(dump(market.exchange))
    for each in (market, loaded):
        trade_at(each, "90")
    assert digest(loaded.exchange) == digest(market.exchange)
    assert loaded.book() == market.book()


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        (("buy", "90", "1", "0"), "40020"),
        (("buy", "0", "1", "89"), "40020"),
        (("buy", "90.001", "1", "89"), "40808"),
        (("buy", "90", "0.001", "89"), "45110"),
    ],
)
def test_refused(market: Market, terms: tuple[str, str, str, str], code: str) -> None:
    with pytest.raises(Rejected) as refusal:
        plan(market, *terms)
    assert refusal.value.error.code == code
    assert waiting(market) == []


def test_at_most_50_wait_on_one_instrument(market: Market) -> None:
    for number in range(50):
        plan(market, "buy", "90", "1", price=f"{50 + number % 30}")
    with pytest.raises(Rejected) as refusal:
        plan(market, "buy", "90", "1", price="89")
    assert refusal.value.error.code == "43071"


def test_one_whose_price_is_there_already_fires_at_once(market: Market) -> None:
    order = plan(market, "buy", "100", "2", price="100")
    assert waiting(market) == []
    assert market.book() == {"bids": ["2 @ 100"], "asks": []}
    (child,) = [row.child_order_id for row in market.happened(TriggerRecord) if row.status == "executed"]
    assert str(child) != order


def test_one_that_is_moved_to_the_price_fires_at_once(market: Market) -> None:
    order = plan(market, "buy", "90", "2", price="89")
    request = ModifyPlanOrder(
        order_id=order, trigger_price=Decimal(100), order_type="limit", execute_price=Decimal(99), size=Decimal(1)
    )
    modify_plan_order(market.exchange, ALICE, request)
    assert waiting(market) == []
    assert market.book() == {"bids": ["1 @ 99"], "asks": []}
