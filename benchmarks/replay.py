"""Entries a second when a journal is replayed from its first entry, beside reading it without applying it."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.figures import console, median, rate, ratio, show
from benchmarks.load import Load, run
from benchmarks.market import affordable
from benchmarks.servers import papertape
from papertape.journal.entry import decode_entry
from papertape.journal.file_log import read_log
from papertape.journal.folder import DataFolder

CONNECTIONS = 64
BATCHES = 4
BATCH = 15_360
ROUNDS = 3
MILLION = 1_000_000


def measure() -> None:
    """Print the table."""
    console.print(f"[bold]Replay[/bold]: writing a journal of {BATCHES * BATCH:,} orders", style="dim")
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder, "data")
        _fill(data)
        replays, reads = [], []
        for _ in range(ROUNDS):
            entries, seconds = replayed(data)
            replays.append(entries / seconds)
            reads.append(read_alone(data))
    ours, floor = median(replays), median(reads)
    show(
        "Replay of a journal of orders",
        ["", "ours", "1M entries in (aim 20 s)", "reading alone", "ratio"],
        [["entries/s", rate(ours), f"{MILLION / ours:.1f} s", rate(floor), ratio(ours, floor)]],
        ["ours is the whole command `papertape replay DIR`: start of Python, applying, state hash"],
    )


def _fill(data: Path) -> None:
    with papertape(data, "--market", "still") as server:
        price, size = affordable(server)
        for _ in range(BATCHES):
            run(Load("papertape", server.port, CONNECTIONS, BATCH, price, size))


def replayed(data: Path) -> tuple[int, float]:
    """How many entries the command replayed, and in how many seconds."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "papertape", "replay", str(data)], capture_output=True, text=True, check=True
    )
    seconds = time.perf_counter() - started
    found = re.search(r"^sequence (\d+)$", done.stdout, re.MULTILINE)
    assert found is not None, done.stdout
    return int(found[1]), seconds


def read_alone(data: Path) -> float:
    """Entries a second when they are read and decoded, and nothing else."""
    started = time.perf_counter()
    entries = sum(1 for payload in read_log(DataFolder(data).journal) if decode_entry(payload).sequence)
    return entries / (time.perf_counter() - started)
