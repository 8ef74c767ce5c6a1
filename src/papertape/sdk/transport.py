"""The synchronous road: HTTP/1.1 with keep-alive over the standard library, usable from many threads.

``http.client`` rather than urllib3: about 60 % of its time a call and half of its import, measured on loopback.
"""

from __future__ import annotations

import select
from collections import deque
from time import perf_counter, sleep
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from papertape.contract.endpoint import Endpoint
from papertape.contract.response import Response
from papertape.sdk.caller import Caller
from papertape.sdk.clock import machine_ms
from papertape.sdk.exceptions import BitgetError, NetworkError, RequestTimeout
from papertape.sdk.message import Message
from papertape.sdk.response import Answer
from papertape.sdk.steps import Course, Send, Sign, Step

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


class Road:
    """Drives calls' courses: waits, signs, sends. Usable from many threads."""

    def __init__(self, caller: Caller, pool: Pool) -> None:
        self.caller, self.pool = caller, pool

    def now(self) -> int:
        """The exchange's time in ms, as well as it is known here."""
        return self.caller.clock.now()

    def drive(self, course: Course[R]) -> R:
        """Runs a course to its end; raises what it raises."""
        try:
            step = next(course)
            while True:
                try:
                    outcome = self._perform(step)
                except BitgetError as error:
                    step = course.throw(error)
                else:
                    step = course.send(outcome)
        except StopIteration as end:
            result: R = end.value
            return result

    def _perform(self, step: Step) -> Any:
        if isinstance(step, Send):
            return self._exchange(step.message, step.timeout)
        if isinstance(step, Sign):
            return step.signer.sign(step.content)
        return sleep(step.seconds)

    def _exchange(self, message: Message, timeout: float) -> Answer:
        """One message out, one answer in. Nothing is ever sent twice."""
        connection = self.pool.take(timeout)
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


class Transport(Road):
    """Calls return the reply."""

    def call(self, endpoint: Endpoint[..., Any, R], request: Any) -> R:
        """Makes one typed call; raises a ``BitgetError``."""
        return self.drive(self.caller.typed(endpoint, request)).data


class RawTransport(Road):
    """Calls return the whole response."""

    def call_raw(self, endpoint: Endpoint[..., Any, R], request: Any) -> Response[R]:
        """Makes one typed call; raises a ``BitgetError``."""
        return self.drive(self.caller.typed(endpoint, request))


def _connect(connection: HTTPConnection, message: Message) -> None:
    try:
        connection.connect()
    except TimeoutError as error:
        raise RequestTimeout(f"no connection to {_place(connection)} in time", request=message) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise NetworkError(f"cannot reach {_place(connection)}: {reason}", request=message) from error


def _converse(connection: HTTPConnection, message: Message) -> Answer:
    from http.client import HTTPException

    sent, started = machine_ms(), perf_counter()
    try:
        connection.request(message.method, message.target, message.body or None, message.headers)
        reply = connection.getresponse()
        content = reply.read()
    except TimeoutError as error:
        where = _place(connection)
        raise RequestTimeout(f"no answer from {where} in time", request=message, sent=True) from error
    except (HTTPException, OSError) as error:
        where = _place(connection)
        raise NetworkError(f"{where} broke off: {error}", request=message, sent=True) from error
    latency = perf_counter() - started
    headers = {name.lower(): value for name, value in reply.getheaders()}
    return Answer(reply.status, headers, content, sent, machine_ms(), latency)


def _place(connection: HTTPConnection) -> str:
    return f"{connection.host}:{connection.port}"


def _has_ended(connection: HTTPConnection) -> bool:
    """Whether an idle connection was closed by the other side (or says something unasked: as bad)."""
    if not hasattr(select, "poll"):
        return bool(select.select([connection.sock], [], [], 0)[0])
    watch = select.poll()
    watch.register(connection.sock, select.POLLIN)
    return bool(watch.poll(0))
