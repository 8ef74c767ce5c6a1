"""Batches: several orders or cancels in one call, where each row stands for itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected
from papertape.contract.spot.trade import BatchOutcome, OrderFailure, OrderReference
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.spot.markets import spot_market

BATCH = 50
"""At most this many rows in one batch."""
Row = TypeVar("Row")


def bounded(rows: list[Row]) -> list[Row]:
    """Return the rows, if there are 1 to 50 of them; 40019 or 40058 if not."""
    if not rows:
        raise Rejected(errors.PARAMETER_EMPTY.of("orderList"))
    if len(rows) > BATCH:
        raise Rejected(errors.MAXIMUM_ALLOWED.of("orderList", BATCH))
    return rows


def batch_symbol(exchange: Exchange, symbol: str | None, mode: str | None) -> str | None:
    """Return the symbol of all rows, or None where each row names its own."""
    if mode == "multiple":
        return None
    if symbol is None:
        raise Rejected(errors.PARAMETER_EMPTY.of("symbol"))
    return spot_market(exchange, symbol).id.symbol


def row_symbol(symbol: str | None, own: str | None) -> str:
    """Return the symbol of a row: the batch's, or else its own; 40019 without one."""
    if symbol is not None:
        return symbol
    if own is None:
        raise Rejected(errors.PARAMETER_EMPTY.of("symbol"))
    return own


def each(
    rows: list[Row], act: Callable[[Row], OrderReference], ids: Callable[[Row], tuple[str | None, str | None]]
) -> BatchOutcome:
    """Act on row after row; a row that is refused stops no other. ``ids`` names a refused row to the caller."""
    done, failed = [], []
    for row in rows:
        try:
            done.append(act(row))
        except Rejected as refused:
            order_id, client_oid = ids(row)
            error = refused.error
            failed.append(
                OrderFailure(
                    order_id=order_id or "",
                    client_oid=client_oid or "",
                    error_message=error.message,
                    error_code=error.code,
                )
            )
    return BatchOutcome(success_list=done, failure_list=failed)
