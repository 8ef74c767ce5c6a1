"""Fills are told to whom they belong."""

from __future__ import annotations

from papertape.contract.spot.trade import SpotTrade
from tests.market import START
from tests.operations.feeds.audience import Audience


def test_a_fill_is_told_to_each_side() -> None:
    market = Audience(alice="1000 USDT", bob="5 BTC")
    assert market.listen("fill", "default", who="alice") is None
    market.listen("fill", "BTCUSDT", who="bob")
    maker = market.sell("bob", "1 @ 100")
    taker = market.buy("alice", "0.5 @ 101")
    (bought,), (sold,) = market.data("fill", "alice"), market.data("fill", "bob")
    assert bought == {
        "orderId": taker, "tradeId": sold["tradeId"], "symbol": "BTCUSDT", "orderType": "limit", "side": "buy",
        "priceAvg": "100.00", "size": "0.5000", "amount": "50.000000", "tradeScope": "taker",
        "feeDetail": [
            {"feeCoin": "BTC", "deduction": "no", "totalDeductionFee": "0", "totalFee": "-0.0005000"},
        ],
        "cTime": str(START), "uTime": str(START),
    }  # fmt: skip
    assert (sold["orderId"], sold["tradeScope"], sold["side"]) == (maker, "maker", "sell")
    assert sold["feeDetail"][0]["feeCoin"] == "USDT"


def test_fills_of_one_order_come_together() -> None:
    market = Audience(alice="1000 USDT", bob="5 BTC")
    market.listen("fill", "default", who="alice")
    for price in (100, 101, 102):
        market.sell("bob", f"0.1 @ {price}")
    market.buy("alice", "1 @ 102")
    (push,) = market.heard("fill", "alice")
    assert [f"{fill.price:f}" for fill in push.data] == ["100.00", "101.00", "102.00"]


def test_fills_of_another_instrument_are_left_out() -> None:
    market = Audience(alice="1000 USDT", bob="5 BTC")
    market.listen("fill", "BGBUSDT", who="alice")
    market.sell("bob", "1 @ 100")
    market.buy("alice", "1 @ 100")
    assert market.pushes == []


async def test_a_fill_is_what_rest_then_answers() -> None:
    async with Audience(alice="1000 USDT", bob="5 BTC") as market:
        market.listen("fill", "default", who="alice")
        market.sell("bob", "1 @ 100")
        market.buy("alice", "1 @ 100")
        (pushed,) = market.data("fill", "alice")
        (asked,) = await market.ask(SpotTrade.fills)
        assert pushed["tradeId"] == asked.trade_id
        assert pushed["feeDetail"][0]["totalFee"] == f"{asked.fee_detail.total_fee:f}"
        assert pushed["amount"] == f"{asked.amount:f}"
