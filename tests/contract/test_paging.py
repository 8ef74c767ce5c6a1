"""The walk over a list's pages, against exchanges that are no more than a function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertape.contract.control import ListUsers
from papertape.contract.protocol.paging import DAY_MS, MOST_PAGES, Page, PageWalkStuck, Paging, Walk, begun, resumed
from papertape.contract.protocol.wire import Request
from papertape.contract.spot.account import ListTransfers
from papertape.contract.spot.market import AskCandles
from papertape.contract.spot.trade import ListFills

PATH = "/fills"
FILLS = Paging(key="trade_id", largest=5, days=1)


class Fill(msgspec.Struct, frozen=True):
    """A row of the list."""

    trade_id: str
    created: int


Answer = Callable[[Any], Any]


def fills(*times: int) -> list[Fill]:
    """Fills at these times, the newest first."""
    return [Fill(str(number), time) for number, time in enumerate(sorted(times), 101)][::-1]


def pages(walk: Walk[Any, Any], answer: Answer) -> list[Page[Any]]:
    """What a client that asks ``answer`` gets; all pages, empty ones too."""
    found = []
    while (request := walk.request()) is not None:
        found.append(walk.take(answer(request)))
    return found


def walked(request: Request, answer: Answer, paging: Paging = FILLS, now: int = 10 * DAY_MS) -> list[Any]:
    """Every row of a walk."""
    return [row for page in pages(begun(PATH, paging, request, now), answer) for row in page.rows]


def exchange(rows: list[Fill], *, counts_the_cursor: bool = False, short: Callable[[], int] = lambda: 0) -> Answer:
    """An exchange with these rows. ``short`` is how many rows a page lacks, though there are more."""

    def answer(request: ListFills) -> list[Fill]:
        start, limit = request.start_time or 0, request.limit or 100
        end = 1 << 62 if request.end_time is None else request.end_time
        assert request.end_time is None or end - start <= DAY_MS, "a window too long"
        assert limit <= FILLS.largest
        before = int(request.id_less_than or 1 << 62) + counts_the_cursor
        found = [row for row in rows if start <= row.created <= end and int(row.trade_id) < before]
        least = 2 if counts_the_cursor else 1
        return found[: max(least, limit - short())]

    return answer


TIMES = st.lists(st.integers(0, 8).map(lambda half: half * DAY_MS // 2) | st.integers(0, 4 * DAY_MS), max_size=40)


@given(TIMES, st.booleans(), st.integers(2, 5), st.data())
def test_every_row_of_the_window_comes_once_and_in_order(
    times: list[int], counts_the_cursor: bool, limit: int, data: st.DataObject
) -> None:
    rows = fills(*times)
    start, end = sorted(data.draw(st.lists(st.integers(0, 4 * DAY_MS), min_size=2, max_size=2)))
    answer = exchange(rows, counts_the_cursor=counts_the_cursor, short=lambda: data.draw(st.integers(0, 3)))
    expected = [row for row in rows if start <= row.created <= end]
    assert walked(ListFills(start_time=start, end_time=end, limit=limit), answer) == expected


@given(TIMES, st.booleans(), st.data())
def test_a_walk_goes_on_from_any_page(times: list[int], counts_the_cursor: bool, data: st.DataObject) -> None:
    rows = fills(*times)
    answer = exchange(rows, counts_the_cursor=counts_the_cursor)
    found = pages(begun(PATH, FILLS, ListFills(start_time=0, end_time=4 * DAY_MS, limit=3), 0), answer)
    at = data.draw(st.integers(0, len(found) - 1))
    rest = pages(resumed(PATH, FILLS, ListFills, found[at].cursor), answer)
    assert rest == found[at + 1 :]


class Side(msgspec.Struct, frozen=True):
    """A fill of somebody who may trade with himself."""

    trade_id: str
    order_id: str


SIDES = Paging(key="trade_id", twin="order_id", largest=5)


def sides(both: list[bool]) -> list[Side]:
    """One fill for each trade, two for each with oneself; the newest first."""
    rows = [[Side(str(number), order) for order in "ab"[: 1 + two]] for number, two in enumerate(both, 101)]
    return [side for trade in reversed(rows) for side in trade]


@given(st.lists(st.booleans(), max_size=30), st.integers(1, 5), st.data())
def test_both_sides_of_a_trade_with_oneself_come(both: list[bool], limit: int, data: st.DataObject) -> None:
    rows = sides(both)

    def answer(request: ListFills) -> list[Side]:
        before = int(request.id_less_than or 1 << 62)
        return [row for row in rows if int(row.trade_id) < before][: request.limit]

    found = pages(begun(PATH, SIDES, ListFills(limit=limit), 0), answer)
    assert [row for page in found for row in page.rows] == rows
    stop = data.draw(st.integers(1, len(found)))
    later = pages(resumed(PATH, SIDES, ListFills, found[stop - 1].cursor), answer)
    assert [row for page in [*found[:stop], *later] for row in page.rows] == rows


def asked(request: ListFills, now: int = 10 * DAY_MS) -> list[tuple[int | None, int | None]]:
    """The windows that a walk over nothing asks for."""
    windows = []

    def answer(request: ListFills) -> list[Fill]:
        windows.append((request.start_time, request.end_time))
        return []

    walked(request, answer, msgspec.structs.replace(FILLS, days=2), now)
    return windows


def test_windows_end_just_before_the_newer_one_begins() -> None:
    day = DAY_MS
    assert asked(ListFills(start_time=0, end_time=5 * day)) == [
        (3 * day + 1, 5 * day),
        (day + 1, 3 * day),
        (0, day),
    ]
    assert asked(ListFills(start_time=7, end_time=7)) == [(7, 7)]


def test_without_an_end_the_newest_window_stays_open() -> None:
    day = DAY_MS
    assert asked(ListFills(start_time=8 * day)) == [(9 * day, None), (8 * day, 9 * day - 1)]
    assert asked(ListFills(start_time=9 * day)) == [(9 * day, None)]
    assert asked(ListFills(start_time=20 * day)) == [(20 * day, None)]


def test_without_a_start_the_exchange_decides_how_far_back() -> None:
    assert asked(ListFills()) == [(None, None)]
    assert asked(ListFills(end_time=5)) == [(None, 5)]


def test_the_largest_pages_are_asked_for_unless_told() -> None:
    asking = [begun(PATH, FILLS, request, 0).request() for request in (ListFills(), ListFills(limit=2))]
    assert [request.limit for request in asking] == [5, 2]


def test_a_walk_begins_below_the_id_that_is_asked_for_in_every_window() -> None:
    rows = fills(1, 2, 3, DAY_MS * 2, DAY_MS * 3)
    found = walked(ListFills(start_time=0, end_time=4 * DAY_MS, id_less_than="103"), exchange(rows))
    assert [row.trade_id for row in found] == ["102", "101"]


@pytest.mark.parametrize("rows", [1, 3, 5])
def test_an_exchange_that_does_not_go_on_is_an_error(rows: int) -> None:
    page = fills(*range(rows))
    limit = 1 if rows == 1 else 5
    with pytest.raises(PageWalkStuck, match="/fills answered the same rows again"):
        walked(ListFills(limit=limit), lambda request: page)


def test_a_cursor_that_leads_back_is_an_error() -> None:
    there_and_back = [fills(1, 2, 3), [Fill("99", 1)], fills(1, 2, 3)]
    with pytest.raises(PageWalkStuck, match="from cursor 99 back to 101"):
        walked(ListFills(), lambda request: there_and_back.pop(0))


def test_a_walk_remembers_no_more_than_a_page() -> None:
    rows = fills(*range(200))
    walk = begun(PATH, FILLS, ListFills(), 0)
    assert len(pages(walk, exchange(rows))) == 41
    assert len(walk._seen) <= FILLS.largest


@pytest.mark.parametrize("cursor", ["", "!", "AAAA", "eyJwYXRoIjoxfQ", "{}", "ü"])
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(ValueError, match="is no cursor"):
        resumed(PATH, FILLS, ListFills, cursor)


def test_another_lists_cursor_is_refused() -> None:
    cursor = begun("/orders", FILLS, ListFills(), 0).token()
    with pytest.raises(ValueError, match="belongs to /orders, not to /fills"):
        resumed(PATH, FILLS, ListFills, cursor)


TRANSFERS = Paging(by="page", field="page_number", key="trade_id", time="created", largest=5, days=90)


def test_numbered_pages_leave_out_what_happens_meanwhile() -> None:
    rows = fills(*range(1, 10))

    def answer(request: ListTransfers) -> list[Fill]:
        found = [row for row in rows if row.created <= (request.end_time or 1 << 62)]
        rows[:0] = fills(500, 501, 502)
        first = ((request.page_number or 1) - 1) * (request.limit or 0)
        return found[first : first + (request.limit or 0)]

    expected = list(rows)
    assert walked(ListTransfers(coin="USDT", limit=2), answer, TRANSFERS) == expected


def test_numbered_pages_have_an_end() -> None:
    numbers = iter(range(10_000_000, 0, -1))
    with pytest.raises(PageWalkStuck, match=f"no page after {MOST_PAGES}"):
        walked(ListTransfers(coin="USDT"), lambda request: [Fill(str(next(numbers)), 1)], TRANSFERS)


class Candle(msgspec.Struct, frozen=True):
    """A row of the candle list."""

    start: int


@pytest.mark.parametrize("counts_the_end", [False, True])
def test_candles_come_newest_first_back_to_the_start(counts_the_end: bool) -> None:
    candles = [Candle(minute * 60_000) for minute in range(100)]

    def answer(request: AskCandles) -> list[Candle]:
        assert request.start_time is None
        end = (1 << 62 if request.end_time is None else request.end_time) + counts_the_end
        return [candle for candle in candles if candle.start < end][-(request.limit or 0) :]

    paging = Paging(by="time", field="end_time", key="start", largest=7)
    everything = AskCandles(symbol="BTCUSDT", granularity="1min")
    some = msgspec.structs.replace(everything, start_time=10 * 60_000, end_time=30 * 60_000)
    assert walked(everything, answer, paging) == candles[::-1]
    assert walked(some, answer, paging) == candles[10 : 30 + counts_the_end][::-1]


def test_lists_that_rise_are_walked_upwards() -> None:
    class User(msgspec.Struct):
        uid: int

    def answer(request: ListUsers) -> list[User]:
        first = (request.after_uid or 0) + 1
        return [User(uid) for uid in range(first, min(first + (request.limit or 0), 12))]

    paging = Paging(by="after", field="after_uid", key="uid", largest=3)
    assert [user.uid for user in walked(ListUsers(), answer, paging)] == list(range(1, 12))
