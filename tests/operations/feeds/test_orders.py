"""Orders are told at every change."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
from msgspec import UNSET

from papertape.contract.spot.account import SpotAccount
from papertape.contract.spot.pushes import charged_fees, order_message
from papertape.contract.spot.trade import BatchOrder, SpotTrade
from tests.market import START
from tests.operations.feeds.audience import Audience

PER_FILL = {"fillPrice", "tradeId", "baseVolume", "fillTime", "fillFee", "fillFeeCoin", "tradeScope"}

LEFT_OUT: dict[str, Any] = {
    "force": "", "stp_mode": "", "fill_price": UNSET, "trade_id": UNSET, "fill_size": UNSET, "fill_time": UNSET,
    "fill_fee": UNSET, "fill_fee_coin": UNSET, "trade_scope": UNSET,
}  # fmt: skip
"""What an order's push has and REST does not tell."""


def story(rows: list[Any]) -> list[tuple[str, str, str]]:
    """Status, filled in all, filled by this."""
    return [(row["status"], row["accBaseVolume"], row.get("baseVolume", "")) for row in rows]


def test_nothing_is_pushed_on_subscribing() -> None:
    market = Audience(alice="1000 USDT")
    market.buy("alice", "1 @ 90")
    assert market.listen("orders", "BTCUSDT", who="alice") is None


def test_a_limit_order_is_told_with_its_value_and_its_size() -> None:
    market = Audience(alice="1000 USDT")
    market.listen("orders", "default", who="alice")
    order = market.buy("alice", "1.5 @ 90", client_oid="mine")
    (push,) = market.pushes
    (row,) = market.data("orders", "alice")
    assert push.action == "snapshot"
    assert not PER_FILL & row.keys()
    assert row == {
        "instId": "BTCUSDT", "orderId": order, "clientOid": "mine", "price": "90.00", "size": "135.000000",
        "newSize": "1.5000", "notional": "135.000000", "orderType": "limit", "ordType": "limit", "force": "gtc",
        "side": "buy", "accBaseVolume": "0.0000", "priceAvg": "0.00", "status": "live", "cTime": str(START),
        "uTime": str(START), "stpMode": "none", "feeDetail": [], "enterPointSource": "API",
    }  # fmt: skip


def test_each_fill_is_told_once_with_its_price_and_fee() -> None:
    market = Audience(alice="1000 USDT", bob="5 BTC")
    market.sell("bob", "1 @ 100")
    market.sell("bob", "1 @ 101")
    market.listen("orders", "default", who="alice")
    market.buy("alice", "2.5 @ 101")
    rows = market.data("orders", "alice")
    assert story(rows) == [
        ("live", "0.0000", ""),
        ("partially_filled", "1.0000", "1.0000"),
        ("partially_filled", "2.0000", "1.0000"),
    ]
    first, second = rows[1:]
    assert (first["fillPrice"], second["fillPrice"]) == ("100.00", "101.00")
    assert first["tradeId"] != second["tradeId"]
    assert (first["fillFee"], first["fillFeeCoin"], first["tradeScope"]) == ("-0.0010000", "BTC", "T")
    assert second["feeDetail"] == [{"feeCoin": "BTC", "fee": "-0.0020000"}]
    assert second["priceAvg"] == "100.50"
    assert second["fillTime"] == str(START)


def test_a_maker_is_told_too() -> None:
    market = Audience(alice="1000 USDT", bob="5 BTC")
    market.listen("orders", "default", who="bob")
    market.sell("bob", "1 @ 100")
    market.buy("alice", "0.4 @ 100")
    market.buy("alice", "0.6 @ 100")
    rows = market.data("orders", "bob")
    assert story(rows) == [
        ("live", "0.0000", ""), ("partially_filled", "0.4000", "0.4000"), ("filled", "1.0000", "0.6000"),
    ]  # fmt: skip
    assert (rows[2]["tradeScope"], rows[2]["fillFeeCoin"]) == ("M", "USDT")


def test_a_market_buy_is_told_in_quote_and_has_no_price() -> None:
    market = Audience(alice="1000 USDT", bob="5 BTC")
    market.sell("bob", "5 @ 100")
    market.listen("orders", "default", who="alice")
    market.buy("alice", "50")
    rows = market.data("orders", "alice")
    assert story(rows) == [("live", "0.0000", ""), ("partially_filled", "0.5000", "0.5000"), ("filled", "0.5000", "")]
    assert [(row["size"], row["newSize"], row["notional"]) for row in rows] == [("50.0000", "50.0000", "50.000000")] * 3
    assert all("price" not in row for row in rows)


def test_a_market_sell_is_told_in_base() -> None:
    market = Audience(alice="1000 USDT", bob="5 BTC")
    market.buy("alice", "1 @ 100")
    market.listen("orders", "default", who="bob")
    market.sell("bob", "0.5")
    rows = market.data("orders", "bob")
    assert [(row["size"], row["newSize"], row["notional"]) for row in rows] == [
        ("0.5000", "0.5000", "0.000000"),
        ("0.5000", "0.5000", "50.000000"),
    ]
    assert [row["status"] for row in rows] == ["live", "filled"]


def test_a_fee_in_bgb_is_told_as_such() -> None:
    market = Audience(alice="1000 USDT, 10 BGB", bob="5 BTC")
    market.command(SpotAccount.switch_deduct, "alice", deduct="on")
    market.sell("bob", "1 @ 100")
    market.listen("orders", "default", who="alice")
    market.buy("alice", "1 @ 100")
    row = market.data("orders", "alice")[-1]
    assert row["fillFeeCoin"] == "BGB"
    assert row["feeDetail"] == [{"feeCoin": "BGB", "fee": row["fillFee"]}]
    assert row["fillFee"].startswith("-")


def test_a_cancel_is_told_with_two_l() -> None:
    market = Audience(alice="1000 USDT")
    market.listen("orders", "BTCUSDT", who="alice")
    market.listen("orders", "BGBUSDT", who="alice")
    market.cancel("alice", market.buy("alice", "1 @ 90"))
    pushes = market.heard("orders", "alice")
    assert [push.who.topic.key for push in pushes] == ["BTCUSDT", "BTCUSDT"]
    assert [push.data[0].status for push in pushes] == ["live", "cancelled"]


def test_a_batch_is_one_push() -> None:
    market = Audience(alice="1000 USDT")
    market.listen("orders", "default", who="alice")
    rows = [
        BatchOrder(side="buy", order_type="limit", force="gtc", size=Decimal(1), price=Decimal(price))
        for price in (90, 91, 92)
    ]
    market.command(SpotTrade.batch_orders, "alice", symbol="BTCUSDT", order_list=rows)
    (push,) = market.heard("orders", "alice")
    assert [order.status for order in push.data] == ["live"] * 3


async def test_what_is_pushed_is_what_rest_then_answers() -> None:
    async with Audience(alice="1000 USDT", bob="5 BTC") as market:
        market.listen("orders", "default", who="alice")
        market.sell("bob", "1 @ 100")
        order = market.buy("alice", "1 @ 100")
        pushed = market.data("orders", "alice")[-1]
        (asked,) = await market.ask(SpotTrade.order_info, order_id=order)
        assert pushed["status"] == asked.status == "filled"
        assert pushed["accBaseVolume"] == f"{asked.base_volume:f}"
        assert pushed["priceAvg"] == f"{asked.average_price:f}"
        assert (pushed["cTime"], pushed["uTime"]) == (str(int(asked.created)), str(int(asked.updated)))


async def test_a_message_that_a_client_makes_from_rest_is_the_pushed_one_but_for_what_rest_leaves_out() -> None:
    async with Audience(alice="1000 USDT, 3 BTC, 5 BGB", bob="1000 USDT, 5 BTC") as market:
        market.command(SpotAccount.switch_deduct, "alice", deduct="on")
        market.listen("orders", "default", who="alice")
        market.sell("bob", "1 @ 100")
        market.buy("bob", "2 @ 90")
        placed = [
            market.sell("alice", "1.5"),
            market.buy("alice", "2 @ 100", client_oid="mine"),
            market.buy("alice", "1 @ 85"),
        ]
        last = {row.order_id: row for push in market.heard("orders", "alice") for row in push.data}
        assert [last[order].status for order in placed] == ["filled", "partially_filled", "live"]
        for order in placed:
            (asked,) = await market.ask(SpotTrade.order_info, order_id=order)
            fees = list(charged_fees(asked.fee_detail))
            made = order_message(asked, fees=fees, enter_point_source=asked.enter_point_source)
            assert made == msgspec.structs.replace(last[order], **LEFT_OUT)
