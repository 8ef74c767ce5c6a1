"""How late a request may come: ``requestTime`` and ``receiveWindow``, wherever a request has them.

Both are the caller's wish and left out as a rule. Source: documentation of the order endpoints and error codes.
"""

from __future__ import annotations

from typing import Any

import msgspec

from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected

LONGEST_MS = 60_000


def has_receive_window(model: Any) -> bool:
    """Whether requests of this type can say how late they may come."""
    return {"request_time", "receive_window"} <= {field.name for field in msgspec.structs.fields(model)}


def check_receive_window(request: Any, now: int) -> None:
    """Refuses a window of more than a minute with 40079, and with 40078 what has come later than its window.

    Neither of the two can be negative (40020). ``now`` is the gateway's time of arrival in Unix milliseconds.
    """
    window: int | None = request.receive_window
    for name, value in (("requestTime", request.request_time), ("receiveWindow", window)):
        if value is not None and value < 0:
            raise Rejected(errors.PARAMETER_ERROR.of(name))
    if window is None:
        return
    if window > LONGEST_MS:
        raise Rejected(errors.RECEIVE_WINDOW_TOO_LONG)
    if request.request_time is not None and now - request.request_time > window:
        raise Rejected(errors.RECEIVE_WINDOW_MISSED)
