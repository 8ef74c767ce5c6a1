"""Applying an entry: the one way in which the exchange changes.

The running exchange, its recovery, a replay and the follower that writes snapshots all go through ``apply`` with
the bytes that the log holds, so that none of them can do anything else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from papertape.contract.catalog import BY_PATH
from papertape.contract.protocol.errors import Error, Rejected
from papertape.engine.exchange.environments import Environment
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.records import Record
from papertape.journal.entry import Entry
from papertape.journal.log import JournalError
from papertape.operations import every as every
from papertape.operations.registry import OPERATIONS, Caller


class Output(msgspec.Struct, frozen=True):
    """What an entry did: its reply or its error, and what happened in each environment, in order."""

    sequence: int
    time: int
    path: str
    caller: Caller
    request: Any
    reply: Any
    error: Error | None
    events: dict[Environment, list[Record]]


class Bound(NamedTuple):
    """An endpoint's function with the decoder of its journaled request."""

    function: Callable[[Exchange, Caller, Any], Any]
    decode: Callable[[bytes], Any]


_BOUND: dict[str, Bound] = {}


def apply(exchange: Exchange, entry: Entry) -> Output:
    """Applies the entry that follows the exchange's sequence.

    A rejection is an output too. Any other exception is a defect of ours and leaves the exchange unusable.
    """
    bound = _BOUND.get(entry.path) or _bind(entry)
    request = bound.decode(entry.request)
    caller = entry.caller
    exchange.begin(entry.sequence, entry.time, entry.rules)
    view = exchange.environments[entry.environment]
    reply, error = None, None
    try:
        reply = bound.function(view, caller, request)
    except Rejected as rejection:
        assert not view.events, f"{entry.path} was rejected after {view.events[0]!r}"
        error = rejection.error
    return Output(entry.sequence, entry.time, entry.path, caller, request, reply, error, exchange.happened)


def _bind(entry: Entry) -> Bound:
    endpoint, operation = BY_PATH.get(entry.path), OPERATIONS.get(entry.path)
    if endpoint is None or operation is None or operation.kind != "command":
        raise JournalError(f"entry {entry.sequence} asks for {entry.path}, which this version does not know")
    model: Any = operation.journaled or endpoint.request
    bound = _BOUND[entry.path] = Bound(operation.function, msgspec.json.Decoder(model).decode)
    return bound
