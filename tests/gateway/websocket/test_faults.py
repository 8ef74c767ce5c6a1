"""Faults of streams: what each does to those that it is aimed at, and that nobody else notices."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from papertape.contract.control.faults import MEANINGS
from tests.gateway.websocket.raw import PING, PONG, frame, raw
from tests.gateway.websocket.sockets import BOOK1, BOOKS, ORDERS, TRADES, Socket, Streams, eventually
from tests.gateway.websocket.test_commands import open_orders, place

DEVELOPER, SECOND = 1_000_000_001, 1_000_000_002
LONG = 600_000
PRIVATE = "/v2/ws/private"


async def add(streams: Streams, kind: str, **fields: Any) -> Any:
    """Adds a fault; the control plane's answer."""
    answer = await streams.desk.control("POST", "faults/add", kind=kind, **fields)
    assert answer.status == 200, answer.body
    return answer.json


async def hits(streams: Streams) -> list[int]:
    """How often each fault has struck."""
    return [each["hits"] for each in (await streams.desk.control("GET", "faults")).json]


async def remove(streams: Streams) -> None:
    await streams.desk.control("POST", "faults/remove")


async def ended(socket: Socket) -> bool:
    """Whether the connection ends without a close."""
    rest, code = await socket.end()
    return (rest, code) == ([], 1006)


async def subscribed(socket: Socket, argument: dict[str, str], first: bool = True) -> Any:
    """Subscribes; the first push."""
    assert (await socket.told("subscribe", argument))["event"] == "subscribe"
    return await socket.next() if first else None


async def book_updates(streams: Streams, count: int = 1) -> None:
    """Has the book change so many times, each in a push of its own."""
    for step in range(count):
        before = streams.server.broadcast.pushed
        price = str(50_000 + step)
        body = b'{"symbol":"BTCUSDT","side":"buy","orderType":"limit","force":"gtc","size":"0.01","price":"%b"}'
        await streams.desk.signed("POST", "/api/v2/spot/trade/place-order", body % price.encode())
        await eventually(lambda before=before: streams.server.broadcast.pushed > before)


async def test_open_connections_are_cut_and_new_ones_are_not(streams: Streams) -> None:
    sockets = [await streams.connect(), await streams.connect(PRIVATE)]
    assert (await add(streams, "stream_drop"))["left"] == 0
    assert [await ended(socket) for socket in sockets] == [True, True]
    assert await (await streams.connect()).pong()
    assert await hits(streams) == [2]


async def test_a_drop_with_a_count_goes_on_with_those_that_come(streams: Streams) -> None:
    first = await streams.connect()
    await add(streams, "stream_drop", times=2)
    assert await ended(first)
    assert await ended(await streams.connect())
    assert await (await streams.connect()).pong()


@pytest.mark.parametrize(
    ("aim", "cut"),
    [
        ({"private": False}, ["public", "reader"]),
        ({"private": True}, ["private", "other"]),
        ({"uid": DEVELOPER}, ["private"]),
        ({"key": "papertape-key-2"}, ["other"]),
        ({"channel": "trade"}, ["reader"]),
        ({"channel": "trade", "symbol": "btcusdt"}, ["reader"]),
        ({"channel": "trade", "symbol": "ETHUSDT"}, []),
        ({"symbol": "default"}, ["private"]),
    ],
)
async def test_a_drop_strikes_what_it_is_aimed_at(streams: Streams, aim: dict[str, Any], cut: list[str]) -> None:
    sockets = {
        "public": await streams.connect(),
        "reader": await streams.connect(),
        "private": await streams.login(),
        "other": await streams.login(apiKey="papertape-key-2"),
    }
    await subscribed(sockets["reader"], TRADES)
    await subscribed(sockets["private"], ORDERS, first=False)
    await add(streams, "stream_drop", **aim)
    assert [name for name, socket in sockets.items() if name in cut and await ended(socket)] == cut
    assert all([await socket.silence() for name, socket in sockets.items() if name not in cut])


async def test_a_drop_waits_for_a_login_or_a_subscription_that_it_is_aimed_at(streams: Streams) -> None:
    await add(streams, "stream_drop", uid=DEVELOPER, times=1)
    await add(streams, "stream_drop", channel="books1", times=1)
    private, public = await streams.connect(PRIVATE), await streams.connect()
    await private.ask("login", streams.credentials())
    await public.ask("subscribe", BOOK1)
    assert [(await socket.end())[1] for socket in (private, public)] == [1006, 1006]
    assert await hits(streams) == [1, 1]


async def test_handshakes_are_refused(streams: Streams) -> None:
    await add(streams, "stream_refuse", private=False, times=2)
    await add(streams, "stream_refuse", private=False, times=1, status=429)
    for status in (503, 503, 429):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await streams.connect()
        assert refused.value.status == status
    assert await (await streams.connect(PRIVATE)).pong()
    assert await (await streams.connect()).pong()


async def test_a_silent_connection_stays_open_and_says_nothing(streams: Streams) -> None:
    socket, other = await streams.connect(), await streams.connect()
    for each in (socket, other):
        await subscribed(each, BOOKS)
    await add(streams, "stream_silence", times=1)
    await socket.say("ping")
    await book_updates(streams)
    assert (await other.next())["action"] == "update"
    streams.pass_time(100_000)
    assert await other.silence()
    streams.pass_time(100_000)
    assert (await other.silence(), socket.connection.closed) == (True, False)
    with pytest.raises(asyncio.TimeoutError):
        await socket.connection.receive(0.05)
    assert streams.server.open_connections == 2


async def test_a_silent_connection_hears_nothing_either(streams: Streams) -> None:
    socket = await streams.login()
    await add(streams, "stream_silence", private=True)
    await socket.ask("trade", place())
    async with raw(streams.server.port) as client:
        client.send(frame(PING, b"are you there"))
        assert await client.next() == (PONG, b"are you there")
    assert await open_orders(streams) == []


async def test_a_silent_connection_is_gone_when_its_client_is(streams: Streams) -> None:
    async with raw(streams.server.port) as client:
        await add(streams, "stream_silence")
        client.vanish()
        await eventually(lambda: not streams.server.sessions)
    assert streams.server.open_connections == 0


async def test_pongs_are_late_of_either_kind(streams: Streams) -> None:
    await add(streams, "late_pong", milliseconds=LONG, times=2)
    async with raw(streams.server.port) as client:
        client.send(frame(PING, b"1"))
        client.say("ping")
        client.send(frame(PING, b"2"))
        assert await client.next() == (PONG, b"2")
    assert await hits(streams) == [2]


async def test_a_late_pong_comes_after_all(streams: Streams) -> None:
    await add(streams, "late_pong", milliseconds=1)
    async with raw(streams.server.port) as client:
        client.send(frame(PING, b"1"))
        assert await client.next() == (PONG, b"1")
        client.say("ping")
        assert (await client.next()).payload == b"pong"


async def test_a_late_pong_is_not_sent_to_who_has_gone(streams: Streams) -> None:
    await add(streams, "late_pong", milliseconds=20)
    socket = await streams.connect()
    await socket.say("ping")
    await eventually(lambda: streams.desk.gateway.faults.on_streams["late_pong"][0].hits == 1)
    await socket.connection.close()
    await asyncio.sleep(0.05)
    assert await (await streams.connect()).pong()


async def test_a_checksum_is_wrong_for_one_listener_and_right_for_the_other(streams: Streams) -> None:
    socket, other = await streams.connect(), await streams.connect()
    for each in (socket, other):
        await subscribed(each, BOOKS)
    await add(streams, "wrong_checksum", times=1)
    await book_updates(streams, 2)
    (wrong, right), (first, second) = [[(await each.next())["data"][0] for _ in range(2)] for each in (socket, other)]
    assert wrong["checksum"] != first["checksum"]
    assert wrong | {"checksum": first["checksum"]} == first
    assert right == second


async def test_the_checksum_of_a_snapshot_can_be_wrong(streams: Streams) -> None:
    await add(streams, "wrong_checksum", channel="books", symbol="BTCUSDT", times=1)
    first, second = [await subscribed(await streams.connect(), BOOKS) for _ in range(2)]
    assert first["data"][0]["checksum"] != second["data"][0]["checksum"]


async def test_what_has_no_checksum_is_not_struck(streams: Streams) -> None:
    await add(streams, "wrong_checksum")
    await subscribed(await streams.connect(), TRADES)
    assert await hits(streams) == [0]


async def test_a_lost_push_leaves_a_gap_for_one_listener(streams: Streams) -> None:
    await add(streams, "lost_push", channel="books", times=1)
    socket, other = await streams.connect(), await streams.connect()
    for each in (socket, other):
        assert (await subscribed(each, BOOKS))["action"] == "snapshot"
    await book_updates(streams, 2)
    (pushed,) = (await socket.next())["data"]
    lost, followed = [(await other.next())["data"][0] for _ in range(2)]
    assert (pushed["seq"], pushed["pseq"]) == (followed["seq"], lost["seq"])


async def test_a_private_push_is_lost_to_the_account_that_is_aimed_at(streams: Streams) -> None:
    socket, other = await streams.login(), await streams.login()
    for each in (socket, other):
        await subscribed(each, ORDERS, first=False)
    await add(streams, "lost_push", uid=SECOND)
    await add(streams, "lost_push", uid=DEVELOPER, channel="orders", times=1)
    await streams.desk.signed("POST", "/api/v2/spot/trade/place-order", LIMIT)
    assert (await other.next())["data"][0]["status"] == "live"
    assert await socket.silence()
    assert await hits(streams) == [0, 1]


@pytest.mark.parametrize(
    ("wanted", "code", "message"),
    [
        ({}, 30015, "Invalid signature"),
        ({"code": "30005"}, 30005, "Login failed"),
        ({"code": "30099", "message": "not today"}, 30099, "not today"),
    ],
)
async def test_a_login_is_refused_and_the_connection_closed(
    streams: Streams, wanted: dict[str, Any], code: int, message: str
) -> None:
    await add(streams, "login_error", uid=DEVELOPER, times=1, **wanted)
    await streams.login(apiKey="papertape-key-2")
    socket = await streams.connect(PRIVATE)
    await socket.ask("login", streams.credentials())
    (answer,), close_code = await socket.end()
    assert (answer["event"], answer["code"], answer["msg"]) == ("error", code, message)
    assert close_code == 1008
    await streams.login()


async def test_an_order_is_placed_and_its_answer_lost(streams: Streams) -> None:
    socket = await streams.login()
    await add(streams, "lost_order_answer", channel="cancel-order")
    await add(streams, "lost_order_answer", channel="place-order", uid=DEVELOPER, times=1)
    await socket.ask("trade", place())
    assert await ended(socket)
    assert len(await open_orders(streams)) == 1
    again = await streams.login()
    assert (await again.told("trade", place("a-2")))["code"] == 0
    assert await hits(streams) == [0, 1]


@pytest.mark.parametrize("kind", [kind for kind, meaning in MEANINGS.items() if meaning.where == "streams"])
async def test_who_is_not_struck_notices_nothing(streams: Streams, kind: str) -> None:
    aim: dict[str, Any] = {"private": False} if kind == "stream_refuse" else {"uid": SECOND}
    socket = await streams.login()
    await add(streams, kind, **aim, **({"milliseconds": LONG} if kind == "late_pong" else {}))
    await subscribed(socket, ORDERS, first=False)
    await socket.ask("trade", place())
    said = [await socket.next() for _ in range(2)]
    assert [each.get("action") or each["code"] for each in said] == ["snapshot", 0]
    assert await socket.silence()
    await streams.login()
    assert await hits(streams) == [0]


async def test_streams_are_as_before_once_faults_are_removed(streams: Streams) -> None:
    await add(streams, "late_pong", milliseconds=LONG)
    await add(streams, "lost_push")
    await remove(streams)
    socket = await streams.connect()
    await subscribed(socket, BOOKS)
    await book_updates(streams)
    assert (await socket.next())["action"] == "update"
    assert await socket.silence()


LIMIT = b'{"symbol":"BTCUSDT","side":"buy","orderType":"limit","force":"gtc","size":"0.01","price":"50000"}'
