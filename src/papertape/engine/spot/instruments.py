"""Spot instruments: the bounds of their orders."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from papertape.engine.trading.instruments import Instrument


class SpotInstrument(Instrument, frozen=True, kw_only=True):
    """A spot instrument: its base coin is traded for its quote coin.

    ``buy_limit_ratio`` and ``sell_limit_ratio`` are the price bands around the last price, ``minimum_usdt`` and the
    two maximums bound an order's value in USDT, ``open_orders`` how many one user may have.
    """

    quote_places: int = 8
    minimum_usdt: Decimal = Decimal(1)
    buy_limit_ratio: Decimal = Decimal("0.05")
    sell_limit_ratio: Decimal = Decimal("0.05")
    maximum_limit_value: Decimal = Decimal(10_000_000)
    maximum_market_value: Decimal = Decimal(1_000_000)
    open_orders: int = 200
    area: Literal["yes", "no"] = "no"
