"""ccxt reads candles: ascending, without holes, a thousand at a time, and page after page."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from tests.compatibility.clients import BTC

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
SPANS = {
    "1m": MINUTE, "3m": 3 * MINUTE, "5m": 5 * MINUTE, "15m": 15 * MINUTE, "30m": 30 * MINUTE, "1h": HOUR,
    "4h": 4 * HOUR, "6h": 6 * HOUR, "12h": 12 * HOUR, "1d": DAY, "3d": 3 * DAY, "1w": 7 * DAY,
}  # fmt: skip


def steps(candles: list[list[float]]) -> set[float]:
    return {later[0] - earlier[0] for earlier, later in pairwise(candles)}


def check(candle: list[float]) -> None:
    _, first, high, low, last, volume = candle
    assert 0 < low <= min(first, last) <= max(first, last) <= high
    assert volume >= 0


@pytest.mark.parametrize("timeframe", ["1m", "5m"])
def test_a_thousand_candles_are_ascending_and_without_holes(visitor: Any, timeframe: str) -> None:
    candles = visitor.fetch_ohlcv(BTC, timeframe, limit=1000)
    assert len(candles) == 1000
    assert steps(candles) == {SPANS[timeframe]}
    for candle in candles:
        check(candle)
    assert all(later[1] == pytest.approx(earlier[4], rel=0.01) for earlier, later in pairwise(candles))


@pytest.mark.parametrize("timeframe", list(SPANS))
def test_every_timeframe_ends_with_the_candle_that_runs(visitor: Any, timeframe: str) -> None:
    candles = visitor.fetch_ohlcv(BTC, timeframe, limit=5)
    assert len(candles) == 5
    assert steps(candles) == {SPANS[timeframe]}
    ticker = visitor.fetch_ticker(BTC)
    assert candles[-1][0] <= ticker["timestamp"]
    assert ticker["timestamp"] < visitor.fetch_ohlcv(BTC, timeframe, limit=1)[-1][0] + SPANS[timeframe] + MINUTE


def test_months_begin_where_months_begin(visitor: Any) -> None:
    candles = visitor.fetch_ohlcv(BTC, "1M", limit=3)
    assert {visitor.iso8601(candle[0])[8:] for candle in candles} == {"01T00:00:00.000Z"}


def test_pages_from_a_time_on_are_continuous(visitor: Any) -> None:
    since = visitor.fetch_ohlcv(BTC, "1m", limit=1)[0][0] - 2500 * MINUTE
    pages: list[list[list[float]]] = []
    while not pages or len(pages[-1]) == 1000:
        pages.append(visitor.fetch_ohlcv(BTC, "1m", since=since, limit=1000))
        since = pages[-1][-1][0] + MINUTE
    candles = [candle for page in pages for candle in page]
    assert [len(page) for page in pages[:2]] == [1000, 1000]
    assert len(candles) >= 2501
    assert steps(candles) == {MINUTE}


def test_what_a_page_shows_stays_what_it_was(visitor: Any) -> None:
    since = visitor.fetch_ohlcv(BTC, "1h", limit=1)[0][0] - 60 * DAY
    first = visitor.fetch_ohlcv(BTC, "1h", since=since, limit=200)
    assert (len(first), first[0][0], steps(first)) == (200, since, {HOUR})
    assert visitor.fetch_ohlcv(BTC, "1h", since=since, limit=200) == first


def test_ccxt_pages_by_itself(visitor: Any) -> None:
    now = visitor.fetch_ohlcv(BTC, "5m", limit=1)[0][0]
    candles = visitor.fetch_ohlcv(BTC, "5m", since=now - 1500 * 5 * MINUTE, params={"paginate": True})
    assert len(candles) >= 1500
    assert steps(candles) == {5 * MINUTE}


def test_longer_candles_are_made_of_the_shorter_ones(visitor: Any) -> None:
    hour = visitor.fetch_ohlcv(BTC, "1h", limit=3)[0]
    minutes = visitor.fetch_ohlcv(BTC, "1m", since=hour[0], limit=60)
    assert [candle[0] for candle in minutes] == [hour[0] + number * MINUTE for number in range(60)]
    assert hour[1:5] == [
        minutes[0][1],
        max(candle[2] for candle in minutes),
        min(candle[3] for candle in minutes),
        minutes[-1][4],
    ]
    assert hour[5] == pytest.approx(sum(candle[5] for candle in minutes))


def test_there_are_no_candles_before_there_was_a_market(visitor: Any) -> None:
    long_ago = visitor.fetch_ohlcv(BTC, "1m", limit=1)[0][0] - 200 * DAY
    assert visitor.fetch_ohlcv(BTC, "1m", since=long_ago, limit=10) == []
