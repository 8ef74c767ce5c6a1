"""Connections are kept, shared between threads, and replaced when the other side has hung up."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from papertape import AsyncClient, Client
from tests.sdk.recording import Answer, RecordingServer


def test_calls_share_one_connection(server: RecordingServer, client: Client) -> None:
    for _ in range(5):
        client.public.time()
    assert server.connections == 1
    assert len(server.received) == 5


def test_a_client_with_other_options_shares_the_connection(server: RecordingServer, client: Client) -> None:
    client.public.time()
    client.with_options(timeout=1).public.time()
    assert server.connections == 1


def test_an_idle_connection_that_was_closed_is_replaced(server: RecordingServer, client: Client) -> None:
    server.answers = [Answer(then_close=True)]
    client.public.time()
    server.hang_up()
    client.request("POST", "/api/v2/spot/trade/place-order", body={"a": "1"})
    assert server.connections == 2
    assert len(server.received) == 2


def test_a_server_that_does_not_keep_connections_is_obeyed(server: RecordingServer, client: Client) -> None:
    server.answers = [Answer(headers={"Connection": "close"}, then_close=True) for _ in range(2)]
    client.public.time()
    client.public.time()
    assert server.connections == 2


def test_a_header_that_would_be_two_is_refused(server: RecordingServer, client: Client) -> None:
    with pytest.raises(ValueError, match="line end"):
        client.with_options(headers={"X-Tag": "one\r\nX-Other: two"}).public.time()
    assert server.received == []
    assert client.public.time().server_time == 1_700_000_000_123


def test_a_request_goes_out_whole(server: RecordingServer, client: Client) -> None:
    client.request("POST", "/api/v2/x", body={"note": "ü"})
    assert server.last.headers["content-length"] == str(len(server.last.body))
    assert server.last.headers["host"] == f"127.0.0.1:{server.port}"
    client.request("POST", "/api/v2/x")
    assert (server.last.headers["content-length"], server.last.body) == ("0", b"")


def test_many_threads_use_one_client(server: RecordingServer, client: Client) -> None:
    with ThreadPoolExecutor(8) as threads:
        times = list(threads.map(lambda _: client.public.time().server_time, range(200)))
    assert times == [1_700_000_000_123] * 200
    assert server.connections <= 8
    assert {sent.target for sent in server.received} == {"/api/v2/public/time"}


def test_async_calls_run_side_by_side(server: RecordingServer) -> None:
    async def many() -> list[int]:
        async with AsyncClient(server.environment) as client:
            replies = await asyncio.gather(*(client.public.time() for _ in range(50)))
            task = asyncio.create_task(client.public.time())
            return [reply.server_time for reply in [*replies, await task]]

    assert asyncio.run(many()) == [1_700_000_000_123] * 51


def test_an_async_client_closed_says_so(server: RecordingServer) -> None:
    async def closed() -> None:
        client = AsyncClient(server.environment)
        await client.close()
        with pytest.raises(RuntimeError, match="closed"):
            await client.public.time()

    asyncio.run(closed())
    assert server.connections == 0
