"""Last price, minutes and the 24 hour window, as trades come in."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.money import use_money_context
from papertape.engine.spot.instruments import SpotInstrument
from papertape.engine.trading.candles import DAY, HOUR, MINUTE
from papertape.engine.trading.market_data import RECENT_TRADES, MarketData
from papertape.engine.trading.records import CandleRecord, TradeRecord

MIDNIGHT = 1_700_006_400_000
"""00:00 UTC."""

BTCUSDT = SpotInstrument(
    symbol="BTCUSDT", base="BTC", quote="USDT", price_places=2, size_places=4, opening_price=Decimal("60000.5")
)


@pytest.fixture(autouse=True)
def _money() -> None:
    use_money_context()


class Market:
    """A market to trade in by hand."""

    def __init__(self) -> None:
        self.exchange = Exchange()
        self.closed: list[CandleRecord] = []
        self.data = MarketData("spot", BTCUSDT)

    def trade(self, time: int, price: str, size: str = "1", usdt_rate: str = "1") -> None:
        record = TradeRecord(
            trade_id=self.exchange.next_id(),
            product="spot",
            symbol="BTCUSDT",
            side="buy",
            price=Decimal(price),
            size=Decimal(size),
            created=time,
        )
        closed = self.data.add_trade(record, Decimal(usdt_rate))
        self.closed += [closed] if closed else []


def test_before_any_trade_the_last_price_is_the_opening_price_with_the_instruments_decimals() -> None:
    data = MarketData("spot", BTCUSDT)

    assert (str(data.last), data.last_trade_time) == ("60000.50", 0)
    assert data.day(MIDNIGHT).high == data.day(MIDNIGHT).open_utc == Decimal("60000.50")


def test_a_minute_is_emitted_with_the_first_trade_after_it() -> None:
    market = Market()
    for second, price in ((1, "100.00"), (20, "103.00"), (40, "99.00"), (59, "101.00")):
        market.trade(MIDNIGHT + second * 1000, price, "0.5")
    assert market.closed == []

    market.trade(MIDNIGHT + 3 * MINUTE, "105.00")

    assert market.closed == [
        CandleRecord(
            product="spot",
            symbol="BTCUSDT",
            start=MIDNIGHT,
            open=Decimal("100.00"),
            high=Decimal("103.00"),
            low=Decimal("99.00"),
            close=Decimal("101.00"),
            base_volume=Decimal("2.0"),
            quote_volume=Decimal("201.5"),
            usdt_volume=Decimal("201.5"),
        )
    ]


def test_the_usdt_volume_is_the_quote_volume_at_the_given_rate() -> None:
    market = Market()
    market.trade(MIDNIGHT, "0.05", "2", usdt_rate="60000.123456789")

    assert market.data.day(MIDNIGHT).quote_volume == Decimal("0.10")
    assert market.data.day(MIDNIGHT).usdt_volume == Decimal("6000.01234568")


def test_the_window_forgets_a_minute_after_24_hours_and_remembers_its_close_as_the_open() -> None:
    market = Market()
    market.trade(MIDNIGHT, "100.00")
    market.trade(MIDNIGHT + 1000, "200.00")
    market.trade(MIDNIGHT + HOUR, "150.00")

    within = market.data.day(MIDNIGHT + DAY - 1)
    after = market.data.day(MIDNIGHT + DAY)

    assert (within.open, within.high, within.base_volume) == (Decimal("100.00"), Decimal("200.00"), 3)
    assert (after.open, after.high, after.low, after.base_volume) == (Decimal(200), Decimal(200), Decimal(150), 1)


def test_a_market_that_stood_still_for_a_day_shows_its_last_price_and_no_volume() -> None:
    market = Market()
    market.trade(MIDNIGHT, "100.00")
    market.trade(MIDNIGHT + MINUTE, "130.00")

    day = market.data.day(MIDNIGHT + 2 * DAY)

    assert day.open == day.high == day.low == day.open_utc == Decimal("130.00")
    assert day.base_volume == day.quote_volume == day.usdt_volume == 0


def test_the_utc_open_is_the_price_at_midnight() -> None:
    market = Market()
    market.trade(MIDNIGHT - HOUR, "100.00")
    market.trade(MIDNIGHT + 5 * MINUTE, "110.00")
    assert market.data.day(MIDNIGHT + HOUR).open_utc == Decimal("100.00")

    market.trade(MIDNIGHT + DAY + 10_000, "120.00")
    assert market.data.day(MIDNIGHT + DAY + HOUR).open_utc == Decimal("120.00")


def test_back_filled_hours_leave_the_window_one_by_one() -> None:
    data = MarketData("spot", BTCUSDT)
    opened = MIDNIGHT + 15 * HOUR
    data.seed_window(
        CandleRecord(
            product="spot",
            symbol="BTCUSDT",
            start=opened - (24 - hour) * HOUR,
            open=Decimal(100 + hour),
            high=Decimal(200 + hour),
            low=Decimal(50 + hour),
            close=Decimal(101 + hour),
            base_volume=Decimal(1),
            quote_volume=Decimal(100),
            usdt_volume=Decimal(100),
        )
        for hour in range(24)
    )

    first, later = data.day(opened), data.day(opened + 2 * HOUR)

    assert (first.open, first.low, first.base_volume, first.open_utc) == (100, 50, 24, 109)
    assert (later.open, later.low, later.base_volume) == (102, 52, 22)


def test_recent_trades_are_bounded() -> None:
    market = Market()
    for number in range(RECENT_TRADES + 7):
        market.trade(MIDNIGHT + number, "100.00")

    assert len(market.data.recent) == RECENT_TRADES
    assert market.data.recent[-1].created == MIDNIGHT + RECENT_TRADES + 6


def test_reading_does_not_change_what_a_snapshot_holds() -> None:
    asked, unasked = Market(), Market()
    for market in (asked, unasked):
        market.trade(MIDNIGHT, "100.00")
        market.trade(MIDNIGHT + MINUTE, "101.00")
        market.trade(MIDNIGHT + 5 * HOUR, "102.00")
    asked.data.day(MIDNIGHT + 3 * DAY)

    assert asked.data.dump() == unasked.data.dump()


Steps = st.lists(st.tuples(st.integers(0, 9 * HOUR), st.integers(1, 99_999), st.integers(1, 9_999)), max_size=40)


@given(Steps, st.integers(0, 2 * DAY), st.integers(0, 40))
def test_the_window_is_what_a_look_at_every_minute_gives(
    steps: list[tuple[int, int, int]], rest: int, cut: int
) -> None:
    use_money_context()
    market, time, trades = Market(), MIDNIGHT, []
    for number, (wait, ticks, lots) in enumerate(steps):
        time += wait
        price, size = Decimal(ticks).scaleb(-2), Decimal(lots).scaleb(-4)
        trades.append((time, price, size))
        market.trade(time, str(price), str(size))
        if number % 3 == 0:
            market.data.day(time + number * HOUR // 7 % MINUTE)
        if number == cut:
            market.data = MarketData.load("spot", BTCUSDT, market.data.dump())

    now = time + rest
    start = now - now % MINUTE - DAY + MINUTE
    inside = [trade for trade in trades if trade[0] >= start]
    before = [price for created, price, _ in trades if created < start]
    first_minute = [price for created, price, _ in inside if created < start + MINUTE]
    carried = before[-1] if before else Decimal("60000.50")
    expected = first_minute[0] if first_minute else carried
    prices = [expected, *(price for _, price, _ in inside)]

    day = market.data.day(now)
    assert (day.open, day.high, day.low) == (expected, max(prices), min(prices))
    assert day.base_volume == sum(size for _, _, size in inside)
    assert day.quote_volume == sum(price * size for _, price, size in inside)
