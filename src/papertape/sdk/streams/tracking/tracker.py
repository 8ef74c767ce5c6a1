"""What a stream needs to know of one topic: what has been delivered, and what was missed while a socket was down."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple, Protocol, TypeAlias

from papertape.contract.protocol.channel import Topic
from papertape.sdk.rest.async_client import AsyncClient


class Missed(NamedTuple):
    """Rows that REST has told, oldest first; ``complete`` unless more may be missing."""

    rows: list[Any]
    complete: bool


UNKNOWN = Missed([], complete=False)
"""The answer where neither a beginning nor a message is known: all of history would count as missed."""


class Tracker(Protocol):
    """Knows what has been delivered of one topic."""

    def begin(self) -> Awaitable[None]:
        """Note the state of things as the topic is subscribed for the first time."""

    def fresh(self, rows: list[Any]) -> list[Any]:
        """Return the rows of a push that have not been delivered, oldest first; from now on they have."""

    def state(self) -> list[Any]:
        """Return what a later listener has to know."""

    def mark(self) -> None:
        """Note that the socket is gone: from here on something may be missing."""

    def missed(self) -> Awaitable[Missed]:
        """Fetch what may have been missed since ``mark``."""

    def new(self, rows: list[Any], held: list[Any]) -> list[Any]:
        """Return REST's rows that have not been delivered; ``held`` are the pushes that are delivered next."""


TrackerOf: TypeAlias = Callable[[Topic, AsyncClient], Tracker]
"""Makes the tracker of one topic; the client is the same exchange over REST."""
