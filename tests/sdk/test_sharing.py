"""Clients that are shared between threads, processes and event loops, and clients that nobody closes."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor

import pytest

from papertape import AsyncClient, Client, Limiter
from papertape.contract.protocol.endpoint import Limit
from tests.sdk.recording import Answer, RecordingServer


def test_a_client_that_nobody_closes_closes_its_connections_itself(server: RecordingServer) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        client = Client(server.environment)
        client.public.time()
        del client
        gc.collect()
    assert len(server.received) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes fork on Unix")
def test_a_forked_process_uses_connections_of_its_own(server: RecordingServer, client: Client) -> None:
    client.public.time()
    child = os.fork()
    if child == 0:
        try:
            client.public.time()
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    client.public.time()
    assert [sent.connection for sent in server.received] == [1, 2, 1]


def test_an_async_client_goes_from_one_event_loop_to_the_next(server: RecordingServer) -> None:
    client = AsyncClient(server.environment)

    async def read() -> int:
        return (await client.public.time()).server_time

    async def read_and_close() -> None:
        await asyncio.gather(*(read() for _ in range(3)))
        await client.close()

    server.answers = [Answer(then_close=True)]
    assert asyncio.run(read()) == 1_700_000_000_123
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        asyncio.run(read_and_close())
        gc.collect()
    assert len(server.received) == 4


def test_an_async_client_serves_one_event_loop_at_a_time(server: RecordingServer) -> None:
    async def main() -> None:
        async with AsyncClient(server.environment) as client:
            await client.public.time()
            with pytest.raises(RuntimeError, match="one event loop at a time"):
                await asyncio.to_thread(lambda: asyncio.run(client.public.time()))
            await client.public.time()

    asyncio.run(main())
    assert len(server.received) == 2


def test_an_async_client_that_nobody_closes_says_so(server: RecordingServer) -> None:
    async def main() -> None:
        client = AsyncClient(server.environment)
        await client.public.time()
        del client
        gc.collect()

    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        asyncio.run(main())
        gc.collect()
        told = [str(each.message) for each in seen]
        seen.clear()
        gc.collect()
    assert [text for text in told if "AsyncClient was not closed" in text]


def test_threads_together_keep_to_a_limit() -> None:
    limiter, limit = Limiter(lambda: 0.0), Limit(10, "uid")
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(8) as threads:
            waits = list(threads.map(lambda _: limiter.turn("/a", limit, "k", urgent=False, patience=1e9), range(400)))
    finally:
        sys.setswitchinterval(before)
    assert {waits.count(each) for each in set(waits)} == {10}
