"""``papertape migrate``: finds what a code base has of Bitget's API V1, and what V2 has instead."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from papertape.cli.output import fail, show_json

if TYPE_CHECKING:
    from rich.console import Console

    from papertape.migration.findings import Finding
    from papertape.migration.scan import Codebase, Scanned

SHOWN = 3
"""V2 names that the table shows of one finding; JSON has them all."""
ROUNDS = 4
"""Further passes over rewritten text: one rewriting can make another one possible."""
MANY = 200
"""Files from which on a progress bar is shown."""


class Row(msgspec.Struct):
    """A finding as it is printed: line and column count from 1."""

    file: str
    line: int
    column: int
    kind: str
    found: str
    replacements: tuple[str, ...]
    changes: tuple[str, ...]
    mechanical: bool
    rewritten: bool = False


def migrate(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A folder or a file of Python, JavaScript, Go or Java.")],
    write: Annotated[bool, typer.Option("--write", help="Rewrite what is mechanical, in place.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Find Bitget's API V1 in a code base: paths, symbol suffixes, page numbers, with what V2 has instead.

    Exit code 0 when nothing of V1 is left, 1 when something is, 2 when PATH cannot be read.
    """
    if not path.exists():
        raise typer.BadParameter(f"{path} does not exist", param_hint="PATH")
    with _progress() as progress:
        codebase, rows = _look(path, write, progress)
        more = sum(row.rewritten for row in rows)
        for _ in range(ROUNDS):
            if not more:
                break
            new = [row for row in _look(path, write, progress)[1] if row.rewritten]
            rows, more = rows + new, len(new)
    left = sum(not row.rewritten for row in rows)
    if as_json:
        show_json(msgspec.json.encode(_summary(codebase, rows)))
    else:
        _show(codebase, rows, write)
    raise typer.Exit(1 if left else 0)


def _look(path: Path, write: bool, progress: Callable[[int, int], None] | None) -> tuple[Codebase, list[Row]]:
    from papertape.migration.scan import Codebase

    codebase = Codebase(path, progress)
    return codebase, [row for scanned in codebase.scan() for row in _settle(scanned, write)]


def _settle(scanned: Scanned, write: bool) -> list[Row]:
    """Return a file's findings as rows, rewritten if that is asked for."""
    from papertape.migration.scan import rewrite

    try:
        written = write and rewrite(scanned)
    except OSError as error:
        fail(f"{scanned.path}: {error.strerror or error}")
    return [_row(scanned, finding, written and finding.mechanical) for finding in scanned.findings]


def _row(scanned: Scanned, finding: Finding, rewritten: bool) -> Row:
    before = scanned.document.text[: finding.start]
    return Row(
        file=_printable(str(scanned.path)),
        line=before.count("\n") + 1,
        column=finding.start - (before.rfind("\n") + 1) + 1,
        kind=finding.kind,
        found=finding.found,
        replacements=finding.replacements,
        changes=finding.changes,
        mechanical=finding.mechanical,
        rewritten=rewritten,
    )


def _summary(codebase: Codebase, rows: list[Row]) -> dict[str, object]:
    return {
        "files": codebase.files,
        "skipped": [{"file": _printable(each.path), "reason": each.reason} for each in codebase.skipped],
        "findings": rows,
        "mechanical": sum(row.mechanical for row in rows),
        "rewritten": sum(row.rewritten for row in rows),
    }


def _show(codebase: Codebase, rows: list[Row], write: bool) -> None:
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
    for file in dict.fromkeys(row.file for row in rows):
        show_file(console, file, [row for row in rows if row.file == file])
    for skipped in codebase.skipped:
        console.print(f"[dim]not read: {_plain(_printable(skipped.path))} ({skipped.reason})[/dim]")
    console.print(_sentence(codebase, rows, write))


def show_file(console: Console, file: str, rows: list[Row]) -> None:
    """Print a file's findings: a table on a terminal, else a line each."""
    from rich.table import Table

    if not console.is_terminal:
        for row in rows:
            told = "; ".join(row.changes)
            mark = "rewritten" if row.rewritten else "mechanical" if row.mechanical else "by hand"
            console.print(f"{file}:{row.line}:{row.column}: {row.kind} {row.found} -> {_targets(row)} [{mark}]"
                          + (f" {told}" if told else ""), markup=False)  # fmt: skip
        return
    table = Table(
        "line", "", "V1 and V2", "what else changes", title=_plain(file), title_justify="left", show_lines=True
    )
    for column in table.columns[2:]:
        column.overflow = "fold"
    for row in rows:
        style = "green" if row.mechanical else "yellow"
        sign = "done" if row.rewritten else "auto" if row.mechanical else "hand"
        lines = [f"[bold]{_plain(row.found)}[/bold] [dim]{row.kind}[/dim]", *map(_plain, _shown(row))]
        table.add_row(str(row.line), f"[{style}]{sign}[/{style}]", "\n".join(lines), _plain("\n".join(row.changes)))
    console.print(table)


def _shown(row: Row) -> list[str]:
    """List V2's names for the table: of a long list, the beginning."""
    names = list(row.replacements)
    return names if len(names) <= SHOWN else [*names[:SHOWN], "…"]


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape(text)


def _printable(path: str) -> str:
    """Return a file's name without the bytes that no terminal and no JSON can take."""
    return path.encode("utf-8", "replace").decode()


def _targets(row: Row) -> str:
    return " or ".join(row.replacements) or "nothing"


def _sentence(codebase: Codebase, rows: list[Row], write: bool) -> str:
    if not rows:
        return f"[green]Nothing of V1 in {codebase.files} files.[/green]"
    kinds = ", ".join(f"{count} {kind}" for kind, count in Counter(row.kind for row in rows).most_common())
    mechanical = sum(row.mechanical for row in rows)
    done = f"{mechanical} rewritten, {len(rows) - mechanical} left to do by hand"
    todo = f"{mechanical} of them can be rewritten with --write" if mechanical else "none of them mechanical"
    places = len({row.file for row in rows})
    return f"[bold]{len(rows)} of V1[/bold] in {places} of {codebase.files} files ({kinds}): {done if write else todo}."


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None] | None]:
    """Show a progress bar on stderr for large trees, while a terminal reads it."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    with Progress(
        TextColumn("reading"), BarColumn(), MofNCompleteColumn(), console=Console(stderr=True), transient=True
    ) as bar:
        task = bar.add_task("reading", total=None, visible=False)
        yield lambda done, total: bar.update(task, completed=done, total=total, visible=total > MANY)
