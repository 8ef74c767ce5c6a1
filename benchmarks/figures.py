"""Tables of figures: ours, what it is held against, the ratio, and what we aim for."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

console = Console(width=140)
NOT_MEASURED = "-"


def machine() -> str:
    """What the figures were measured on."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {cores} cores"


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], notes: Sequence[str] = ()) -> None:
    """Print one table; every column but the first holds figures."""
    table = Table(title=title, title_justify="left", title_style="bold")
    for place, column in enumerate(columns):
        table.add_column(column, justify="right" if place else "left")
    for row in rows:
        table.add_row(*row)
    console.print(table)
    for note in notes:
        console.print(f"  {note}", style="dim")


def median(figures: Sequence[float]) -> float:
    """The middle figure of several rounds, so that one disturbed round does not count."""
    return statistics.median(figures)


def ratio(ours: float, theirs: float | None) -> str:
    """Ours as a multiple of theirs."""
    return f"{ours / theirs:.2f}" if theirs else NOT_MEASURED


def rate(per_second: float | None) -> str:
    """A rate a second."""
    return NOT_MEASURED if per_second is None else f"{per_second:,.0f}"


def milliseconds(seconds: float | None) -> str:
    """A short time."""
    return NOT_MEASURED if seconds is None else f"{seconds * 1000:.2f}"


def microseconds(seconds: float | None) -> str:
    """A very short time."""
    return NOT_MEASURED if seconds is None else f"{seconds * 1e6:,.1f}"


def mebibytes(size: float | None) -> str:
    """An amount of memory, given in bytes."""
    return NOT_MEASURED if size is None else f"{size / 1024 / 1024:.1f}"
