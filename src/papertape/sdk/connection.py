"""One HTTP/1.1 connection of the synchronous road. Loaded at the first call, for ``http.client`` takes its time."""

from __future__ import annotations

import select
import socket
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from time import perf_counter
from typing import TYPE_CHECKING

from papertape.sdk.clock import machine_ms
from papertape.sdk.exceptions import NetworkError, RequestTimeout
from papertape.sdk.response import Answer

if TYPE_CHECKING:
    import ssl

    from papertape.sdk.message import Message


class Connection:
    """Opened by the first exchange and kept for the next ones; with ``tls`` it speaks HTTPS."""

    def __init__(self, host: str, port: int | None, tls: ssl.SSLContext | None) -> None:
        self._http = HTTPConnection(host, port) if tls is None else HTTPSConnection(host, port, context=tls)

    @property
    def is_open(self) -> bool:
        """Whether another exchange can follow, as far as this side knows."""
        return self._http.sock is not None

    def has_ended(self) -> bool:
        """Whether the other side has closed it while it was idle (or said something unasked: as bad)."""
        return _readable(self._http.sock)

    def close(self) -> None:
        """Closes it, whatever it is in the middle of."""
        self._http.close()

    def exchange(self, message: Message, headers: dict[str, str], timeout: float) -> Answer:
        """One message out, one answer in. Nothing is ever sent twice, and nothing is read from where it broke off."""
        whole = False
        try:
            self._prepare(message, timeout)
            answer = self._converse(message, headers)
            whole = True
            return answer
        finally:
            if not whole:
                self._http.close()

    def _prepare(self, message: Message, timeout: float) -> None:
        http = self._http
        if http.sock is not None:
            if http.timeout != timeout:
                http.timeout = timeout
                http.sock.settimeout(timeout)
            return
        http.timeout = timeout
        try:
            http.connect()
        except TimeoutError as error:
            raise RequestTimeout(f"no connection to {self._place} in time", request=message) from error
        except OSError as error:
            reason = error.strerror or str(error)
            raise NetworkError(f"cannot reach {self._place}: {reason}", request=message) from error

    def _converse(self, message: Message, headers: dict[str, str]) -> Answer:
        http, sent, started = self._http, machine_ms(), perf_counter()
        try:
            http.request(message.method, message.target, message.body or None, headers)
            reply = http.getresponse()
            content = reply.read()
        except TimeoutError as error:
            raise RequestTimeout(f"no answer from {self._place} in time", request=message, sent=True) from error
        except (HTTPException, OSError) as error:
            raise NetworkError(f"{self._place} broke off: {error}", request=message, sent=True) from error
        latency = perf_counter() - started
        named = {name.lower(): value for name, value in reply.headers.items()}
        return Answer(reply.status, named, content, sent, machine_ms(), latency)

    @property
    def _place(self) -> str:
        return f"{self._http.host}:{self._http.port}"


def _readable(stream: socket.socket) -> bool:
    if not hasattr(select, "poll"):
        return bool(select.select([stream], [], [], 0)[0])
    watch = select.poll()
    watch.register(stream, select.POLLIN)
    return bool(watch.poll(0))
