"""Coins and instruments: what can be held, moved on which chain, and traded in which steps."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import msgspec

from papertape.engine.exchange.money import step


class Chain(msgspec.Struct, frozen=True, kw_only=True):
    """A network that a coin can be deposited and withdrawn on; amounts are in the coin."""

    name: str
    needs_tag: bool = False
    withdrawable: bool = True
    depositable: bool = True
    withdrawal_fee: Decimal = Decimal(0)
    extra_withdrawal_fee: Decimal = Decimal(0)
    deposit_confirmations: int = 1
    withdrawal_confirmations: int = 1
    minimum_deposit: Decimal = Decimal(0)
    minimum_withdrawal: Decimal = Decimal(0)
    withdrawal_step: Decimal = Decimal(0)
    withdrawal_places: int = 8
    browser_url: str = ""
    contract_address: str = ""


class Coin(msgspec.Struct, frozen=True, kw_only=True):
    """A coin: its catalogue id, its decimals and its chains."""

    name: str
    coin_id: int
    places: int = 8
    transferable: bool = True
    chains: tuple[Chain, ...] = ()


class Instrument(msgspec.Struct, frozen=True, kw_only=True):
    """A spot instrument. Prices come in ``price_places`` decimals, sizes in ``size_places``.

    ``buy_limit_ratio`` and ``sell_limit_ratio`` are the price bands around the last price;
    Taker orders worth ``dolphin_value``, ``whale_value`` USDT and more are counted as dolphins' and whales'.
    ``opening_price`` is where the market starts before the first trade; ``open_orders`` bounds one user's.
    """

    symbol: str
    base: str
    quote: str
    price_places: int
    size_places: int
    quote_places: int = 8
    minimum_usdt: Decimal = Decimal(1)
    maker_fee: Decimal = Decimal("0.001")
    taker_fee: Decimal = Decimal("0.001")
    buy_limit_ratio: Decimal = Decimal("0.05")
    sell_limit_ratio: Decimal = Decimal("0.05")
    maximum_limit_value: Decimal = Decimal(10_000_000)
    maximum_market_value: Decimal = Decimal(1_000_000)
    open_orders: int = 200
    dolphin_value: Decimal = Decimal(5_000)
    whale_value: Decimal = Decimal(50_000)
    status: Literal["offline", "gray", "online", "halt"] = "online"
    area: Literal["yes", "no"] = "no"
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
