"""Server time, announcements and trade rates."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from papertape.contract.protocol.errors import Rejected
from papertape.contract.public import Public
from papertape.engine.public.announcements import PublishedAnnouncement, Wording
from papertape.engine.spot.markets import spot_markets
from tests.chronicle import Chronicle
from tests.market import START, UIDS

DAY = 86_400_000


def announce(market: Chronicle, number: int, days_ago: int, kind: str = "latest_news", chinese: str = "") -> None:
    wordings = [Wording(language="en_US", title=f"number {number}")]
    if chinese:
        wordings.append(Wording(language="zh_CN", title=chinese))
    market.exchange.announcements.append(
        PublishedAnnouncement(
            announcement_id=number, kind=kind, topic="", created=START - days_ago * DAY, wordings=tuple(wordings)
        )
    )


async def numbers(market: Chronicle, **parameters: object) -> list[str]:
    return [one.announcement_id for one in await market.ask(Public.announcements, **parameters)]


async def test_the_time_is_the_markets() -> None:
    async with Chronicle() as market:
        market.wait(5)
        assert (await market.ask(Public.time)).server_time == START + 5


async def test_announcements_are_those_of_the_last_month_newest_first() -> None:
    async with Chronicle() as market:
        for number, days_ago in enumerate((31, 29, 2, 0)):
            announce(market, number, days_ago)

        assert await numbers(market, language="en_US") == ["3", "2", "1"]
        assert await numbers(market, language="en_US", limit=1, cursor="3") == ["2"]
        assert await numbers(market, language="en_US", start_time=START - 5 * DAY, end_time=START - DAY) == ["2"]


async def test_a_language_that_there_is_not_falls_back_to_english() -> None:
    async with Chronicle() as market:
        announce(market, 1, 2)
        announce(market, 2, 1, chinese="二")

        for language, titles in (
            ("zh_CN", ["二", "number 1"]),
            ("zh-cn", ["二", "number 1"]),
            ("fr_FR", ["number 2", "number 1"]),
            ("en-US", ["number 2", "number 1"]),
            ("klingon", ["number 2", "number 1"]),
        ):
            found = await market.ask(Public.announcements, language=language)
            assert [one.title for one in found] == titles


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"limit": 101}, "40020"),
        ({"limit": 0}, "40020"),
        ({"cursor": "last"}, "40020"),
        ({"start_time": START, "end_time": START - 1}, "20001"),
        ({"start_time": START - 31 * DAY, "end_time": START}, "00001"),
        ({"start_time": -1}, "40020"),
    ],
)
async def test_a_window_that_cannot_be_is_refused(parameters: dict[str, object], code: str) -> None:
    async with Chronicle() as market:
        with pytest.raises(Rejected) as refused:
            await numbers(market, language="en_US", **parameters)

        assert refused.value.error.code == code


async def test_announcements_of_one_class() -> None:
    async with Chronicle() as market:
        announce(market, 1, 1)
        announce(market, 2, 1, kind="coin_listings")

        assert await numbers(market, language="en_US", announcement_type="coin_listings") == ["2"]


async def test_the_trade_rate_is_what_the_account_pays() -> None:
    async with Chronicle() as market:
        plain = await market.ask(Public.trade_rate, symbol="BTCUSDT", business_type="spot")
        market.exchange.accounts[UIDS["alice"]].vip_level = 3
        tier = await market.ask(Public.trade_rate, symbol="BTCUSDT", business_type="spot")

        assert (plain.maker_fee_rate, plain.maker_rate, plain.taker_fee_rate) == (Decimal("0.001"),) * 3
        assert tier.taker_fee_rate == Decimal("0.0006")


async def test_the_trade_rate_goes_by_symbol_and_is_what_a_fill_is_charged() -> None:
    async with Chronicle(alice="1000 USDT", bob="2 BTC") as market:
        market.exchange.accounts[UIDS["alice"]].vip_level = 7
        spot_markets(market.exchange)["BGBUSDT"].instrument = replace(
            spot_markets(market.exchange)["BGBUSDT"].instrument, maker_fee=Decimal("0.00005"), taker_fee=Decimal(0)
        )
        bitcoin, bgb = await market.ask(Public.all_trade_rates, business_type="margin")
        assert (bitcoin.maker_fee_rate, bitcoin.taker_fee_rate) == (Decimal("0.00012"), Decimal("0.0003"))
        assert (bgb.maker_fee_rate, bgb.taker_fee_rate) == (Decimal("0.00005"), Decimal(0))

        market.sell("bob", "1 @ 100")
        market.buy("alice", "1 @ 100")
        assert [fill for fill in market.fills() if "alice" in fill] == ["alice taker 1 fee 0.0003 BTC"]


async def test_all_trade_rates_of_a_business_line() -> None:
    async with Chronicle() as market:
        rates = await market.ask(Public.all_trade_rates, business_type="spot")

        assert [rate.symbol for rate in rates] == ["BTCUSDT", "BGBUSDT"]
        assert await market.ask(Public.all_trade_rates, business_type="mix") == []


@pytest.mark.parametrize(("symbol", "line"), [("NONEUSDT", "spot"), ("BTCUSDT", "mix")])
async def test_a_rate_of_a_symbol_that_the_line_does_not_have_is_refused(symbol: str, line: str) -> None:
    async with Chronicle() as market:
        with pytest.raises(Rejected) as refused:
            await market.ask(Public.trade_rate, symbol=symbol, business_type=line)

        assert refused.value.error.code == "40034"
