"""What a coin is worth in USDT, at the exchange's own last prices."""

from __future__ import annotations

from decimal import Decimal

from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.money import ZERO

ONE = Decimal(1)
DOLLARS = ("USDT", "USDC")
"""Coins counted as one USDT each: no instrument trades them against each other."""


def usdt_price(exchange: Exchange, coin: str) -> Decimal:
    """The last price of the coin's USDT instrument; 0 when there is none."""
    if coin in DOLLARS:
        return ONE
    market = exchange.market.get(coin + "USDT")
    return ZERO if market is None else market.last
