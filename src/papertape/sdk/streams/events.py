"""The items of a subscription that are no messages: the connection is back, or something is missing."""

from __future__ import annotations

from typing import Generic, Literal, TypeVar

import msgspec

M = TypeVar("M")

Loss = Literal["slow consumer", "disconnected", "unreadable"]
"""Why something is missing: the queue was full, the socket was down, a push did not fit its declaration."""


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """Messages are missing here: ``lost`` of them, None when nobody can tell. Read the state anew over REST.

    ``reason`` says why. ``since`` is the exchange's time (ms) of the last message before the gap, 0 if there is none.
    """

    lost: int | None
    reason: Loss
    since: int = 0


class Reconnected(msgspec.Struct, frozen=True, kw_only=True):
    """The connection was gone and is back.

    ``recovered`` messages that were missed were fetched over REST; they came right before this event. ``reason`` is
    why the old connection ended, ``seconds`` how long there was none, ``since`` as in ``Gap``.
    """

    recovered: int
    reason: str
    seconds: float
    since: int = 0


class Push(msgspec.Struct, Generic[M], frozen=True, kw_only=True):
    """A push as it came: ``action`` is ``snapshot`` or ``update``, ``time`` the exchange's (ms).

    ``epoch`` grows with each new subscription on the wire: what follows belongs to another snapshot.
    """

    action: str
    data: list[M]
    time: int
    epoch: int
