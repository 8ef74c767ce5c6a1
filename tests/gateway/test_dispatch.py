"""What a read sees of the time."""

from __future__ import annotations

from tests.gateway.desk import Desk

TICKER = "/api/v2/spot/market/tickers?symbol=BTCUSDT"
CANDLES = "/api/v2/spot/market/candles?symbol=BTCUSDT&granularity=1min&limit=2"
MINUTE = 60_000


async def test_a_read_sees_the_market_clock_though_nothing_has_happened(desk: Desk) -> None:
    exchange, clock = desk.exchange.sequencer.exchange, desk.exchange.market_clock
    last = exchange.now
    clock.advance(90_000)
    [ticker] = (await desk.send("GET", TICKER)).data
    assert last + 90_000 <= int(ticker["ts"]) <= clock.now()
    assert exchange.now == last


async def test_the_running_candle_is_that_of_the_market_clock(desk: Desk) -> None:
    clock = desk.exchange.market_clock
    running = (clock.now() // MINUTE + 10) * MINUTE
    clock.set(running + MINUTE // 2)
    candles = [int(candle[0]) for candle in (await desk.send("GET", CANDLES)).data]
    assert candles == [running - MINUTE, running]


async def test_reading_leaves_no_trace(desk: Desk) -> None:
    before = await desk.exchange.administration.state_hash()
    desk.exchange.market_clock.advance(90_000)
    await desk.send("GET", TICKER)
    assert await desk.exchange.administration.state_hash() == before
