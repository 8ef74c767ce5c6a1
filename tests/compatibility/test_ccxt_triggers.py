"""ccxt places, edits, cancels and lists trigger orders, and they fire."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import ccxt
import pytest

from tests.compatibility.clients import BTC, available, frozen, gained, traded

TRIGGERS = {"trigger": True}


def test_a_trigger_order_waits_without_freezing(developer: Any) -> None:
    placed = developer.create_order(BTC, "limit", "buy", 0.01, 83000, {"triggerPrice": 83100})
    [order] = developer.fetch_open_orders(BTC, params=TRIGGERS)
    assert (order["id"], order["status"], order["type"], order["side"]) == (placed["id"], "open", "limit", "buy")
    assert (order["triggerPrice"], order["price"], order["amount"]) == (83100, 83000, 0.01)
    assert (developer.fetch_open_orders(BTC), frozen(developer)) == ([], {})


def test_a_trigger_order_is_edited_in_its_place(developer: Any) -> None:
    placed = developer.create_order(BTC, "limit", "buy", 0.01, 83000, {"triggerPrice": 83100})
    developer.edit_order(placed["id"], BTC, "limit", "buy", 0.02, 83050, {"triggerPrice": 83150})
    [order] = developer.fetch_open_orders(BTC, params=TRIGGERS)
    assert (order["id"], order["triggerPrice"], order["price"], order["amount"]) == (placed["id"], 83150, 83050, 0.02)


def test_a_cancelled_trigger_order_is_history(developer: Any) -> None:
    placed = developer.create_order(BTC, "market", "sell", 0.01, None, {"triggerPrice": 83100})
    developer.cancel_order(placed["id"], BTC, TRIGGERS)
    assert developer.fetch_open_orders(BTC, params=TRIGGERS) == []
    [order] = developer.fetch_canceled_orders(BTC, params=TRIGGERS)
    assert (order["id"], order["status"], order["triggerPrice"]) == (placed["id"], "canceled", 83100)


def test_cancel_all_ends_trigger_orders_when_told_so(developer: Any) -> None:
    resting = developer.create_order(BTC, "limit", "buy", 0.01, 83000)
    for price in (83100, 83200):
        developer.create_order(BTC, "market", "sell", 0.01, None, {"triggerPrice": price})
    developer.cancel_all_orders(BTC, TRIGGERS)
    assert developer.fetch_open_orders(BTC, params=TRIGGERS) == []
    assert [order["id"] for order in developer.fetch_open_orders(BTC)] == [resting["id"]]


def trade_at(price: float, developer: Any, trader: Any) -> None:
    """Makes this the last price."""
    developer.create_order(BTC, "limit", "sell", 0.001, price)
    trader.create_order(BTC, "limit", "buy", 0.001, price)


def test_a_trigger_order_fires_at_its_price(developer: Any, trader: Any) -> None:
    placed = trader.create_order(BTC, "limit", "sell", 0.01, 85000, {"triggerPrice": 84400})
    trade_at(84399.99, developer, trader)
    assert trader.fetch_open_orders(BTC) == []
    trade_at(84400, developer, trader)
    assert trader.fetch_open_orders(BTC, params=TRIGGERS) == []
    [order] = trader.fetch_open_orders(BTC)
    assert (order["side"], order["price"], order["amount"]) == ("sell", 85000, 0.01)
    assert frozen(trader) == {"BTC": Decimal("0.01")}
    [fired] = trader.fetch_closed_orders(BTC, params=TRIGGERS)
    assert (fired["id"], fired["triggerPrice"]) == (placed["id"], 84400)


def test_a_stop_at_market_sells_when_the_price_falls(developer: Any, trader: Any) -> None:
    trader.create_order(BTC, "market", "sell", 0.01, None, {"triggerPrice": 83500})
    developer.create_order(BTC, "limit", "buy", 1, 83400)
    before = available(trader)
    trade_at(83500, developer, trader)
    assert trader.fetch_ticker(BTC)["last"] == 83400
    fills = trader.fetch_my_trades(BTC)
    assert gained(before, available(trader)) == traded(fills)
    assert [(fill["side"], fill["price"], fill["amount"]) for fill in fills] == [
        ("buy", 83500, 0.001),
        ("sell", 83400, 0.01),
    ]


def test_a_buy_at_market_fires_with_its_cost(developer: Any, trader: Any) -> None:
    trader.create_order(BTC, "market", "buy", 0.01, 84500, {"triggerPrice": 84500})
    developer.create_order(BTC, "limit", "sell", 1, 84600)
    trade_at(84500, developer, trader)
    [_, fired] = trader.fetch_my_trades(BTC)
    assert (fired["side"], fired["price"], fired["amount"]) == ("buy", 84600, 0.009988)


def test_stop_loss_and_take_profit_go_where_ccxt_lets_spot_orders_have_them(developer: Any, trader: Any) -> None:
    with pytest.raises(ccxt.InvalidOrder):
        developer.create_order(BTC, "limit", "sell", 0.01, 83000, {"stopLossPrice": 83100})
    preset = {"presetTakeProfitPrice": "85000", "presetStopLossPrice": "83000", "executeStopLossPrice": "82900"}
    placed = trader.create_order(BTC, "limit", "buy", 0.01, 84000, preset)
    [order] = trader.fetch_open_orders(BTC)
    assert {name: Decimal(order["info"][name]) for name in preset} == {
        name: Decimal(price) for name, price in preset.items()
    }
    assert order["info"]["executeTakeProfitPrice"] == ""
    developer.create_order(BTC, "limit", "sell", 0.01, 84000)
    assert trader.fetch_order(placed["id"], BTC)["status"] == "closed"
    [exits] = trader.fetch_open_orders(BTC, params={"tpslType": "tpsl"})
    assert exits["side"] == "sell"
