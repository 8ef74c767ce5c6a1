"""Instruments: what is traded, in which steps of price and size."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import msgspec

from papertape.engine.exchange.money import step


class Instrument(msgspec.Struct, frozen=True, kw_only=True):
    """What every product's instruments have. Prices come in ``price_places`` decimals, sizes in ``size_places``.

    Taker orders worth ``dolphin_value``, ``whale_value`` USDT and more are counted as dolphins' and whales'.
    ``opening_price`` is where the market starts before the first trade, ``opened`` when it was listed (ms).
    """

    symbol: str
    base: str
    quote: str
    price_places: int
    size_places: int
    maker_fee: Decimal = Decimal("0.001")
    taker_fee: Decimal = Decimal("0.001")
    dolphin_value: Decimal = Decimal(5_000)
    whale_value: Decimal = Decimal(50_000)
    status: Literal["offline", "gray", "online", "halt"] = "online"
    opening_price: Decimal
    opened: int = 0

    def ticks(self, price: Decimal) -> int:
        """The price as a whole number of ticks; the price must be a multiple of the tick."""
        return int(price.scaleb(self.price_places))

    def lots(self, size: Decimal) -> int:
        """The size as a whole number of lots; the size must be a multiple of the lot."""
        return int(size.scaleb(self.size_places))

    def price(self, ticks: int) -> Decimal:
        """Ticks as a price with the instrument's decimals."""
        return ticks * step(self.price_places)

    def size(self, lots: int) -> Decimal:
        """Lots as a size with the instrument's decimals."""
        return lots * step(self.size_places)

    def value(self, ticks: int, lots: int) -> Decimal:
        """Price times size in the quote coin, exact."""
        return ticks * lots * step(self.price_places + self.size_places)

    @property
    def tick(self) -> Decimal:
        """The smallest price step."""
        return step(self.price_places)
