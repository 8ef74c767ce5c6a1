"""How faults strike requests: what is waited for, whether they are executed, what is sent in place of the answer."""

from __future__ import annotations

from http import HTTPStatus
from typing import NamedTuple

from papertape.contract.control.faults import FaultKind
from papertape.contract.protocol.errors import TOO_MANY_REQUESTS, Error
from papertape.contract.protocol.response import REMAINING
from papertape.gateway.faults.switch import Switch
from papertape.gateway.faults.switchboard import Switchboard
from papertape.gateway.incoming import IncomingRequest
from papertape.gateway.replies import CUT, Answer

DELAYS: tuple[FaultKind, ...] = ("latency", "slow_answer")
EXECUTED: tuple[FaultKind, ...] = ("lost_answer", "garbled")
LOSSES: tuple[FaultKind, ...] = ("lost_answer", "lost_request")
HTML = ("content-type", "text/html")
LOST = Error("", "", 0)
"""How a request that was lost is logged."""

PAGE = "<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n<center><h1>{0}</h1></center>\r\n</body>\r\n</html>\r\n"


class Struck(NamedTuple):
    """A request that is struck: milliseconds to wait before and after, and the fault that decides its answer."""

    before: int
    after: int
    decisive: Switch | None
    names: str

    @property
    def executed(self) -> bool:
        """Whether the request is executed all the same."""
        return self.decisive is None or self.decisive.wanted.kind in EXECUTED

    @property
    def error(self) -> Error:
        """The answer to a request that is not executed."""
        assert self.decisive is not None
        kind = self.decisive.wanted.kind
        if kind == "error":
            return self.decisive.error()
        if kind == "rate_limit":
            return TOO_MANY_REQUESTS
        if kind == "bad_gateway":
            return Error("", "", self.decisive.wanted.status or 502)
        assert kind == "lost_request"
        return LOST


def strike(switchboard: Switchboard, incoming: IncomingRequest, key: str, uid: int) -> Struck | None:
    """What strikes a request: every delay, and of the others the first in order of age."""
    before = after = 0
    decisive: Switch | None = None
    names: list[str] = []
    for switch in switchboard.on_requests:
        wanted = switch.wanted
        if decisive is not None and wanted.kind not in DELAYS:
            continue
        if not switch.aims_at_request(incoming.method, incoming.path, key, uid) or not switchboard.strikes(switch):
            continue
        names.append(wanted.kind)
        if wanted.kind == "latency":
            before += wanted.milliseconds or 0
        elif wanted.kind == "slow_answer":
            after += wanted.milliseconds or 0
        else:
            decisive = switch
    return Struck(before, after, decisive, ",".join(names)) if names else None


def spoilt(struck: Struck, answer: Answer) -> Answer:
    """What is sent in place of an answer."""
    if struck.decisive is None:
        return answer
    kind = struck.decisive.wanted.kind
    status, headers, body = answer
    if kind in LOSSES:
        return CUT
    if kind == "garbled":
        return status, headers, body[: len(body) // 2]
    if kind == "rate_limit":
        return status, [*headers, (REMAINING, "0")], body
    if kind == "bad_gateway":
        return status, [HTML], PAGE.format(f"{status} {HTTPStatus(status).phrase}").encode()
    return answer
