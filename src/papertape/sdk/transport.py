"""The synchronous road: HTTP/1.1 with keep-alive over the standard library, usable from many threads.

``http.client`` rather than urllib3: about 60 % of its time a call and half of its import, measured on loopback.
"""

from __future__ import annotations

import select
from collections import deque
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from papertape.contract.endpoint import Endpoint
from papertape.contract.response import Response
from papertape.sdk import response
from papertape.sdk.exceptions import NetworkError, RequestTimeout
from papertape.sdk.message import Composer, Message
from papertape.sdk.response import Answer

if TYPE_CHECKING:
    import ssl
    from http.client import HTTPConnection

R = TypeVar("R")

MOST_IDLE = 32


class Pool:
    """Idle connections to one address, most recently used first; as many busy ones as there are threads."""

    def __init__(self, address: str) -> None:
        self._parts = urlsplit(address)
        self._idle: deque[HTTPConnection] = deque()
        self._tls: ssl.SSLContext | None = None
        self._closed = False

    def take(self, timeout: float) -> HTTPConnection:
        """A connection of the caller's own: an idle one that is still open, else a new one, not yet connected."""
        if self._closed:
            raise RuntimeError("this client is closed")
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return self._new(timeout)
            if connection.sock is not None and not _has_ended(connection):
                connection.sock.settimeout(timeout)
                return connection
            connection.close()

    def give(self, connection: HTTPConnection) -> None:
        """Takes back a connection whose answer was read to its end."""
        if self._closed or connection.sock is None or len(self._idle) >= MOST_IDLE:
            connection.close()
        else:
            self._idle.append(connection)

    def close(self) -> None:
        """Closes what is idle; busy connections are closed as they come back."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()

    def _new(self, timeout: float) -> HTTPConnection:
        from http.client import HTTPConnection, HTTPSConnection

        host, port = self._parts.hostname or "", self._parts.port
        if self._parts.scheme == "http":
            return HTTPConnection(host, port, timeout=timeout)
        if self._tls is None:
            import ssl

            self._tls = ssl.create_default_context()
        return HTTPSConnection(host, port, timeout=timeout, context=self._tls)


class Transport:
    """Sends messages and waits for their answers; ``timeout`` in seconds for each step of a call."""

    def __init__(self, composer: Composer, pool: Pool, timeout: float) -> None:
        self.composer, self.pool, self.timeout = composer, pool, timeout

    def with_timeout(self, timeout: float) -> Transport:
        """The same connections and key with another timeout."""
        return Transport(self.composer, self.pool, timeout)

    def call(self, endpoint: Endpoint[..., Any, R], request: Any) -> R:
        """Sends one typed request; returns its typed reply or raises a ``BitgetError``."""
        message = self.composer.typed(endpoint, request)
        return response.typed(endpoint, message, self.exchange(message))

    def request(self, message: Message) -> Response[Any]:
        """Sends a free message; returns the answer as it came or raises a ``BitgetError``."""
        return response.free(message, self.exchange(message))

    def exchange(self, message: Message) -> Answer:
        """One message out, one answer in. Nothing is ever sent twice."""
        connection = self.pool.take(self.timeout)
        if connection.sock is None:
            _connect(connection, message)
        answer = None
        try:
            answer = _converse(connection, message)
            return answer
        finally:
            if answer is None:
                connection.close()
            else:
                self.pool.give(connection)


def _connect(connection: HTTPConnection, message: Message) -> None:
    try:
        connection.connect()
    except TimeoutError as error:
        raise RequestTimeout(f"no connection to {_place(connection)} in time", endpoint=message.endpoint) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise NetworkError(f"cannot reach {_place(connection)}: {reason}", endpoint=message.endpoint) from error


def _converse(connection: HTTPConnection, message: Message) -> Answer:
    from http.client import HTTPException

    try:
        connection.request(message.method, message.target, message.body or None, message.headers)
        reply = connection.getresponse()
        content = reply.read()
    except TimeoutError as error:
        where = _place(connection)
        raise RequestTimeout(f"no answer from {where} in time", endpoint=message.endpoint, sent=True) from error
    except (HTTPException, OSError) as error:
        where = _place(connection)
        raise NetworkError(f"{where} broke off: {error}", endpoint=message.endpoint, sent=True) from error
    headers = {name.lower(): value for name, value in reply.getheaders()}
    return Answer(reply.status, headers, content)


def _place(connection: HTTPConnection) -> str:
    return f"{connection.host}:{connection.port}"


def _has_ended(connection: HTTPConnection) -> bool:
    """Whether an idle connection was closed by the other side (or says something unasked: as bad)."""
    if not hasattr(select, "poll"):
        return bool(select.select([connection.sock], [], [], 0)[0])
    watch = select.poll()
    watch.register(connection.sock, select.POLLIN)
    return bool(watch.poll(0))
