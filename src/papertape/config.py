"""How an exchange is run: the settings of ``papertape serve``, checked once."""

from __future__ import annotations

import os
from ipaddress import ip_address
from pathlib import Path

import msgspec

from papertape.journal.clock import Clock

MEMORY = ":memory:"
DEVELOPER_KEY = "papertape-key"
DEVELOPER_SECRET = "papertape-secret"
DEVELOPER_PASSPHRASE = "papertape"
CONTROL_TOKEN = "papertape"


class ConfigError(ValueError):
    """A setting that cannot be used; the text says which and what is allowed."""


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """The settings. ``data`` is a folder or ``:memory:``; port 0 takes any free one; ``instruments`` is a JSON file.
    ``allow_hosts`` are further names that requests may be addressed to while only this machine can reach the exchange.

    Credentials left empty come from the environment (``PAPERTAPE_API_KEY`` and so on), then the built-in ones.
    """

    host: str = "127.0.0.1"
    allow_hosts: tuple[str, ...] = ()
    port: int = 7070
    ws_port: int = 7071
    data: str = "papertape-data"
    seed: int = 1
    market: str = "simulated"
    limits: str = "real"
    clock: str = "real"
    journal: str = "file"
    history: str = "sqlite"
    instruments: str = ""
    start: int | None = None

    @property
    def in_memory(self) -> bool:
        """Whether nothing is kept."""
        return self.data == MEMORY

    @property
    def instruments_file(self) -> Path | None:
        """The user's own coins and instruments, or None for those of the package."""
        return Path(self.instruments) if self.instruments else None

    def check(self) -> None:
        """Raises ``ConfigError`` for a setting that cannot be used."""
        if self.market not in ("simulated", "still"):
            raise ConfigError(f"--market {self.market}: only simulated and still are there yet")
        if self.limits not in ("real", "off"):
            raise ConfigError(f"--limits {self.limits}: real or off")
        try:
            Clock(self.clock)
        except ValueError as error:
            raise ConfigError(f"--clock {self.clock}: real, manual or xN, such as x10") from error
        if self.journal != "file":
            raise ConfigError(f"--journal {self.journal}: only file is there yet")
        if self.history != "sqlite":
            raise ConfigError(f"--history {self.history}: only sqlite is there yet")
        if not -(1 << 63) <= self.seed < 1 << 63:
            raise ConfigError("--seed: a whole number of at most 63 bits")
        credentials = DeveloperCredentials.from_environment()
        if not is_loopback(self.host) and credentials.built_in:
            raise ConfigError(
                f"--host {self.host} can be reached by others: set PAPERTAPE_API_KEY, PAPERTAPE_API_SECRET, "
                "PAPERTAPE_API_PASSPHRASE and PAPERTAPE_CONTROL_TOKEN first"
            )


class DeveloperCredentials(msgspec.Struct, frozen=True):
    """The developer's key and the control plane's token; their repr tells no secret."""

    key: str
    secret: str
    passphrase: str
    control_token: str

    @classmethod
    def from_environment(cls) -> DeveloperCredentials:
        """What the environment sets, else the built-in ones."""
        return cls(
            os.environ.get("PAPERTAPE_API_KEY") or DEVELOPER_KEY,
            os.environ.get("PAPERTAPE_API_SECRET") or DEVELOPER_SECRET,
            os.environ.get("PAPERTAPE_API_PASSPHRASE") or DEVELOPER_PASSPHRASE,
            os.environ.get("PAPERTAPE_CONTROL_TOKEN") or CONTROL_TOKEN,
        )

    @property
    def built_in(self) -> bool:
        """Whether any of them is one that everybody knows."""
        known = (DEVELOPER_KEY, DEVELOPER_SECRET, DEVELOPER_PASSPHRASE, CONTROL_TOKEN)
        return any(own == public for own, public in zip(msgspec.structs.astuple(self), known, strict=True))

    def __repr__(self) -> str:
        return f"Credentials(key={self.key!r}, secret=***, passphrase=***, control_token=***)"

    def __rich_repr__(self) -> list[tuple[str, object]]:
        return [("key", self.key)]


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
