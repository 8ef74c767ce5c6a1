"""How a list is paged, and the walk over all its pages: no input or output, one for every transport.

Source: documentation, "Optimization of global query rules": rows come newest first, ``startTime`` and ``endTime``
are both inside the window, ``idLessThan`` continues below an id. Nothing says that a short page is the last one, so
a walk goes on until an empty one.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any, Generic, Literal, TypeVar

import msgspec

from papertape.contract.protocol.wire import Request, query_parameters

R = TypeVar("R")
Row = TypeVar("Row")

DAY_MS = 86_400_000
MOST_PAGES = 1000
"""The last page number that is answered."""


class PageWalkStuck(RuntimeError):
    """The exchange did not go on: it answered rows that it had answered before, or a cursor that leads back."""


class Paging(msgspec.Struct, frozen=True, kw_only=True):
    """How a list is paged.

    ``by`` is what leads to the next page: ``id`` (rows below the cursor's, newest first), ``after`` (rows above the
    cursor's, a number, oldest first), ``page`` (numbers from 1) or ``time`` (candles before ``end_time``, answered
    oldest first, handed out newest first). ``field`` is the request's field for it, ``rows`` the reply's with the
    rows (empty: the reply itself). The cursor is the reply's field ``next``, else the last row's ``key``; ``more`` is
    the reply's flag that there is another page. ``key`` also tells repeated rows (empty: rows have no id), together
    with ``twin`` where two rows may share a key: the two sides of a trade with oneself have one trade id.

    ``largest`` is the most rows in a page, ``days`` the longest window (None: any). ``one`` is the request's field
    that names a single row, which goes before any cursor. ``time`` is the row's time, where pages are numbered.
    """

    key: str
    largest: int
    days: int | None = None
    by: Literal["id", "after", "page", "time"] = "id"
    field: str = "id_less_than"
    rows: str = ""
    next: str = ""
    more: str = ""
    twin: str = ""
    one: str = ""
    time: str = ""


class Page(msgspec.Struct, Generic[Row], frozen=True):
    """Some rows of a list, and the ``cursor`` (text without spaces) from which the walk goes on after them."""

    rows: list[Row]
    cursor: str


class Place(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Where a walk stands: in the window from ``start`` to ``end`` of all that is newer than ``since``.

    ``cursor`` is the next page's, None for a window's first; ``last`` is the id of the last row handed out.
    """

    start: int | None = None
    end: int | None = None
    since: int | None = None
    cursor: str | int | None = None
    last: str = ""
    done: bool = False


class Token(msgspec.Struct, kw_only=True):
    """A cursor that users keep: what was asked, and where the walk stands."""

    path: str
    request: dict[str, str]
    place: Place
    version: Literal[1] = 1


class Walk(Generic[R, Row]):
    """Asks for a list page by page: send what ``request()`` tells, give the reply to ``take``, until it tells None.

    Remembers the ids of one page, so memory is bounded by the page's size.
    """

    def __init__(self, path: str, paging: Paging, asked: Request, place: Place) -> None:
        self.path, self.paging, self.asked, self.place = path, paging, asked, place
        self._seen = {place.last} - {""}
        self._single = bool(paging.one) and getattr(asked, paging.one) is not None

    def request(self) -> Any:
        """The request for the next page; None after the last one."""
        place, paging = self.place, self.paging
        if place.done:
            return None
        changes: dict[str, Any] = {}
        if paging.by != "time" and hasattr(self.asked, "start_time"):
            changes.update(start_time=place.start, end_time=place.end)
        elif hasattr(self.asked, "start_time"):
            changes["start_time"] = None
        if place.cursor is not None:
            changes[paging.field] = place.cursor
        limit = getattr(self.asked, "limit", None) or paging.largest
        changes["limit"] = max(2, limit) if paging.twin else limit
        return msgspec.structs.replace(self.asked, **changes)

    def take(self, reply: R) -> Page[Row]:
        """The rows of a reply that are new, and where to go on after them.

        Raises ``PageWalkStuck`` where the exchange does not go on.
        """
        answered: Any = getattr(reply, self.paging.rows) if self.paging.rows else reply
        rows: list[Row] = list(answered)
        if self.paging.by == "time":
            rows.reverse()
        fresh = self._fresh(rows)
        if not rows or self._single:
            self._end_window()
        elif not fresh and self.place.cursor is not None:
            self._end_at_border(rows)
        else:
            self._go_on(reply, rows)
        since = self.place.since
        if self.paging.by == "time" and since is not None:
            fresh = [row for row in fresh if getattr(row, self.paging.key) >= since]
        return Page(fresh, self.token())

    def token(self) -> str:
        """Where the walk stands, as text: what ``resumed`` reads."""
        token = Token(path=self.path, request=query_parameters(self.asked), place=self.place)
        return base64.urlsafe_b64encode(msgspec.json.encode(token)).decode().rstrip("=")

    def _fresh(self, rows: list[Row]) -> list[Row]:
        """The rows that neither this page nor the one before had already."""
        if not self.paging.key:
            return rows
        page: dict[str, Row] = {}
        for row in rows:
            page.setdefault(self._identity(row), row)
        fresh = [row for key, row in page.items() if key not in self._seen]
        if page:
            self._seen = set(page)
        return fresh

    def _identity(self, row: Row) -> str:
        """What tells a row from all others."""
        paging = self.paging
        key = str(getattr(row, paging.key))
        return f"{key}/{getattr(row, paging.twin)}" if paging.twin else key

    def _end_at_border(self, rows: list[Row]) -> None:
        """Where the cursor's own row is counted to the next page, a list ends with that row (or its twins) alone."""
        last = self.place.last.partition("/")[0]
        border = all(str(getattr(row, self.paging.key)) == last for row in rows)
        if not border or (getattr(self.asked, "limit", None) == 1 and not self.paging.twin):
            raise PageWalkStuck(f"{self.path} answered the same rows again; the cursor was {self.place.cursor}")
        self._end_window()

    def _go_on(self, reply: R, rows: list[Row]) -> None:
        place, paging = self.place, self.paging
        place.last = self._identity(rows[-1]) if paging.key else ""
        if paging.more and not getattr(reply, paging.more):
            self._end_window()
            return
        if paging.by == "page":
            self._turn_page(rows)
        elif paging.by == "time":
            self._step(int(place.last))
            place.done = place.since is not None and int(place.last) <= place.since
        elif paging.by == "after":
            self._step(int(place.last))
        elif paging.twin:
            self._step_between_twins([int(getattr(row, paging.key)) for row in rows])
        elif following := str(getattr(reply, paging.next)) if paging.next else place.last:
            self._step(following)
        else:
            self._end_window()

    def _step(self, following: str | int) -> None:
        """Moves the cursor; one that does not move on would have us ask for ever."""
        before = self.place.cursor
        if before is not None and not _moves(before, following, rises=self.paging.by == "after"):
            raise PageWalkStuck(f"{self.path} leads from cursor {before} back to {following}")
        self.place.cursor = following

    def _step_between_twins(self, keys: list[int]) -> None:
        """Asks for the last row again where its twin may come next: not where the page has or had room for both."""
        both = keys[-2:] == keys[-1:] * 2 or self.place.cursor == str(keys[-1] + 1)
        self._step(str(keys[-1] if both else keys[-1] + 1))

    def _turn_page(self, rows: list[Row]) -> None:
        """The next page's number; what happens meanwhile stays out, since it would move rows to later pages."""
        number = int(self.place.cursor or getattr(self.asked, self.paging.field) or 1)
        if number >= MOST_PAGES:
            raise PageWalkStuck(f"{self.path} has no page after {MOST_PAGES}; ask for a shorter window")
        if self.place.end is None:
            self.place.end = max(int(getattr(row, self.paging.time)) for row in rows)
        self.place.cursor = number + 1

    def _end_window(self) -> None:
        place = self.place
        if self._single or self.paging.days is None or None in (place.start, place.since):
            place.done = True
        elif place.start is not None and place.since is not None:
            place.done = place.start <= place.since
            place.end, place.cursor = place.start - 1, None
            place.start = max(place.since, place.end - self.paging.days * DAY_MS + 1)


def begun(path: str, paging: Paging, request: Request, now: int) -> Walk[Any, Any]:
    """A walk from the newest row that ``request`` asks for.

    A window longer than ``paging.days`` is split, the newest part first: each ends 1 ms before the one after it
    begins, for both ends are inside. Without an end the newest part has none, and is a day shorter than it may be:
    ``now`` is the exchange's time in ms as well as it is known here.
    """
    start, end = _moment(request, "start_time"), _moment(request, "end_time")
    place = Place(start=start, end=end, since=start)
    if paging.days is not None and start is not None:
        longest = paging.days * DAY_MS
        newest = now - longest + DAY_MS if end is None else end - longest + 1
        place.start = max(start, newest)
    return Walk(path, paging, request, place)


def resumed(path: str, paging: Paging, request: Callable[..., Any], token: str) -> Walk[Any, Any]:
    """The walk that gave this token; ValueError if it is none, or another endpoint's."""
    try:
        content = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        found = msgspec.json.decode(content, type=Token)
        asked = msgspec.convert(found.request, type=request, strict=False)
    except (ValueError, msgspec.MsgspecError) as error:
        raise ValueError(f"{token[:40]!r} is no cursor: {error}") from error
    if found.path != path:
        raise ValueError(f"this cursor belongs to {found.path}, not to {path}")
    return Walk(path, paging, asked, found.place)


def _moment(request: Request, name: str) -> int | None:
    """A time of the request as a plain integer: users pass a row's, which is a kind of its own."""
    value: int | None = getattr(request, name, None)
    return None if value is None else int(value)


def _moves(before: str | int, following: str | int, *, rises: bool) -> bool:
    """Whether a cursor leads on: ids and times fall (or rise), other texts differ."""
    if not (str(before).isdecimal() and str(following).isdecimal()):
        return before != following
    return int(following) > int(before) if rises else int(following) < int(before)
