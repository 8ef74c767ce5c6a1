"""Start to ready, memory at rest, what the market costs, and memory for 100,000 resting orders.

The floor of start and memory is our HTTP server with an empty handler; that of resting orders is the bare orders.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path

from benchmarks.figures import console, mebibytes, median, ratio, show
from benchmarks.market import client
from benchmarks.servers import Server, empty_signed_handler, papertape
from papertape import Client
from papertape.contract.spot.trade import BatchOrder

ROUNDS = 5
SETTLE_SECONDS = 3.0
WATCH_SECONDS = 5.0
RESTING = 100_000
PER_TRADER = 200
PER_BATCH = 50
SYMBOL = "BTCUSDT"


def measure() -> None:
    """Print both tables."""
    console.print("[bold]Start and memory[/bold]", style="dim")
    with tempfile.TemporaryDirectory() as folder:
        starts = [_start(Path(folder, str(number))) for number in range(ROUNDS)]
        floors = [_floor_start() for _ in range(ROUNDS)]
        idle, busy = _at_rest(Path(folder, "market"))
        bare = _floor_memory()
        grown = _resting_orders(Path(folder, "resting"))
    alone = _bare_orders()
    start, floor = median(starts), median(floors)
    show(
        "Start and memory",
        ["", "ours", "aim", "floor", "ratio"],
        [
            ["new folder to ready, s", f"{start:.2f}", "1.50", f"{floor:.2f}", ratio(start, floor)],
            ["idle memory with the market, MiB", mebibytes(idle), "150", mebibytes(bare), ratio(idle, bare)],
            ["the market, % of a core", f"{busy:.1f}", "10", "-", "-"],
            [f"{RESTING:,} resting orders, MiB", mebibytes(grown), "-", mebibytes(alone), ratio(grown, alone)],
        ],
        ["floor: the HTTP server with an empty handler; for resting orders: the engine's order records alone"],
    )


def _start(data: Path) -> float:
    with papertape(data) as server:
        return server.start_seconds


def _floor_start() -> float:
    with empty_signed_handler() as server:
        return server.start_seconds


def _at_rest(data: Path) -> tuple[int, float]:
    """Resident bytes with the simulated market, and the share of a core that it takes in percent."""
    with papertape(data) as server:
        time.sleep(SETTLE_SECONDS)
        before = server.cpu_seconds()
        time.sleep(WATCH_SECONDS)
        return server.memory(), (server.cpu_seconds() - before) / WATCH_SECONDS * 100


def _floor_memory() -> int:
    with empty_signed_handler() as server:
        return server.memory()


def _resting_orders(data: Path) -> int:
    """How many bytes the server grows by while the orders come in."""
    with papertape(data, "--market", "still") as server, client(server) as operator:
        price = operator.spot.market.tickers(symbol=SYMBOL)[0].last_price
        resting = (price * Decimal("0.97")).quantize(Decimal("0.01"))
        size = (2 / resting).quantize(Decimal("0.000001"))
        _rest(server, operator, 1, resting, size)
        before = server.memory()
        _rest(server, operator, RESTING // PER_TRADER, resting, size)
        return server.memory() - before


def _rest(server: Server, operator: Client, traders: int, price: Decimal, size: Decimal) -> None:
    """Have new traders place as many orders as one may have open, each a tick below the last."""
    tick = Decimal("0.01")
    for _ in range(traders):
        uid = operator.control.create_user().uid
        operator.control.fund(uid=uid, coin="USDT", amount=Decimal(PER_TRADER * 3))
        made = operator.control.create_key(uid=uid, permissions=["read", "spot_trade"])
        with client(server, made.key, made.secret, made.passphrase) as trader:
            for first in range(0, PER_TRADER, PER_BATCH):
                orders = [
                    BatchOrder(side="buy", order_type="limit", force="gtc", price=price - tick * place, size=size)
                    for place in range(first, first + PER_BATCH)
                ]
                placed = trader.spot.trade.batch_orders(symbol=SYMBOL, order_list=orders)
                assert not placed.failure_list, placed.failure_list[0]


def _bare_orders() -> int:
    """Resident bytes of the same number of order records, in a process of their own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.bare_orders", str(RESTING)], capture_output=True, text=True, check=True
    )
    return int(done.stdout)
