"""Walking over lists: every row once and in order, from both clients, from any page on, however long ago it began."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from typing import Any

import pytest

import papertape
from papertape import AsyncClient, Client
from papertape.contract.catalog import ENDPOINTS
from papertape.contract.protocol.endpoint import Group
from papertape.contract.protocol.listing import AsyncListing, ListEndpoint, Listing
from papertape.contract.protocol.wire import Timestamp
from papertape.contract.public import Public
from papertape.contract.spot.account import SpotAccount
from papertape.sdk.environment import Environment, at
from tests.cli.serving import serving
from tests.sdk.busy_account import DAY, BusyAccount, busy_account

LISTS = [endpoint for endpoint in ENDPOINTS if isinstance(endpoint, ListEndpoint)]
CURSORS = {"id_less_than", "id_greater_than", "cursor", "page_number", "page_size", "after_uid"}
UNBOUNDED = (Public.announcements, SpotAccount.subaccount_assets)
"""The documentation tells how many rows these answer unless told, not how many they can; the exchange takes more."""
MOST = 12


def name(endpoint: ListEndpoint[..., Any, Any, Any]) -> str:
    """A list in a test's name."""
    return f"{endpoint.group}.{endpoint.name}"


every_list = pytest.mark.parametrize("endpoint", LISTS, ids=name)


@pytest.fixture(scope="module")
def place() -> Iterator[Environment]:
    with serving("--limits", "off") as served:
        yield at(served.rest, served.ws)


@pytest.fixture(scope="module")
def trader(place: Environment) -> Iterator[Client]:
    with Client(place, limits="off") as client:
        yield client


@pytest.fixture(scope="module")
def account(trader: Client) -> BusyAccount:
    return busy_account(trader)


def listing(client: Any, endpoint: ListEndpoint[..., Any, Any, Any]) -> Any:
    """The client's method for the list."""
    found = endpoint.__get__(Group(client._transport), Group)
    assert isinstance(found, Listing | AsyncListing)
    return found


def answered(client: Client, endpoint: ListEndpoint[..., Any, Any, Any], arguments: dict[str, Any]) -> list[Any]:
    """The newest rows in one call."""
    reply = listing(client, endpoint)(**arguments, limit=endpoint.pages.largest)
    rows = getattr(reply, endpoint.pages.rows) if endpoint.pages.rows else reply
    return list(reversed(rows) if endpoint.pages.by == "time" else rows)[:MOST]


@every_list
def test_every_row_comes_once_and_in_order(
    trader: Client, account: BusyAccount, endpoint: ListEndpoint[..., Any, Any, Any]
) -> None:
    arguments = account.arguments(endpoint)
    expected = answered(trader, endpoint, arguments)
    assert len(expected) >= 3
    assert list(islice(listing(trader, endpoint).iterate(**arguments, limit=2), MOST)) == expected
    assert list(islice(listing(trader, endpoint).iterate(**arguments), MOST)) == expected


@every_list
def test_both_clients_walk_alike_and_go_on_where_they_were(
    place: Environment, trader: Client, account: BusyAccount, endpoint: ListEndpoint[..., Any, Any, Any]
) -> None:
    arguments = account.arguments(endpoint)
    pages = list(islice(listing(trader, endpoint).pages(**arguments, limit=2), 4))

    async def walked() -> tuple[list[Any], list[Any]]:
        async with AsyncClient(place, limits="off") as client:
            walk = listing(client, endpoint).pages(**arguments, limit=2)
            rest = listing(client, endpoint).resume_pages(pages[0].cursor)
            return [await anext(walk) for _ in pages], [await anext(rest) for _ in pages[1:]]

    resumed = list(islice(listing(trader, endpoint).resume_pages(pages[0].cursor), 3))
    assert asyncio.run(walked()) == (pages, pages[1:])
    assert resumed == pages[1:]


@pytest.mark.parametrize("endpoint", [endpoint for endpoint in LISTS if endpoint not in UNBOUNDED], ids=name)
def test_the_largest_page_is_what_the_exchange_allows(
    trader: Client, account: BusyAccount, endpoint: ListEndpoint[..., Any, Any, Any]
) -> None:
    arguments, beyond = account.arguments(endpoint), endpoint.pages.largest + 1
    if endpoint.access == "public":
        assert len(listing(trader, endpoint)(**arguments, limit=beyond)) <= endpoint.pages.largest
    else:
        with pytest.raises(papertape.InvalidRequest, match="limit"):
            listing(trader, endpoint)(**arguments, limit=beyond)


def test_every_list_that_has_a_cursor_can_be_walked() -> None:
    fields = {endpoint: set(getattr(endpoint.request, "__struct_fields__", ())) for endpoint in ENDPOINTS}
    pageable = [
        endpoint for endpoint, names in fields.items() if names & CURSORS or {"granularity", "end_time"} <= names
    ]
    assert len(pageable) >= 23
    assert pageable == LISTS


@every_list
def test_what_is_declared_of_a_list_is_there(endpoint: ListEndpoint[..., Any, Any, Any]) -> None:
    pages, asked, row = endpoint.pages, endpoint.request.__struct_fields__, endpoint.item.__struct_fields__
    reply = getattr(endpoint.reply, "__struct_fields__", ())
    assert {pages.field, pages.one, "limit"} - {""} <= set(asked)
    assert {pages.key, pages.time} - {""} <= set(row)
    assert {pages.rows, pages.next, pages.more} - {""} <= set(reply)
    held = endpoint.reply.__annotations__[pages.rows] if pages.rows else endpoint.reply
    assert held in (list[endpoint.item], f"list[{endpoint.item.__name__}]")
    assert (pages.days is None) == ("start_time" not in asked or pages.by == "time")


@pytest.fixture(scope="module")
def long_ago() -> Iterator[tuple[Client, list[str], dict[str, int]]]:
    """A client, its ten orders of 250 days, the newest first, and the window that holds them."""
    with serving("--limits", "off") as served, Client(at(served.rest, served.ws), limits="off") as client:
        begin = end = client.public.time().server_time
        placed = []
        for _ in range(10):
            bought = client.spot.trade.place_order(
                symbol="BTCUSDT", side="buy", order_type="market", force="gtc", size=Decimal(20)
            )
            placed.insert(0, bought.order_id)
            end = Timestamp(client.control.advance_clock(milliseconds=25 * DAY).market_time)
        yield client, placed, {"start_time": begin, "end_time": end}


LongAgo = tuple[Client, list[str], dict[str, int]]


def test_a_history_longer_than_a_window_is_walked_in_windows(long_ago: LongAgo) -> None:
    client, placed, window = long_ago
    history = client.spot.trade.history_orders
    with pytest.raises(papertape.InvalidRequest, match="90 days"):
        history(**window)
    assert [order.order_id for order in history.iterate(**window)] == placed
    assert [order.order_id for order in history.iterate(start_time=window["start_time"])] == placed


def test_a_walk_through_windows_goes_on_from_any_page(long_ago: LongAgo) -> None:
    client, placed, window = long_ago
    history = client.spot.trade.history_orders
    seen = 0
    for page in history.pages(**window, limit=2):
        seen += len(page.rows)
        assert [order.order_id for order in history.resume(page.cursor)] == placed[seen:]
    assert seen == len(placed)


def test_every_window_is_as_long_as_its_list_allows(long_ago: LongAgo) -> None:
    client, placed, window = long_ago
    fills = list(client.spot.trade.fills.iterate(**window))
    assert list(dict.fromkeys(fill.order_id for fill in fills)) == placed
    with pytest.raises(papertape.InvalidRequest, match="30 days"):
        client.tax.spot_records(**window)
    records = [record.order_id for record in client.tax.spot_records.iterate(**window, coin="BTC")]
    assert list(dict.fromkeys(records)) == placed
    assert len(records) == len(fills)


def test_a_cursor_is_text_that_survives_a_file(trader: Client, account: BusyAccount) -> None:
    orders = trader.spot.trade.history_orders
    first = next(orders.pages(symbol="BTCUSDT", limit=2))
    kept = json.loads(json.dumps({"cursor": first.cursor}))["cursor"]
    assert [*first.rows, *orders.resume(kept)] == list(orders.iterate(symbol="BTCUSDT"))


def test_a_row_named_by_its_id_comes_once(trader: Client, account: BusyAccount) -> None:
    for orders in (trader.spot.trade.history_orders, trader.spot.trade.unfilled_orders):
        order_id = next(iter(orders.iterate())).order_id
        assert [order.order_id for order in orders.iterate(order_id=order_id)] == [order_id]


def test_a_rows_time_is_a_windows_border(trader: Client, account: BusyAccount) -> None:
    fills = trader.spot.trade.fills
    every = list(fills.iterate())
    older = list(fills.iterate(start_time=every[-1].created, end_time=every[2].created, limit=1))
    assert older == [fill for fill in every if fill.created <= every[2].created]


def test_another_lists_cursor_is_refused_at_once(trader: Client, account: BusyAccount) -> None:
    page = next(trader.spot.trade.fills.pages(limit=2))
    with pytest.raises(ValueError, match="belongs to /api/v2/spot/trade/fills"):
        trader.spot.trade.history_orders.resume(page.cursor)


def test_a_walk_raises_what_a_call_raises(trader: Client) -> None:
    with pytest.raises(papertape.UnknownSymbol):
        list(trader.spot.trade.fills.iterate(symbol="NOSUCH"))


def test_both_sides_of_a_trade_with_oneself_are_there() -> None:
    terms: dict[str, Any] = {"symbol": "BTCUSDT", "order_type": "limit", "force": "gtc", "size": Decimal("0.01")}
    with serving("--market", "still") as served, Client(at(served.rest, served.ws)) as client:
        for side in ("sell", "buy") * 2:
            client.spot.trade.place_order(side=side, price=Decimal(84000), **terms)
        at_once = client.spot.trade.fills(symbol="BTCUSDT")
        assert [row.side for row in at_once].count("buy") == [row.side for row in at_once].count("sell") == 2
        for limit in (1, 2, 3, None):
            assert list(client.spot.trade.fills.iterate(symbol="BTCUSDT", limit=limit)) == at_once
