"""Which function answers which endpoint, and what it may touch.

``@command`` functions change the exchange and are journaled; ``@query`` functions read the live exchange;
``@history`` functions may also await the history port. ``@prepare`` runs before a command is journaled and
is the only place where randomness and secrets enter: what it returns is the request that the log keeps.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Literal, TypeVar

import msgspec

from papertape.contract.protocol.endpoint import Endpoint
from papertape.engine.exchange.environments import Environment
from papertape.engine.exchange.exchange import Exchange
from papertape.operations.ports import History, Vault

Q = TypeVar("Q")
R = TypeVar("R")


class Caller(msgspec.Struct, frozen=True):
    """Who asks: the account, the API key used ("" for the control plane and the market) and the address.

    ``environment`` is the one that the request is for: a function gets the exchange of that environment. ``ip`` is
    only filled for commands whose rules need it. ``time`` is the gateway's clock (Unix milliseconds), for public
    queries only: a command's time is its entry's.
    """

    uid: int
    key: str = ""
    ip: str = ""
    time: int = 0
    environment: Environment = "live"


Command = Callable[[Exchange, Caller, Q], R]
HistoryQuery = Callable[[Exchange, History, Caller, Q], Awaitable[R]]
Prepare = Callable[[Exchange, Vault, Caller, Q], Q]


class Operation(msgspec.Struct):
    """An endpoint's function and its kind.

    ``journaled`` is the request type that the log keeps, where preparing adds what no client may send.
    """

    kind: Literal["command", "query", "history"]
    function: Callable[..., Any]
    prepare: Callable[..., Any] | None = None
    journaled: type[Any] | None = None


OPERATIONS: dict[str, Operation] = {}


def command(endpoint: Endpoint[..., Q, R]) -> Callable[[Command[Q, R]], Command[Q, R]]:
    """Register the function that changes the exchange for this endpoint."""

    def register(function: Command[Q, R]) -> Command[Q, R]:
        _add(endpoint, Operation("command", function))
        return function

    return register


def query(endpoint: Endpoint[..., Q, R]) -> Callable[[Command[Q, R]], Command[Q, R]]:
    """Register the function that answers this endpoint from the live exchange."""

    def register(function: Command[Q, R]) -> Command[Q, R]:
        _add(endpoint, Operation("query", function))
        return function

    return register


def history(endpoint: Endpoint[..., Q, R]) -> Callable[[HistoryQuery[Q, R]], HistoryQuery[Q, R]]:
    """Register the coroutine that answers this endpoint from the exchange and from history."""

    def register(function: HistoryQuery[Q, R]) -> HistoryQuery[Q, R]:
        _add(endpoint, Operation("history", function))
        return function

    return register


def prepare(endpoint: Endpoint[..., Q, Any], journaled: type[Q] | None = None) -> Callable[[Prepare[Q]], Prepare[Q]]:
    """Register what completes a command's request before it is journaled; the command must be registered.

    ``journaled`` is the type that it returns, where that is a subclass of the request that clients send.
    """

    def register(function: Prepare[Q]) -> Prepare[Q]:
        operation = OPERATIONS[endpoint.path]
        operation.prepare, operation.journaled = function, journaled
        return function

    return register


def _add(endpoint: Endpoint[..., Any, Any], operation: Operation) -> None:
    assert endpoint.path not in OPERATIONS, f"{endpoint} has two functions"
    OPERATIONS[endpoint.path] = operation
