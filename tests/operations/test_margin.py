"""Margin trading before there is any."""

from __future__ import annotations

from papertape.contract.margin import MarginPublic
from tests.chronicle import Chronicle


async def test_no_instrument_is_open_for_margin_trading() -> None:
    async with Chronicle() as market:
        assert await market.ask(MarginPublic.currencies) == []
