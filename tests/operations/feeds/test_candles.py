"""Candles are those of REST, from the first snapshot on."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from papertape.contract.spot.market import SpotMarket
from papertape.contract.spot.streams import CANDLES
from papertape.engine.trading.candles import flat
from papertape.engine.trading.market_id import MarketId
from papertape.engine.trading.records import CandleRecord
from papertape.operations.feeds.feeds import who_hears
from papertape.operations.spot.feeds.candles import MOST_CANDLES
from tests.market import START
from tests.operations.feeds.audience import Audience, argument, wire

MINUTE = 60_000
FIRST = START - START % MINUTE


def minutes(market: MarketId, start: int, end: int) -> list[CandleRecord]:
    """Before the opening the price stood at 50."""
    return [
        flat(market.product, market.symbol, at, Decimal("50.00")) for at in range(start - start % MINUTE, end, MINUTE)
    ]


async def listen(market: Audience, channel: str) -> list[list[str]]:
    """Subscribes to candles as the gateway does: their history is read first."""
    asked = argument(channel, "BTCUSDT")
    market.feeds.subscribed(who_hears("live", asked, None))
    await market.feeds.load(who_hears("live", asked, None))
    push = market.feeds.snapshot(who_hears("live", asked, None))
    assert push is not None
    assert push.action == "snapshot"
    rows: list[list[str]] = wire(push.data)
    return rows


def trade(market: Audience, price: int) -> None:
    """A trade of a tenth of a bitcoin."""
    market.sell("bob", f"0.1 @ {price}")
    market.buy("alice", f"0.1 @ {price}")


async def rest(market: Audience, channel: str, limit: int = MOST_CANDLES) -> list[list[str]]:
    """The same candles from REST, its last two columns turned round."""
    found = await market.ask(SpotMarket.candles, symbol="BTCUSDT", granularity=CANDLES[channel], limit=limit)
    return [[*row[:6], row[7], row[6]] for row in wire(found)]


def kept(**more: Any) -> Audience:
    return Audience(alice="100000 USDT", bob="100 BTC", **more)


@pytest.mark.parametrize("channel", ["candle1m", "candle5m", "candle1H", "candle1D", "candle1Wutc", "candle1M"])
async def test_a_snapshot_is_what_rest_shows(channel: str) -> None:
    async with kept(back_fill=minutes) as market:
        for price in (100, 102, 101):
            trade(market, price)
            market.wait(7 * MINUTE)
        rows = await listen(market, channel)
        assert rows[-100:] == (await rest(market, channel))[-100:]
        assert rows[-1][4] == "101.00"
        assert len(rows) == MOST_CANDLES if channel == "candle1m" else len(rows) <= MOST_CANDLES


async def test_a_snapshot_waits_for_its_history() -> None:
    async with kept(back_fill=minutes) as market:
        assert market.listen("candle1m", "BTCUSDT") is None
        trade(market, 100)
        market.later()
        assert market.pushes == []
        await market.feeds.load(who_hears("live", argument("candle1m", "BTCUSDT"), None))
        assert len(market.listen("candle1m", "BTCUSDT")) == MOST_CANDLES


async def test_trades_move_the_running_candle() -> None:
    async with kept() as market:
        trade(market, 100)
        await listen(market, "candle1m")
        trade(market, 103)
        trade(market, 99)
        market.later()
        (push,) = market.heard("candle1m")
        assert push.action == "update"
        trade(market, 101)
        market.later()
        (row,) = market.data("candle1m")
        assert row == [
            str(FIRST), "100.00", "103.00", "99.00", "101.00", "0.4000", "40.300000", "40.300000",
        ]  # fmt: skip


async def test_a_candle_that_ends_is_told_to_its_end_before_the_next() -> None:
    async with kept() as market:
        trade(market, 100)
        await listen(market, "candle1m")
        trade(market, 105)
        market.wait(MINUTE)
        trade(market, 101)
        market.later()
        first, second = market.data("candle1m")
        assert (first[0], first[4]) == (str(FIRST), "105.00")
        assert (second[0], second[1], second[5]) == (str(FIRST + MINUTE), "101.00", "0.1000")
        assert [first, second] == await rest(market, "candle1m")


async def test_a_minute_without_trades_begins_all_the_same() -> None:
    async with kept() as market:
        trade(market, 100)
        await listen(market, "candle1m")
        market.later()
        market.pushes.clear()
        market.later()
        assert market.pushes == []
        market.wait(2 * MINUTE)
        market.later()
        assert market.data("candle1m") == (await rest(market, "candle1m"))[-2:]
        market.later()
        assert market.pushes == []


@pytest.mark.parametrize("channel", ["candle1m", "candle3m", "candle1H", "candle1Dutc"])
async def test_pushes_keep_up_with_rest_over_a_day(channel: str) -> None:
    async with kept(back_fill=minutes) as market:
        seen = {row[0]: row for row in await listen(market, channel)}
        for step in range(40):
            trade(market, 80 + step * 7 % 41)
            market.later()
            market.wait(step * 5 * MINUTE // 2)
            market.later()
            seen |= {row[0]: row for row in market.data(channel)}
        shown = await rest(market, channel)
        assert [seen[row[0]] for row in shown[-400:]] == shown[-400:]
        again = await listen(market, channel)
        assert again[-400:] == shown[-400:]


async def test_a_long_pause_is_filled_no_further_than_a_snapshot_goes() -> None:
    async with kept() as market:
        trade(market, 100)
        await listen(market, "candle1m")
        market.wait(100_000 * MINUTE)
        market.later()
        assert len(market.data("candle1m")) == MOST_CANDLES
        rows = market.listen("candle1m", "BTCUSDT")
        assert len(rows) == MOST_CANDLES
        assert rows == await rest(market, "candle1m")


async def test_minutes_that_close_while_history_is_read_are_not_lost() -> None:
    async with kept() as market:
        trade(market, 100)
        read = market.past.candles

        async def slowly(*question: Any) -> list[CandleRecord]:
            found = await read(*question)
            market.wait(MINUTE)
            trade(market, 101)
            market.wait(MINUTE)
            trade(market, 102)
            return found

        market.past.candles = slowly
        rows = await listen(market, "candle1H")
        market.past.candles = read
        assert rows == await rest(market, "candle1H")
        assert rows[-1][5] == "0.3000"


async def test_candles_are_read_again_after_the_exchange_was_replaced() -> None:
    async with kept() as market:
        trade(market, 100)
        await listen(market, "candle1m")
        market.feeds.forget()
        (push,) = await market.feeds.reload()
        assert (push.action, len(push.data)) == ("snapshot", 1)
