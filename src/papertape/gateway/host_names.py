"""Which names the exchange may be asked by, so that no web page can use it behind its user's back.

A page may let its own name lead to 127.0.0.1, and its browser then sends it there, with that name as ``Host`` and its
own as ``Origin``. The built-in keys and the control plane's token are known to everybody, so where only this machine
can reach the exchange, names are what tells such a page from the programs that run here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

LOCAL = ("localhost", "127.0.0.1", "::1")


class HostNames:
    """The names that requests and handshakes may carry; without ``checked`` any."""

    def __init__(self, host: str, allowed: Iterable[str] = (), *, checked: bool = True) -> None:
        self.checked = checked
        self._names = {name.lower().strip("[]") for name in (*LOCAL, host, *allowed)}

    def admit(self, headers: Mapping[str, str]) -> bool:
        """Whether ``Host`` and ``Origin``, where they are sent, name this machine; header names are in lower case."""
        if not self.checked:
            return True
        host, origin = headers.get("host", ""), headers.get("origin", "")
        return (not host or self._known(f"//{host}")) and (not origin or self._known(origin))

    def _known(self, address: str) -> bool:
        try:
            name = urlsplit(address).hostname
        except ValueError:
            return False
        return name is not None and (name in self._names or name.endswith(".localhost"))
