"""Trigger orders are told at every change."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from papertape.contract.spot.plan import SpotPlan
from tests.market import START
from tests.operations.feeds.audience import Audience


def plan(market: Audience, who: str = "alice", **changes: Any) -> str:
    """A buy that waits for 105."""
    fields = {
        "symbol": "BTCUSDT", "side": "buy", "trigger_price": Decimal(105), "order_type": "limit",
        "execute_price": Decimal(106), "size": Decimal(1), "trigger_type": "fill_price",
    }  # fmt: skip
    order_id: str = market.command(SpotPlan.place_plan_order, who, **(fields | changes)).order_id
    return order_id


def test_a_trigger_order_is_told_when_made() -> None:
    market = Audience(alice="1000 USDT")
    assert market.listen("orders-algo", "default", who="alice") is None
    order = plan(market, client_oid="mine")
    (row,) = market.data("orders-algo", "alice")
    assert row == {
        "instId": "BTCUSDT", "orderId": order, "clientOid": "mine", "triggerPrice": "105.00",
        "triggerType": "fill_price", "planType": "amount", "price": "105.00", "size": "1", "actualSize": "0",
        "orderType": "limit", "side": "buy", "status": "live", "executePrice": "106.00", "enterPointSource": "API",
        "cTime": str(START), "uTime": str(START), "stpMode": "none",
    }  # fmt: skip


def test_it_is_told_when_changed_and_when_cancelled() -> None:
    market = Audience(alice="1000 USDT")
    market.listen("orders-algo", "BTCUSDT", who="alice")
    order = plan(market)
    market.command(
        SpotPlan.modify_plan_order, "alice", order_id=order, trigger_price=Decimal(110), order_type="market",
        size=Decimal(2),
    )  # fmt: skip
    market.command(SpotPlan.cancel_plan_order, "alice", order_id=order)
    rows = market.data("orders-algo", "alice")
    assert [(row["triggerPrice"], row["size"], row["status"]) for row in rows] == [
        ("105.00", "1", "live"),
        ("110.00", "2", "live"),
        ("110.00", "2", "cancelled"),
    ]


def test_it_is_told_when_fired_with_what_it_ordered() -> None:
    market = Audience(alice="1000 USDT", bob="5 BTC", carol="1000 USDT")
    market.listen("orders-algo", "default", who="alice")
    market.listen("orders", "default", who="alice")
    plan(market, plan_type="total", size=Decimal("53"))
    market.sell("bob", "1 @ 105")
    market.buy("carol", "0.5 @ 105")
    fired = market.data("orders-algo", "alice")[-1]
    assert (fired["status"], fired["size"], fired["actualSize"]) == ("executed", "53", "0.5000")
    placed = market.data("orders", "alice")
    assert {row["enterPointSource"] for row in placed} == {"SYS"}
    assert (placed[0]["newSize"], placed[-1]["status"]) == ("0.5000", "filled")


def test_it_is_told_when_it_fails() -> None:
    market = Audience(bob="5 BTC", carol="1000 USDT")
    market.listen("orders-algo", "default", who="alice")
    plan(market)
    market.sell("bob", "1 @ 105")
    market.buy("carol", "0.5 @ 105")
    assert [row["status"] for row in market.data("orders-algo", "alice")] == ["live", "fail_execute"]
