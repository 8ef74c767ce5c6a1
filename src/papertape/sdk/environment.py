"""The exchange that a client connects to: Bitget, its demo environment, or a Papertape on this machine."""

from __future__ import annotations

import os
from typing import Literal
from urllib.parse import urlsplit

import msgspec

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """An exchange's two addresses, without paths; ``demo`` sends Bitget's demo trading header.

    ``rest`` is like ``http://127.0.0.1:7070``, ``ws`` like ``ws://127.0.0.1:7071``.
    """

    rest: str
    ws: str
    demo: bool = False
    name: str = "custom"

    def __post_init__(self) -> None:
        for address, schemes in ((self.rest, ("http", "https")), (self.ws, ("ws", "wss"))):
            parts = urlsplit(address)
            if parts.scheme not in schemes or not parts.hostname:
                raise ValueError(f"not an address of an exchange: {address!r}; wanted {schemes[0]}://HOST:PORT")

    @property
    def is_local(self) -> bool:
        """Whether REST goes to this machine: then the built-in developer's credentials apply."""
        return urlsplit(self.rest).hostname in LOOPBACK


Name = Literal["live", "demo", "local"]
NAMES: tuple[Name, ...] = ("local", "demo", "live")

LIVE = Environment(rest="https://api.bitget.com", ws="wss://ws.bitget.com", name="live")
DEMO = Environment(rest="https://api.bitget.com", ws="wss://wspap.bitget.com", demo=True, name="demo")


def local() -> Environment:
    """Return the Papertape on this machine: port 7070, or the address in ``PAPERTAPE_URL``.

    The WebSocket is one port above REST unless ``PAPERTAPE_WS_URL`` says otherwise.
    """
    rest = os.environ.get("PAPERTAPE_URL", "http://127.0.0.1:7070").rstrip("/")
    return at(rest, os.environ.get("PAPERTAPE_WS_URL"), name="local")


def at(rest: str, ws: str | None = None, *, demo: bool = False, name: str = "custom") -> Environment:
    """Return the environment of an exchange at this address; ``ws`` defaults to one port above REST.

    Raises ``ValueError`` for something that is not an address.
    """
    parts = urlsplit(rest.rstrip("/"))
    host = f"[{parts.hostname}]" if parts.hostname and ":" in parts.hostname else parts.hostname
    secure = parts.scheme == "https"
    beside = f"{'wss' if secure else 'ws'}://{host}:{(parts.port or (443 if secure else 80)) + 1}"
    return Environment(rest=rest.rstrip("/"), ws=(ws or beside).rstrip("/"), demo=demo, name=name)


def chosen(environment: Name | Environment) -> Environment:
    """Return the environment of a name; raises ``ValueError`` for an unknown one."""
    if isinstance(environment, Environment):
        return environment
    if environment == "live":
        return LIVE
    if environment == "demo":
        return DEMO
    if environment == "local":
        return local()
    raise ValueError(f"unknown environment {environment!r}: live, demo, local or an Environment")
