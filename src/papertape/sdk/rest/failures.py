"""Turns the rows of a batch that the exchange refused into the exceptions that single calls would have raised.

A batch's answer is a success also when every row failed (documentation, "Batch orders"): its rows say so themselves.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from papertape.contract.spot.trade import BatchOutcome, OrderFailure, Replacement
from papertape.contract.subaccounts import CreatedSubaccounts, SubaccountFailure
from papertape.sdk.exceptions import BitgetError, InvalidRequest, error_class

Row = OrderFailure | Replacement | SubaccountFailure


class Failure(msgspec.Struct, frozen=True):
    """A refused row as the exchange sent it, and the error that it stands for: ``raise failure.error``."""

    row: Row
    error: BitgetError


def failures(reply: BatchOutcome | CreatedSubaccounts | Sequence[Replacement]) -> list[Failure]:
    """List the rows of a batch's reply that failed, in its order; empty when all is done."""
    if isinstance(reply, BatchOutcome):
        return [_failure(row) for row in reply.failure_list]
    if isinstance(reply, CreatedSubaccounts):
        return [_failure(row) for row in reply.failures]
    return [Failure(row, InvalidRequest(row.message or "not replaced")) for row in reply if row.success != "success"]


def _failure(row: OrderFailure | SubaccountFailure) -> Failure:
    return Failure(row, error_class(row.error_code, 400)(row.error_message, code=row.error_code))
