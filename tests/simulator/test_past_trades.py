"""Public trades before the opening: they add up to the candles, and all came before the first live one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papertape.data import load
from papertape.engine.exchange.exchange import FIRST_ID
from papertape.engine.exchange.money import use_money_context
from papertape.simulator.history import minute_at, minute_candles
from papertape.simulator.past_trades import minute_trades, past_trades

OPENED = 1_795_804_012_345
LAST = OPENED - OPENED % 60_000
DAY = 86_400_000
INSTRUMENTS = {instrument.symbol: instrument for instrument in load()[1]}


@pytest.fixture(autouse=True)
def _money() -> None:
    use_money_context()


@settings(max_examples=150)
@given(symbol=st.sampled_from(sorted(INSTRUMENTS)), back=st.integers(1, 90 * 1440), seed=st.integers(0, 5))
def test_a_minutes_trades_add_up_to_its_candle(symbol: str, back: int, seed: int) -> None:
    use_money_context()
    instrument, start = INSTRUMENTS[symbol], LAST - back * 60_000
    (candle,) = minute_candles(seed, instrument, OPENED, start, start + 60_000)
    trades = minute_trades(seed, instrument, OPENED, start)
    prices = [trade.price for trade in trades]
    assert (prices[0], max(prices), min(prices), prices[-1]) == (candle.open, candle.high, candle.low, candle.close)
    assert sum(trade.size for trade in trades) == candle.base_volume
    assert all(trade.size > 0 for trade in trades)
    value = sum(trade.price * trade.size for trade in trades)
    minute = minute_at(seed, instrument, OPENED, start)
    corners = minute.open + minute.high + minute.low + minute.close
    rest = minute.typical * minute.lots - corners
    if minute.low * (minute.lots - 4) <= rest <= minute.high * (minute.lots - 4):
        assert value == candle.quote_volume
    else:
        assert abs(value - candle.quote_volume) <= 4 * (candle.high - candle.low) * instrument.size(1)
    assert 4 <= len(trades) <= 40


def test_ids_and_times_are_in_order_and_below_every_live_one() -> None:
    trades = past_trades(1, INSTRUMENTS["BTCUSDT"], OPENED, limit=3000, before=None, start=0, end=OPENED)
    keys = [(trade.created, trade.trade_id) for trade in trades]
    assert keys == sorted(keys, reverse=True)
    assert len(set(keys)) == len({trade.trade_id for trade in trades}) == 3000
    assert all(len(str(trade.trade_id)) == 19 and trade.trade_id < FIRST_ID for trade in trades)
    assert keys[0][0] < LAST


def test_pages_follow_each_other_without_a_hole() -> None:
    instrument = INSTRUMENTS["XRPUSDT"]
    whole = past_trades(1, instrument, OPENED, limit=500, before=None, start=0, end=OPENED)
    paged = []
    while len(paged) < 500:
        before = paged[-1].trade_id if paged else None
        paged += past_trades(1, instrument, OPENED, limit=70, before=before, start=0, end=OPENED)
    assert paged[:500] == whole


def test_a_window_bounds_them_and_they_end_after_90_days() -> None:
    instrument, end = INSTRUMENTS["ETHUSDT"], LAST - 50 * DAY + 30_000
    found = past_trades(1, instrument, OPENED, limit=1000, before=None, start=end - 90_000, end=end)
    assert 0 < len(found) < 200
    assert all(end - 90_000 <= trade.created <= end for trade in found)
    oldest = past_trades(1, instrument, OPENED, limit=10**6, before=None, start=0, end=LAST - 90 * DAY + 120_000)
    assert oldest[-1].created >= LAST - 90 * DAY
    assert past_trades(1, instrument, OPENED, limit=5, before=None, start=0, end=LAST - 91 * DAY) == []
