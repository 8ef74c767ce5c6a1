"""Futures market data. No contract is listed, which clients that ask at start-up take as an answer."""

from __future__ import annotations

from papertape.contract.futures.market import Contract, FuturesMarket, ListContracts
from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected
from papertape.engine.exchange.exchange import Exchange
from papertape.operations.registry import Caller, query


@query(FuturesMarket.contracts)
def contracts(exchange: Exchange, caller: Caller, request: ListContracts) -> list[Contract]:
    """List the contracts of a product type: none yet; one that is asked for by its symbol does not exist (40034)."""
    if request.symbol is not None:
        raise Rejected(errors.PARAMETER_DOES_NOT_EXIST.of(request.symbol))
    return []
