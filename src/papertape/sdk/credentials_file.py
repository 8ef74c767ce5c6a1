"""Reads a file with API keys: TOML, one table for each environment, readable by its owner alone.

[live]
key = "bg_0123456789"
secret = "..."              # or secret_file = "live.pem": an RSA private key, beside this file
passphrase = "..."
"""

from __future__ import annotations

import os
import stat
import tomllib
from pathlib import Path

import msgspec

LARGEST = 1 << 16
"""Bytes of a file of keys, and of an RSA key."""

OTHERS = stat.S_IRWXG | stat.S_IRWXO


class CredentialsTable(msgspec.Struct, forbid_unknown_fields=True):
    """The key of one environment as the file has it; its repr shows no secret."""

    key: str
    passphrase: str
    secret: str = ""
    secret_file: str = ""

    def __repr__(self) -> str:
        return f"CredentialsTable(key={self.key!r})"


def default_path() -> Path:
    """Return where the command line looks: ``papertape/credentials.toml`` in the user's settings folder."""
    folder = os.environ.get("XDG_CONFIG_HOME") or ""
    settings = Path(folder) if os.path.isabs(folder) else Path.home() / ".config"
    return settings / "papertape" / "credentials.toml"


def read_credentials(file: str | os.PathLike[str], environment: str) -> CredentialsTable | None:
    """Read the key of an environment with its secret; None if the file has no table of that name.

    Raises ``ValueError`` for a file that is not there, not as described above, or open to other users. No error tells
    anything that stands in the file but names.
    """
    path = Path(file).expanduser()
    try:
        content = tomllib.loads(_owners_text(path))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path} is not TOML: {error}") from None
    if environment not in content:
        return None
    try:
        table = msgspec.convert(content[environment], CredentialsTable)
    except msgspec.ValidationError as error:
        raise ValueError(f"{path}: [{environment}] does not fit: {error}") from None
    if bool(table.secret) == bool(table.secret_file):
        raise ValueError(f"{path}: [{environment}] has to have either secret or secret_file")
    secret = table.secret or _owners_text(path.parent / Path(table.secret_file).expanduser()).strip()
    if not (table.key and secret and table.passphrase):
        raise ValueError(f"{path}: [{environment}] has an empty part: key, secret and passphrase are all needed")
    return msgspec.structs.replace(table, secret=secret)


def _owners_text(path: Path) -> str:
    """Read a file that only its owner can read."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if os.name == "posix" and stat.S_ISREG(mode) and mode & OTHERS:
                raise ValueError(f"{path} holds secrets and is open to other users: chmod 600 {path}")
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise ValueError(f"cannot read {path}: {error.strerror or error}") from None
    if len(content) > LARGEST:
        raise ValueError(f"{path} is too large to be a file of keys")
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not text") from None
