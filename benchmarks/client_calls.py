"""One call after another over loopback, to a server that answers at once: what is left is the client's own time.

The floor sends the same bytes with the HTTP library alone: nothing signed, nothing read from the answer.
"""

from __future__ import annotations

import asyncio
import gc
import http.client
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

import aiohttp
import ccxt
import ccxt.async_support
from typed_bitget.classic import Classic
from typed_bitget.core import auth
from typed_bitget.core.transport.http import HttpRpcClient

from benchmarks.client_signing import KEY, ORDER, PASSPHRASE, PRICE, SECRET, SIZE, sending
from benchmarks.figures import console, median, microseconds, ratio, show
from benchmarks.servers import Server, answering
from papertape import AsyncClient, Client
from papertape.contract.protocol.wire import Nothing
from papertape.contract.public import Public
from papertape.contract.spot.trade import PlaceOrder, SpotTrade
from papertape.sdk.environment import at

AIM_RATIO = "1.30"
CALLS = 100
ROUNDS = 30
OURS, FLOOR = "papertape", "the HTTP library alone"
CCXT = {"apiKey": KEY, "secret": SECRET, "password": PASSPHRASE, "enableRateLimit": False}
AREAS = ("spot", "common")

Kind = Literal["time", "order"]
KINDS: dict[Kind, str] = {"time": "public time", "order": "signed place-order"}
Calls = dict[str, Callable[[], object]]
AsyncCalls = dict[str, Callable[[], Awaitable[Any]]]
"""For each client what makes one call."""


def measure() -> None:
    """Print the table."""
    console.print("[bold]Client[/bold]: calls over loopback", style="dim")
    with answering() as server:
        rows = []
        for kind, title in KINDS.items():
            rows += _rows(f"{title}, sync, http.client", synchronous(server, kind, CALLS, ROUNDS))
            rows += _rows(f"{title}, async, aiohttp", asyncio.run(asynchronous(server, kind, CALLS, ROUNDS)))
    show(
        "One call after another over loopback",
        ["", "microseconds", "ratio to the floor", "aim"],
        rows,
        ["floor: the same request, prepared, with the HTTP library alone; the answer is read as bytes"],
    )


def _rows(title: str, times: dict[str, float]) -> list[list[str]]:
    return [
        [f"{title}: {name}", microseconds(each), ratio(each, times[FLOOR]), AIM_RATIO if name == OURS else "-"]
        for name, each in times.items()
    ]


def synchronous(server: Server, kind: Kind, calls: int, rounds: int) -> dict[str, float]:
    """Seconds a call by client: each in turn, several times, so that a disturbance hits all of them alike."""
    with synchronous_clients(server, kind) as makers:
        times: dict[str, list[float]] = {name: [] for name in makers}
        for _ in range(rounds):
            for name, call in makers.items():
                gc.collect()
                began = time.perf_counter()
                for _ in range(calls):
                    call()
                times[name].append((time.perf_counter() - began) / calls)
    return {name: median(each) for name, each in times.items()}


async def asynchronous(server: Server, kind: Kind, calls: int, rounds: int) -> dict[str, float]:
    """The same with each of the asynchronous clients."""
    clients = AsyncClients(server)
    try:
        makers = clients.calls(kind)
        times: dict[str, list[float]] = {name: [] for name in makers}
        for _ in range(rounds):
            for name, call in makers.items():
                gc.collect()
                began = time.perf_counter()
                for _ in range(calls):
                    await call()
                times[name].append((time.perf_counter() - began) / calls)
    finally:
        await clients.close()
    return {name: median(each) for name, each in times.items()}


@contextmanager
def synchronous_clients(server: Server, kind: Kind) -> Iterator[Calls]:
    """The floor, ours and ccxt, connected to the server."""
    place = at(_address(server))
    bare, rival = http.client.HTTPConnection("127.0.0.1", server.port), _ccxt(ccxt, server)
    method, target, headers, body = _prepared(kind)

    def alone() -> bytes:
        bare.request(method, target, body or None, headers)
        return bare.getresponse().read()

    with Client(place, key=KEY, secret=SECRET, passphrase=PASSPHRASE, limits="off") as client:
        trade = client.spot.trade
        yield {
            FLOOR: alone,
            OURS: client.public.time if kind == "time" else lambda: trade.place_order(
                symbol="BTCUSDT", side="buy", order_type="limit", force="gtc", price=PRICE, size=SIZE,
                client_oid="benchmark-1",
            ),
            "ccxt": rival.public_common_get_v2_public_time if kind == "time" else
            lambda: rival.private_spot_post_v2_spot_trade_place_order(dict(ORDER)),
        }  # fmt: skip
    bare.close()
    rival.close()


class AsyncClients:
    """The floor, ours, ccxt and typed-bitget, each with one connection of its own."""

    def __init__(self, server: Server) -> None:
        self.address = _address(server)
        self.bare = aiohttp.ClientSession()
        self.client = AsyncClient(at(self.address), key=KEY, secret=SECRET, passphrase=PASSPHRASE, limits="off")
        self.ccxt = _ccxt(ccxt.async_support, server)
        credentials = auth.resolve_credentials(KEY, SECRET, PASSPHRASE, public=False)
        self.rpc: Any = HttpRpcClient(base_url=self.address, credentials=credentials)
        self.typed = Classic(client=self.rpc)

    async def close(self) -> None:
        """Closes every connection."""
        await self.bare.close()
        await self.client.close()
        await self.ccxt.close()
        await self.rpc.__aexit__(None, None, None)

    def calls(self, kind: Kind) -> AsyncCalls:
        """One call of each."""
        method, target, headers, body = _prepared(kind)

        async def alone() -> bytes:
            async with self.bare.request(method, self.address + target, data=body or None, headers=headers) as reply:
                return await reply.read()

        if kind == "time":
            return {
                FLOOR: alone,
                OURS: self.client.public.time,
                "ccxt": self.ccxt.public_common_get_v2_public_time,
                "typed-bitget": self.typed.common.time,
            }
        order: Any = ORDER
        return {
            FLOOR: alone,
            OURS: lambda: self.client.spot.trade.place_order(
                symbol="BTCUSDT", side="buy", order_type="limit", force="gtc", price=PRICE, size=SIZE,
                client_oid="benchmark-1",
            ),
            "ccxt": lambda: self.ccxt.private_spot_post_v2_spot_trade_place_order(dict(ORDER)),
            "typed-bitget": lambda: self.typed.spot.order.place(order),
        }  # fmt: skip


def _address(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}"


def _ccxt(package: Any, server: Server) -> Any:
    return package.bitget(CCXT | {"urls": {"api": dict.fromkeys(AREAS, _address(server))}})


def _prepared(kind: Kind) -> tuple[str, str, dict[str, str], bytes]:
    """The request that our client would send, made once."""
    order = PlaceOrder(
        symbol="BTCUSDT", side="buy", order_type="limit", force="gtc", price=PRICE, size=SIZE, client_oid="benchmark-1"
    )
    sent = sending(Public.time, Nothing()) if kind == "time" else sending(SpotTrade.place_order, order)
    return sent.message.method, sent.message.target, sent.headers, sent.message.body
