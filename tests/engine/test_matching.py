"""Matching in stories: who trades with whom, at which price, and what remains."""

from __future__ import annotations

import pytest

from papertape.engine.trading.records import OrderRecord
from tests.market import Market


def test_a_limit_order_rests_and_freezes_what_it_may_cost() -> None:
    market = Market(alice="1000 USDT")
    market.buy("alice", "2 @ 99.5")
    assert market.book() == {"bids": ["2 @ 99.5"], "asks": []}
    assert market.balances("alice") == {"USDT": "801 + 199 frozen"}


def test_a_better_price_trades_first_then_the_older_order() -> None:
    market = Market(alice="1000 USDT", bob="2 BTC", carol="2 BTC")
    market.sell("bob", "1 @ 101")
    market.sell("carol", "1 @ 100")
    market.sell("bob", "1 @ 100")
    market.buy("alice", "2.5 @ 101")
    assert market.trades() == ["buy 1 @ 100", "buy 1 @ 100", "buy 0.5 @ 101"]
    assert [fill.split()[0] for fill in market.fills() if "maker" in fill] == ["carol", "bob", "bob"]
    assert market.book() == {"bids": [], "asks": ["0.5 @ 101"]}


def test_both_pay_their_fee_from_what_they_receive() -> None:
    market = Market(alice="1000 USDT", bob="2 BTC")
    market.sell("bob", "1 @ 100")
    market.buy("alice", "1 @ 100")
    assert market.fills() == ["bob maker 1 fee 0.1 USDT", "alice taker 1 fee 0.001 BTC"]
    assert market.balances("alice") == {"USDT": "900", "BTC": "0.999"}
    assert market.balances("bob") == {"BTC": "1", "USDT": "99.9"}


def test_a_taker_that_gets_a_better_price_keeps_what_it_saved() -> None:
    market = Market(alice="1000 USDT", bob="2 BTC")
    market.sell("bob", "1 @ 95")
    market.buy("alice", "2 @ 100")
    assert market.balances("alice") == {"USDT": "805 + 100 frozen", "BTC": "0.999"}


def test_a_market_buy_spends_its_quote_amount_and_returns_less_than_a_lot() -> None:
    market = Market(alice="1000 USDT", bob="5 BTC")
    market.sell("bob", "1 @ 100")
    market.sell("bob", "4 @ 300")
    order = market.buy("alice", "250.01")
    assert market.trades() == ["buy 1 @ 100", "buy 0.5 @ 300"]
    assert market.status(order) == "filled"
    assert market.balances("alice") == {"USDT": "750", "BTC": "1.4985"}


def test_a_market_sell_in_an_empty_book_is_cancelled() -> None:
    market = Market(bob="5 BTC")
    order = market.sell("bob", "1")
    assert market.status(order) == "cancelled"
    assert market.balances("bob") == {"BTC": "5"}


def test_immediate_or_cancel_takes_what_is_there() -> None:
    market = Market(alice="1000 USDT", bob="1 BTC")
    market.sell("bob", "1 @ 100")
    order = market.buy("alice", "3 @ 100 ioc")
    assert market.trades() == ["buy 1 @ 100"]
    assert market.status(order) == "cancelled"
    assert market.balances("alice") == {"USDT": "900", "BTC": "0.999"}


def test_fill_or_kill_takes_all_or_nothing() -> None:
    market = Market(alice="1000 USDT", bob="3 BTC")
    market.sell("bob", "1 @ 100")
    market.sell("bob", "1 @ 101")
    killed = market.buy("alice", "2 @ 100 fok")
    assert (market.trades(), market.status(killed)) == ([], "cancelled")
    filled = market.buy("alice", "2 @ 101 fok")
    assert (market.trades(), market.status(filled)) == (["buy 1 @ 100", "buy 1 @ 101"], "filled")


def test_post_only_never_takes() -> None:
    market = Market(alice="1000 USDT", bob="1 BTC")
    market.sell("bob", "1 @ 100")
    crossing = market.buy("alice", "1 @ 100 post_only")
    assert (market.trades(), market.status(crossing)) == ([], "cancelled")
    market.buy("alice", "1 @ 99.99 post_only")
    assert market.book() == {"bids": ["1 @ 99.99"], "asks": ["1 @ 100"]}


def test_cancelling_gives_back_what_was_frozen() -> None:
    market = Market(alice="1000 USDT", bob="1 BTC")
    order = market.buy("alice", "2 @ 100")
    market.sell("bob", "0.5 @ 100")
    market.cancel("alice", order)
    (cancelled,) = market.happened(OrderRecord)
    assert (cancelled.status, cancelled.cancel_reason) == ("cancelled", "normal_cancel")
    assert market.balances("alice") == {"USDT": "950", "BTC": "0.4995"}
    assert market.book() == {"bids": [], "asks": []}


@pytest.mark.parametrize(
    ("mode", "trades", "book"),
    [
        ("none", ["buy 1 @ 100", "buy 1 @ 100"], {"bids": [], "asks": []}),
        ("cancel_taker", [], {"bids": [], "asks": ["2 @ 100"]}),
        ("cancel_maker", ["buy 1 @ 100"], {"bids": ["1 @ 100"], "asks": []}),
        ("cancel_both", [], {"bids": [], "asks": ["1 @ 100"]}),
    ],
)
def test_self_trade_prevention(mode: str, trades: list[str], book: dict[str, list[str]]) -> None:
    market = Market(alice="1000 USDT, 1 BTC", bob="1 BTC")
    market.sell("alice", "1 @ 100")
    market.sell("bob", "1 @ 100")
    market.buy("alice", "2 @ 100", stp_mode=mode)
    assert (market.trades(), market.book()) == (trades, book)


def test_the_average_price_is_exact_where_it_can_be() -> None:
    market = Market(alice="1000 USDT", bob="3 BTC")
    market.sell("bob", "1 @ 100")
    market.sell("bob", "2 @ 101")
    market.buy("alice", "3 @ 101")
    final = [row for row in market.happened(OrderRecord) if row.status == "filled"][-1]
    assert str(final.average_price) == "100.6666666667"
    assert str(final.quote_volume) == "302.000000"
