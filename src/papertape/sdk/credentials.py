"""An API key with its secret and passphrase; neither of the two is shown in a repr."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from papertape.contract.protocol.signing import is_private_key, sign_hmac, sign_rsa
from papertape.sdk.environment import Environment

if TYPE_CHECKING:
    from pathlib import Path

DEVELOPER_KEY = "papertape-key"
DEVELOPER_DEMO_KEY = "papertape-demo-key"
DEVELOPER_SECRET = "papertape-secret"
DEVELOPER_PASSPHRASE = "papertape"
CONTROL_TOKEN = "papertape"


class Signer(Protocol):
    """Signs a client's requests. Write your own for a vault or a hardware module: ``Client(credentials=...)``.

    It is asked once for each message; an ``AsyncClient`` asks signers other than ``Credentials`` in a thread.
    """

    @property
    def key(self) -> str:
        """The API key."""
        ...

    @property
    def passphrase(self) -> str:
        """The API key's passphrase."""
        ...

    def sign(self, message: bytes) -> str:
        """Return the signature of these bytes as base64: HMAC-SHA256, or RSA with PKCS#1 v1.5 and SHA-256."""
        ...


class Credentials(msgspec.Struct, frozen=True):
    """An API key, its secret (HMAC secret, or an RSA private key as PEM) and its passphrase.

    Raises ``ValueError`` for a key or passphrase that no header can hold: a line end that came along from a file.
    """

    key: str
    secret: str
    passphrase: str

    def __post_init__(self) -> None:
        for name, value in (("key", self.key), ("passphrase", self.passphrase)):
            if not (value.isascii() and value.isprintable()):
                raise ValueError(f"the {name} has a line end or another character that cannot be sent")

    @classmethod
    def from_file(cls, path: str | os.PathLike[str], environment: str = "live") -> Credentials:
        """Read the key of an environment from a TOML file with a table for each.

        A table has ``key``, ``passphrase`` and ``secret``, or ``secret_file``: the path of an RSA private key (PEM).

        Raises ``ValueError`` for a file that other users can read, that is not as said or has no such table.
        """
        found = _from_file(path, environment)
        if found is None:
            raise ValueError(f"{os.fspath(path)} has no table [{environment}]")
        return found

    def sign(self, message: bytes) -> str:
        """Return the signature of these bytes as base64; raises ``ValueError`` for a broken PEM."""
        return (sign_rsa if is_private_key(self.secret) else sign_hmac)(self.secret, message)

    def __repr__(self) -> str:
        return f"Credentials(key={self.key!r}, secret=***, passphrase=***)"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [("key", self.key)]


def credentials_for(
    environment: Environment,
    key: str | None = None,
    secret: str | None = None,
    passphrase: str | None = None,
    *,
    default_file: Path | None = None,
) -> Credentials | None:
    """Find the key that a client signs with.

    It is the arguments, else ``PAPERTAPE_API_*``, else what the file of keys has for the environment, else (on this
    machine) the developer's key. The file is the one that ``PAPERTAPE_CREDENTIALS`` names, else ``default_file``; it is
    not read when any part of a key was given otherwise, for parts of two keys do not fit. ``None`` when there is
    nothing: then only public endpoints answer. Raises ``ValueError`` for a part of a set, and as
    ``Credentials.from_file`` does.
    """
    names = ("PAPERTAPE_API_KEY", "PAPERTAPE_API_SECRET", "PAPERTAPE_API_PASSPHRASE")
    parts = [given or os.environ.get(name) or "" for given, name in zip((key, secret, passphrase), names, strict=True)]
    if not any(parts) and (found := _configured(environment, default_file)):
        return found
    if environment.is_local:
        built_in = DEVELOPER_DEMO_KEY if environment.demo else DEVELOPER_KEY
        defaults = (built_in, DEVELOPER_SECRET, DEVELOPER_PASSPHRASE)
        parts = [part or default for part, default in zip(parts, defaults, strict=True)]
    if not any(parts):
        return None
    missing = [name for part, name in zip(parts, names, strict=True) if not part]
    if missing:
        raise ValueError(f"incomplete credentials: give all three parts or set {', '.join(missing)}")
    return Credentials(*parts)


def _configured(environment: Environment, default_file: Path | None) -> Credentials | None:
    path = os.environ.get("PAPERTAPE_CREDENTIALS") or default_file
    if path is None:
        return None
    return _from_file(path, environment.name)


def _from_file(path: str | os.PathLike[str], environment: str) -> Credentials | None:
    # Imported when needed: TOML loads slowly.
    from papertape.sdk.credentials_file import read_credentials

    table = read_credentials(path, environment)
    return None if table is None else Credentials(table.key, table.secret, table.passphrase)


def control_token_for(environment: Environment, token: str | None = None) -> str | None:
    """Find the control plane's bearer token: argument, ``PAPERTAPE_CONTROL_TOKEN``, or this machine's default."""
    return token or os.environ.get("PAPERTAPE_CONTROL_TOKEN") or (CONTROL_TOKEN if environment.is_local else None)
