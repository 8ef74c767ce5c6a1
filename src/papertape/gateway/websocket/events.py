"""What the server says beside pushes: acknowledgements, refusals, the answer to a login. Codes are numbers here."""

from __future__ import annotations

from typing import Any

import msgspec

from papertape.contract.protocol.errors import Error
from papertape.contract.protocol.wire import encode

PONG = b"pong"
LOGGED_IN = b'{"event":"login","code":0,"msg":""}'


class FailureEvent(msgspec.Struct, omit_defaults=True):
    """An error, with the argument that it is about where there is one."""

    event: str
    arg: Any = msgspec.UNSET
    code: int = -1
    msg: str = ""
    op: str = ""


def failure(error: Error, op: str = "", arg: Any = msgspec.UNSET) -> bytes:
    """``{"event":"error","arg":...,"code":30001,"msg":"...","op":"subscribe"}``."""
    return encode(FailureEvent("error", arg, int(error.code), error.message, op))


def acknowledged(op: str, argument: Any) -> bytes:
    """``{"event":"subscribe","arg":...}``."""
    return b'{"event":"%b","arg":%b}' % (op.encode(), encode(argument))
