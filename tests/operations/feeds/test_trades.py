"""Trades are told at once."""

from __future__ import annotations

from tests.market import START
from tests.operations.feeds.audience import Audience


def test_a_new_listener_gets_the_last_trades_newest_first() -> None:
    market = Audience(alice="10000 USDT", bob="10 BTC")
    for _ in range(60):
        market.sell("bob", "0.1 @ 100")
        market.buy("alice", "0.1 @ 100")
    rows = market.listen("trade", "BTCUSDT")
    ids = [int(row["tradeId"]) for row in rows]
    assert len(ids) == 50
    assert ids == sorted(ids, reverse=True)


def test_trades_are_pushed_at_once_newest_first() -> None:
    market = Audience(alice="10000 USDT", bob="10 BTC")
    assert market.listen("trade", "BTCUSDT") == []
    market.sell("bob", "1 @ 100")
    market.sell("bob", "2 @ 101")
    assert market.pushes == []
    market.buy("alice", "1.5 @ 101")
    (push,) = market.pushes
    assert (push.action, push.who.uid, push.time) == ("update", None, START)
    rows = market.data("trade")
    assert [(row["price"], row["size"], row["side"], row["ts"]) for row in rows] == [
        ("101.00", "0.5000", "buy", str(START)),
        ("100.00", "1.0000", "buy", str(START)),
    ]
    assert int(rows[0]["tradeId"]) > int(rows[1]["tradeId"])


def test_many_trades_of_one_order_come_in_several_pushes_in_order() -> None:
    market = Audience(alice="100000 USDT", bob="100 BTC")
    market.listen("trade", "BTCUSDT")
    for price in range(100, 250):
        market.sell("bob", f"0.1 @ {price}")
    market.buy("alice", "15 @ 250")
    first, second = market.heard("trade")
    ids = [int(row.trade_id) for row in [*reversed(first.data), *reversed(second.data)]]
    assert (len(first.data), len(second.data)) == (100, 50)
    assert ids == sorted(ids)


def test_trades_of_other_instruments_are_not_pushed() -> None:
    market = Audience(alice="10000 USDT", bob="10 BTC")
    market.listen("trade", "BGBUSDT")
    market.sell("bob", "1 @ 100")
    market.buy("alice", "1 @ 100")
    assert market.pushes == []
