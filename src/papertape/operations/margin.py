"""Margin trading: no instrument is open for it."""

from __future__ import annotations

from papertape.contract.margin import MarginCurrency, MarginPublic
from papertape.contract.protocol.wire import Nothing
from papertape.engine.exchange.exchange import Exchange
from papertape.operations.registry import Caller, query


@query(MarginPublic.currencies)
def currencies(exchange: Exchange, caller: Caller, request: Nothing) -> list[MarginCurrency]:
    """List the instruments that can be traded on margin: none yet."""
    return []
