"""The control plane's clocks, checkpoints, request log and health. Times are Unix milliseconds."""

from __future__ import annotations

from typing import Literal

from papertape.contract.protocol.wire import Reply, Request


class ClockState(Reply):
    """Market time, and the gateway's own for signatures and limits; ``mode`` is real, manual or xN."""

    mode: str
    market_time: int
    gateway_time: int


class AdvanceClock(Request):
    """Moves a clock forward."""

    milliseconds: int
    clock: Literal["market", "gateway", "both"] = "market"


class SetClock(Request):
    """Sets a clock; market time never goes back."""

    time: int
    clock: Literal["market", "gateway", "both"] = "market"


class MakeCheckpoint(Request):
    """Keeps the exchange as it stands under a name (made from the sequence unless given)."""

    name: str | None = None


class Checkpoint(Reply):
    """A kept state."""

    name: str
    sequence: int
    state_hash: str
    market_time: int
    created: int


class Restore(Request):
    """Goes back to a checkpoint; what came later is dropped."""

    name: str


class ExchangeState(Reply):
    """Where the exchange stands; equal hashes mean equal states, byte for byte."""

    sequence: int
    state_hash: str
    market_time: int


class Audit(Reply):
    """What is wrong with the exchange, a sentence each: nothing, or a defect of ours."""

    sequence: int
    findings: list[str]


class ListRequests(Request):
    """The last requests, newest first; 100 unless told, at most 1000 are kept."""

    limit: int | None = None
    uid: int | None = None
    path: str | None = None


class LoggedRequest(Reply):
    """A request that came in, with the reply's code and how long it took.

    ``fault`` names what struck it, joined by commas; ``status`` is 0 and ``code`` empty for one that was lost.
    """

    time: int
    method: str
    path: str
    query: str
    uid: int
    key: str
    ip: str
    status: int
    code: str
    microseconds: int
    fault: str = ""


class Health(Reply):
    """Whether the exchange answers, and since when (gateway time)."""

    status: str
    version: str
    sequence: int
    market_time: int
    started: int
