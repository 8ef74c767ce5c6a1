"""The spot markets of an environment."""

from __future__ import annotations

from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.spot.instruments import SpotInstrument
from papertape.engine.trading.market import Market

SPOT = "spot"
"""The product, and the wallet that its orders are paid from."""


def spot_markets(exchange: Exchange) -> dict[str, Market[SpotInstrument]]:
    """All spot markets by symbol, in the order in which they are listed; to read only."""
    return exchange.markets.get(SPOT, {})


def spot_market(exchange: Exchange, symbol: str) -> Market[SpotInstrument]:
    """The spot market of this symbol, in any case; 40034 if there is none."""
    markets = spot_markets(exchange)
    found = markets.get(symbol) or markets.get(symbol.upper())
    if found is None:
        raise Rejected(errors.PARAMETER_DOES_NOT_EXIST.of(symbol))
    return found


def list_instrument(exchange: Exchange, instrument: SpotInstrument) -> Market[SpotInstrument]:
    """Lists a spot instrument, with an empty book."""
    return exchange.add_market(SPOT, instrument)
