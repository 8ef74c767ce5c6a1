"""Two traders with ccxt trade with each other; balances change by exactly what was traded and charged."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.compatibility.clients import BTC, available, frozen, gained, traded


def test_the_second_trader_fills_the_developers_order(developer: Any, trader: Any) -> None:
    mine, theirs = available(developer), available(trader)
    bid = developer.create_order(BTC, "limit", "buy", 0.01, 84000)
    ask = trader.create_order(BTC, "limit", "sell", 0.004, 83000)

    order = developer.fetch_order(bid["id"], BTC)
    assert (order["status"], order["filled"], order["remaining"]) == ("open", 0.004, 0.006)
    assert (order["average"], order["cost"]) == (84000, 336)
    assert order["fee"] == {"cost": 0.000004, "currency": "BTC"}
    taken = trader.fetch_order(ask["id"], BTC)
    assert (taken["status"], taken["filled"], taken["average"]) == ("closed", 0.004, 84000)
    assert taken["fee"] == {"cost": 0.336, "currency": "USDT"}

    assert gained(mine, available(developer)) == {"USDT": Decimal(-840), "BTC": Decimal("0.003996")}
    assert frozen(developer) == {"USDT": Decimal(504)}
    assert gained(theirs, available(trader)) == {"USDT": Decimal("335.664"), "BTC": Decimal("-0.004")}

    developer.cancel_order(bid["id"], BTC)
    assert gained(mine, available(developer)) == {"USDT": Decimal(-336), "BTC": Decimal("0.003996")}
    [fill] = developer.fetch_my_trades(BTC)
    assert (fill["order"], fill["takerOrMaker"], fill["side"]) == (bid["id"], "maker", "buy")
    assert (fill["price"], fill["amount"], fill["cost"]) == (84000, 0.004, 336)
    [other] = trader.fetch_my_trades(BTC)
    assert (other["id"], other["order"], other["takerOrMaker"]) == (fill["id"], ask["id"], "taker")
    public = trader.fetch_trades(BTC)[-1]
    assert (public["id"], public["side"], public["price"], public["amount"]) == (fill["id"], "sell", 84000, 0.004)


def test_an_order_takes_the_best_prices_first(developer: Any, trader: Any) -> None:
    before = available(trader)
    for price, size in ((84600, 0.02), (84500, 0.01), (84700, 0.05)):
        developer.create_order(BTC, "limit", "sell", size, price)
    placed = trader.create_order(BTC, "limit", "buy", 0.04, 84650)
    order = trader.fetch_order(placed["id"], BTC)
    assert (order["filled"], order["remaining"], order["status"]) == (0.03, 0.01, "open")
    assert abs(Decimal(order["info"]["priceAvg"]) - Decimal(2537) / Decimal("0.03")) < Decimal("0.01")
    fills = trader.fetch_my_trades(BTC, params={"orderId": placed["id"]})
    assert sorted((fill["price"], fill["amount"]) for fill in fills) == [(84500, 0.01), (84600, 0.02)]
    trader.cancel_order(placed["id"], BTC)
    assert gained(before, available(trader)) == {"USDT": Decimal(-2537), "BTC": Decimal("0.02997")}


def test_the_last_trade_is_the_ticker_and_the_candle(developer: Any, trader: Any) -> None:
    developer.create_order(BTC, "limit", "buy", 0.01, 84000)
    volume = Decimal(trader.fetch_ticker(BTC)["info"]["baseVolume"])
    trader.create_order(BTC, "limit", "sell", 0.01, 84000)
    ticker = trader.fetch_ticker(BTC)
    assert (ticker["last"], ticker["bid"], ticker["ask"]) == (84000, None, None)
    assert Decimal(ticker["info"]["baseVolume"]) == volume + Decimal("0.01")
    candle = trader.fetch_ohlcv(BTC, "1m", limit=1)[-1]
    assert (candle[3], candle[4], candle[5]) == (84000, 84000, 0.01)


def test_a_market_buy_spends_its_cost_in_whole_lots(developer: Any, trader: Any) -> None:
    before = available(trader)
    developer.create_order(BTC, "limit", "sell", 0.5, 84500)
    placed = trader.create_market_buy_order_with_cost(BTC, 100)
    order = trader.fetch_order(placed["id"], BTC)
    assert (order["status"], order["type"], order["filled"]) == ("closed", "market", 0.001183)
    assert gained(before, available(trader)) == {
        "USDT": Decimal("-0.001183") * 84500,
        "BTC": Decimal("0.001183") * Decimal("0.999"),
    }
    trader.create_order(BTC, "market", "buy", 0.002, 84500)
    assert gained(before, available(trader)) == traded(trader.fetch_my_trades(BTC))


def test_a_market_sell_takes_what_is_bid(developer: Any, trader: Any) -> None:
    before = available(trader)
    developer.create_order(BTC, "limit", "buy", 0.001, 84000)
    developer.create_order(BTC, "limit", "buy", 0.001, 83900)
    placed = trader.create_order(BTC, "market", "sell", 0.0015)
    order = trader.fetch_order(placed["id"], BTC)
    assert (order["status"], order["filled"], order["cost"]) == ("closed", 0.0015, 125.95)
    assert gained(before, available(trader)) == {
        "USDT": Decimal("125.95") * Decimal("0.999"),
        "BTC": Decimal("-0.0015"),
    }


def test_a_market_order_into_an_empty_book_is_cancelled(trader: Any) -> None:
    placed = trader.create_order(BTC, "market", "sell", 0.001)
    assert trader.fetch_order(placed["id"], BTC)["status"] == "canceled"
    assert frozen(trader) == {}


def test_fees_are_paid_in_bgb_when_asked_for(developer: Any, trader: Any) -> None:
    trader.request("v2/spot/account/switch-deduct", ["private", "spot"], "POST", {"deduct": "on"})
    before = available(trader)
    developer.create_order(BTC, "limit", "sell", 0.1, 84500)
    trader.create_order(BTC, "limit", "buy", 0.1, 84500)
    fills = trader.fetch_my_trades(BTC)
    assert [fill["fee"]["currency"] for fill in fills] == ["BGB"]
    changes = gained(before, available(trader))
    assert changes == {"USDT": Decimal(-8450), "BTC": Decimal("0.1"), "BGB": traded_fee(fills)}
    assert changes["BGB"] < 0


def traded_fee(fills: list[dict[str, Any]]) -> Decimal:
    return sum((Decimal(fill["info"]["feeDetail"]["totalFee"]) for fill in fills), Decimal(0))


def test_a_trader_who_meets_his_own_order_is_stopped_when_he_asked_for_it(developer: Any) -> None:
    developer.create_order(BTC, "limit", "sell", 0.01, 84500)
    placed = developer.create_order(BTC, "limit", "buy", 0.01, 84500, {"stpMode": "cancel_taker"})
    assert developer.fetch_order(placed["id"], BTC)["status"] == "canceled"
    assert developer.fetch_my_trades(BTC) == []


@pytest.mark.parametrize("side", ["buy", "sell"])
def test_where_the_market_moves_balances_change_by_what_was_traded(visitor: Any, side: str) -> None:
    since = max((int(trade["id"]) for trade in visitor.fetch_my_trades(BTC)), default=0)
    before = available(visitor)
    for _ in range(3):
        price = visitor.fetch_ticker(BTC)["last"]
        visitor.create_order(BTC, "market", side, 0.0123, price)
        visitor.create_order(BTC, "limit", side, 0.0456, price * (1.01 if side == "buy" else 0.99))
    visitor.cancel_all_orders(BTC)
    fills = [trade for trade in visitor.fetch_my_trades(BTC) if int(trade["id"]) > since]
    assert len(fills) >= 6
    assert gained(before, available(visitor)) == traded(fills)


def test_lists_of_trades_come_in_pages(developer: Any, trader: Any) -> None:
    for price in range(84500, 84505):
        developer.create_order(BTC, "limit", "sell", 0.001, price)
    trader.create_order(BTC, "limit", "buy", 0.005, 84600)
    trades = trader.fetch_my_trades(BTC)
    assert [trade["price"] for trade in sorted(trades, key=lambda trade: int(trade["id"]))] == list(range(84500, 84505))
    identifiers = sorted(trade["id"] for trade in trades)
    newest = trader.fetch_my_trades(BTC, limit=2)
    assert sorted(trade["id"] for trade in newest) == identifiers[3:]
    older = trader.fetch_my_trades(BTC, limit=2, params={"idLessThan": identifiers[3]})
    assert sorted(trade["id"] for trade in older) == identifiers[1:3]
