"""The client beside others: starting it, signing an order, a call, a book update.

The others are ccxt, typed-bitget (asynchronous only) and, as the floor, the HTTP library that does the work alone.
"""

from __future__ import annotations

import subprocess
import sys
from typing import NamedTuple

from benchmarks import client_books, client_calls, client_signing
from benchmarks.figures import console, mebibytes, median, milliseconds, ratio, show
from benchmarks.servers import resident

STARTS = 7
AIM_SECONDS, AIM_BYTES = "120", "35"

PROGRAMS = {
    "papertape.Client": "from papertape import Client; Client()",
    "papertape.AsyncClient": "from papertape import AsyncClient; AsyncClient()",
    "ccxt": "import ccxt; ccxt.bitget()",
    "ccxt.async_support": "import ccxt.async_support; ccxt.async_support.bitget()",
    "typed-bitget": "from typed_bitget import Bitget; Bitget.new(public=True).classic.spot.order",
    "http.client alone": "import http.client",
    "aiohttp alone": "import aiohttp",
}
"""What makes each ready to call; ours loads its HTTP library at the first call only."""

MEASURING = """
import time
started = time.perf_counter()
{program}
print(time.perf_counter() - started, flush=True)
input()
"""


class Start(NamedTuple):
    """Seconds until a client is there, and the process's resident bytes then."""

    seconds: float
    size: float


def measure() -> None:
    """Print the four tables."""
    console.print("[bold]Client[/bold]: fresh interpreters", style="dim")
    rounds = [{name: started(program) for name, program in PROGRAMS.items()} for _ in range(STARTS)]
    starts = {name: _middle([each[name] for each in rounds]) for name in PROGRAMS}
    ours = starts["papertape.Client"]
    show(
        "From nothing to a client, median of fresh interpreters",
        ["", "ms", "aim", "ratio to ours", "MiB", "aim", "ratio to ours"],
        [
            [
                name,
                milliseconds(start.seconds), AIM_SECONDS if start is ours else "-", ratio(start.seconds, ours.seconds),
                mebibytes(start.size), AIM_BYTES if start is ours else "-", ratio(start.size, ours.size),
            ]
            for name, start in starts.items()
        ],
    )  # fmt: skip
    client_signing.measure()
    client_calls.measure()
    client_books.measure()


def started(program: str) -> Start:
    """One interpreter, measured from outside while it waits: looking at itself would take memory too."""
    with subprocess.Popen(
        [sys.executable, "-c", MEASURING.format(program=program)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as running:  # fmt: skip
        assert running.stdout is not None
        seconds = float(running.stdout.readline())
        size = resident(running.pid)
        running.communicate("\n")
    return Start(seconds, size)


def _middle(figures: list[Start]) -> Start:
    return Start(median([start.seconds for start in figures]), median([start.size for start in figures]))
