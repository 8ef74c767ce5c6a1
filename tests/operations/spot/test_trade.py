"""The order calls: several at a time, replacing, cancelling by symbol, and reading open orders back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from papertape.contract.protocol import wire
from papertape.contract.protocol.errors import Rejected
from papertape.contract.spot.trade import (
    BatchCancel,
    BatchCancelReplace,
    BatchCancelRow,
    BatchOrder,
    BatchOrders,
    CancelOrder,
    CancelReplaceOrder,
    CancelSymbolOrders,
    ListOrders,
    SpotTrade,
)
from papertape.operations.registry import Caller
from papertape.operations.spot.trade import (
    batch_cancel_order,
    batch_cancel_replace_order,
    batch_orders,
    cancel_order,
    cancel_replace_order,
    cancel_symbol_order,
    unfilled_orders,
)
from tests.chronicle import Chronicle
from tests.market import UIDS, Market

ALICE = Caller(UIDS["alice"])


def row(side: Any, price: str, size: str, **more: Any) -> BatchOrder:
    return BatchOrder(side=side, order_type="limit", force="gtc", price=Decimal(price), size=Decimal(size), **more)


def test_a_batch_places_what_it_can_and_says_why_not() -> None:
    market = Market(alice="250 USDT")
    rows = [row("buy", "100", "1", client_oid="a"), row("buy", "99", "2", client_oid="b"), row("buy", "98", "1")]
    outcome = batch_orders(market.exchange, ALICE, BatchOrders(symbol="BTCUSDT", order_list=rows))
    assert outcome.success_list[0].client_oid == "a"
    assert [(failure.client_oid, failure.error_code) for failure in outcome.failure_list] == [("b", "43012")]
    assert market.book()["bids"] == ["1 @ 100", "1 @ 98"]


def test_a_batch_of_several_symbols_wants_one_in_each_row() -> None:
    market = Market(alice="250 USDT")
    rows = [row("buy", "100", "1", symbol="BTCUSDT"), row("buy", "1", "2", symbol="BGBUSDT"), row("buy", "1", "2")]
    outcome = batch_orders(market.exchange, ALICE, BatchOrders(batch_mode="multiple", order_list=rows))
    assert len(outcome.success_list) == 2
    assert outcome.failure_list[0].error_code == "40019"
    assert market.book("BGBUSDT")["bids"] == ["2 @ 1"]


@pytest.mark.parametrize(("count", "code"), [(0, "40019"), (51, "40058")])
def test_a_batch_has_1_to_50_rows(count: int, code: str) -> None:
    market = Market(alice="250 USDT")
    with pytest.raises(Rejected) as refusal:
        batch_orders(market.exchange, ALICE, BatchOrders(symbol="BTCUSDT", order_list=[row("buy", "1", "1")] * count))
    assert refusal.value.error.code == code


def test_a_batch_cancel_tells_which_orders_are_not_there() -> None:
    market = Market(alice="250 USDT")
    order = market.buy("alice", "1 @ 100")
    rows = [BatchCancelRow(order_id=order), BatchCancelRow(order_id="77")]
    outcome = batch_cancel_order(market.exchange, ALICE, BatchCancel(symbol="BTCUSDT", order_list=rows))
    assert [reference.order_id for reference in outcome.success_list] == [order]
    assert [(failure.order_id, failure.error_code) for failure in outcome.failure_list] == [("77", "43001")]
    assert market.balances("alice") == {"USDT": "250"}


def test_rows_by_order_id_and_by_client_id_do_not_mix() -> None:
    market = Market(alice="250 USDT")
    order = market.buy("alice", "1 @ 100")
    rows = [BatchCancelRow(order_id=order), BatchCancelRow(client_oid="mine")]
    with pytest.raises(Rejected) as refusal:
        batch_cancel_order(market.exchange, ALICE, BatchCancel(symbol="BTCUSDT", order_list=rows))
    assert refusal.value.error.code == "40017"
    assert market.book()["bids"] == ["1 @ 100"]


def test_nobody_cancels_another_ones_order() -> None:
    market = Market(alice="250 USDT", bob="250 USDT")
    order = market.buy("bob", "1 @ 100")
    with pytest.raises(Rejected) as refusal:
        cancel_order(market.exchange, ALICE, CancelOrder(symbol="BTCUSDT", order_id=order))
    assert refusal.value.error.code == "43001"
    assert market.book()["bids"] == ["1 @ 100"]


def test_an_order_is_cancelled_by_its_client_id() -> None:
    market = Market(alice="250 USDT")
    order = market.buy("alice", "1 @ 100", client_oid="mine")
    reply = cancel_order(market.exchange, ALICE, CancelOrder(symbol="BTCUSDT", client_oid="mine"))
    assert (reply.order_id, reply.client_oid) == (order, "mine")


def test_a_replacement_keeps_the_side_and_loses_the_place_in_the_queue() -> None:
    market = Market(alice="1000 USDT", bob="1000 USDT", carol="1 BTC")
    old = market.buy("alice", "1 @ 100")
    market.buy("bob", "1 @ 100")
    request = CancelReplaceOrder(symbol="BTCUSDT", order_id=old, price=Decimal(100), size=Decimal(2))
    reply = cancel_replace_order(market.exchange, ALICE, request)
    assert (reply.success, reply.message, reply.client_oid) == ("success", None, None)
    market.sell("carol", "1 @ 100")
    assert market.fills()[0].startswith("bob maker")


def test_a_refused_replacement_leaves_the_old_order_as_it_is() -> None:
    market = Market(alice="100 USDT")
    old = market.buy("alice", "1 @ 100")
    for size, code in ((Decimal(2), "43012"), (Decimal("0.00001"), "40808"), (Decimal(-1), "40020")):
        request = CancelReplaceOrder(symbol="BTCUSDT", order_id=old, price=Decimal(100), size=size)
        with pytest.raises(Rejected, match=code):
            cancel_replace_order(market.exchange, ALICE, request)
        batch = batch_cancel_replace_order(market.exchange, ALICE, BatchCancelReplace(order_list=[request]))
        assert [(row.order_id, row.success) for row in batch] == [(old, "failure")]
    assert market.book()["bids"] == ["1 @ 100"]
    assert market.balances("alice") == {"USDT": "0 + 100 frozen"}


def test_a_replacement_may_use_what_the_old_order_holds() -> None:
    market = Market(alice="100 USDT")
    old = market.buy("alice", "1 @ 100")
    request = CancelReplaceOrder(symbol="BTCUSDT", order_id=old, price=Decimal(50), size=Decimal(2))
    assert cancel_replace_order(market.exchange, ALICE, request).success == "success"
    assert market.book()["bids"] == ["2 @ 50"]
    assert market.balances("alice") == {"USDT": "0 + 100 frozen"}


def test_cancelling_by_symbol_leaves_other_symbols_alone() -> None:
    market = Market(alice="1000 USDT")
    market.buy("alice", "1 @ 100")
    market.buy("alice", "1 @ 99")
    market.buy("alice", "5 @ 1", symbol="BGBUSDT")
    cancel_symbol_order(market.exchange, ALICE, CancelSymbolOrders(symbol="BTCUSDT"))
    assert (market.book()["bids"], market.book("BGBUSDT")["bids"]) == ([], ["5 @ 1"])


def test_open_orders_come_newest_first_and_page_by_id() -> None:
    market = Market(alice="1000 USDT")
    first, second, third = (market.buy("alice", f"1 @ {price}") for price in (99, 98, 97))
    listed = unfilled_orders(market.exchange, ALICE, ListOrders(limit=2))
    assert [order.order_id for order in listed] == [third, second]
    rest = unfilled_orders(market.exchange, ALICE, ListOrders(limit=2, id_less_than=second))
    assert [order.order_id for order in rest] == [first]


def test_on_the_wire_an_open_order_has_its_limit_price_as_price_avg() -> None:
    market = Market(alice="1000 USDT")
    market.buy("alice", "1 @ 99.5")
    (listed,) = unfilled_orders(market.exchange, ALICE, ListOrders())
    assert b'"priceAvg":"99.50"' in wire.encode(listed)
    assert b'"basePrice":"0"' in wire.encode(listed)


def test_stops_are_listed_by_themselves() -> None:
    market = Market(alice="5 BTC")
    plain = market.sell("alice", "1 @ 101")
    stop = market.sell("alice", "1 @ 89", tpsl_type="tpsl", trigger_price="90")
    assert [order.order_id for order in unfilled_orders(market.exchange, ALICE, ListOrders())] == [plain]
    listed = unfilled_orders(market.exchange, ALICE, ListOrders(tpsl_type="tpsl"))
    assert [(order.order_id, str(order.trigger_price)) for order in listed] == [(stop, "90.00")]


async def test_an_order_is_found_while_it_is_open_and_after() -> None:
    async with Chronicle(alice="1000 USDT", bob="1 BTC") as market:
        order = market.buy("alice", "1 @ 100", client_oid="mine")
        (open_one,) = await market.ask(SpotTrade.order_info, order_id=order)
        market.sell("bob", "1 @ 100")
        (filled,) = await market.ask(SpotTrade.order_info, client_oid="mine")
        assert (open_one.status, open_one.fee_detail) == ("live", "")
        assert (filled.order_id, filled.status, str(filled.average_price)) == (order, "filled", "100.00")
        assert await market.ask(SpotTrade.order_info, who="bob", order_id=order) == []


async def test_fees_are_json_text_with_negative_charges() -> None:
    async with Chronicle(alice="1000 USDT", bob="1 BTC") as market:
        order = market.buy("alice", "1 @ 100")
        market.sell("bob", "1 @ 100")
        (filled,) = await market.ask(SpotTrade.order_info, order_id=order)
        detail = msgspec.json.decode(filled.fee_detail)
        assert detail["BTC"] == {"deduction": False, "feeCoinCode": "BTC", "totalDeductionFee": 0, "totalFee": -0.001}
        assert (detail["newFees"]["t"], detail["newFees"]["r"], detail["newFees"]["d"]) == (-0.001, -0.001, 0)


async def test_a_client_id_is_looked_up_for_two_hours() -> None:
    async with Chronicle(alice="1000 USDT") as market:
        order = market.buy("alice", "1 @ 100", client_oid="mine")
        market.cancel("alice", order)
        market.wait(2 * 3_600_000 + 1)
        assert await market.ask(SpotTrade.order_info, client_oid="mine") == []
        assert len(await market.ask(SpotTrade.order_info, order_id=order)) == 1


async def test_past_orders_page_backwards_by_id() -> None:
    async with Chronicle(alice="1000 USDT") as market:
        orders = [market.buy("alice", f"1 @ {price}") for price in (97, 98, 99)]
        for order in orders:
            market.cancel("alice", order)
        page = await market.ask(SpotTrade.history_orders, limit=2)
        assert [row.order_id for row in page] == [orders[2], orders[1]]
        rest = await market.ask(SpotTrade.history_orders, limit=2, id_less_than=page[-1].order_id)
        assert [(row.order_id, row.status, row.cancel_reason) for row in rest] == [
            (orders[0], "cancelled", "normal_cancel")
        ]


async def test_fills_show_the_own_side_and_a_negative_fee() -> None:
    async with Chronicle(alice="1000 USDT", bob="1 BTC") as market:
        order = market.buy("alice", "1 @ 100")
        market.sell("bob", "1 @ 100")
        (own,) = await market.ask(SpotTrade.fills, order_id=order)
        assert (own.side, own.trade_scope, own.fee_detail.fee_coin) == ("buy", "maker", "BTC")
        assert wire.plain(own.fee_detail.total_fee) == "-0.0010000"


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"limit": 0}, "40020"),
        ({"limit": 101}, "40020"),
        ({"id_less_than": "x"}, "40020"),
        ({"start_time": 2, "end_time": 1}, "20001"),
        ({"start_time": 0, "end_time": 91 * 86_400_000}, "00001"),
    ],
)
async def test_pages_out_of_bounds_are_refused(parameters: dict[str, Any], code: str) -> None:
    async with Chronicle(alice="1000 USDT") as market:
        for endpoint in (SpotTrade.history_orders, SpotTrade.fills, SpotTrade.unfilled_orders):
            with pytest.raises(Rejected) as refusal:
                await market.ask(endpoint, **parameters)
            assert refusal.value.error.code == code
