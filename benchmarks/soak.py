"""A crowd on the moving market: ``python -m benchmarks.soak [MINUTES] [CONNECTIONS] [CHANNELS]`` (10, 100 and 50).

Every connection follows its own choice of channels and checks what it reads: each book update follows on from the
one before and, on some connections, has the right checksum; trades and candles come once each and in their order.
The server's memory is noted as time goes by.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from zlib import crc32

import msgspec
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from benchmarks.figures import console, mebibytes, rate, show
from benchmarks.servers import papertape
from papertape.contract.channels import CHANNELS
from papertape.data import load
from papertape.runtime.local_exchange import new_event_loop

CHECKED = 10
"""Connections that rebuild their books and check every checksum."""

WARM_UP_SECONDS = 240.0
"""At most, until every candle that is followed has come: months of minutes are made for the first who asks."""

SAMPLES = 20


class Message(msgspec.Struct):
    """A push, its rows unread."""

    arg: dict[str, str]
    data: msgspec.Raw
    action: str = ""
    event: str = ""
    code: int = 0


class Update(msgspec.Struct):
    """A row of a book channel."""

    asks: list[tuple[str, str]]
    bids: list[tuple[str, str]]
    checksum: int
    seq: int
    pseq: int


class Trade(msgspec.Struct):
    """A row of a trade channel."""

    trade_id: str = msgspec.field(name="tradeId")


_message = msgspec.json.Decoder(Message)
_updates = msgspec.json.Decoder(list[Update])
_trades = msgspec.json.Decoder(list[Trade])
_candles = msgspec.json.Decoder(list[list[str]])


class Follower(WSListener):
    """One connection; ``faults`` counts what was not as it must be, by kind."""

    def __init__(self, arguments: list[dict[str, str]], *, rebuilds: bool) -> None:
        self.arguments, self.rebuilds = arguments, rebuilds
        self.messages = self.size = 0
        self.faults: Counter[str] = Counter()
        self.heard: dict[tuple[str, str], int] = {}
        self.trades: dict[str, list[int]] = {}
        self.books: dict[str, tuple[dict[str, str], dict[str, str]]] = {}

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Subscribes to everything at once."""
        transport.send(WSMsgType.TEXT, json.dumps({"op": "subscribe", "args": self.arguments}))

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """A connection that the server ends is a fault, unless all end."""
        self.faults["disconnect"] += 1

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """A message."""
        if frame.msg_type != WSMsgType.TEXT or frame.payload_size < 10:
            return
        self.messages += 1
        self.size += frame.payload_size
        payload = frame.get_payload_as_bytes()
        if payload.startswith(b'{"event"'):
            self.faults["refusal"] += b'"error"' in payload
            return
        message = _message.decode(payload)
        channel, symbol = message.arg["channel"], message.arg["instId"]
        if channel == "books":
            self._book(symbol, message.action, _updates.decode(message.data)[0])
        elif channel == "trade":
            self._trade(symbol, message.action, [int(trade.trade_id) for trade in _trades.decode(message.data)])
        elif channel.startswith("candle"):
            starts = [int(row[0]) for row in _candles.decode(message.data)]
            self._ordered(channel, symbol, starts)
        elif channel.startswith("books"):
            self._ordered(channel, symbol, [_updates.decode(message.data)[0].seq])

    @property
    def complete(self) -> bool:
        """Whether all candles have come that it follows."""
        wanted = sum(argument["channel"].startswith("candle") for argument in self.arguments)
        return wanted == sum(channel.startswith("candle") for channel, _ in self.heard)

    def _ordered(self, channel: str, symbol: str, numbers: list[int]) -> None:
        """Numbers that never go back."""
        last = self.heard.get((channel, symbol), 0)
        self.faults[f"{channel} goes back"] += numbers != sorted(numbers) or numbers[0] < last
        self.heard[channel, symbol] = numbers[-1]

    def _trade(self, symbol: str, action: str, newest_first: list[int]) -> None:
        known = self.trades.setdefault(symbol, [])
        if action == "snapshot":
            self.faults["second snapshot of trades"] += bool(known)
        for number in reversed(newest_first):
            self.faults["trade twice or late"] += bool(known) and number <= known[-1]
            known.append(number)

    def _book(self, symbol: str, action: str, update: Update) -> None:
        if action == "update":
            self.faults["lost sequence"] += update.pseq != self.heard.get(("books", symbol))
        self.heard["books", symbol] = update.seq
        if not self.rebuilds:
            return
        if action == "snapshot":
            self.books[symbol] = {}, {}
        bids, asks = self.books[symbol]
        for side, levels in ((bids, update.bids), (asks, update.asks)):
            for price, size in levels:
                if size == "0":
                    del side[price]
                else:
                    side[price] = size
        self.faults["checksum"] += checksum(bids, asks) != update.checksum


def checksum(bids: dict[str, str], asks: dict[str, str]) -> int:
    """The signed CRC32 over the best 25 levels a side, as documented."""
    best = [sorted(bids, key=float, reverse=True)[:25], sorted(asks, key=float)[:25]]
    parts = []
    for place in range(25):
        for side, prices in zip((bids, asks), best, strict=True):
            if place < len(prices):
                parts += [prices[place], side[prices[place]]]
    value = crc32(":".join(parts).encode())
    return value - (1 << 32) if value >= 1 << 31 else value


def choices(connections: int, channels: int) -> list[list[dict[str, str]]]:
    """What each connection follows: so many of all public arguments, each choice another."""
    _, instruments = load()
    everything = [
        {"instType": product, "channel": channel.name, "instId": instrument.symbol}
        for instrument in instruments
        for (product, _), channel in CHANNELS.items()
        if not channel.private and not channel.name.endswith("utc")
    ]
    step = 7
    return [
        [everything[(number * 13 + place * step) % len(everything)] for place in range(channels)]
        for number in range(connections)
    ]


async def soak(minutes: float, connections: int, channels: int) -> bool:
    """Prints what came of it; whether all was well."""
    with tempfile.TemporaryDirectory() as folder, papertape(folder) as server:
        followers = [
            Follower(arguments, rebuilds=number < CHECKED)
            for number, arguments in enumerate(choices(connections, channels))
        ]
        url = f"ws://127.0.0.1:{server.ws_port}/v2/ws/public"
        transports = [(await ws_connect(lambda follower=follower: follower, url))[0] for follower in followers]
        async with asyncio.timeout(WARM_UP_SECONDS):
            while not all(follower.complete for follower in followers):
                await asyncio.sleep(0.5)
        memory, busy, began = [server.memory()], server.cpu_seconds(), time.perf_counter()
        messages, size = sum(follower.messages for follower in followers), sum(follower.size for follower in followers)
        for _ in range(SAMPLES):
            await asyncio.sleep(minutes * 60 / SAMPLES)
            memory.append(server.memory())
            for transport in transports:
                transport.send(WSMsgType.TEXT, "ping")
        seconds = time.perf_counter() - began
        busy = server.cpu_seconds() - busy
        messages = sum(follower.messages for follower in followers) - messages
        size = sum(follower.size for follower in followers) - size
        faults = sum((+follower.faults for follower in followers), Counter())
        missed = missing_trades(followers)
        for follower, transport in zip(followers, transports, strict=True):
            transport.disconnect(False)
            del follower
        await asyncio.sleep(0.2)
    show(
        f"{connections} connections x {channels} channels, {minutes:g} minutes",
        ["", "figure"],
        [
            ["messages", f"{messages:,}"],
            ["messages a second", rate(messages / seconds)],
            ["megabytes a second", f"{size / seconds / 1e6:.1f}"],
            ["server, % of a core", f"{busy / seconds * 100:.0f}"],
            ["server's memory from start to end, MiB", " ".join(mebibytes(each) for each in memory[::5])],
            ["faults", ", ".join(f"{number} {kind}" for kind, number in faults.items()) or "none"],
            ["trades that some connection missed", str(missed)],
        ],
    )
    return not faults and not missed


def missing_trades(followers: list[Follower]) -> int:
    """Trades that one connection was told of and another, that listened before and after them, was not."""
    missed = 0
    for symbol in {symbol for follower in followers for symbol in follower.trades}:
        told = [follower.trades[symbol] for follower in followers if len(follower.trades.get(symbol, ())) > 1]
        if not told:
            continue
        first, last = max(numbers[0] for numbers in told), min(numbers[-1] for numbers in told)
        heard = [{number for number in numbers if first <= number <= last} for numbers in told]
        missed += sum(len(set.union(*heard) - mine) for mine in heard)
    return missed


if __name__ == "__main__":
    given = [float(word) for word in sys.argv[1:]]
    wanted = given + [10, 100, 50][len(given) :]
    console.print("[bold]Soak[/bold]", style="dim")
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        raise SystemExit(not runner.run(soak(wanted[0], int(wanted[1]), int(wanted[2]))))
