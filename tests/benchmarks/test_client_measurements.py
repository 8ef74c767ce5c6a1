"""The client's measurements measure what they say: the same order is signed, every call answered, every book kept."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import msgspec
import pytest

from benchmarks import client_books, client_calls, client_signing
from benchmarks.client import started
from benchmarks.client_calls import FLOOR, KINDS, AsyncClients, Kind
from benchmarks.servers import Server, answering
from papertape.contract.protocol.signing import prehash, verify_hmac
from papertape.sdk.streams.book.order_book import OrderBook


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with answering() as server:
        yield server


def test_an_interpreter_that_imports_more_is_larger() -> None:
    bare, loaded = started("pass"), started("import http.client")
    assert 0 < bare.size < loaded.size
    assert loaded.seconds > 0


@pytest.mark.parametrize("make", [client_signing.ours, client_signing.of_ccxt, client_signing.of_typed_bitget])
def test_everyone_signs_the_same_order(make: client_signing.Maker) -> None:
    timestamp, body, signature = make()()
    assert msgspec.json.decode(body) == client_signing.ORDER
    message = prehash(timestamp, "POST", client_signing.PATH, body.encode())
    assert verify_hmac(client_signing.SECRET, message, signature)
    assert client_signing.timed(make(), 3) > 0


@pytest.mark.parametrize("kind", KINDS)
async def test_everyone_calls_and_is_answered(server: Server, kind: Kind) -> None:
    said = b"serverTime" if kind == "time" else b"orderId"
    with client_calls.synchronous_clients(server, kind) as calls:
        assert list(calls) == [FLOOR, "papertape", "ccxt"]
        answer = calls[FLOOR]()
        assert isinstance(answer, bytes)
        assert said in answer
    clients = AsyncClients(server)
    try:
        assert said in await clients.calls(kind)[FLOOR]()
    finally:
        await clients.close()
    assert all(seconds > 0 for seconds in client_calls.synchronous(server, kind, 3, 1).values())
    times = await client_calls.asynchronous(server, kind, 3, 1)
    assert list(times) == [FLOOR, "papertape", "ccxt", "typed-bitget"]


async def test_every_book_is_kept() -> None:
    tape = await client_books.recorded(8, 2)
    assert len(tape) == 9
    ours, theirs = OrderBook("BTCUSDT"), client_books.Ccxt()
    read = client_books.ours(ours)
    for push in tape:
        read(push)
        theirs.read(push)
    [book] = theirs.exchange.orderbooks.values()
    assert ours.verified_by == "checksum"
    assert [(Decimal(str(price)), Decimal(str(size))) for price, size, _ in book["bids"]] == ours.bids
    assert set(await client_books.timed(tape, 1)) == {"papertape", "ccxt.pro", "typed-bitget"}
