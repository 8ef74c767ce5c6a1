"""Whether a fault can be added as it was asked for; every mistake is refused, so that a test does not pass by it."""

from __future__ import annotations

import re
from decimal import Decimal
from http import HTTPStatus

from papertape.contract.control import AddFault
from papertape.contract.control.faults import AIMS, MEANINGS, SETTINGS
from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected

CONTROL = "/papertape/"
"""What begins so is never struck."""

MOST_MILLISECONDS = 600_000
MOST_TIMES = 1_000_000_000
LONGEST_PATH, LONGEST_NAME = 256, 128
LONGEST_MESSAGE = 120
"""Bytes: as many as the close of a stream can carry."""

_code = re.compile(r"\d{1,8}", re.ASCII).fullmatch
_STATUS = {
    "error": (200, 599),
    "bad_gateway": (500, 599),
    "stream_refuse": (400, 599),
}


def check(wanted: AddFault) -> None:
    """Raises ``Rejected``: 40019 for what is missing, 40053 for a number out of range, 40020 for all else."""
    meaning = MEANINGS[wanted.kind]
    for name in meaning.needs:
        if getattr(wanted, name) is None:
            raise Rejected(errors.PARAMETER_EMPTY.of(name))
    allowed = meaning.aimed_by + meaning.needs + meaning.takes
    for name in AIMS + SETTINGS:
        if name not in allowed and getattr(wanted, name) is not None:
            raise Rejected(errors.PARAMETER_ERROR.of(name))
    _within("times", wanted.times, 1, MOST_TIMES)
    _within("after", wanted.after, 0, MOST_TIMES)
    _within("probability", wanted.probability, 0, 1)
    _within("milliseconds", wanted.milliseconds, 0, MOST_MILLISECONDS)
    _check_texts(wanted)
    _check_status(wanted)


def _within(name: str, value: Decimal | int | None, least: int, most: int) -> None:
    if value is not None and not least <= value <= most:
        raise Rejected(errors.OUT_OF_RANGE.of(name, f"{least}-{most}"))


def _check_texts(wanted: AddFault) -> None:
    path, code, message = wanted.path, wanted.code, wanted.message
    if path is not None and (
        len(path) > LONGEST_PATH or not path.startswith("/") or path.startswith(CONTROL) or "*" in path[:-1]
    ):
        raise Rejected(errors.PARAMETER_ERROR.of("path"))
    if code is not None and not _code(code):
        raise Rejected(errors.PARAMETER_ERROR.of("code"))
    if message is not None and len(message.encode("utf-8", "replace")) > LONGEST_MESSAGE:
        raise Rejected(errors.PARAMETER_ERROR.of("message"))
    for name in ("key", "channel", "symbol"):
        if len(getattr(wanted, name) or "") > LONGEST_NAME:
            raise Rejected(errors.PARAMETER_ERROR.of(name))


def _check_status(wanted: AddFault) -> None:
    """A status that there is, and that may have a body."""
    if wanted.status is None:
        return
    least, most = _STATUS[wanted.kind]
    _within("status", wanted.status, least, most)
    if wanted.status not in (200, *(status for status in HTTPStatus if status >= 400)):
        raise Rejected(errors.PARAMETER_ERROR.of("status"))
