"""``papertape export``: writes an account's records of any span of time as CSV or Parquet."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from papertape.cli import connection
from papertape.cli.output import end_quietly, explain, fail
from papertape.sdk.exceptions import BitgetError

if TYPE_CHECKING:
    from papertape.cli.exports.part import State
    from papertape.cli.exports.work import Asked, Covered
    from papertape.sdk.rest.client import Client

STDOUT = "-"
KINDS = (".csv", ".parquet")
INTERRUPTED = 130
"""The usual exit code after Ctrl-C."""

SHORTEST_MS = 11
"""Digits from which on a number is read as milliseconds: fewer would be the 1970s, or seconds."""


def export(
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT",
            help="tax, tax-p2p, fills, orders (past ones), bills, deposits, withdrawals, transfers or conversions.",
        ),
    ],
    since: Annotated[str, typer.Option("--from", metavar="TIME", help="Beginning: 2026-01-31, ISO 8601 or ms; UTC.")],
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE", help="FILE.csv, FILE.parquet, or - for CSV to stdout.")
    ],
    until: Annotated[str | None, typer.Option("--to", metavar="TIME", help="End, not included; default now.")] = None,
    symbol: Annotated[str | None, typer.Option("--symbol", help="Only this instrument.")] = None,
    coin: Annotated[str | None, typer.Option("--coin", help="Only this coin; transfers need one.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where an interrupted export stopped.")] = False,
    environment: connection.EnvironmentOption = "local",
    url: connection.UrlOption = None,
    key: connection.KeyOption = None,
    secret: connection.SecretOption = None,
    passphrase: connection.PassphraseOption = None,
    credentials: connection.CredentialsOption = None,
    timeout: connection.TimeoutOption = 10.0,
) -> None:
    """Export your records, newest first, however long the span: it is asked for in parts that the exchange takes.

    papertape export tax --from 2026-01-01 --to 2027-01-01 -o tax-2026.csv -e live

    papertape export fills --symbol BTCUSDT --from 2026-01-01 -o fills.parquet

    papertape export bills --from 2026-01-01T12:00:00Z -o - | head

    FILE is there only when it is whole. Until then the rows are in FILE.part, where --resume goes on.
    Amounts are as the exchange sent them. Parquet has decimals and timestamps; it needs papertape\\[parquet].
    """
    _check_output(output)
    access = connection.access(environment, url, key=key, secret=secret, passphrase=passphrase, credentials=credentials)
    asked = _asked(what, symbol, coin, since, until, access)
    target = None if output == STDOUT else Path(output)
    with connection.client(access, timeout=timeout) as client, _mistakes_told(output):
        _export(client, asked, target, resume)


def _export(client: Client, asked: Asked, target: Path | None, resume: bool) -> None:
    from papertape.cli.exports import work

    state = work.begin(client, asked, target, resume=resume)
    with _progress(asked.name, state, target) as covered:
        if target is None:
            work.to_stream(client, asked, state, sys.stdout.buffer, covered)
        else:
            work.to_file(client, asked, state, target, covered)
    if target is not None:
        typer.echo(f"{state.rows} rows in {target}", err=True)


def moment(text: str) -> int:
    """Read a time as Unix milliseconds: YYYY-MM-DD, ISO 8601 (UTC unless it says otherwise), or milliseconds."""
    if text.isascii() and text.isdecimal() and len(text) >= SHORTEST_MS:
        return int(text)
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"not a time: {text!r}; wanted 2026-01-31, 2026-01-31T12:00:00Z or milliseconds") from None
    read = read if read.tzinfo else read.replace(tzinfo=UTC)
    return (read - datetime.fromtimestamp(0, UTC)) // timedelta(milliseconds=1)


def _asked(
    what: str, symbol: str | None, coin: str | None, since: str, until: str | None, access: connection.Access
) -> Asked:
    from papertape.cli.exports.lists import LISTS
    from papertape.cli.exports.work import Asked, account

    if what not in LISTS:
        fail(f"unknown list {what!r}: one of {', '.join(LISTS)}")
    given = {"symbol": symbol, "coin": coin}
    filters = {name: value.upper() for name, value in given.items() if value}
    if unfit := sorted(filters.keys() - LISTS[what].takes):
        fail(f"{what} cannot be picked by --{unfit[0]}")
    if missing := sorted(LISTS[what].needs - filters.keys()):
        fail(f"{what} needs --{missing[0]}")
    try:
        start, end = moment(since), None if until is None else moment(until)
    except ValueError as error:
        fail(str(error))
    if end is not None and end <= start:
        fail(f"--to {until} is not after --from {since}")
    key = access.credentials.key if access.credentials else ""
    whose = account(access.environment.name, key)
    return Asked(name=what, filters=filters, start=start, end=end, account=whose)


def _check_output(output: str) -> None:
    """Report what is wrong with the output before anything is fetched."""
    from papertape.cli.exports.parquet import is_installed

    if output == STDOUT:
        return
    path = Path(output)
    if path.suffix.lower() not in KINDS:
        fail(f"{output}: wanted a name that ends with {' or '.join(KINDS)}, or - for CSV to stdout")
    if not path.parent.is_dir():
        fail(f"{path.parent} is not a folder")
    if path.is_dir():
        fail(f"{output} is a folder")
    if path.suffix.lower() == ".parquet" and not is_installed():
        fail("Parquet needs pyarrow: pip install 'papertape[parquet]'")


@contextmanager
def _mistakes_told(output: str) -> Iterator[None]:
    """Report whatever ends an export in one line, with how to resume it where part of it is left."""
    try:
        yield
    except BitgetError as error:
        fail(explain(error) + _rest(output))
    except BrokenPipeError:
        end_quietly()
    except OSError as error:
        fail(f"cannot write {output}: {error.strerror or error}")
    except ValueError as error:
        fail(str(error) + _rest(output))
    except KeyboardInterrupt:
        typer.echo(f"papertape: interrupted{_rest(output)}", err=True)
        raise typer.Exit(INTERRUPTED) from None


def _rest(output: str) -> str:
    """Return how to resume an export that was not finished."""
    from papertape.cli.exports.part import state_of

    if output == STDOUT:
        return ""
    try:
        state = state_of(Path(output))
    except ValueError:
        return ""
    return f"; {state.rows} rows are in {output}.part, --resume goes on" if state and state.rows else ""


@contextmanager
def _progress(name: str, state: State, target: Path | None) -> Iterator[Covered]:
    """Show a bar on stderr, of the time that the rows cover so far, if a terminal reads it and no rows are printed."""
    if not sys.stderr.isatty() or (target is None and sys.stdout.isatty()):
        yield lambda reached, rows: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn(name), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[rows]} rows"),
        TextColumn("back to {task.fields[reached]}"), TimeElapsedColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(name, total=state.end - state.start, rows=state.rows, reached="...")

        def covered(reached: int, rows: int) -> None:
            day = f"{datetime.fromtimestamp(reached / 1000, UTC):%Y-%m-%d}"
            bar.update(task, completed=state.end - reached, rows=rows, reached=day)

        yield covered
