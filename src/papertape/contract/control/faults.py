"""The control plane's fault switches: what is to go wrong, for whom, how often. Times are milliseconds."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, NamedTuple, get_args

from papertape.contract.protocol.wire import Amount, Reply, Request

FaultKind = Literal[
    "latency",
    "slow_answer",
    "error",
    "rate_limit",
    "lost_answer",
    "lost_request",
    "bad_gateway",
    "garbled",
    "stream_drop",
    "stream_refuse",
    "stream_silence",
    "late_pong",
    "wrong_checksum",
    "lost_push",
    "login_error",
    "lost_order_answer",
]


class Meaning(NamedTuple):
    """What a kind of fault does: on REST or on streams, by what it is aimed, what it needs and what it may be told."""

    where: Literal["rest", "streams"]
    aimed_by: tuple[str, ...]
    needs: tuple[str, ...]
    takes: tuple[str, ...]
    summary: str


_REST = ("method", "path", "uid", "key")
_SESSION = ("private", "uid", "key")
_TOPIC = ("private", "uid", "key", "channel", "symbol")

MEANINGS: dict[FaultKind, Meaning] = {
    "latency": Meaning("rest", _REST, ("milliseconds",), (), "A request waits before it is looked at."),
    "slow_answer": Meaning("rest", _REST, ("milliseconds",), (), "Executed at once, answered later."),
    "error": Meaning("rest", _REST, ("code",), ("status", "message"), "Answered with an error, not executed."),
    "rate_limit": Meaning(
        "rest", _REST, (), (), 'HTTP 429 with code "429" and nothing left of the quota, not executed.'
    ),
    "lost_answer": Meaning("rest", _REST, (), (), "Executed and durable; the socket is cut in place of an answer."),
    "lost_request": Meaning("rest", _REST, (), (), "The socket is cut, nothing is executed."),
    "bad_gateway": Meaning("rest", _REST, (), ("status",), "HTTP 502 with an HTML page, not executed."),
    "garbled": Meaning("rest", _REST, (), (), "Executed; the answer ends in the middle of its JSON."),
    "stream_drop": Meaning("streams", _TOPIC, (), (), "Open connections are cut without a close."),
    "stream_refuse": Meaning("streams", ("private",), (), ("status",), "Handshakes are answered with HTTP 503."),
    "stream_silence": Meaning(
        "streams", _TOPIC, (), (), "The socket stays open, nothing is heard or said any more, not even pong."
    ),
    "late_pong": Meaning("streams", _SESSION, ("milliseconds",), (), "A ping is answered later."),
    "wrong_checksum": Meaning("streams", _TOPIC, (), (), "Pushes of books carry a checksum that is wrong."),
    "lost_push": Meaning("streams", _TOPIC, (), (), "Pushes are swallowed, save the snapshot that comes first."),
    "login_error": Meaning(
        "streams", ("uid", "key"), (), ("code", "message"), "A login is answered with an error (30015), then closed."
    ),
    "lost_order_answer": Meaning(
        "streams",
        ("uid", "key", "channel", "symbol"),
        (),
        (),
        "An order is executed, then the connection is cut.",
    ),
}
"""Every kind; what is not named in ``aimed_by``, ``needs`` or ``takes`` is refused for it."""

assert tuple(MEANINGS) == get_args(FaultKind)

AIMS = ("method", "path", "uid", "key", "private", "channel", "symbol")
SETTINGS = ("milliseconds", "code", "status", "message")


class AddFault(Request):
    """Makes something go wrong from now on, for all that it is aimed at.

    ``path`` is exact, or ends in ``*`` and means all that begins so; ``uid`` and ``key`` are the caller's, as claimed.
    ``channel`` and ``symbol`` are those of a subscription, for ``lost_order_answer`` those of the order. The first
    ``after`` that match are let pass, of the others each is struck with this ``probability`` (0 to 1, drawn from
    ``seed``, so that a run repeats), ``times`` of them; until it is removed unless told. An error without ``status``
    and ``message`` has those that Bitget documents for the code.
    """

    kind: FaultKind
    method: Literal["GET", "POST"] | None = None
    path: str | None = None
    uid: int | None = None
    key: str | None = None
    private: bool | None = None
    channel: str | None = None
    symbol: str | None = None
    times: int | None = None
    after: int = 0
    probability: Decimal = Decimal(1)
    seed: int = 0
    milliseconds: int | None = None
    code: str | None = None
    status: int | None = None
    message: str | None = None


class Fault(Reply):
    """A fault as it was added; ``hits`` is how often it has struck, ``left`` how often it still may (null: always)."""

    id: str
    kind: str
    method: str | None
    path: str | None
    uid: int | None
    key: str | None
    private: bool | None
    channel: str | None
    symbol: str | None
    times: int | None
    after: int
    probability: Amount
    seed: int
    milliseconds: int | None
    code: str | None
    status: int | None
    message: str | None
    hits: int
    left: int | None


class RemoveFault(Request):
    """The fault to remove; all of them unless told."""

    id: str | None = None


Faults = list[Fault]
