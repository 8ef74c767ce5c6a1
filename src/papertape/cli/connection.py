"""The options with which a command reaches an exchange."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from papertape.cli.output import fail

if TYPE_CHECKING:
    from papertape.sdk.credentials import Credentials
    from papertape.sdk.environment import Environment
    from papertape.sdk.rest.client import Client
    from papertape.sdk.streams.stream import Stream

EnvironmentOption = Annotated[
    str,
    typer.Option(
        "--environment",
        "-e",
        envvar="PAPERTAPE_ENVIRONMENT",
        help="Which exchange: local, demo or live (the real one).",
    ),
]
UrlOption = Annotated[
    str | None,
    typer.Option("--url", help="Address of a Papertape, http://HOST:PORT; default PAPERTAPE_URL, else port 7070 here."),
]
WsUrlOption = Annotated[
    str | None,
    typer.Option("--ws-url", help="Its WebSocket's address, ws://HOST:PORT; default one port above --url."),
]
KeyOption = Annotated[
    str | None, typer.Option("--key", help="API key; default PAPERTAPE_API_KEY, locally the developer's.")
]
SecretOption = Annotated[
    str | None, typer.Option("--secret", help="API secret or RSA private key (PEM); better in PAPERTAPE_API_SECRET.")
]
PassphraseOption = Annotated[
    str | None, typer.Option("--passphrase", help="Passphrase of the key; better in PAPERTAPE_API_PASSPHRASE.")
]
CredentialsOption = Annotated[
    Path | None,
    typer.Option(
        "--credentials",
        metavar="FILE",
        help="File of keys (TOML, mode 0600); default PAPERTAPE_CREDENTIALS, for demo and live then "
        "~/.config/papertape/credentials.toml.",
    ),
]
TokenOption = Annotated[
    str | None,
    typer.Option("--token", help="Token of the control plane; default PAPERTAPE_CONTROL_TOKEN, locally papertape."),
]
TimeoutOption = Annotated[float, typer.Option("--timeout", min=0.1, help="Seconds to wait for an answer.")]


class Access(NamedTuple):
    """The exchange that a command connects to and the key that it signs with, None for no key."""

    environment: Environment
    credentials: Credentials | None


def access(
    environment: str = "local",
    url: str | None = None,
    ws_url: str | None = None,
    *,
    key: str | None = None,
    secret: str | None = None,
    passphrase: str | None = None,
    credentials: Path | None = None,
) -> Access:
    """Read these options; a mistake in them ends the command with one line.

    A key comes from the options, else from the environment's variables, else from the default file of keys. That is
    asked for Bitget only: the keys in it are not for whatever answers at another address.
    """
    from papertape.sdk.credentials import Credentials, credentials_for
    from papertape.sdk.credentials_file import default_path
    from papertape.sdk.environment import NAMES, at, chosen

    if environment not in NAMES:
        fail(f"unknown environment {environment!r}: one of {', '.join(NAMES)}")
    if url and environment == "live":
        fail("--url is the address of a Papertape; it does not go with --environment live")
    if ws_url and not url:
        fail("--ws-url goes with --url")
    if credentials and (key or secret or passphrase):
        fail("--credentials does not go with --key, --secret and --passphrase: a key comes from one place")
    try:
        place = at(url, ws_url, demo=environment == "demo", name=environment) if url else chosen(environment)
        if credentials:
            return Access(place, Credentials.from_file(credentials, place.name))
        ours = default_path() if environment != "local" and not url else None
        default = ours if ours and ours.exists() else None
        return Access(place, credentials_for(place, key, secret, passphrase, default_file=default))
    except ValueError as error:
        fail(str(error))


def connect(
    environment: str = "local",
    url: str | None = None,
    *,
    key: str | None = None,
    secret: str | None = None,
    passphrase: str | None = None,
    credentials: Path | None = None,
    token: str | None = None,
    timeout: float = 10.0,
) -> Client:
    """Make the client that these options ask for; a mistake in them ends the command with one line."""
    found = access(environment, url, key=key, secret=secret, passphrase=passphrase, credentials=credentials)
    return client(found, token=token, timeout=timeout)


def client(access: Access, *, token: str | None = None, timeout: float = 10.0) -> Client:
    """Make the client that ``access`` describes."""
    from papertape.sdk.rest.client import Client

    return Client(access.environment, credentials=access.credentials, control_token=token, timeout=timeout)


def stream(access: Access, timeout: float) -> Stream:
    """Make the stream that ``access`` describes."""
    from papertape.sdk.streams.stream import Stream

    return Stream(access.environment, credentials=access.credentials, timeout=timeout)
