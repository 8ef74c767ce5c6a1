"""The command's tree; each command lives in the module of its name."""

from __future__ import annotations

from typing import Annotated

import typer

from papertape import __version__
from papertape.cli import book, call, export, keys, migrate, openapi, replay, serve, watch

app = typer.Typer(
    name="papertape",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    rich_markup_mode="rich",
)
app.command("serve")(serve.serve)
app.command("call")(call.call)
app.command("watch")(watch.watch)
app.command("book")(book.book)
app.command("export")(export.export)
app.add_typer(keys.app, name="keys")
app.command("replay")(replay.replay)
app.command("openapi")(openapi.openapi)
app.command("migrate")(migrate.migrate)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"papertape {__version__}")
        raise typer.Exit


@app.callback()
def papertape(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """A Bitget-compatible exchange on your own machine, and a client for it and for Bitget."""
