"""One HTTP/1.1 connection of the synchronous client. Imported at the first call: ``http.client`` loads slowly.

``http.client`` connects and reads the answers. Requests are written here, head and body in one piece: it sends them
apart and checks every header on its own, which took half of a call's time.
"""

from __future__ import annotations

import select
import socket
from contextlib import closing
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from time import perf_counter
from typing import TYPE_CHECKING

from papertape.sdk.exceptions import NetworkError, RequestTimeout, Unreachable
from papertape.sdk.rest.answer import Answer
from papertape.sdk.rest.clock import machine_ms

if TYPE_CHECKING:
    import ssl

    from papertape.sdk.http_request import HttpRequest


class ClientConnection:
    """A connection to ``place`` (HOST:PORT), opened by the first exchange and kept; HTTPS if ``tls`` is given."""

    def __init__(self, place: str, tls: ssl.SSLContext | None) -> None:
        self._place = place
        self._http = HTTPConnection(place) if tls is None else HTTPSConnection(place, context=tls)

    @property
    def is_open(self) -> bool:
        """Whether another exchange can follow, as far as this side knows."""
        return self._http.sock is not None

    def has_ended(self) -> bool:
        """Determine whether the other side has closed it, or sent something unasked, while it was idle."""
        return _readable(self._http.sock)

    def close(self) -> None:
        """Close it at once."""
        self._http.close()

    def exchange(self, message: HttpRequest, headers: dict[str, str], timeout: float) -> Answer:
        """Send one message and read one answer. A connection that fails on the way is closed, never reused."""
        whole = False
        try:
            self._prepare(message, timeout)
            answer = self._converse(message, headers)
            whole = True
            return answer
        finally:
            if not whole:
                self._http.close()

    def _prepare(self, message: HttpRequest, timeout: float) -> None:
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
            raise Unreachable(f"cannot reach {self._place}: {reason}", request=message) from error

    def _converse(self, message: HttpRequest, headers: dict[str, str]) -> Answer:
        whole = self._written(message, headers)
        stream, sent, started = self._http.sock, machine_ms(), perf_counter()
        try:
            stream.sendall(whole)
            with closing(HTTPResponse(stream, method=message.method)) as reply:
                reply.begin()
                content = reply.read()
        except TimeoutError as error:
            raise RequestTimeout(f"no answer from {self._place} in time", request=message, sent=True) from error
        except (HTTPException, OSError) as error:
            raise NetworkError(f"{self._place} broke off: {error}", request=message, sent=True) from error
        latency = perf_counter() - started
        if reply.will_close:
            self._http.close()
        named = {name.lower(): value for name, value in reply.headers.items()}
        return Answer(reply.status, named, content, sent, machine_ms(), latency)

    def _written(self, message: HttpRequest, headers: dict[str, str]) -> bytes:
        """Write the request's bytes; raises ``ValueError`` for a header with a line end, without showing it."""
        lines = [f"{message.method} {message.target} HTTP/1.1", f"Host: {self._place}", "Accept-Encoding: identity"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if message.body or message.method == "POST":
            lines.append(f"Content-Length: {len(message.body)}")
        head = "\r\n".join(lines)
        if head.count("\r") != len(lines) - 1 or head.count("\n") != len(lines) - 1:
            raise ValueError("a header or the method holds a line end")
        return head.encode("latin-1") + b"\r\n\r\n" + message.body


def _readable(stream: socket.socket) -> bool:
    if not hasattr(select, "poll"):
        return bool(select.select([stream], [], [], 0)[0])
    watch = select.poll()
    watch.register(stream, select.POLLIN)
    return bool(watch.poll(0))
