"""Spot market data as clients see it."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Any

import msgspec
import pytest

from papertape.contract.protocol.errors import Rejected
from papertape.contract.protocol.wire import encode
from papertape.contract.spot.market import SpotMarket
from papertape.engine.funds.coins import Chain, Coin
from papertape.engine.trading.candles import DAY, HOUR, MINUTE, flat
from papertape.engine.trading.market_id import MarketId
from papertape.engine.trading.records import CandleRecord
from tests.chronicle import Chronicle
from tests.market import START

RICH = {"alice": "1000000 USDT", "bob": "10000 BTC"}
MIDNIGHT = START - START % DAY


def wire(reply: Any) -> Any:
    return msgspec.json.decode(encode(reply))


def meet(market: Chronicle, price: str, size: str = "1") -> None:
    """Bob sells to Alice."""
    market.sell("bob", f"{size} @ {price}")
    market.buy("alice", f"{size} @ {price}")


def rows(candles: list[Any]) -> list[str]:
    """Candles as ``minutes since the start: open high low close volume``."""
    first = START - START % MINUTE
    return [
        f"{(candle.start - first) // MINUTE}: {candle.open} {candle.high} {candle.low} {candle.close} "
        f"{candle.base_volume.normalize():f}"
        for candle in candles
    ]


async def refusal(market: Chronicle, endpoint: Any, **parameters: Any) -> str:
    with pytest.raises(Rejected) as refused:
        await market.ask(endpoint, **parameters)
    return refused.value.error.code


@pytest.mark.parametrize(
    ("endpoint", "more"),
    [
        (SpotMarket.symbols, {}),
        (SpotMarket.tickers, {}),
        (SpotMarket.order_book, {}),
        (SpotMarket.merge_depth, {}),
        (SpotMarket.fills, {}),
        (SpotMarket.fills_history, {}),
        (SpotMarket.candles, {"granularity": "1min"}),
        (SpotMarket.history_candles, {"granularity": "1min", "end_time": START}),
        (SpotMarket.auction, {}),
    ],
)
async def test_a_symbol_that_is_not_listed_does_not_exist(endpoint: Any, more: dict[str, Any]) -> None:
    async with Chronicle() as market:
        assert await refusal(market, endpoint, symbol="NONEUSDT", **more) == "40034"


async def test_a_ticker_of_a_market_without_orders_or_trades_shows_zeros() -> None:
    async with Chronicle() as market:
        (ticker,) = wire(await market.ask(SpotMarket.tickers, symbol="btcusdt"))

        assert ticker == {
            "symbol": "BTCUSDT", "open": "100.00", "high24h": "100.00", "low24h": "100.00", "lastPr": "100.00",
            "quoteVolume": "0", "baseVolume": "0", "usdtVolume": "0", "bidPr": "0", "askPr": "0", "bidSz": "0",
            "askSz": "0", "openUtc": "100.00", "changeUtc24h": "0.00000", "change24h": "0.00000", "ts": str(START),
        }  # fmt: skip


async def test_a_ticker_sums_up_the_last_24_hours() -> None:
    async with Chronicle(**RICH) as market:
        meet(market, "100")
        market.wait(HOUR)
        meet(market, "120.5", "2")
        meet(market, "110", "0.5")
        market.buy("alice", "3 @ 99.9")
        market.sell("bob", "4 @ 111")

        (ticker,) = wire(await market.ask(SpotMarket.tickers, symbol="BTCUSDT"))

        assert (ticker["open"], ticker["high24h"], ticker["low24h"], ticker["lastPr"]) == (
            "100.00", "120.50", "100.00", "110.00",
        )  # fmt: skip
        assert (ticker["baseVolume"], ticker["quoteVolume"], ticker["usdtVolume"]) == (
            "3.5000", "396.000000", "396.000000",
        )  # fmt: skip
        assert (ticker["bidPr"], ticker["bidSz"]) == ("99.90", "3.0000")
        assert (ticker["askPr"], ticker["askSz"]) == ("111.00", "4.0000")
        assert ticker["change24h"] == "0.10000"


async def test_all_tickers_come_in_the_order_of_listing() -> None:
    async with Chronicle() as market:
        assert [one.symbol for one in await market.ask(SpotMarket.tickers)] == ["BTCUSDT", "BGBUSDT"]


async def test_the_order_book_lists_levels_best_first() -> None:
    async with Chronicle(**RICH) as market:
        for order in ("1 @ 99.99", "2 @ 99.95", "3 @ 99.95", "1 @ 98.01"):
            market.buy("alice", order)
        for order in ("1 @ 100.01", "2 @ 100.09", "4 @ 101"):
            market.sell("bob", order)

        book = wire(await market.ask(SpotMarket.order_book, symbol="BTCUSDT", limit=2))

        assert book == {
            "asks": [["100.01", "1.0000"], ["100.09", "2.0000"]],
            "bids": [["99.99", "1.0000"], ["99.95", "5.0000"]],
            "ts": str(START),
        }


async def test_merged_levels_never_look_better_than_the_orders_in_them() -> None:
    async with Chronicle(**RICH) as market:
        for order in ("1 @ 99.99", "2 @ 99.95", "3 @ 99.90", "1 @ 98.01"):
            market.buy("alice", order)
        for order in ("1 @ 100.01", "2 @ 100.10", "4 @ 101"):
            market.sell("bob", order)

        book = wire(await market.ask(SpotMarket.order_book, symbol="BTCUSDT", type="step1"))
        wide = wire(await market.ask(SpotMarket.order_book, symbol="BTCUSDT", type="step2", limit=1))

        assert book["bids"] == [["99.90", "6.0000"], ["98.00", "1.0000"]]
        assert book["asks"] == [["100.10", "3.0000"], ["101.00", "4.0000"]]
        assert (wide["bids"], wide["asks"]) == ([["99.00", "6.0000"]], [["101.00", "7.0000"]])


async def test_merge_depth_sends_levels_as_json_numbers_and_names_its_step() -> None:
    async with Chronicle(**RICH) as market:
        market.buy("alice", "0.0166 @ 99.99")

        plain = encode(await market.ask(SpotMarket.merge_depth, symbol="BTCUSDT"))
        merged = wire(await market.ask(SpotMarket.merge_depth, symbol="BTCUSDT", precision="scale1", limit="max"))

        assert b'"bids":[[99.99,0.0166]]' in plain
        assert merged == {
            "asks": [], "bids": [[99.9, 0.0166]], "precision": "scale1", "scale": "0.1", "isMaxPrecision": "NO",
            "ts": str(START),
        }  # fmt: skip


@pytest.mark.parametrize(
    ("endpoint", "limit"),
    [(SpotMarket.order_book, 0), (SpotMarket.merge_depth, -1), (SpotMarket.fills, 0), (SpotMarket.fills_history, -1)],
)
async def test_a_limit_out_of_bounds_is_a_parameter_error(endpoint: Any, limit: int) -> None:
    async with Chronicle() as market:
        assert await refusal(market, endpoint, symbol="BTCUSDT", limit=limit) == "40020"


async def test_a_limit_that_is_too_large_means_the_largest() -> None:
    """ccxt's own tests ask for 12,000 trades, and the real exchange answers."""
    async with Chronicle(alice="100000000 USDT", bob="2000 BTC") as market:
        for _ in range(510):
            meet(market, "100", "0.1")
        for number in range(151):
            market.sell("bob", f"0.1 @ {101 + number * Decimal('0.01')}")
        ask = {"symbol": "BTCUSDT"}
        assert len((await market.ask(SpotMarket.order_book, limit=12_000, **ask)).asks) == 150
        assert len((await market.ask(SpotMarket.merge_depth, limit=12_000, **ask)).asks) == 151
        assert len(await market.ask(SpotMarket.fills, limit=12_000, **ask)) == 500
        assert len(await market.ask(SpotMarket.fills_history, limit=12_000, **ask)) == 510
        assert len(await market.ask(SpotMarket.candles, limit=12_000, granularity="1min", **ask)) == 1
        candles = await market.ask(SpotMarket.history_candles, limit=12_000, granularity="1min", end_time=START, **ask)
        assert candles == []


async def test_recent_trades_come_newest_first_with_the_takers_side() -> None:
    async with Chronicle(**RICH) as market:
        meet(market, "100", "1.5")
        market.buy("alice", "1 @ 99")
        market.sell("bob", "1 @ 99")

        trades = wire(await market.ask(SpotMarket.fills, symbol="BTCUSDT"))

        assert [(row["side"], row["price"], row["size"]) for row in trades] == [
            ("sell", "99.00", "1.0000"),
            ("buy", "100.00", "1.5000"),
        ]
        assert len(await market.ask(SpotMarket.fills, symbol="BTCUSDT", limit=1)) == 1


async def test_older_trades_are_paged_and_their_side_is_capitalised() -> None:
    async with Chronicle(**RICH) as market:
        for price in ("100", "101", "102"):
            meet(market, price)
            market.wait(1000)

        newest = await market.ask(SpotMarket.fills_history, symbol="BTCUSDT", limit=2)
        rest = await market.ask(SpotMarket.fills_history, symbol="BTCUSDT", id_less_than=newest[-1].trade_id)
        within = await market.ask(
            SpotMarket.fills_history, symbol="BTCUSDT", start_time=START + 1000, end_time=START + 1999
        )

        assert [row.price for row in [*newest, *rest]] == [102, 101, 100]
        assert [row.price for row in within] == [101]
        assert {row.side for row in newest} == {"Buy"}


async def test_a_window_of_trades_is_at_most_seven_days() -> None:
    async with Chronicle() as market:
        window = {"start_time": START - 8 * DAY, "end_time": START}
        assert await refusal(market, SpotMarket.fills_history, symbol="BTCUSDT", **window) == "00001"


async def test_candles_go_up_to_the_running_one_without_holes() -> None:
    async with Chronicle(**RICH) as market:
        meet(market, "100")
        meet(market, "104")
        market.wait(2 * MINUTE)
        meet(market, "103", "2")
        market.wait(2 * MINUTE)

        candles = await market.ask(SpotMarket.candles, symbol="BTCUSDT", granularity="1min")

        assert rows(candles) == [
            "0: 100.00 104.00 100.00 104.00 2",
            "1: 104.00 104.00 104.00 104.00 0",
            "2: 103.00 103.00 103.00 103.00 2",
            "3: 103.00 103.00 103.00 103.00 0",
            "4: 103.00 103.00 103.00 103.00 0",
        ]


async def test_a_candle_on_the_wire_is_a_list_of_eight_strings() -> None:
    async with Chronicle(**RICH) as market:
        meet(market, "100", "0.25")

        candles = wire(await market.ask(SpotMarket.candles, symbol="BTCUSDT", granularity="1Dutc"))

        assert candles == [[str(MIDNIGHT), "100.00", "100.00", "100.00", "100.00", "0.2500", "25.000000", "25.000000"]]


async def test_longer_candles_hold_all_their_minutes() -> None:
    async with Chronicle(**RICH) as market:
        for price, pause in (("100", 61), ("90", 61), ("120", 61), ("110", 0)):
            meet(market, price)
            market.wait(pause * MINUTE)

        (day,) = await market.ask(SpotMarket.candles, symbol="BTCUSDT", granularity="1Dutc", limit=1)
        hours = await market.ask(SpotMarket.candles, symbol="BTCUSDT", granularity="1h")

        assert (day.open, day.high, day.low, day.close, day.base_volume) == (90, 120, 90, 110, 2)
        assert [hour.open for hour in hours] == [100, 100, 90, 120]
        assert [hour.close for hour in hours] == [100, 90, 120, 110]


async def test_a_window_of_candles_includes_its_start_and_ends_before_its_end() -> None:
    async with Chronicle(**RICH) as market:
        for price in ("100", "101", "102", "103"):
            meet(market, price)
            market.wait(MINUTE)
        first = START - START % MINUTE

        window = {"start_time": first + MINUTE, "end_time": first + 3 * MINUTE}
        inside = await market.ask(SpotMarket.candles, symbol="BTCUSDT", granularity="1min", **window)
        newest = await market.ask(SpotMarket.candles, symbol="BTCUSDT", granularity="1min", limit=1, **window)
        late = await market.ask(SpotMarket.candles, symbol="BTCUSDT", granularity="1min", start_time=first + 1)

        assert [candle.close for candle in inside] == [101, 102]
        assert [candle.close for candle in newest] == [102]
        assert late[0].start == first + MINUTE


async def test_a_window_of_candles_that_holds_none_is_empty() -> None:
    async with Chronicle(**RICH) as market:
        meet(market, "100")
        ask = {"symbol": "BTCUSDT", "granularity": "1h"}

        assert await market.ask(SpotMarket.candles, start_time=START, end_time=START, **ask) == []
        assert await market.ask(SpotMarket.candles, start_time=START + 10 * DAY, **ask) == []
        assert await market.ask(SpotMarket.candles, end_time=0, **ask) == []
        assert await refusal(market, SpotMarket.candles, start_time=2, end_time=1, **ask) == "20001"
        assert await refusal(market, SpotMarket.candles, limit=0, **ask) == "40020"


async def test_history_candles_are_whole_and_end_before_the_given_time() -> None:
    async with Chronicle(**RICH) as market:
        for price in ("100", "101", "102"):
            meet(market, price)
            market.wait(MINUTE)
        first = START - START % MINUTE

        ask = {"symbol": "BTCUSDT", "granularity": "1min"}
        older = await market.ask(SpotMarket.history_candles, end_time=first + 2 * MINUTE, **ask)
        midway = await market.ask(SpotMarket.history_candles, end_time=first + 2 * MINUTE + 59_999, limit=1, **ask)
        future = await market.ask(SpotMarket.history_candles, end_time=10**17, limit=200, **ask)

        assert [candle.close for candle in older] == [100, 101]
        assert [candle.close for candle in midway] == [101]
        assert [candle.close for candle in future] == [100, 101, 102]
        assert await refusal(market, SpotMarket.history_candles, end_time=START, limit=0, **ask) == "40020"


def rising(market: MarketId, start: int, end: int) -> list[CandleRecord]:
    """Minutes of the 90 days before the opening, each a cent above the one before, ending at 99."""
    opened = START - START % MINUTE
    first, last = max(start + -start % MINUTE, opened - 90 * DAY), min(end, opened)
    return [
        msgspec.structs.replace(
            flat(market.product, market.symbol, minute, Decimal(9900 - (opened - minute) // MINUTE // 100).scaleb(-2)),
            base_volume=Decimal(1),
        )
        for minute in range(first, last, MINUTE)
    ]


async def test_candles_before_the_opening_join_those_after_it() -> None:
    async with Chronicle(back_fill=rising, **RICH) as market:
        market.wait(2 * MINUTE)
        meet(market, "105", "3")

        candles = await market.ask(SpotMarket.candles, symbol="BTCUSDT", granularity="1min", limit=5)
        (hour,) = await market.ask(SpotMarket.candles, symbol="BTCUSDT", granularity="1h", limit=1)

        assert rows(candles) == [
            "-2: 99.00 99.00 99.00 99.00 1",
            "-1: 99.00 99.00 99.00 99.00 1",
            "0: 99.00 99.00 99.00 99.00 0",
            "1: 99.00 99.00 99.00 99.00 0",
            "2: 105.00 105.00 105.00 105.00 3",
        ]
        assert (hour.high, hour.close, hour.base_volume) == (105, 105, 13 + 3)


async def test_days_are_the_sum_of_all_minutes_however_often_they_are_asked_for() -> None:
    async with Chronicle(back_fill=rising, **RICH) as market:
        for trades in range(1, 9):
            meet(market, "100")
            market.wait(5 * HOUR)

            days = await market.ask(SpotMarket.candles, symbol="BTCUSDT", granularity="1day", limit=1000)

            assert all(after.start - before.start == DAY for before, after in pairwise(days))
            assert sum(day.base_volume for day in days) == 90 * 1440 + trades


async def test_candles_go_back_as_far_as_is_documented() -> None:
    async with Chronicle(back_fill=rising, **RICH) as market:
        ask = {"symbol": "BTCUSDT", "granularity": "1min"}
        early = {"start_time": START - 40 * DAY, "end_time": START - 40 * DAY + 3 * MINUTE}

        assert await market.ask(SpotMarket.candles, **early, **ask) == []
        assert len(await market.ask(SpotMarket.history_candles, end_time=early["end_time"], **ask)) == 100


async def test_coins_carry_their_flags_as_words() -> None:
    async with Chronicle() as market:
        market.exchange.coins["XRP"] = Coin(
            name="XRP", coin_id=9, chains=(Chain(name="XRP", needs_tag=True, withdrawal_fee=Decimal("0.20")),)
        )

        (coin,) = wire(await market.ask(SpotMarket.coins, coin="xrp"))

        assert (coin["coinId"], coin["transfer"]) == ("9", "true")
        assert coin["chains"][0]["needTag"] == "true"
        assert coin["chains"][0]["withdrawFee"] == "0.20"
        assert len(await market.ask(SpotMarket.coins)) == 4
        assert await refusal(market, SpotMarket.coins, coin="NONE") == "40034"


async def test_symbols_carry_decimals_fees_and_bounds() -> None:
    async with Chronicle() as market:
        (symbol,) = wire(await market.ask(SpotMarket.symbols, symbol="BTCUSDT"))

        assert (symbol["pricePrecision"], symbol["quantityPrecision"], symbol["status"]) == ("2", "4", "online")
        assert (symbol["makerFeeRate"], symbol["minTradeUSDT"], symbol["orderQuantity"]) == ("0.001", "1", "200")
        assert "symbolType" not in symbol


async def test_the_fee_tiers_fall_as_their_level_rises() -> None:
    async with Chronicle() as market:
        tiers = await market.ask(SpotMarket.vip_fee_rates)

        assert [tier.level for tier in tiers] == list(range(1, len(tiers) + 1))
        assert [tier.taker_fee_rate for tier in tiers] == sorted((tier.taker_fee_rate for tier in tiers), reverse=True)


async def test_an_instrument_that_trades_has_no_auction() -> None:
    async with Chronicle() as market:
        assert set(wire(await market.ask(SpotMarket.auction, symbol="BTCUSDT")).values()) == {None}
