"""What a stream asks of whoever knows one topic: what has been told, and what was missed while a socket was down."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple, Protocol, TypeAlias

from papertape.contract.protocol.channel import Topic
from papertape.sdk.rest.async_client import AsyncClient


class Missed(NamedTuple):
    """What REST tells, oldest first; ``complete`` unless more may be missing."""

    rows: list[Any]
    complete: bool


UNKNOWN = Missed([], complete=False)
"""Where neither a beginning nor a message is known: all of history would count as missed."""


class Tracker(Protocol):
    """What has been told of one topic."""

    def begin(self) -> Awaitable[None]:
        """The topic is subscribed for the first time: notes how things stand."""

    def fresh(self, rows: list[Any]) -> list[Any]:
        """The rows of a push that have not been told, oldest first; from now on they have."""

    def state(self) -> list[Any]:
        """What one who joins later has to know."""

    def mark(self) -> None:
        """The socket is gone: from here on something may be missing."""

    def missed(self) -> Awaitable[Missed]:
        """What may have been missed since ``mark``."""

    def new(self, rows: list[Any], held: list[Any]) -> list[Any]:
        """Of what REST tells, what has not been told; ``held`` back are the pushes that will be told next."""


TrackerOf: TypeAlias = Callable[[Topic, AsyncClient], Tracker]
"""Makes the tracker of one topic; the client is the same exchange over REST."""
