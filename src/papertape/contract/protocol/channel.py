"""Channel declarations: the one statement of what can be subscribed to over WebSocket.

Subscriptions, pushes, pacing and what happens to slow readers derive from it. Source: documentation, "Websocket API".
"""

from __future__ import annotations

from typing import Annotated, Generic, Literal, NamedTuple, TypeVar

from papertape.contract.protocol.wire import Reply, Request, spelled

M = TypeVar("M", bound=Reply)

Slow = Literal["latest", "resnapshot", "disconnect"]
"""What becomes of a reader that is too slow: it gets only the newest, a new snapshot, or is sent away."""

Key = Literal["symbol", "symbol or default", "default"]
"""What an argument may name besides the channel: an instrument, or ``default`` for all of the reader's own."""

DEFAULT = "default"
AT_ONCE = 0


class Topic(NamedTuple):
    """An argument in its one spelling: what is pushed is pushed once for each topic."""

    inst_type: str
    channel: str
    key: str


class Argument(Request):
    """What to subscribe to, as it was sent; written back it is the echo that clients find their pushes by.

    Older clients send snake_case names. Account channels are named by ``coin``; some clients send it elsewhere too.
    """

    inst_type: Annotated[str, spelled("inst_type")]
    channel: str
    inst_id: Annotated[str | None, spelled("inst_id")] = None
    coin: str | None = None

    @property
    def topic(self) -> Topic:
        """The topic: upper case for products and instruments, whichever name they were sent under."""
        key = self.inst_id or self.coin or DEFAULT
        return Topic(self.inst_type.upper(), self.channel, DEFAULT if key.lower() == DEFAULT else key.upper())


class Channel(Generic[M]):
    """One channel of a product: what is pushed, to whom, named how, how often.

    ``message`` is a row of a push's ``data``. ``pace_ms`` is the least time between two pushes of a topic, 0 for at
    once; after ``quiet_ms`` without a change a paced channel repeats itself (0: it stays quiet). ``slow`` is what
    happens to a reader that does not keep up.
    """

    def __init__(
        self,
        name: str,
        message: type[M],
        summary: str,
        *,
        slow: Slow,
        key: Key = "symbol",
        private: bool = False,
        pace_ms: int = AT_ONCE,
        quiet_ms: int = 0,
    ) -> None:
        self.name, self.message, self.summary = name, message, summary
        self.key, self.private, self.slow = key, private, slow
        self.pace_ms, self.quiet_ms = pace_ms, quiet_ms

    def __repr__(self) -> str:
        return f"<Channel {self.name}>"
