"""A push of the ``books`` channel, from its bytes to a book whose checksum has been compared.

The pushes are our own market's, recorded twice: at every step of the market, and every tenth step, when much more has
changed. ccxt keeps a book too and compares the checksum; typed-bitget reads the push and keeps nothing.
"""

from __future__ import annotations

import asyncio
import gc
import json
import time
from collections.abc import Callable
from typing import Any

import ccxt.pro
import msgspec
from ccxt.async_support.base.ws.client import json_parser
from typed_bitget.classic_streams.orderbook import OrderBookPush
from typed_core.validation import validator

from benchmarks.figures import console, median, microseconds, ratio, show
from papertape.config import Config
from papertape.contract.protocol.channel import Argument
from papertape.contract.protocol.wire import decode_hook, encode
from papertape.contract.spot.streams import BookMessage
from papertape.operations.feeds.feed import FeedPush
from papertape.operations.feeds.feeds import Feeds, who_hears
from papertape.runtime.local_exchange import LocalExchange
from papertape.sdk.streams.book.order_book import OrderBook
from papertape.simulator.strategies import STEP_MS

AIM_MICROSECONDS = "15"
PUSHES = 200
ROUNDS = 9
BOOKS = Argument(inst_type="SPOT", channel="books", inst_id="BTCUSDT")
TAPES = {"at every step": 1, "every tenth step": 10}

Reader = Callable[[bytes], object]
"""Takes one push."""


class BookPush(msgspec.Struct):
    """A push of a book channel as it comes over the wire."""

    action: str
    data: list[BookMessage]


_push = msgspec.json.Decoder(BookPush, dec_hook=decode_hook)


def measure() -> None:
    """Print the table."""
    console.print("[bold]Client[/bold]: recording books", style="dim")
    rows = []
    for title, steps in TAPES.items():
        tape = asyncio.run(recorded(PUSHES, steps))
        changes = sum(levels(push) for push in tape[1:]) / PUSHES
        times = asyncio.run(timed(tape, ROUNDS))
        rows += [
            [f"{title}, {changes:.1f} levels a push: {name}", microseconds(each),
             AIM_MICROSECONDS if name == "papertape" else "-", ratio(each, times["papertape"])]
            for name, each in times.items()
        ]  # fmt: skip
    show(
        "A books update with its checksum",
        ["", "microseconds", "aim", "ratio to ours"],
        rows,
        ["typed-bitget reads and checks the push, but keeps no book and compares no checksum"],
    )


async def recorded(pushes: int, steps: int) -> list[bytes]:
    """A snapshot and so many updates of BTCUSDT, each after so many steps of the market."""
    tape: list[bytes] = []
    async with LocalExchange(Config(port=0, ws_port=0, data=":memory:", clock="manual")) as local:
        assert local.runner is not None
        feeds = Feeds(lambda: local.sequencer.exchange, local.gateway.history)
        who = who_hears("live", BOOKS, None)
        feeds.subscribed(who)
        tape += _encoded(feeds.snapshot(who))
        now = local.market_clock.now()
        while len(tape) <= pushes:
            now += steps * STEP_MS
            await local.runner.run_until(now)
            for push in feeds.due(now):
                tape += _encoded(push)
    return tape


def levels(push: bytes) -> int:
    """How many levels it tells of."""
    [row] = _push.decode(push).data
    return len(row.asks) + len(row.bids)


async def timed(tape: list[bytes], rounds: int) -> dict[str, float]:
    """Seconds an update by client; ccxt wants an event loop to run."""
    times: dict[str, list[float]] = {}
    for _ in range(rounds):
        for name, make in READERS.items():
            read = make()
            read(tape[0])
            gc.collect()
            began = time.perf_counter()
            for push in tape[1:]:
                read(push)
            times.setdefault(name, []).append((time.perf_counter() - began) / (len(tape) - 1))
    return {name: median(each) for name, each in times.items()}


def ours(book: OrderBook | None = None) -> Reader:
    """Our book."""
    kept = book or OrderBook("BTCUSDT")

    def read(push: bytes) -> None:
        message = _push.decode(push)
        assert kept.apply(message.action, message.data[0])

    return read


class Ccxt:
    """ccxt.pro at the moment when a message has come, and the client that it resolves."""

    def __init__(self) -> None:
        self.exchange: Any = ccxt.pro.bitget()
        self.updates = 0

    def resolve(self, book: object, name: str) -> None:
        """A book that was compared: of one with a wrong checksum ccxt says nothing here."""
        self.updates += 1

    def read(self, push: bytes) -> None:
        """Takes one push as its socket would."""
        before = self.updates
        self.exchange.handle_order_book(self, json_parser.loads(push))
        assert self.updates > before


def of_typed_bitget() -> Reader:
    """What its sockets do with a push."""
    check = validator(OrderBookPush).python
    return lambda push: check(json.loads(push))


READERS: dict[str, Callable[[], Reader]] = {
    "papertape": ours,
    "ccxt.pro": lambda: Ccxt().read,
    "typed-bitget": of_typed_bitget,
}


def _encoded(push: FeedPush | None) -> list[bytes]:
    assert push is not None
    return [encode({"action": push.action, "arg": BOOKS, "data": push.data, "ts": push.time})]
