"""``papertape call``: makes one signed call and prints its answer as JSON."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from papertape.cli import connection
from papertape.cli.output import explain, fail, show_json
from papertape.sdk.exceptions import BitgetError

METHODS = ("GET", "POST", "PUT", "DELETE")


def call(
    method: Annotated[str, typer.Argument(metavar="METHOD", help="GET or POST.")],
    path: Annotated[str, typer.Argument(metavar="PATH", help="Path, like /api/v2/spot/account/assets.")],
    fields: Annotated[
        list[str] | None,
        typer.Argument(metavar="[KEY=VALUE]...", help="Parameters; KEY:=JSON for lists, objects and bare numbers."),
    ] = None,
    body: Annotated[
        str | None, typer.Option("--body", help="The JSON body to sign and send as it is; @FILE reads one, - is stdin.")
    ] = None,
    public: Annotated[bool, typer.Option("--public", help="Do not sign.")] = False,
    include: Annotated[bool, typer.Option("--include", "-i", help="Print status and headers to stderr.")] = False,
    environment: connection.EnvironmentOption = "local",
    url: connection.UrlOption = None,
    key: connection.KeyOption = None,
    secret: connection.SecretOption = None,
    passphrase: connection.PassphraseOption = None,
    credentials: connection.CredentialsOption = None,
    token: connection.TokenOption = None,
    timeout: connection.TimeoutOption = 10.0,
) -> None:
    """Call one endpoint: sign it, send it, print the JSON of its answer.

    papertape call GET /api/v2/spot/market/tickers symbol=BTCUSDT

    papertape call POST /api/v2/spot/trade/place-order symbol=BTCUSDT side=buy orderType=market size=100

    Exit code 1 when the exchange answers an error or not at all.
    """
    method = method.upper()
    if method not in METHODS:
        fail(f"{method} is not a method: one of {', '.join(METHODS)}")
    parameters = dict(_field(item) for item in fields or [])
    params: dict[str, Any] | None = parameters
    content: Any = None
    if body is not None:
        content = _body(body)
    elif method != "GET":
        params, content = None, parameters
    client = connection.connect(
        environment, url,
        key=key, secret=secret, passphrase=passphrase, credentials=credentials, token=token, timeout=timeout,
    )  # fmt: skip
    with client:
        try:
            response = client.request(method, path, params, content, signed=False if public else None)
        except BitgetError as error:
            if error.content:
                _show(error.content)
            fail(explain(error))
        except ValueError as error:
            fail(str(error))
    if include:
        typer.echo(f"HTTP {response.status}", err=True)
        for name, value in response.headers.items():
            typer.echo(f"{name}: {value}", err=True)
    show_json(response.content)


def _field(item: str) -> tuple[str, Any]:
    name, equals, value = item.partition("=")
    if not equals or not name.rstrip(":"):
        fail(f"not a parameter: {item!r}; wanted KEY=VALUE or KEY:=JSON")
    if not name.endswith(":"):
        return name, value
    try:
        return name[:-1], msgspec.json.decode(value)
    except msgspec.DecodeError as error:
        fail(f"{name[:-1]} is not JSON: {error}")


def _body(source: str) -> bytes:
    """Return the body's bytes: as given, from a file or from stdin."""
    if source == "-":
        return sys.stdin.buffer.read()
    if source.startswith("@"):
        try:
            return Path(source[1:]).read_bytes()
        except OSError as error:
            fail(f"cannot read {source[1:]}: {error.strerror}")
    return source.encode()


def _show(content: bytes) -> None:
    """Print an error's JSON, or the body that came instead of it."""
    try:
        show_json(content)
    except msgspec.DecodeError:
        typer.echo(content[:2000].decode(errors="replace"), err=True)
