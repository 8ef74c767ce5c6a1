"""``papertape serve``: runs an exchange on this machine."""

from __future__ import annotations

import errno
from typing import Annotated

import typer

from papertape.cli.output import fail


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; beyond loopback, set credentials of your own.")] = (
        "127.0.0.1"
    ),
    allow_host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Another name for this exchange; may be repeated."),
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="REST port; 0 takes any free one.")] = 7070,
    ws_port: Annotated[int, typer.Option(min=0, max=65535, help="WebSocket port; 0 takes any free one.")] = 7071,
    data: Annotated[
        str, typer.Option(help="Folder of the exchange's data; :memory: keeps nothing.")
    ] = "papertape-data",
    seed: Annotated[int, typer.Option(help="Seed of the simulated market: the same seed, the same tape.")] = 1,
    market: Annotated[
        str, typer.Option(help="Who trades: simulated, still (nobody), replay:FILE or mirror:URL.")
    ] = "simulated",
    limits: Annotated[str, typer.Option(help="Bitget's rate limits: real or off.")] = "real",
    clock: Annotated[str, typer.Option(help="Market clock: real, x60 (60 times as fast) or manual.")] = "real",
    journal: Annotated[str, typer.Option(help="Where the log is kept: file or nats://HOST.")] = "file",
    history: Annotated[str, typer.Option(help="Where history is kept: sqlite or postgresql://...")] = "sqlite",
    instruments: Annotated[
        str, typer.Option(metavar="FILE", help="Coins and instruments of your own (JSON) for a new exchange.")
    ] = "",
) -> None:
    """Run a Bitget-compatible exchange on this machine.

    Prints one line once it answers: ready http://HOST:PORT ws://HOST:PORT. Stop it with Ctrl-C.
    """
    from papertape.config import Config, ConfigError
    from papertape.data import InstrumentsError
    from papertape.journal.log import JournalError
    from papertape.projections.database import HistoryError
    from papertape.runtime import local_exchange

    try:
        local_exchange.serve(
            Config(
                host=host,
                allow_hosts=tuple(allow_host or ()),
                port=port,
                ws_port=ws_port,
                data=data,
                seed=seed,
                market=market,
                limits=limits,
                clock=clock,
                journal=journal,
                history=history,
                instruments=instruments,
            )
        )
    except KeyboardInterrupt:
        raise typer.Exit(0) from None
    except (ConfigError, InstrumentsError, JournalError, HistoryError) as error:
        fail(str(error))
    except OSError as error:
        fail(_reason(error, host, port, ws_port))


def _reason(error: OSError, host: str, port: int, ws_port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} or {ws_port} of {host} is taken; choose others with --port and --ws-port (0 = any)"
    if error.errno in (errno.EADDRNOTAVAIL, errno.EACCES) and error.filename is None:
        return f"cannot listen on {host} port {port}: {error.strerror}"
    return str(error)
