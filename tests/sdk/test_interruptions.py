"""A call that is cancelled or interrupted leaves nothing behind: no half-read connection, no turn taken, no secret."""

from __future__ import annotations

import asyncio
import copy
import os
import pickle
import signal
import socket
import threading
import time
from collections.abc import Iterator

import pytest

import papertape
from papertape import AsyncClient, BitgetError, Client, Environment, NetworkError, RequestTimeout
from papertape.sdk.http_request import HttpRequest
from papertape.sdk.limiter import MARGIN
from tests.sdk.recording import Answer, RecordingServer


async def cancelled(client: AsyncClient, seconds: float = 0.05) -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(client.public.time(), seconds)


def test_a_cancelled_call_leaves_no_half_read_connection(server: RecordingServer) -> None:
    async def main() -> None:
        async with AsyncClient(server.environment) as client:
            await client.public.time()
            server.answers = [Answer(wait=True)]
            await cancelled(client)
            assert (await client.public.time()).server_time == 1_700_000_000_123

    asyncio.run(main())
    assert server.connections == 2


def test_a_cancelled_wait_gives_its_turn_back(server: RecordingServer) -> None:
    async def main() -> None:
        async with AsyncClient(server.environment) as client:
            for _ in range(20):
                await client.public.time()
            for _ in range(60):
                await cancelled(client, 0.001)
            began = time.monotonic()
            await client.public.time()
            assert time.monotonic() - began < 2 * MARGIN

    asyncio.run(main())
    assert len(server.received) == 21


def test_an_interrupted_call_leaves_no_half_read_connection(server: RecordingServer, client: Client) -> None:
    client.public.time()
    server.answers = [Answer(wait=True)]
    threading.Timer(0.1, os.kill, [os.getpid(), signal.SIGINT]).start()
    with pytest.raises(KeyboardInterrupt):
        client.public.time()
    assert client.public.time().server_time == 1_700_000_000_123
    assert server.connections == 2


def test_a_429_that_wants_longer_than_the_clients_patience_is_told_at_once(
    server: RecordingServer, client: Client
) -> None:
    server.answers = [Answer(b"{}", 429, {"Retry-After": "3600"})]
    with pytest.raises(papertape.RateLimited) as caught:
        client.public.time()
    assert caught.value.retry_after == 3600
    assert len(server.received) == 1


@pytest.fixture
def full() -> Iterator[Environment]:
    """An address where nobody accepts: connecting takes for ever."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        port = listener.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(("127.0.0.1", port))
        yield Environment(rest=f"http://127.0.0.1:{port}", ws="ws://127.0.0.1:1")
        for each in waiting:
            each.close()


def test_a_connection_that_takes_too_long_has_sent_nothing(full: Environment) -> None:
    with Client(full, timeout=0.1, retries=0) as client, pytest.raises(RequestTimeout, match="no connection") as caught:
        client.public.time()
    assert not caught.value.sent

    async def same() -> None:
        async with AsyncClient(full, timeout=0.1, retries=0) as other:
            with pytest.raises(RequestTimeout, match="no connection") as seen:
                await other.public.time()
            assert not seen.value.sent

    asyncio.run(same())


def kept(error: BaseException) -> bytes:
    """All that an error takes along to another process."""
    return pickle.dumps(error) + repr(error).encode() + repr(vars(error)).encode()


def test_no_error_keeps_a_secret(server: RecordingServer) -> None:
    server.answers = [Answer(status=None)] * 2
    with Client(server.environment, passphrase="hush-hush", retries=0, control_token="open-sesame") as client:
        for call in (client.spot.account.assets, client.control.users):
            with pytest.raises(NetworkError) as caught:
                call()
            assert caught.value.request is not None
            assert not [word for word in (b"hush-hush", b"ACCESS-SIGN", b"open-sesame") if word in kept(caught.value)]


def test_a_secret_that_no_header_can_hold_is_refused_and_not_shown(server: RecordingServer) -> None:
    for wrong in ("hush-hush\n", "hush-hüsh ☂"):
        with pytest.raises(ValueError, match="passphrase") as caught:
            Client(server.environment, passphrase=wrong)
        assert "hush" not in str(caught.value)


FAMILIES = [
    kind
    for name in papertape.__all__
    if isinstance(kind := getattr(papertape, name), type) and issubclass(kind, Exception)
]


@pytest.mark.parametrize("family", FAMILIES)
def test_errors_can_be_copied_and_sent_to_another_process(family: type[Exception]) -> None:
    error = family("too much")
    if isinstance(error, BitgetError):
        error = family("too much", request=HttpRequest("POST", "/x?a=1", {}, b"{}", "signed"))
        error.add_note("seen by the desk")
    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert (type(other), str(other), other.args) == (family, str(error), error.args)
        assert repr(vars(other)) == repr(vars(error))
