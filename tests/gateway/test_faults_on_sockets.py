"""Faults on a real socket: what a client sees when its connection is cut, and that nobody else sees anything."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio

from papertape.gateway.server import HttpServer
from tests.gateway.desk import LIMIT_BUY, ORDER, TIME, Desk

OPEN_ORDERS = "/api/v2/spot/trade/unfilled-orders?symbol=BTCUSDT"
PATIENCE = 5.0
GET_TIME = f"GET {TIME} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


@pytest_asyncio.fixture(loop_scope="session")
async def serving(desk: Desk) -> AsyncIterator[HttpServer]:
    """The desk's gateway on a real socket."""
    http = HttpServer(desk.gateway, "127.0.0.1", 0)
    await http.start()
    yield http
    await http.stop()


@asynccontextmanager
async def connected(http: HttpServer) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(http.host, http.port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()
        await asyncio.sleep(0)


async def rest(reader: asyncio.StreamReader) -> bytes:
    """All that comes before the server ends the socket."""
    async with asyncio.timeout(PATIENCE):
        try:
            return await reader.read()
        except ConnectionError:
            return b""


def order(desk: Desk) -> bytes:
    headers = {"host": "x", "content-length": str(len(LIMIT_BUY))} | desk.signature("POST", ORDER, LIMIT_BUY)
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"POST {ORDER} HTTP/1.1\r\n{lines}\r\n".encode() + LIMIT_BUY


@pytest.mark.parametrize(("kind", "orders"), [("lost_answer", 1), ("lost_request", 0)])
async def test_the_socket_is_cut_in_place_of_an_answer(
    serving: HttpServer, desk: Desk, caplog: pytest.LogCaptureFixture, kind: str, orders: int
) -> None:
    await desk.control("POST", "faults/add", kind=kind, method="POST", times=1)
    with caplog.at_level(logging.DEBUG):
        async with connected(serving) as (reader, writer):
            writer.write(order(desk))
            assert await rest(reader) == b""
    assert len((await desk.signed("GET", OPEN_ORDERS)).data) == orders
    assert serving.open_connections == 0
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_a_cut_connection_takes_nobody_with_it(serving: HttpServer, desk: Desk) -> None:
    await desk.control("POST", "faults/add", kind="lost_request", times=1)
    async with connected(serving) as (struck, asking), connected(serving) as (reader, writer):
        asking.write(GET_TIME)
        assert await rest(struck) == b""
        writer.write(GET_TIME)
        assert (await asyncio.wait_for(reader.readline(), PATIENCE)).startswith(b"HTTP/1.1 200")


async def test_what_was_answered_before_the_cut_may_be_read(serving: HttpServer, desk: Desk) -> None:
    await desk.control("POST", "faults/add", kind="lost_answer", after=1)
    async with connected(serving) as (reader, writer):
        writer.write(GET_TIME)
        assert (await asyncio.wait_for(reader.readline(), PATIENCE)).startswith(b"HTTP/1.1 200")
        writer.write(GET_TIME)
        assert b'"code":"00000"' in await rest(reader)
    assert (await desk.control("GET", "faults")).json[0]["hits"] == 1


async def test_a_garbled_answer_is_as_long_as_it_says(serving: HttpServer, desk: Desk) -> None:
    await desk.control("POST", "faults/add", kind="garbled", times=1)
    async with connected(serving) as (reader, writer):
        writer.write(GET_TIME + GET_TIME)
        codes = []
        async with asyncio.timeout(PATIENCE):
            for _ in range(2):
                head = await reader.readuntil(b"\r\n\r\n")
                body = await reader.readexactly(int(head.lower().partition(b"content-length: ")[2].split()[0]))
                codes.append((head.split()[1], body[:16], body[-2:] == b"}}"))
    assert codes == [(b"200", b'{"code":"00000",', False), (b"200", b'{"code":"00000",', True)]


async def test_a_stop_waits_for_nobody_who_is_made_to_wait(desk: Desk) -> None:
    http = HttpServer(desk.gateway, "127.0.0.1", 0)
    await http.start()
    await desk.control("POST", "faults/add", kind="latency", milliseconds=600_000)
    async with connected(http) as (reader, writer):
        writer.write(GET_TIME)
        while not (await desk.control("GET", "faults")).json[0]["hits"]:
            await asyncio.sleep(0.001)
        await http.stop()
        assert b'"code":"00000"' in await rest(reader)
