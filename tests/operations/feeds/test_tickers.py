"""Tickers are those of REST."""

from __future__ import annotations

from papertape.contract.spot.market import SpotMarket
from tests.market import START
from tests.operations.feeds.audience import Audience

FIELDS = {
    "instId", "lastPr", "open24h", "high24h", "low24h", "change24h", "bidPr", "askPr", "bidSz", "askSz",
    "baseVolume", "quoteVolume", "openUtc", "changeUtc24h", "ts",
}  # fmt: skip


async def test_a_ticker_is_what_rest_shows_without_the_volume_in_usdt() -> None:
    market = Audience(alice="1000 USDT", bob="5 BTC")
    market.sell("bob", "1 @ 102")
    market.buy("alice", "0.5 @ 102")
    (row,) = market.listen("ticker", "BTCUSDT")
    assert row.keys() == FIELDS
    (shown,) = await market.ask(SpotMarket.tickers, symbol="BTCUSDT")
    assert row["lastPr"] == f"{shown.last_price:f}" == "102.00"
    assert row["open24h"] == f"{shown.open:f}" == "100.00"
    assert row["change24h"] == f"{shown.change:f}" == "0.02000"
    assert (row["askPr"], row["askSz"], row["bidPr"]) == ("102.00", "0.5000", "0")
    assert row["ts"] == str(START)


def test_a_ticker_is_pushed_whole_when_something_changed() -> None:
    market = Audience(alice="1000 USDT")
    market.listen("ticker", "BTCUSDT")
    market.later()
    market.pushes.clear()
    market.later()
    assert market.pushes == []
    market.buy("alice", "1 @ 99")
    market.buy("alice", "1 @ 98")
    market.later()
    (push,) = market.heard("ticker")
    assert push.action == "snapshot"
    assert f"{push.data[0].bid_price:f}" == "99.00"


def test_a_ticker_of_another_instrument_is_not_pushed() -> None:
    market = Audience(alice="1000 USDT")
    market.listen("ticker", "BGBUSDT")
    market.later()
    market.pushes.clear()
    market.buy("alice", "1 @ 99")
    market.later()
    assert market.pushes == []


def test_the_last_day_goes_on_without_trades() -> None:
    market = Audience(alice="1000 USDT", bob="5 BTC")
    market.listen("ticker", "BTCUSDT")
    market.sell("bob", "1 @ 102")
    market.buy("alice", "1 @ 102")
    market.later()
    market.pushes.clear()
    market.wait(25 * 3_600_000)
    market.later()
    (row,) = market.data("ticker")
    assert (row["baseVolume"], row["open24h"], row["change24h"]) == ("0", "102.00", "0.00000")
