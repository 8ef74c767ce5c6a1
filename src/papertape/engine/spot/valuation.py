"""What a coin is worth in USDT, at the last prices of the spot markets."""

from __future__ import annotations

from decimal import Decimal

from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.money import ZERO
from papertape.engine.spot.markets import spot_markets

ONE = Decimal(1)
DOLLARS = ("USDT", "USDC")
"""Coins counted as one USDT each: no instrument trades them against each other."""


def usdt_price(exchange: Exchange, coin: str) -> Decimal:
    """The last price of the coin's USDT instrument; 0 when there is none."""
    if coin in DOLLARS:
        return ONE
    market = spot_markets(exchange).get(coin + "USDT")
    return ZERO if market is None else market.last
