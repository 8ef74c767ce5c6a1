"""Prints JSON, coloured on a terminal, and a user's mistake as one line."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import msgspec
import typer

from papertape.sdk.exceptions import BitgetError, NetworkError


def show_json(content: bytes) -> None:
    """Print JSON indented, its numbers untouched; coloured when a terminal reads."""
    text = msgspec.json.format(content, indent=2).decode()
    if not sys.stdout.isatty():
        print(text)
        return
    from rich.console import Console
    from rich.highlighter import JSONHighlighter

    Console().print(JSONHighlighter()(text), soft_wrap=True)


def fail(message: str) -> NoReturn:
    """Print one line on stderr and end with exit code 1."""
    typer.echo(f"papertape: {message}", err=True)
    raise typer.Exit(1)


def end_quietly() -> None:
    """End after the reader of stdout has gone, without the error of writing what is left as Python exits."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def explain(error: BitgetError) -> str:
    """Describe a call's failure in one line, with what to do where that is known."""
    if isinstance(error, NetworkError) and not error.sent:
        return f"{error}; is it running? (papertape serve)"
    return str(error)


def show_table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Print a table: drawn on a terminal, tab-separated into a pipe. No text is cut short: keys are to be copied."""
    if not sys.stdout.isatty():
        for row in [head, *rows]:
            print("\t".join(row))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table()
    for name in head:
        table.add_column(name, overflow="fold", no_wrap=name == head[0])
    for row in rows:
        table.add_row(*row)
    Console().print(table)
