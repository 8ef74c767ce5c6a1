"""The streams: fan-out beside a bare picows broadcast, latency from order to push, memory a connection."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from benchmarks.figures import console, median, milliseconds, rate, ratio, show
from benchmarks.servers import resident
from papertape.runtime.local_exchange import new_event_loop

CONNECTIONS = 200
TICKERS = 2000
ROUNDS = 5
TRADES_A_SECOND, TRADE_SECONDS = 1000, 5
CROWD = 1000
TICKER = {"instType": "SPOT", "channel": "ticker", "instId": "BTCUSDT"}
TRADE = {"instType": "SPOT", "channel": "trade", "instId": "BTCUSDT"}
PATIENCE = 30.0


class Reader(WSListener):
    """A subscriber that counts what comes, and notes when if asked to."""

    def __init__(self, argument: dict[str, str], *, times: bool = False) -> None:
        self.argument = argument
        self.count = 0
        self.ready = False
        self.times: list[tuple[float, bytes]] | None = [] if times else None

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Subscribes; the bare server does not listen."""
        transport.send(WSMsgType.TEXT, json.dumps({"op": "subscribe", "args": [self.argument]}))

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """A message."""
        self.ready = True
        self.count += 1
        if self.times is not None:
            self.times.append((time.perf_counter(), frame.get_payload_as_bytes()))


class Server:
    """A server of the measurements: a process that is told what to do."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process, self.port = process, port

    async def told(self, order: str) -> Any:
        """Its answer to an order."""
        process = self.process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{order}\n")
        process.stdin.flush()
        return json.loads(await asyncio.to_thread(process.stdout.readline))

    def memory(self) -> int:
        """Its resident memory in bytes."""
        return resident(self.process.pid)


def measure() -> None:
    """Print the table."""
    console.print("[bold]Streams[/bold]", style="dim")
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(_measure())


async def _measure() -> None:
    ours, bare = [], []
    for _ in range(ROUNDS):
        ours.append(await fan_out("ours"))
        bare.append(await fan_out("bare"))
    messages = [median([number for number, _ in figures]) for figures in (ours, bare)]
    cpu = [median([number for _, number in figures]) for figures in (ours, bare)]
    late = await latencies()
    memory = [await memory_of("ours"), await memory_of("bare")]
    show(
        "Streams",
        ["", "ours", "aim", "bare picows", "ratio"],
        [
            [f"one ticker to {CONNECTIONS} connections, messages/s", rate(messages[0]), "0.80 of bare",
             rate(messages[1]), ratio(messages[0], messages[1])],
            ["CPU a message, us", f"{cpu[0] * 1e6:.2f}", "-", f"{cpu[1] * 1e6:.2f}", ratio(cpu[0], cpu[1])],
            [f"order to trade push at {TRADES_A_SECOND} trades/s, p50 ms", milliseconds(median(late)), "-", "-", "-"],
            ["p99 ms", milliseconds(sorted(late)[int(len(late) * 0.99)]), "-", "-", "-"],
            ["memory a connection, KiB", f"{memory[0] / 1024:.1f}", "-", f"{memory[1] / 1024:.1f}",
             ratio(memory[0], memory[1])],
        ],
        ["order to push: handed to the journal (in memory), matched, pushed, read by another process"],
    )  # fmt: skip


async def fan_out(kind: str, connections: int = CONNECTIONS, tickers: int = TICKERS) -> tuple[float, float]:
    """Messages a second, from the first sent to the last read, and seconds of CPU a message at the server."""
    async with serving(kind) as server, reading(server, TICKER, connections) as readers:
        before = sum(reader.count for reader in readers)
        started = time.perf_counter()
        told = await server.told(f"fan-out {tickers}")
        total = connections * tickers
        await until(lambda: sum(reader.count for reader in readers) - before >= total)
        return total / (time.perf_counter() - started), told["cpu"] / total


async def latencies(per_second: int = TRADES_A_SECOND, seconds: float = TRADE_SECONDS) -> list[float]:
    """Seconds from an order's being handed in to the push of its trade being read, a figure a trade."""
    async with serving("ours") as server, reading(server, TRADE, 1, times=True) as (reader,):
        assert reader.times is not None
        await until(lambda: reader.count == 2)
        reader.times.clear()
        handed_in = await server.told(f"trades {per_second} {seconds}")
        await until(lambda: reader.count - 2 >= len(handed_in))
        return [read - given for given, (read, _) in zip(handed_in, reader.times, strict=True)]


async def memory_of(kind: str, connections: int = CROWD) -> float:
    """Bytes by which a server grows with each connection that subscribes."""
    async with serving(kind) as server:
        async with reading(server, TICKER, 10):
            await asyncio.sleep(0.5)
            before = server.memory()
        async with reading(server, TICKER, connections):
            return (server.memory() - before) / connections


@asynccontextmanager
async def serving(kind: str) -> AsyncIterator[Server]:
    """A server of this kind, until the block ends."""
    command = [sys.executable, "-m", "benchmarks.stream_server", kind]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        ready = await asyncio.to_thread(process.stdout.readline)
        yield Server(process, int(ready.rpartition(":")[2]))
    finally:
        process.terminate()
        process.communicate()


@asynccontextmanager
async def reading(
    server: Server, argument: dict[str, str], connections: int, *, times: bool = False
) -> AsyncIterator[list[Reader]]:
    """So many subscribers, each acknowledged."""
    readers, transports = [], []
    for _ in range(connections):
        reader = Reader(argument, times=times)
        url = f"ws://127.0.0.1:{server.port}/v2/ws/public"
        transport, _ = await ws_connect(lambda reader=reader: reader, url)
        readers.append(reader)
        transports.append(transport)
    try:
        await until(lambda: all(reader.ready for reader in readers))
        await asyncio.sleep(0.2)
        yield readers
    finally:
        for transport in transports:
            transport.disconnect(False)
        await asyncio.sleep(0.1)


async def until(condition: Any) -> None:
    """Waits until the condition holds."""
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.001)
