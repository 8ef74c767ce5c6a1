"""Spot trading, as state and audit know it."""

from __future__ import annotations

from papertape.engine.exchange.product import Product
from papertape.engine.spot import terms as terms
from papertape.engine.spot.instruments import SpotInstrument
from papertape.engine.spot.markets import SPOT

SPOT_TRADING = Product(SPOT, instrument=SpotInstrument)
