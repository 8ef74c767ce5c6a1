"""The minutes before the opening: whole, continuous, the same each time, and in agreement with each other."""

from __future__ import annotations

import math
import statistics
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papertape.data import load
from papertape.engine.exchange.money import is_multiple
from papertape.engine.spot.instruments import SpotInstrument
from papertape.engine.trading.records import CandleRecord
from papertape.simulator.history import DAYS, _made_block, hour_candles, minute_candles

OPENED = 1_764_000_012_345
LAST = OPENED - OPENED % 60_000
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
INSTRUMENTS = {instrument.symbol: instrument for instrument in load()[1]}
every_instrument = pytest.mark.parametrize("symbol", INSTRUMENTS)


def minutes(symbol: str, start: int, end: int, seed: int = 5) -> list[CandleRecord]:
    return minute_candles(seed, INSTRUMENTS[symbol], OPENED, start, end)


def returns(candles: list[CandleRecord]) -> list[float]:
    return [math.log(candle.close / candle.open) for candle in candles]


@every_instrument
def test_history_ends_at_the_opening_price_in_the_minute_before_the_opening(symbol: str) -> None:
    last = minutes(symbol, LAST - 5 * MINUTE, OPENED + DAY)[-1]
    assert last.start == LAST - MINUTE
    assert last.close == INSTRUMENTS[symbol].opening_price


def test_history_begins_90_days_before_the_opening() -> None:
    first = minutes("BTCUSDT", 0, LAST - DAYS * DAY + 3 * MINUTE)
    assert [candle.start for candle in first] == [LAST - DAYS * DAY + number * MINUTE for number in range(3)]


@every_instrument
def test_every_minute_is_there_and_opens_where_the_one_before_closed(symbol: str) -> None:
    candles = minutes(symbol, LAST - DAY, LAST)
    assert [candle.start for candle in candles] == list(range(LAST - DAY, LAST, MINUTE))
    assert all(after.open == before.close for before, after in pairwise(candles))


@every_instrument
def test_each_minute_holds_together(symbol: str) -> None:
    instrument = INSTRUMENTS[symbol]
    for candle in minutes(symbol, LAST - 12 * HOUR, LAST):
        assert 0 < candle.low <= min(candle.open, candle.close)
        assert candle.high >= max(candle.open, candle.close)
        assert candle.base_volume > 0
        assert candle.low * candle.base_volume <= candle.quote_volume <= candle.high * candle.base_volume
        _assert_decimals(instrument, candle)


def _assert_decimals(instrument: SpotInstrument, candle: CandleRecord) -> None:
    for price in (candle.open, candle.high, candle.low, candle.close):
        assert is_multiple(price, instrument.price_places)
    assert is_multiple(candle.base_volume, instrument.size_places)
    if instrument.quote in ("USDT", "USDC"):
        assert candle.usdt_volume == candle.quote_volume


@settings(max_examples=40)
@given(
    start=st.integers(LAST - 2 * DAY, LAST + DAY),
    length=st.integers(0, DAY),
    symbol=st.sampled_from(sorted(INSTRUMENTS)),
)
def test_any_window_is_the_same_piece_of_the_whole(start: int, length: int, symbol: str) -> None:
    whole = minutes(symbol, LAST - 2 * DAY, LAST)
    assert minutes(symbol, start, start + length) == [c for c in whole if start <= c.start < start + length]


def test_the_seed_decides() -> None:
    one, again, other = (minutes("ETHUSDT", LAST - HOUR, LAST, seed) for seed in (1, 1, 2))
    assert one == again != other


def test_several_threads_read_the_same_history() -> None:
    windows = [(symbol, LAST - day * DAY) for day in range(1, 9) for symbol in ("BTCUSDT", "ETHUSDT", "ETHBTC")]
    single = [minutes(symbol, start, start + DAY, seed=6) for symbol, start in windows]
    _made_block.cache_clear()
    with ThreadPoolExecutor(8) as threads:
        several = list(threads.map(lambda window: minutes(window[0], window[1], window[1] + DAY, seed=6), windows))
    assert several == single


def test_another_process_makes_the_same_history() -> None:
    program = (
        "from papertape.data import load; from papertape.simulator.history import minute_candles\n"
        f"print(minute_candles(5, load()[1][1], {OPENED}, {LAST - 2 * HOUR}, {LAST}))"
    )
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == str(minutes("ETHUSDT", LAST - 2 * HOUR, LAST))


@pytest.mark.parametrize(("symbol", "base", "quote"), [("ETHBTC", "ETHUSDT", "BTCUSDT"), ("ETHUSDC", "ETHUSDT", None)])
def test_a_cross_rate_agrees_with_its_legs(symbol: str, base: str, quote: str | None) -> None:
    window = LAST - DAY, LAST
    legs = [float(candle.close) for candle in minutes(base, *window)]
    if quote:
        legs = [leg / float(under.close) for leg, under in zip(legs, minutes(quote, *window), strict=True)]
    apart = [abs(float(candle.close) / leg - 1) for candle, leg in zip(minutes(symbol, *window), legs, strict=True)]
    assert max(apart) < 0.001


def test_coins_follow_bitcoin() -> None:
    leader = returns(minutes("BTCUSDT", LAST - 3 * DAY, LAST))
    for symbol in ("ETHUSDT", "SOLUSDT", "XRPUSDT", "ADAUSDT"):
        assert statistics.correlation(leader, returns(minutes(symbol, LAST - 3 * DAY, LAST))) > 0.4


def test_calm_and_wild_times_come_in_clusters() -> None:
    moves = returns(minutes("BTCUSDT", LAST - 10 * DAY, LAST))
    size = [abs(move) for move in moves]
    assert abs(statistics.correlation(moves[:-1], moves[1:])) < 0.05
    assert statistics.correlation(size[:-30], size[30:]) > 0.05
    yearly = statistics.pstdev(moves) * math.sqrt(365 * 1440)
    assert 0.2 < yearly < 1.0


def test_hours_sum_up_their_minutes() -> None:
    hours = list(hour_candles(5, INSTRUMENTS["BTCUSDT"], OPENED))
    assert [hour.start for hour in hours] == list(range(LAST - DAY, LAST, HOUR))
    for hour in hours:
        inside = minutes("BTCUSDT", hour.start, hour.start + HOUR)
        assert hour.open == inside[0].open and hour.close == inside[-1].close
        assert hour.high == max(minute.high for minute in inside)
        assert hour.low == min(minute.low for minute in inside)
        assert hour.base_volume == sum((minute.base_volume for minute in inside), Decimal(0))
        assert hour.quote_volume == sum((minute.quote_volume for minute in inside), Decimal(0))
