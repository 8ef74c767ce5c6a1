"""ccxt.pro as its users have it, on a moving market: books are checked at every update, nothing own is missed.

``PAPERTAPE_STREAM_SECONDS`` makes the watch longer than the 20 seconds of the suite.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import ccxt.pro
from picows import WSCloseCode

from papertape.config import Config
from papertape.runtime.local_exchange import LocalExchange
from tests.cli.serving import serving
from tests.compatibility.clients import AREAS, BTC, credentials

SECONDS = float(os.environ.get("PAPERTAPE_STREAM_SECONDS", "20"))
LIMITS = {"tradesLimit": 100_000, "ordersLimit": 100_000}
PUBLIC = ("watch_ticker", "watch_order_book", "watch_trades", "watch_ohlcv")
PRIVATE = ("watch_orders", "watch_balance", "watch_my_trades")


@asynccontextmanager
async def watching(rest: str, ws: str) -> AsyncIterator[Any]:
    """A ``ccxt.pro.bitget`` at this exchange that verifies checksums, as it does by default."""
    streams = {"public": f"{ws}/v2/ws/public", "private": f"{ws}/v2/ws/private"}
    api = dict.fromkeys(AREAS, rest) | {"ws": streams}
    exchange = ccxt.pro.bitget(credentials() | {"urls": {"api": api}, "options": LIMITS})
    try:
        await exchange.load_markets()
        assert exchange.handle_option("watchOrderBook", "checksum", True)
        yield exchange
    finally:
        await exchange.close()


class Watch:
    """All watch methods at once, each called again as soon as it has answered."""

    def __init__(self, exchange: Any) -> None:
        self.exchange = exchange
        self.seen: Counter[str] = Counter()
        self.broken: Counter[str] = Counter()
        self.last: dict[str, Any] = {}

    async def __aenter__(self) -> Watch:
        self._tasks = [asyncio.create_task(self._watch(name), name=name) for name in PUBLIC + PRIVATE]
        return self

    async def __aexit__(self, *failure: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def check(self) -> None:
        """Raises what any of them has raised."""
        for task in self._tasks:
            if task.done():
                task.result()

    async def until(self, condition: Callable[[], bool], seconds: float = 20) -> None:
        """Waits until the condition holds, as long as all is well."""
        async with asyncio.timeout(seconds):
            while not condition():
                self.check()
                await asyncio.sleep(0.05)

    async def _watch(self, name: str) -> None:
        arguments = () if name == "watch_balance" else (BTC,)
        while True:
            try:
                result = await getattr(self.exchange, name)(*arguments)
            except ccxt.NetworkError:
                self.broken[name] += 1
                # ccxt would merge the old book into the new connection's snapshot.
                self.exchange.orderbooks.clear()
                await asyncio.sleep(0)
                continue
            self.seen[name] += 1
            self.last[name] = result
            if name == "watch_order_book":
                assert result["bids"][0][0] < result["asks"][0][0], "a crossed book"


async def trade(exchange: Any) -> list[str]:
    """A purchase, a sale, and an order that is cancelled; their ids."""
    bought = await exchange.create_market_buy_order_with_cost(BTC, 100)
    sold = await exchange.create_order(BTC, "market", "sell", 0.001)
    rested = await exchange.create_order(BTC, "limit", "buy", 0.001, 60_000)
    await exchange.cancel_order(rested["id"], BTC)
    return [bought["id"], sold["id"], rested["id"]]


async def every(seconds: float, times: int, action: Callable[[], Awaitable[Any]]) -> list[Any]:
    """Does something again and again; the results."""
    results = []
    for _ in range(times):
        results.append(await action())
        await asyncio.sleep(seconds)
    return results


async def trade_until(watch: Watch, seen: Counter[str]) -> None:
    """Trades until every method has seen more than it had."""
    async with asyncio.timeout(20):
        while not all(watch.seen[name] > seen[name] for name in PUBLIC + PRIVATE):
            watch.check()
            await trade(watch.exchange)
            await asyncio.sleep(0.4)


async def test_everything_is_watched_and_nothing_own_is_missed() -> None:
    with serving("--seed", "7") as served:
        async with watching(served.rest, served.ws) as exchange, Watch(exchange) as watch:
            await watch.until(lambda: watch.seen["watch_balance"] > 0 and watch.seen["watch_ticker"] > 0)
            own = await every(0.5, int(SECONDS * 1.6), lambda: trade(exchange))
            ids = {number for placed in own for number in placed}
            await watch.until(lambda: ids <= {order["id"] for order in exchange.orders if order["status"] != "open"})
            fills = await exchange.fetch_my_trades(BTC, limit=100)
            await watch.until(lambda: {fill["id"] for fill in fills} <= {fill["id"] for fill in exchange.myTrades})
            free = {coin: amount for coin, amount in (await exchange.fetch_balance())["free"].items() if amount}
            await watch.until(lambda: {coin: watch.last["watch_balance"][coin]["free"] for coin in free} == free)
            watch.check()
    assert not watch.broken
    assert set(watch.seen) == {*PUBLIC, *PRIVATE}
    assert watch.seen["watch_order_book"] >= SECONDS
    numbers = [int(deal["id"]) for deal in exchange.trades[BTC]]
    assert numbers == sorted(numbers)
    assert len(numbers) == len(set(numbers))


async def test_a_disconnect_is_survived() -> None:
    config = Config(port=0, ws_port=0, data=":memory:", seed=7)
    async with (
        LocalExchange(config) as local,
        watching(local.url, local.ws_url) as exchange,
        Watch(exchange) as watch,
    ):
        for cut in (False, True, False):
            seen = watch.seen.copy()
            await trade_until(watch, seen)
            for session in list(local.streams.sessions):
                if cut:
                    session.cut()
                else:
                    session.close(WSCloseCode.SERVICE_RESTART)
        await watch.until(lambda: all(watch.broken[name] >= 3 for name in PUBLIC + PRIVATE))
        await trade_until(watch, watch.seen.copy())
