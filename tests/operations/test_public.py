"""Server time, announcements and trade rates."""

from __future__ import annotations

from decimal import Decimal

import pytest

from papertape.contract.errors import Rejected
from papertape.contract.public import Public
from papertape.engine.announcements import Announcement
from tests.chronicle import Chronicle
from tests.market import START, UIDS

DAY = 86_400_000


def announce(market: Chronicle, number: int, days_ago: int, language: str = "en_US", kind: str = "latest_news") -> None:
    market.exchange.announcements.append(
        Announcement(
            announcement_id=number,
            kind=kind,
            title=f"number {number}",
            language=language,
            created=START - days_ago * DAY,
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
        announce(market, 1, 1)
        announce(market, 2, 1, language="zh_CN")

        assert await numbers(market, language="zh_CN") == ["2"]
        assert await numbers(market, language="zh-cn") == ["2"]
        assert await numbers(market, language="fr_FR") == ["1"]


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
