"""``papertape replay``: applies a journal from its first entry and compares with every snapshot on the way."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from papertape.cli.output import fail


def replay(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder of the exchange's data, like papertape-data.")
    ],
) -> None:
    """Replay an exchange's journal and print the sequence and state hash that it ends with.

    Changes nothing. Exit code 1 if the journal is damaged or gives another state than a snapshot holds.
    """
    from papertape.journal import recovery
    from papertape.journal.folder import DataFolder
    from papertape.journal.log import JournalError

    folder = DataFolder(directory)
    if not folder.journal.is_dir():
        fail(f"{directory} holds no journal")
    try:
        with _progress() as progress:
            ended = recovery.replay(folder, progress)
    except JournalError as error:
        fail(str(error))
    typer.echo(f"sequence {ended.sequence}")
    typer.echo(f"state {ended.digest}")


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None] | None]:
    """Show a progress bar on stderr while a terminal reads it."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("replay"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("replay", total=None)
        yield lambda reached, last: bar.update(task, completed=reached, total=last)
