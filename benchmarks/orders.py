"""Signed orders a second with a durable journal, at 1, 16 and 64 connections.

Held against the same HTTP server with a handler that only checks the signature, and against the gateway of the
``matching-engine`` package, which has a durable log too but neither signatures nor balances.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks import peer
from benchmarks.figures import console, median, milliseconds, rate, ratio, show
from benchmarks.load import Load, Measured, run
from benchmarks.market import affordable
from benchmarks.servers import Server, empty_signed_handler, papertape

REQUESTS = {1: 1_500, 16: 12_000, 64: 16_000}
ROUNDS = 3


def measure() -> None:
    """Print the table."""
    console.print("[bold]Orders[/bold]: starting the servers", style="dim")
    with ExitStack() as running, tempfile.TemporaryDirectory() as folder:
        ours = running.enter_context(papertape(Path(folder, "data"), "--market", "still"))
        price, size = affordable(ours)
        floor = running.enter_context(empty_signed_handler())
        rival = running.enter_context(_rival(Path(folder, "rival")))
        rows = []
        for connections in REQUESTS:
            mine, empty, theirs = _rounds(connections, price, size, ours, floor, rival)
            rows.append(_row(connections, mine, empty, theirs))
    show(
        "Signed place-orders a second, durable journal; times in milliseconds",
        ["clients", "ours", "p50", "p99", "empty", "p50", "p99", "ratio", "peer", "p50", "p99", "ratio"],
        rows,
        ["empty: the same HTTP server, a handler that only checks the signature (aim 0.50)",
         f"peer: {peer.description()} (aim 5)"],
    )  # fmt: skip


@contextmanager
def _rival(folder: Path) -> Iterator[Server | None]:
    if (python := peer.python()) is None:
        yield None
    else:
        with peer.gateway(python, folder) as server:
            yield server


def _rounds(
    connections: int, price: str, size: str, ours: Server, floor: Server, rival: Server | None
) -> tuple[list[Measured], list[Measured], list[Measured]]:
    """Each in turn, several times, so that a disturbance hits all of them alike."""
    mine, empty, theirs = [], [], []
    count = REQUESTS[connections]
    for _ in range(ROUNDS):
        mine.append(run(Load("papertape", ours.port, connections, count, price, size)))
        empty.append(run(Load("papertape", floor.port, connections, count, price, size)))
        if rival is not None:
            few = max(count // 4, connections)
            theirs.append(run(Load("matching-engine", rival.port, connections, few, price, size)))
    return mine, empty, theirs


def _row(connections: int, mine: list[Measured], empty: list[Measured], theirs: list[Measured]) -> list[str]:
    ours, floor = median([one.rate for one in mine]), median([one.rate for one in empty])
    rival = median([one.rate for one in theirs]) if theirs else None
    return [
        str(connections),
        *_figures(mine),
        *_figures(empty),
        ratio(ours, floor),
        *_figures(theirs),
        ratio(ours, rival),
    ]


def _figures(rounds: list[Measured]) -> list[str]:
    if not rounds:
        return [rate(None), milliseconds(None), milliseconds(None)]
    return [
        rate(median([one.rate for one in rounds])),
        milliseconds(median([one.p50 for one in rounds])),
        milliseconds(median([one.p99 for one in rounds])),
    ]
