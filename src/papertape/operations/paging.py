"""Paging: which rows a list request asks for, checked once for every list.

Source: documentation, "Optimization of global query rules": id, then time window, then ``idLessThan``.
"""

from __future__ import annotations

from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected
from papertape.operations.ports import HistoryPage

DAY_MS = 86_400_000
HISTORY_DAYS = 90
GRACE_MS = 1000
"""By so much a window may be too long: clients that ask for all of it read the clock once for each end."""


def page(
    *,
    limit: int | None,
    most: int,
    default: int | None = None,
    before: str | None = None,
    start: int | None = None,
    end: int | None = None,
    days: int = HISTORY_DAYS,
    number: int | None = None,
    capped: bool = False,
) -> HistoryPage:
    """Return the page that the request asks for: ``limit`` rows below id ``before`` within ``start`` and ``end`` (ms).

    Raises ``Rejected``: 40020 for a limit outside 1 to ``most`` or an id that is not one, 20001 for a window that
    runs backwards, 00001 for one longer than ``days``. ``number`` is the page number of the endpoints that have one;
    where the limit is ``capped``, one above ``most`` means ``most``.
    """
    size = (default or min(100, most)) if limit is None else limit
    if capped:
        size = min(size, most)
    if not 1 <= size <= most:
        raise Rejected(errors.PARAMETER_ERROR.of("limit"))
    if number is not None and not 1 <= number <= 1000:
        raise Rejected(errors.PARAMETER_ERROR.of("pageNum"))
    check_window(start, end, days)
    cursor = None if before is None else identifier("idLessThan", before)
    return HistoryPage(limit=size, before=cursor, start=start, end=end, offset=((number or 1) - 1) * size)


def check_window(start: int | None, end: int | None, days: int) -> None:
    """Refuse a window that runs backwards (20001) or is longer than ``days`` (00001)."""
    for name, value in (("startTime", start), ("endTime", end)):
        if value is not None and value < 0:
            raise Rejected(errors.PARAMETER_ERROR.of(name))
    if start is None or end is None:
        return
    if start > end:
        raise Rejected(errors.WINDOW_REVERSED)
    if end - start > days * DAY_MS + GRACE_MS:
        raise Rejected(errors.WINDOW_TOO_LONG.of(days))


def identifier(name: str, text: str) -> int:
    """Return an id from the wire as an integer; 40020 if it is none."""
    if not text.isascii() or not text.isdecimal() or len(text) > 19 or int(text) >= 1 << 63:
        raise Rejected(errors.PARAMETER_ERROR.of(name))
    return int(text)


def optional_identifier(name: str, text: str | None) -> int | None:
    """Return an id from the wire, or None where none was given."""
    return None if text is None else identifier(name, text)
