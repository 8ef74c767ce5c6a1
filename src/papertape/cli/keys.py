"""``papertape keys``: manages the API keys of a local Papertape through its control plane."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from papertape.cli import connection
from papertape.cli.output import explain, fail, show_json, show_table
from papertape.contract.protocol.endpoint import PERMISSIONS, Permission
from papertape.sdk.exceptions import BitgetError

if TYPE_CHECKING:
    from papertape.sdk.rest.client import Client

DEVELOPER_UID = 1_000_000_001

app = typer.Typer(help="List, create and delete the API keys of a local Papertape.", no_args_is_help=True)

UidOption = Annotated[int | None, typer.Option("--uid", help="Only this account's keys.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


@app.command("list")
def list_keys(
    uid: UidOption = None,
    as_json: JsonOption = False,
    url: connection.UrlOption = None,
    token: connection.TokenOption = None,
) -> None:
    """List API keys; secrets are never shown again."""
    with _control(url, token) as client:
        if as_json:
            params = None if uid is None else {"uid": uid}
            show_json(client.request("GET", "/papertape/v1/keys", params).content)
            return
        rows = client.control.keys(uid=uid, limit=500)
    show_table(
        ("key", "uid", "label", "kind", "permissions", "addresses", "environment"),
        [
            (
                row.key,
                str(row.uid),
                row.label,
                row.kind,
                " ".join(row.permissions),
                " ".join(row.ips) or "any",
                "demo" if row.demo else "live",
            )
            for row in rows
        ],
    )


@app.command("create")
def create_key(
    uid: Annotated[int, typer.Option("--uid", help="Account that the key belongs to.")] = DEVELOPER_UID,
    label: Annotated[str, typer.Option("--label", help="Name of the key, 20 letters at most.")] = "",
    permissions: Annotated[
        str, typer.Option("--permissions", help=f"Comma-separated: {', '.join(PERMISSIONS)}.")
    ] = "read,spot_trade",
    ip: Annotated[
        list[str] | None, typer.Option("--ip", help="Allowed address; repeat for more. Default: any.")
    ] = None,
    passphrase: Annotated[str | None, typer.Option("--passphrase", help="Made up unless given.")] = None,
    public_key: Annotated[
        Path | None, typer.Option("--public-key", help="File of an RSA public key (PEM): makes an RSA key.")
    ] = None,
    demo: Annotated[bool, typer.Option("--demo", help="A key of the demo environment.")] = False,
    url: connection.UrlOption = None,
    token: connection.TokenOption = None,
) -> None:
    """Create an API key; its secret and passphrase are printed this once."""
    wanted = [word.strip() for word in permissions.split(",") if word.strip()]
    if unknown := [word for word in wanted if word not in PERMISSIONS]:
        fail(f"unknown permission {unknown[0]!r}: one of {', '.join(PERMISSIONS)}")
    pem = None if public_key is None else _read(public_key)
    with _control(url, token) as client:
        made = client.control.create_key(
            uid=uid,
            label=label,
            permissions=cast(list[Permission], wanted),
            ips=ip or [],
            passphrase=passphrase,
            kind="rsa" if pem else "hmac",
            public_key=pem,
            demo=demo,
        )
    rows = [("key", made.key), ("secret", str(made.secret)), ("passphrase", str(made.passphrase))]
    show_table(("part", "value"), [row for row in rows if row[1]])


@app.command("delete")
def delete_key(
    key: Annotated[str, typer.Argument(help="The key to delete.")],
    url: connection.UrlOption = None,
    token: connection.TokenOption = None,
) -> None:
    """Delete an API key: it stops working at once."""
    with _control(url, token) as client:
        client.control.delete_key(key=key)
    typer.echo(f"deleted {key}")


@contextmanager
def _control(url: str | None, token: str | None) -> Iterator[Client]:
    """Make a client of the control plane; its errors end the command with one line."""
    try:
        with connection.connect(url=url, token=token) as client:
            yield client
    except BitgetError as error:
        fail(explain(error))


def _read(path: Path) -> str:
    try:
        return path.read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        fail(f"cannot read {path}: {error}")
