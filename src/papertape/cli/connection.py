"""The options with which a command reaches an exchange."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from papertape.cli.output import fail

if TYPE_CHECKING:
    from papertape.sdk.client import Client

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
KeyOption = Annotated[
    str | None, typer.Option("--key", help="API key; default PAPERTAPE_API_KEY, locally the developer's.")
]
SecretOption = Annotated[
    str | None, typer.Option("--secret", help="API secret or RSA private key (PEM); better in PAPERTAPE_API_SECRET.")
]
PassphraseOption = Annotated[
    str | None, typer.Option("--passphrase", help="Passphrase of the key; better in PAPERTAPE_API_PASSPHRASE.")
]
TokenOption = Annotated[
    str | None,
    typer.Option("--token", help="Token of the control plane; default PAPERTAPE_CONTROL_TOKEN, locally papertape."),
]
TimeoutOption = Annotated[float, typer.Option("--timeout", min=0.1, help="Seconds to wait for an answer.")]


def connect(
    environment: str = "local",
    url: str | None = None,
    *,
    key: str | None = None,
    secret: str | None = None,
    passphrase: str | None = None,
    token: str | None = None,
    timeout: float = 10.0,
) -> Client:
    """The client that these options ask for; a mistake in them ends the command with one line."""
    from papertape.sdk.client import Client
    from papertape.sdk.environment import NAMES, at, chosen

    if environment not in NAMES:
        fail(f"unknown environment {environment!r}: one of {', '.join(NAMES)}")
    if url and environment == "live":
        fail("--url is the address of a Papertape; it does not go with --environment live")
    try:
        place = at(url, demo=environment == "demo", name=environment) if url else chosen(environment)
        return Client(place, key=key, secret=secret, passphrase=passphrase, control_token=token, timeout=timeout)
    except ValueError as error:
        fail(str(error))
