"""``python -m benchmarks [orders] [book] [replay] [start] [streams] [client]``: all of them unless some are named."""

from __future__ import annotations

import sys
from collections.abc import Callable

from benchmarks import book, client, orders, replay, start, streams
from benchmarks.figures import console, machine

SUBJECTS: dict[str, Callable[[], None]] = {
    "orders": orders.measure,
    "book": book.measure,
    "replay": replay.measure,
    "start": start.measure,
    "streams": streams.measure,
    "client": client.measure,
}


def main(names: list[str]) -> None:
    """Run the named measurements in their order."""
    unknown = [name for name in names if name not in SUBJECTS]
    if unknown:
        raise SystemExit(f"no such measurement: {', '.join(unknown)}; there are {', '.join(SUBJECTS)}")
    console.print(machine())
    for name in names or SUBJECTS:
        SUBJECTS[name]()


main(sys.argv[1:])
