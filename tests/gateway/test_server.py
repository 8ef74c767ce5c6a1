"""The HTTP server on real sockets, with clients good, slow, rude and gone."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import getcontext

import msgspec
import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st

from papertape.engine.exchange.money import CONTEXT
from papertape.gateway import connection, server
from papertape.gateway.app import LARGEST_BODY
from papertape.gateway.server import HttpServer
from tests.gateway.desk import ASSETS, LIMIT_BUY, ORDER, TIME, Desk

GET_TIME = f"GET {TIME} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
POST = f"POST {ORDER} HTTP/1.1\r\nHost: x\r\n"
PATIENCE = 5.0


@pytest_asyncio.fixture(loop_scope="session")
async def serving(desk: Desk) -> AsyncIterator[HttpServer]:
    """The desk's gateway on a real socket, without limits."""
    http = HttpServer(Desk(desk.exchange, limits=False).gateway, "127.0.0.1", 0)
    await http.start()
    yield http
    await http.stop()


class Socket:
    """A client that speaks HTTP by hand."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    def send(self, data: bytes) -> None:
        self._writer.write(data)

    async def answer(self, *, bodiless: bool = False) -> tuple[int, bytes]:
        """Status and body of the next answer."""
        async with asyncio.timeout(PATIENCE):
            head = await self._reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head)
            assert length is not None
            body = b"" if bodiless else await self._reader.readexactly(int(length[1]))
        return int(head.split()[1]), body

    async def code(self) -> str:
        return str(msgspec.json.decode((await self.answer())[1])["code"])

    async def ended(self) -> bool:
        """Waits for the server to close."""
        async with asyncio.timeout(PATIENCE):
            try:
                return not await self._reader.read()
            except ConnectionError:
                return True

    def cut(self) -> None:
        """Leaves without a word."""
        self._writer.transport.abort()


@asynccontextmanager
async def connected(http: HttpServer) -> AsyncIterator[Socket]:
    reader, writer = await asyncio.open_connection(http.host, http.port)
    try:
        yield Socket(reader, writer)
    finally:
        writer.close()


def head(method: str, target: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    lines = "".join(f"{name.replace('_', '-').upper()}: {value}\r\n" for name, value in headers.items())
    return f"{method} {target} HTTP/1.1\r\nHost: x\r\n{lines}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def test_one_connection_serves_request_after_request(serving: HttpServer) -> None:
    async with connected(serving) as client:
        for _ in range(3):
            client.send(GET_TIME)
            assert await client.code() == "00000"


async def test_pipelined_requests_are_answered_in_order(serving: HttpServer) -> None:
    async with connected(serving) as client:
        client.send((GET_TIME + b"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n") * 50)
        assert [await client.code() for _ in range(100)] == ["00000", "40404"] * 50


async def test_no_more_wait_on_one_connection_than_are_allowed_to(
    serving: HttpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "PIPELINED", 3)
    async with connected(serving) as client:
        client.send(GET_TIME * 10)
        assert [await client.code() for _ in range(3)] == ["00000"] * 3
        assert await client.ended()


async def test_a_signed_order_arrives_in_pieces(serving: HttpServer, desk: Desk) -> None:
    request = head("POST", ORDER, desk.signature("POST", ORDER, LIMIT_BUY), LIMIT_BUY)
    async with connected(serving) as client:
        for start in range(0, len(request), 7):
            client.send(request[start : start + 7])
            await asyncio.sleep(0)
        assert await client.code() == "00000"


@pytest.mark.parametrize("query", ["?coin=%55SDT", "?coin=USDT&", "?"])
async def test_the_target_is_verified_as_sent(serving: HttpServer, desk: Desk, query: str) -> None:
    target = ASSETS + query
    async with connected(serving) as client:
        client.send(head("GET", target, desk.signature("GET", target)))
        assert await client.code() == "00000"


async def test_a_target_may_name_the_host(serving: HttpServer, desk: Desk) -> None:
    target = f"{ASSETS}?coin=USDT"
    async with connected(serving) as client:
        client.send(head("GET", f"http://x{target}", desk.signature("GET", target)))
        assert await client.code() == "00000"


async def test_the_first_of_two_headers_with_one_name_counts(serving: HttpServer, desk: Desk) -> None:
    request = head("GET", ASSETS, desk.signature("GET", ASSETS))
    async with connected(serving) as client:
        client.send(request.replace(b"\r\n\r\n", b"\r\nAccess-Key: stranger\r\n\r\n"))
        assert await client.code() == "00000"


async def test_requests_are_answered_in_the_context_that_refuses_to_round(serving: HttpServer) -> None:
    serving.gateway.add_document("/precision", "text/plain", lambda: str(getcontext().prec))
    async with connected(serving) as client:
        client.send(GET_TIME.replace(TIME.encode(), b"/precision"))
        assert (await client.answer())[1] == str(CONTEXT.prec).encode()


async def test_a_body_in_chunks_is_put_together(serving: HttpServer, desk: Desk) -> None:
    headers = desk.signature("POST", ORDER, LIMIT_BUY)
    whole = head("POST", ORDER, headers).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (LIMIT_BUY[:9], LIMIT_BUY[9:]))
    async with connected(serving) as client:
        client.send(whole + chunks + b"0\r\n\r\n")
        assert await client.code() == "00000"


async def test_a_body_over_1_mib_is_refused_before_it_has_come(serving: HttpServer) -> None:
    async with connected(serving) as client:
        client.send(f"{POST}Content-Length: {LARGEST_BODY + 1}\r\n\r\n".encode())
        status, body = await client.answer()
        assert (status, msgspec.json.decode(body)["code"]) == (413, "413")
        assert await client.ended()


async def test_a_body_without_length_is_read_no_further_than_1_mib(serving: HttpServer) -> None:
    chunk = b"10000\r\n" + b"a" * 65536 + b"\r\n"
    async with connected(serving) as client:
        client.send(f"{POST}Transfer-Encoding: chunked\r\n\r\n".encode() + chunk * 17)
        assert (await client.answer())[0] == 413
        client.send(chunk * 200)
        assert await client.ended()


async def test_a_body_of_1_mib_is_read(serving: HttpServer) -> None:
    async with connected(serving) as client:
        client.send(f"{POST}Content-Length: {LARGEST_BODY}\r\n\r\n".encode() + b" " * LARGEST_BODY)
        assert await client.code() == "40006"


@pytest.mark.parametrize(
    "junk",
    [
        b"\x00\x01\x02\xff\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        f"{POST}Content-Length: many\r\n\r\n".encode(),
        f"{POST}Content-Length: -1\r\n\r\n".encode(),
        f"{POST}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n".encode(),
        f"{POST}Transfer-Encoding: chunked\r\n\r\nzz\r\n".encode(),
    ],
)
async def test_what_is_not_http_is_a_bad_request(serving: HttpServer, junk: bytes) -> None:
    async with connected(serving) as client:
        client.send(junk)
        assert await client.code() == "400"
        assert await client.ended()


async def test_a_bad_request_waits_for_the_answer_before_it(serving: HttpServer) -> None:
    async with connected(serving) as client:
        client.send(GET_TIME + b"\x00\r\n\r\n")
        assert await client.code() == "00000"
        assert await client.ended()


async def test_a_head_has_a_bound(serving: HttpServer) -> None:
    async with connected(serving) as client:
        client.send(b"GET / HTTP/1.1\r\nA: " + b"a" * (connection.LARGEST_HEAD + 1))
        assert (await client.answer())[0] == 431


async def test_what_comes_with_a_body_has_a_bound_too(serving: HttpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "LARGEST_MESSAGE", 10_000)
    async with connected(serving) as client:
        client.send(f"{POST}Transfer-Encoding: chunked\r\n\r\n0\r\n".encode() + b"A: b\r\n" * 2000)
        assert (await client.answer())[0] == 413


async def test_head_has_no_body_and_the_connection_goes_on(serving: HttpServer) -> None:
    async with connected(serving) as client:
        client.send(GET_TIME.replace(b"GET", b"HEAD"))
        assert (await client.answer(bodiless=True))[0] == 405
        client.send(GET_TIME)
        assert await client.code() == "00000"


async def test_options_is_no_method_of_ours(serving: HttpServer) -> None:
    async with connected(serving) as client:
        client.send(GET_TIME.replace(b"GET", b"OPTIONS") + b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n")
        assert [await client.code(), await client.code()] == ["405", "40404"]


@pytest.mark.parametrize("line", ["Connection: close", "Connection: Upgrade\r\nUpgrade: h2c"])
async def test_the_connection_closes_when_it_should(serving: HttpServer, line: str) -> None:
    async with connected(serving) as client:
        client.send(GET_TIME.replace(b"Host: x", line.encode()))
        assert await client.code() == "00000"
        assert await client.ended()


async def test_expect_continue_gets_its_go_ahead(serving: HttpServer) -> None:
    async with connected(serving) as client:
        client.send(f"{POST}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n".encode())
        async with asyncio.timeout(PATIENCE):
            assert await client._reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.send(b"{}")
        assert await client.code() == "40006"


async def test_a_client_that_has_said_all_still_gets_its_answer(serving: HttpServer) -> None:
    async with connected(serving) as client:
        client.send(GET_TIME * 3)
        client._writer.write_eof()
        assert [await client.code() for _ in range(3)] == ["00000"] * 3
        assert await client.ended()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that waits a twentieth of a second for anything."""
    for name in ("IDLE_SECONDS", "HEAD_SECONDS", "BODY_SECONDS", "DRAIN_SECONDS", "LINGER_SECONDS"):
        monkeypatch.setattr(connection, name, 0.05)
    monkeypatch.setattr(server, "SWEEP_SECONDS", 0.02)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("", None),
        ("\r\n", None),
        ("GET / HT", 408),
        (f"{POST}Content-", 408),
        (f"{POST}Content-Length: 9\r\n\r\n{{", 408),
    ],
)
async def test_nobody_is_waited_for_without_end(
    impatient: None, serving: HttpServer, said: str, answer: int | None
) -> None:
    async with connected(serving) as client:
        client.send(said.encode())
        if answer:
            assert (await client.answer())[0] == answer
        assert await client.ended()


@pytest.mark.parametrize("afterwards", [b"", b"\r\n"])
async def test_a_connection_is_kept_for_a_while(impatient: None, serving: HttpServer, afterwards: bytes) -> None:
    async with connected(serving) as client:
        client.send(GET_TIME)
        assert await client.code() == "00000"
        client.send(afterwards)
        assert await client.ended()


async def test_dripping_wins_no_time(impatient: None, serving: HttpServer) -> None:
    async with connected(serving) as client:
        client.send(f"{POST}Content-Length: 1000\r\n\r\n".encode())
        answer = asyncio.create_task(client.answer())
        while not answer.done():
            client.send(b"a")
            await asyncio.sleep(0.01)
        assert (await answer)[0] == 408


async def test_a_client_that_takes_no_answers_is_let_go(impatient: None, serving: HttpServer) -> None:
    big = b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"
    async with connected(serving) as greedy:
        greedy._writer.transport.pause_reading()
        greedy.send(big * 500)
        async with asyncio.timeout(PATIENCE):
            while serving.open_connections:
                await asyncio.sleep(0.01)
    assert not serving.open_connections


async def test_hundreds_of_half_open_clients_hold_nothing_up(serving: HttpServer) -> None:
    crowd = [await asyncio.open_connection(serving.host, serving.port) for _ in range(500)]
    for number, (_, writer) in enumerate(crowd):
        writer.write([b"", b"GET / HTTP/1.1\r\nHost", f"{POST}Content-Length: 9\r\n\r\n".encode()][number % 3])
    async with connected(serving) as client:
        client.send(GET_TIME)
        assert await client.code() == "00000"
    for _, writer in crowd:
        writer.close()


async def test_the_idle_make_room_for_one_more(serving: HttpServer) -> None:
    serving.connections.most = 3
    async with connected(serving) as oldest, connected(serving), connected(serving):
        await asyncio.sleep(0.01)
        async with connected(serving) as newest:
            newest.send(GET_TIME)
            assert await newest.code() == "00000"
        assert await oldest.ended()


async def test_an_order_stands_though_its_client_has_left(serving: HttpServer, desk: Desk) -> None:
    before = desk.exchange.sequencer.exchange.sequence
    async with connected(serving) as client:
        client.send(head("POST", ORDER, desk.signature("POST", ORDER, LIMIT_BUY), LIMIT_BUY))
        await client._writer.drain()
        async with asyncio.timeout(PATIENCE):
            while desk.exchange.sequencer.exchange.sequence == before and not desk.exchange.sequencer.waiting:
                await asyncio.sleep(0)
        client.cut()
    async with connected(serving) as client:
        client.send(GET_TIME)
        assert await client.code() == "00000"
    assert desk.exchange.sequencer.exchange.sequence == before + 1


async def test_a_stop_closes_every_connection_at_once(desk: Desk) -> None:
    http = HttpServer(desk.gateway, "127.0.0.1", 0)
    await http.start()
    async with connected(http) as idle, connected(http) as slow:
        slow.send(f"{POST}Content-Length: 9\r\n\r\n".encode())
        await asyncio.sleep(0.01)
        async with asyncio.timeout(PATIENCE):
            await http.stop()
        assert await idle.ended()
        assert await slow.ended()
    assert http.open_connections == 0
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(http.host, http.port)


async def test_a_taken_port_is_told(serving: HttpServer, desk: Desk) -> None:
    with pytest.raises(OSError, match="in use"):
        await HttpServer(desk.gateway, "127.0.0.1", serving.port).start()


async def test_random_bytes_never_make_a_server_error(serving: HttpServer) -> None:
    """Bytes from blocking sockets in a thread, since hypothesis waits for nobody."""
    pieces = [GET_TIME, b"GET ", b"POST ", b" HTTP/1.1\r\n", b"\r\n\r\n", b"Content-Length: 5\r\n", ORDER.encode()]
    statuses: set[int] = set()

    @settings(max_examples=150)
    @given(st.lists(st.sampled_from(pieces) | st.binary(max_size=30), max_size=8))
    def throw(parts: list[bytes]) -> None:
        with socket.create_connection((serving.host, serving.port), timeout=PATIENCE) as client:
            client.sendall(b"".join(parts))
            client.shutdown(socket.SHUT_WR)
            answers = b""
            while received := client.recv(65536):
                answers += received
        statuses.update(map(int, re.findall(rb"HTTP/1.1 (\d+)", answers)))

    await asyncio.to_thread(throw)
    assert statuses <= {200, 400, 404, 405, 408, 413, 431}
    assert statuses >= {200, 400}
