"""``papertape book``: a live order book as a ladder, or as lines of JSON into a pipe."""

from __future__ import annotations

import sys
from typing import Annotated, cast

import typer

from papertape.cli import connection
from papertape.cli.watch import CountOption, JsonOption, output, shown

MOST_LEVELS = 400


def book(
    symbol: Annotated[str, typer.Argument(metavar="SYMBOL", help="The instrument, like BTCUSDT.")],
    depth: Annotated[int, typer.Option("--depth", "-d", min=1, max=MOST_LEVELS, help="Levels a side.")] = 15,
    count: CountOption = None,
    as_json: JsonOption = False,
    environment: connection.EnvironmentOption = "local",
    url: connection.UrlOption = None,
    ws_url: connection.WsUrlOption = None,
    timeout: connection.TimeoutOption = 10.0,
) -> None:
    """Watch an order book: a ladder on a terminal, a line of JSON for each change into a pipe. Ctrl-C ends it.

    papertape book BTCUSDT

    papertape book BTCUSDT -e live --depth 5 | jq -r '[.time, .mid, .spread] | @tsv'

    The book is verified after each change, by the exchange's checksum. One that is not verified is not shown.
    """
    stream = connection.stream(connection.access(environment, url, ws_url), timeout)

    from papertape.cli.watching import feed
    from papertape.cli.watching.ladder import LadderView
    from papertape.cli.watching.output import Lines, Screen

    view = LadderView()
    target = cast(Lines | Screen, output("book", view, as_json, count))
    painted = view if sys.stdout.isatty() and not as_json else None
    shown(feed.watch_book(stream, symbol.upper(), depth, target, painted))
