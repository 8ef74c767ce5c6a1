"""The servers of the stream measurements, told over standard input what to do; they answer in lines of JSON.

``python -m benchmarks.stream_server ours|bare``: our streams on an exchange without a market, or picows alone.
``fan-out N`` sends N tickers to everyone; ``trades RATE SECONDS`` trades, ours only.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any, ClassVar

from picows import WSListener, WSMsgType, WSTransport, ws_create_server

from papertape.config import Config
from papertape.contract.protocol.channel import Argument
from papertape.contract.spot.trade import PlaceOrder, SpotTrade
from papertape.engine.spot.markets import spot_markets
from papertape.operations.feeds.feeds import who_hears
from papertape.operations.registry import Caller
from papertape.runtime.local_exchange import LocalExchange, new_event_loop

TICKER = Argument(inst_type="SPOT", channel="ticker", inst_id="BTCUSDT")
MAKER, TAKER = Caller(1_000_000_001), Caller(1_000_000_002)
SIZE = Decimal("0.00002")
LISTENING = b'{"event":"subscribe"}'
SAMPLE = (
    b'{"action":"snapshot","arg":{"instType":"SPOT","channel":"ticker","instId":"BTCUSDT"},"data":[{"instId":"BTCUSDT",'
    b'"lastPr":"84250.00","open24h":"83062.13","high24h":"84537.61","low24h":"81229.16","change24h":"0.01430",'
    b'"bidPr":"0","askPr":"0","bidSz":"0","askSz":"0","baseVolume":"1327.107466","quoteVolume":"110021099.39",'
    b'"openUtc":"83062.13","changeUtc24h":"0.01430","ts":"1763820000000"}],"ts":1763820000000}'
)


class Bare(WSListener):
    """The floor: every connection gets the same bytes, straight from picows."""

    everyone: ClassVar[dict[WSTransport, None]] = {}

    def on_ws_connected(self, transport: WSTransport) -> None:
        """A connection; it is as if it had subscribed."""
        self.everyone[transport] = None
        transport.send(WSMsgType.TEXT, LISTENING)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """It is gone."""
        del self.everyone[transport]

    @classmethod
    async def fan_out(cls, count: int) -> None:
        """Sends the sample so many times to everyone."""
        for _ in range(count):
            for transport in cls.everyone:
                transport.send(WSMsgType.TEXT, SAMPLE)
            await asyncio.sleep(0)


class Ours:
    """Papertape's streams, on an exchange that this process drives."""

    def __init__(self, exchange: LocalExchange) -> None:
        self._exchange = exchange

    async def fan_out(self, count: int) -> None:
        """Sends the ticker so many times, made anew each time, as the feed does it."""
        broadcast = self._exchange.streams.broadcast
        for _ in range(count):
            push = broadcast.feeds.snapshot(who_hears("live", TICKER, None))
            assert push is not None, "nobody listens"
            broadcast.publish([push])
            await asyncio.sleep(0)

    async def trades(self, rate: int, seconds: float) -> list[float]:
        """Trades at a steady rate, one an order; when each order was handed in, in seconds of the monotonic clock."""
        sequencer, symbol = self._exchange.sequencer, "BTCUSDT"
        price = spot_markets(sequencer.exchange)[symbol].instrument.opening_price
        count = int(rate * seconds)
        sell = PlaceOrder(symbol=symbol, side="sell", order_type="limit", force="gtc", price=price, size=SIZE * count)
        buy = PlaceOrder(symbol=symbol, side="buy", order_type="limit", force="gtc", price=price, size=SIZE)
        await sequencer.submit(SpotTrade.place_order, MAKER, sell)
        times: list[float] = []
        waiting = []
        started = time.perf_counter()
        while len(times) < count:
            due = min(count, int((time.perf_counter() - started) * rate) + 1)
            for _ in range(due - len(times)):
                times.append(time.perf_counter())
                waiting.append(sequencer.enqueue(SpotTrade.place_order, TAKER, buy))
            await asyncio.sleep(0.0005)
        await asyncio.gather(*waiting)
        return times


async def run(kind: str) -> None:
    """Serves until standard input ends."""
    if kind == "bare":
        server = await ws_create_server(lambda request: Bare(), "127.0.0.1", 0, read_buffer_init_size=2048)
        print(f"ready http://127.0.0.1:0 ws://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
        await obey({"fan-out": _fan_out(Bare.fan_out)})
        return
    config = Config(port=0, ws_port=0, data=":memory:", market="still", limits="off")
    async with LocalExchange(config) as exchange:
        ours = Ours(exchange)
        gc.collect()
        gc.freeze()
        print(f"ready {exchange.url} {exchange.ws_url}", flush=True)
        await obey(
            {
                "fan-out": _fan_out(ours.fan_out),
                "trades": lambda words: ours.trades(int(words[0]), float(words[1])),
            }
        )


async def obey(orders: dict[str, Callable[[list[str]], Awaitable[Any]]]) -> None:
    """Does what each line says and answers with a line."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        name, *words = line.decode().split()
        print(json.dumps(await orders[name](words)), flush=True)


def _fan_out(send: Callable[[int], Awaitable[None]]) -> Callable[[list[str]], Awaitable[dict[str, float]]]:
    async def measured(words: list[str]) -> dict[str, float]:
        real, busy = time.perf_counter(), time.process_time()
        await send(int(words[0]))
        return {"seconds": time.perf_counter() - real, "cpu": time.process_time() - busy}

    return measured


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(run(sys.argv[1]))
