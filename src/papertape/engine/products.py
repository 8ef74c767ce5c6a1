"""All products of the engine, one line each: state and audit are put together from this list."""

from __future__ import annotations

from papertape.engine.accounts.product import ACCOUNTS
from papertape.engine.convert.product import CONVERT
from papertape.engine.exchange.product import Product
from papertape.engine.funds.product import FUNDS
from papertape.engine.p2p.product import P2P
from papertape.engine.spot.product import SPOT_TRADING

PRODUCTS: list[Product] = [
    ACCOUNTS,
    FUNDS,
    SPOT_TRADING,
    CONVERT,
    P2P,
]
