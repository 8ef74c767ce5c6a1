"""Orders that wait for a price: TP/SL orders and the exits attached to an order."""

from __future__ import annotations

from papertape.engine.trading.records import OrderRecord
from tests.market import UIDS, Market


def trade_at(market: Market, price: str) -> None:
    """Carol trades with herself at a price, so that it becomes the last one."""
    market.sell("carol", f"0.1 @ {price}")
    market.buy("carol", f"0.1 @ {price}")


def market_with_carol(**balances: str) -> Market:
    return Market(carol="100000 USDT, 100 BTC", **balances)


def test_a_stop_freezes_its_coins_and_stays_off_the_book_until_the_price_falls_to_it() -> None:
    market = market_with_carol(alice="2 BTC")
    market.sell("alice", "2 @ 89", tpsl_type="tpsl", trigger_price="90")
    assert market.balances("alice") == {"BTC": "0 + 2 frozen"}
    assert market.book() == {"bids": [], "asks": []}
    trade_at(market, "90.01")
    assert market.book() == {"bids": [], "asks": []}
    trade_at(market, "90")
    assert market.book() == {"bids": [], "asks": ["2 @ 89"]}


def test_a_market_buy_stop_spends_what_it_froze() -> None:
    market = market_with_carol(alice="100 USDT", bob="1 BTC")
    market.buy("alice", "60", tpsl_type="tpsl", trigger_price="110")
    market.sell("bob", "1 @ 120")
    assert market.balances("alice") == {"USDT": "40 + 60 frozen"}
    trade_at(market, "110")
    assert market.balances("alice") == {"USDT": "40", "BTC": "0.4995"}


def test_a_cancelled_stop_gives_back_what_it_froze() -> None:
    market = market_with_carol(alice="2 BTC")
    order = market.sell("alice", "2 @ 89", tpsl_type="tpsl", trigger_price="90")
    market.cancel("alice", order)
    trade_at(market, "90")
    assert market.balances("alice") == {"BTC": "2"}
    assert market.book() == {"bids": [], "asks": []}


def test_attached_exits_follow_the_complete_fill_and_freeze_what_was_received() -> None:
    market = market_with_carol(alice="1000 USDT", bob="2 BTC")
    market.buy("alice", "2 @ 100", preset_take_profit_price="120", preset_stop_loss_price="80")
    market.sell("bob", "1 @ 100")
    assert market.balances("alice") == {"USDT": "800 + 100 frozen", "BTC": "0.999"}
    market.sell("bob", "1 @ 100")
    assert market.balances("alice") == {"USDT": "800", "BTC": "0 + 1.998 frozen"}


def test_the_exit_reached_first_trades_and_the_other_is_gone() -> None:
    market = market_with_carol(alice="1000 USDT", bob="2 BTC")
    market.sell("bob", "2 @ 100")
    market.buy(
        "alice",
        "2 @ 100",
        preset_take_profit_price="120",
        execute_take_profit_price="121",
        preset_stop_loss_price="80",
    )
    trade_at(market, "120")
    assert market.book() == {"bids": [], "asks": ["1.998 @ 121"]}
    trade_at(market, "80")
    assert market.book() == {"bids": [], "asks": ["1.998 @ 121"]}


def test_an_exit_of_a_sale_buys_back_with_what_it_brought() -> None:
    market = market_with_carol(alice="1 BTC", bob="1000 USDT")
    market.buy("bob", "1 @ 100")
    market.sell("alice", "1 @ 100", preset_take_profit_price="50")
    assert market.balances("alice") == {"USDT": "0 + 99.9 frozen"}
    market.sell("carol", "5 @ 51")
    trade_at(market, "50")
    assert market.balances("alice") == {"USDT": "0.0012", "BTC": "1.9568412"}


def test_exits_on_the_wrong_side_are_refused() -> None:
    market = market_with_carol(alice="1000 USDT, 5 BTC")
    assert market.refused("alice", "buy", "1 @ 100", preset_take_profit_price="99") == "43013"
    assert market.refused("alice", "buy", "1 @ 100", preset_stop_loss_price="101") == "43015"
    assert market.refused("alice", "sell", "1 @ 100", preset_take_profit_price="101") == "43014"
    assert market.refused("alice", "sell", "1 @ 100", preset_stop_loss_price="99") == "43016"


def test_an_exit_whose_funds_do_not_buy_one_lot_is_cancelled_not_filled_with_nothing() -> None:
    market = market_with_carol(alice="1000 USDT", bob="1 BTC")
    market.sell("bob", "1 @ 100", preset_stop_loss_price="110", execute_stop_loss_price="10000000")
    market.buy("alice", "1 @ 100")
    assert market.balances("bob") == {"USDT": "0 + 99.9 frozen"}
    trade_at(market, "110")
    exit_orders = [record for record in market.happened(OrderRecord) if record.uid == UIDS["bob"]]
    assert [(record.status, record.base_volume) for record in exit_orders] == [("live", 0), ("cancelled", 0)]
    assert market.balances("bob") == {"USDT": "99.9"}
