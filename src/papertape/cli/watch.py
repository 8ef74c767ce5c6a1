"""``papertape watch``: shows live data as a table, or as lines of JSON into a pipe."""

from __future__ import annotations

import sys
from collections.abc import Coroutine, Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from papertape.cli import connection
from papertape.cli.output import end_quietly, explain, fail
from papertape.sdk.exceptions import BitgetError

if TYPE_CHECKING:
    from papertape.cli.watching.output import WatchOutput
    from papertape.cli.watching.views import WatchView
    from papertape.sdk.streams.stream import Stream
    from papertape.sdk.streams.subscription import Subscription

CHANNELS = ("ticker", "trades", "candles", "orders", "fills", "account")
OF_A_SYMBOL = ("ticker", "trades", "candles")

JsonOption = Annotated[bool, typer.Option("--json", help="Lines of JSON on a terminal too; into a pipe always.")]
CountOption = Annotated[
    int | None, typer.Option("--count", "-n", min=1, help="End after so many messages, on a terminal pictures.")
]


def watch(
    channel: Annotated[str, typer.Argument(metavar="CHANNEL", help=f"One of {', '.join(CHANNELS)}.")],
    symbols: Annotated[
        list[str] | None,
        typer.Argument(metavar="SYMBOL", help="Instruments; orders and fills without one are those of all."),
    ] = None,
    granularity: Annotated[str, typer.Option("--granularity", "-g", help="Of candles: 1min, 5min, 1h, 1day...")] = (
        "1min"
    ),
    count: CountOption = None,
    as_json: JsonOption = False,
    environment: connection.EnvironmentOption = "local",
    url: connection.UrlOption = None,
    ws_url: connection.WsUrlOption = None,
    key: connection.KeyOption = None,
    secret: connection.SecretOption = None,
    passphrase: connection.PassphraseOption = None,
    credentials: connection.CredentialsOption = None,
    timeout: connection.TimeoutOption = 10.0,
) -> None:
    """Watch live data: a table on a terminal, a line of JSON for each message into a pipe. Ctrl-C ends it.

    papertape watch ticker BTCUSDT ETHUSDT

    papertape watch candles BTCUSDT --granularity 5min

    papertape watch ticker BTCUSDT -e live | jq .last_price

    orders, fills and account are your own and need an API key. All times are UTC.
    """
    names = list(dict.fromkeys(symbol.upper() for symbol in symbols or []))
    _check(channel, names, granularity)
    access = connection.access(
        environment, url, ws_url, key=key, secret=secret, passphrase=passphrase, credentials=credentials
    )
    stream = connection.stream(access, timeout)

    def subscribe(stream: Stream) -> Iterable[tuple[str, Subscription[Any]]]:
        for symbol in names or [""]:
            yield symbol, _subscription(stream, channel, symbol, granularity)

    from papertape.cli.watching import feed

    shown(feed.watch(stream, subscribe, _output(channel, as_json, count)))


def shown(work: Coroutine[Any, Any, None]) -> None:
    """Run the work to its end; a refusal is one line, and a reader who has gone is no error."""
    from papertape.cli.watching import feed

    try:
        feed.run(work)
    except BitgetError as error:
        fail(explain(error))
    except BrokenPipeError:
        end_quietly()
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


def output(channel: str, view: WatchView, as_json: bool, count: int | None) -> WatchOutput:
    """Choose the output: the terminal, or JSON into a pipe."""
    from rich.console import Console

    from papertape.cli.watching.output import Lines, Screen

    if as_json or not sys.stdout.isatty():
        return Lines(channel, count, sys.stdout.buffer)
    return Screen(view, count, Console(markup=False, highlight=False, emoji=False))


def _output(channel: str, as_json: bool, count: int | None) -> WatchOutput:
    from papertape.cli.watching import views

    view: WatchView
    match channel:
        case "ticker":
            view = views.Tickers()
        case "trades":
            view = views.Trades()
        case "candles":
            view = views.Candles()
        case "orders":
            view = views.Orders()
        case "fills":
            view = views.Fills()
        case _:
            view = views.Balances()
    return output(channel, view, as_json, count)


def _subscription(stream: Stream, channel: str, symbol: str, granularity: Any) -> Subscription[Any]:
    match channel:
        case "ticker":
            return stream.spot.ticker(symbol)
        case "trades":
            return stream.spot.trade(symbol)
        case "candles":
            return stream.spot.candles(symbol, granularity)
        case "orders":
            return stream.spot.orders(symbol or None)
        case "fills":
            return stream.spot.fill(symbol or None)
        case _:
            return stream.spot.account()


def _check(channel: str, symbols: list[str], granularity: str) -> None:
    from papertape.contract.spot.streams import CANDLES

    if channel not in CHANNELS:
        fail(f"unknown channel {channel!r}: one of {', '.join(CHANNELS)}")
    if channel in OF_A_SYMBOL and not symbols:
        fail(f"watch {channel} needs a symbol, like BTCUSDT")
    if channel == "account" and symbols:
        fail("watch account shows all coins; it takes no symbol")
    if channel == "candles" and granularity not in CANDLES.values():
        fail(f"unknown granularity {granularity!r}: one of {', '.join(CANDLES.values())}")
