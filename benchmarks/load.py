"""The load: a process that keeps some connections busy with orders made and signed beforehand.

Cheap on purpose, so that it is the server that is measured: bare sockets on the event loop, one request under way
on each connection. ``run`` starts the process; the module itself is that process.
"""

from __future__ import annotations

import asyncio
import gc
import hashlib
import hmac
import subprocess
import sys
import time
from base64 import b64encode
from functools import partial
from typing import Literal

import msgspec


class Load(msgspec.Struct, frozen=True):
    """What to send: ``requests`` in all, alternately a sale of one trader and the purchase of another that fills it."""

    target: Literal["papertape", "matching-engine"]
    port: int
    connections: int
    requests: int
    price: str
    size: str
    secret: str = "papertape-secret"


class Measured(msgspec.Struct, frozen=True):
    """What came of it; times in seconds. ``refusal`` is the first reply that was no success, or empty."""

    seconds: float
    answered: int
    refused: int
    refusal: str
    p50: float
    p99: float

    @property
    def rate(self) -> float:
        """Successful requests a second."""
        return (self.answered - self.refused) / self.seconds


def run(load: Load) -> Measured:
    """Put the load on a server, from a process of its own; a server that refuses is not measured."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load"], input=msgspec.json.encode(load), capture_output=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    measured = msgspec.json.decode(done.stdout, type=Measured)
    if measured.refused:
        raise RuntimeError(f"{measured.refused} of {measured.answered} refused: {measured.refusal}")
    return measured


def request(load: Load, place: int) -> bytes:
    """The bytes of one request."""
    seller = place % 2 == 0
    if load.target == "matching-engine":
        return _peer_order(load, seller)
    return _signed_order(load, seller)


def _signed_order(load: Load, seller: bool) -> bytes:
    path, timestamp = "/api/v2/spot/trade/place-order", str(time.time_ns() // 1_000_000)
    body = (
        f'{{"symbol":"BTCUSDT","side":"{"sell" if seller else "buy"}","orderType":"limit","force":"gtc",'
        f'"price":"{load.price}","size":"{load.size}"}}'
    )
    key = "papertape-key" if seller else "papertape-key-2"
    digest = hmac.digest(load.secret.encode(), f"{timestamp}POST{path}{body}".encode(), hashlib.sha256)
    return _post(
        path,
        body,
        f"ACCESS-KEY: {key}\r\nACCESS-SIGN: {b64encode(digest).decode()}\r\n"
        f"ACCESS-TIMESTAMP: {timestamp}\r\nACCESS-PASSPHRASE: papertape\r\nlocale: en-US\r\n",
    )


def _peer_order(load: Load, seller: bool) -> bytes:
    account, side = (1, "sell") if seller else (2, "buy")
    body = f'{{"account":{account},"side":"{side}","price":"{load.price}","quantity":"{load.size}"}}'
    return _post("/markets/BTC-USDT/orders", body, "")


def _post(path: str, body: str, headers: str) -> bytes:
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}Content-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


class Connection(asyncio.Protocol):
    """One keep-alive connection: sends the next request when the last one is answered."""

    def __init__(self, requests: list[bytes], success: bytes) -> None:
        self.requests, self.success = requests, success
        self.latencies: list[float] = []
        self.refusals: list[bytes] = []
        self.done = asyncio.get_running_loop().create_future()
        self.received = b""
        self.place = 0
        self.sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport; ``begin`` sends the first request."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def begin(self) -> None:
        """Send the next request."""
        self.sent = time.perf_counter()
        self.transport.write(self.requests[self.place])
        self.place += 1

    def data_received(self, data: bytes) -> None:
        """Take the reply once it is whole."""
        self.received += data
        end = self.received.find(b"\r\n\r\n") + 4
        if end < 4 or len(self.received) < end + _length(self.received[:end]):
            return
        self.latencies.append(time.perf_counter() - self.sent)
        if self.success not in self.received:
            self.refusals.append(self.received)
        self.received = b""
        if self.place < len(self.requests):
            self.begin()
        elif not self.done.done():
            self.done.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """A connection that ends early fails the run."""
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("the server closed the connection"))


def _length(head: bytes) -> int:
    name = head.lower().find(b"content-length:")
    return int(head[name + 15 : head.find(b"\r\n", name)]) if name >= 0 else 0


async def send(load: Load) -> Measured:
    """Open the connections, sign, then send everything and wait for every reply."""
    success = b'"code":"00000"' if load.target == "papertape" else b'"status":"'
    loop = asyncio.get_running_loop()
    each = load.requests // load.connections
    opened = []
    for number in range(load.connections):
        requests = [request(load, number + place) for place in range(each)]
        _, connection = await loop.create_connection(partial(Connection, requests, success), "127.0.0.1", load.port)
        opened.append(connection)
    gc.disable()
    started = time.perf_counter()
    for connection in opened:
        connection.begin()
    await asyncio.gather(*(connection.done for connection in opened))
    seconds = time.perf_counter() - started
    latencies = sorted(latency for connection in opened for latency in connection.latencies)
    refusals = [refusal for connection in opened for refusal in connection.refusals]
    for connection in opened:
        connection.transport.close()
    return Measured(
        seconds=seconds,
        answered=len(latencies),
        refused=len(refusals),
        refusal=refusals[0].decode() if refusals else "",
        p50=latencies[len(latencies) // 2],
        p99=latencies[len(latencies) * 99 // 100],
    )


if __name__ == "__main__":
    measured = asyncio.run(send(msgspec.json.decode(sys.stdin.buffer.read(), type=Load)))
    sys.stdout.buffer.write(msgspec.json.encode(measured))
