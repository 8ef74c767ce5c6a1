"""Turns the rows of a batch that the exchange refused into the exceptions that single calls would have raised.

A batch's answer is a success also when every row failed (documentation, "Batch orders"): its rows say so themselves.
Replies are known by their shape, so that every product's batches will do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import msgspec

from papertape.sdk.exceptions import BitgetError, InvalidRequest, error_class


class Failure(msgspec.Struct, frozen=True):
    """A refused row as the exchange sent it, and the error that it stands for: ``raise failure.error``."""

    row: Any
    error: BitgetError


class RefusedRow(Protocol):
    """A row that is listed only because it was refused."""

    @property
    def error_code(self) -> str:
        """The exchange's code."""
        ...

    @property
    def error_message(self) -> str:
        """The exchange's text."""
        ...


class AttemptedRow(Protocol):
    """A row that tells whether it was done."""

    @property
    def success(self) -> str:
        """``success``, or ``failure``."""
        ...

    @property
    def message(self) -> str | None:
        """Why it was not done."""
        ...


@runtime_checkable
class BatchReply(Protocol):
    """The reply to a batch of orders or cancels."""

    @property
    def failure_list(self) -> Sequence[RefusedRow]:
        """The rows that were refused."""
        ...


class CreationReply(Protocol):
    """The reply to a batch of accounts to make."""

    @property
    def failures(self) -> Sequence[RefusedRow]:
        """The rows that were refused."""
        ...


def failures(reply: BatchReply | CreationReply | Sequence[AttemptedRow]) -> list[Failure]:
    """List the rows of a batch's reply that failed, in its order; empty when all is done."""
    if isinstance(reply, Sequence):
        undone = [row for row in reply if row.success != "success"]
        return [Failure(row, InvalidRequest(row.message or "not replaced")) for row in undone]
    rows = reply.failure_list if isinstance(reply, BatchReply) else reply.failures
    return [Failure(row, error_class(row.error_code, 400)(row.error_message, code=row.error_code)) for row in rows]
