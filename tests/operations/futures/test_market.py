"""Futures contracts before there are any."""

from __future__ import annotations

from typing import get_args

import pytest

from papertape.contract.futures.market import FuturesMarket
from papertape.contract.protocol.enums import ProductType
from papertape.contract.protocol.errors import Rejected
from tests.chronicle import Chronicle


@pytest.mark.parametrize("product_type", get_args(ProductType))
async def test_every_product_type_has_an_empty_list(product_type: str) -> None:
    async with Chronicle() as market:
        assert await market.ask(FuturesMarket.contracts, product_type=product_type) == []


async def test_a_contract_that_is_not_listed_does_not_exist() -> None:
    async with Chronicle() as market:
        with pytest.raises(Rejected) as refused:
            await market.ask(FuturesMarket.contracts, product_type="USDT-FUTURES", symbol="BTCUSDT")

        assert refused.value.error.code == "40034"
