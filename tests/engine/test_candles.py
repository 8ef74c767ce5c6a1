"""Candles of every granularity from minutes."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from papertape.contract.protocol.enums import Granularity
from papertape.engine.trading.candles import HOUR, MINUTE, SPANS, CandleSeries, flat
from papertape.engine.trading.records import CandleRecord


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000


@pytest.mark.parametrize(
    ("granularity", "begins", "follows"),
    [
        ("1min", "2024-03-14T15:09", "2024-03-14T15:10"),
        ("3min", "2024-03-14T15:09", "2024-03-14T15:12"),
        ("15min", "2024-03-14T15:00", "2024-03-14T15:15"),
        ("4h", "2024-03-14T12:00", "2024-03-14T16:00"),
        ("6h", "2024-03-14T10:00", "2024-03-14T16:00"),
        ("6Hutc", "2024-03-14T12:00", "2024-03-14T18:00"),
        ("12h", "2024-03-14T04:00", "2024-03-14T16:00"),
        ("12Hutc", "2024-03-14T12:00", "2024-03-15T00:00"),
        ("1day", "2024-03-13T16:00", "2024-03-14T16:00"),
        ("1Dutc", "2024-03-14T00:00", "2024-03-15T00:00"),
        ("1week", "2024-03-10T16:00", "2024-03-17T16:00"),
        ("1Wutc", "2024-03-11T00:00", "2024-03-18T00:00"),
        ("1M", "2024-02-29T16:00", "2024-03-31T16:00"),
        ("1Mutc", "2024-03-01T00:00", "2024-04-01T00:00"),
    ],
)
def test_a_candle_begins_at_midnight_utc8_or_utc_as_its_name_says(
    granularity: Granularity, begins: str, follows: str
) -> None:
    span = SPANS[granularity]
    start = span.start(at("2024-03-14T15:09:26"))

    assert (start, span.after(start)) == (at(begins), at(follows))
    assert span.before(span.after(start), 1) == start


@pytest.mark.parametrize("granularity", SPANS)
def test_counting_back_and_going_forward_meet(granularity: Granularity) -> None:
    span = SPANS[granularity]
    last = span.start(at("2024-03-14T15:09"))
    start = span.before(last, 50)
    for _ in range(50):
        start = span.after(start)

    assert start == last


def minute(start: int, open_: int, close: int, volume: int = 1) -> CandleRecord:
    return CandleRecord(
        product="spot",
        symbol="BTCUSDT",
        start=start,
        open=Decimal(open_),
        high=Decimal(max(open_, close)),
        low=Decimal(min(open_, close)),
        close=Decimal(close),
        base_volume=Decimal(volume),
        quote_volume=Decimal(volume * close),
        usdt_volume=Decimal(volume * close),
    )


def test_minutes_without_trades_repeat_the_close_before_them() -> None:
    series = CandleSeries("spot", "BTCUSDT", SPANS["1min"])
    series.extend([minute(0, 10, 12), minute(3 * MINUTE, 14, 15)])

    assert series.finish(5 * MINUTE) == [
        minute(0, 10, 12),
        flat("spot", "BTCUSDT", MINUTE, Decimal(12)),
        flat("spot", "BTCUSDT", 2 * MINUTE, Decimal(12)),
        minute(3 * MINUTE, 14, 15),
        flat("spot", "BTCUSDT", 4 * MINUTE, Decimal(15)),
    ]


def test_a_longer_candle_opens_at_the_close_before_unless_it_traded_in_its_first_minute() -> None:
    series = CandleSeries("spot", "BTCUSDT", SPANS["1h"])
    series.extend([minute(0, 10, 12, 1), minute(HOUR + MINUTE, 20, 22, 2), minute(2 * HOUR, 30, 25, 3)])
    first, second, third = series.finish(3 * HOUR)

    assert (first.open, first.close) == (10, 12)
    assert (second.open, second.low, second.high, second.close, second.base_volume) == (12, 12, 22, 22, 2)
    assert (third.open, third.low, third.close, third.quote_volume) == (30, 25, 25, 75)


def test_a_series_begins_where_trading_did_when_nothing_is_known_of_before() -> None:
    series = CandleSeries("spot", "BTCUSDT", SPANS["1h"])
    series.begin(0)
    series.extend([minute(5 * HOUR + MINUTE, 20, 22)])

    assert [candle.start for candle in series.finish(7 * HOUR)] == [5 * HOUR, 6 * HOUR]


def test_a_series_begins_at_its_first_candle_when_it_is_known_what_was_before() -> None:
    series = CandleSeries("spot", "BTCUSDT", SPANS["1h"], minute(0, 10, 12))
    series.begin(2 * HOUR)

    assert series.finish(4 * HOUR) == [flat("spot", "BTCUSDT", hour * HOUR, Decimal(12)) for hour in (2, 3)]
