"""The synchronous transport: HTTP/1.1 with keep-alive over the standard library, usable from many threads.

``http.client`` rather than urllib3: about 60 % of its time a call and half of its import, measured on loopback.
"""

from __future__ import annotations

import os
from collections import deque
from time import sleep
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from papertape.contract.protocol.endpoint import Endpoint
from papertape.contract.protocol.response import Response
from papertape.sdk.exceptions import BitgetError, RepeatedPage
from papertape.sdk.rest.answer import Answer
from papertape.sdk.rest.calls import RestCalls
from papertape.sdk.rest.steps import Course, Send, Sign, Step, Wait

if TYPE_CHECKING:
    import ssl

    from papertape.sdk.rest.client_connection import ClientConnection

R = TypeVar("R")

MOST_IDLE = 32


class Pool:
    """Keeps idle connections to one address, most recently used first; each busy thread has one of its own.

    A forked process opens its own: two processes on one connection would read each other's answers. Idle
    connections are closed with the pool, at the latest when it is collected.
    """

    def __init__(self, address: str) -> None:
        self._idle: deque[ClientConnection] = deque()
        self._parts = urlsplit(address)
        self._tls: ssl.SSLContext | None = None
        self._closed = False
        self._process = os.getpid()

    def exchange(self, step: Send) -> Answer:
        """Send a message over a connection of its own and return the answer; raises a ``NetworkError``."""
        connection = self._take()
        answer = connection.exchange(step.message, step.headers, step.timeout)
        if self._closed or not connection.is_open or len(self._idle) >= MOST_IDLE:
            connection.close()
        else:
            self._idle.append(connection)
        return answer

    def close(self) -> None:
        """Close idle connections; busy ones are closed when they come back."""
        self._closed = True
        self._close_idle()

    def __del__(self) -> None:
        self._close_idle()

    def _take(self) -> ClientConnection:
        """Return an idle connection that is still open, else a new one, not yet connected."""
        if self._closed:
            raise RuntimeError("this client is closed")
        if self._process != os.getpid():
            self._process = os.getpid()
            self._close_idle()
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return self._new()
            if not connection.has_ended():
                return connection
            connection.close()

    def _close_idle(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def _new(self) -> ClientConnection:
        from papertape.sdk.rest.client_connection import ClientConnection

        if self._parts.scheme == "https" and self._tls is None:
            import ssl

            self._tls = ssl.create_default_context()
        return ClientConnection(self._parts.netloc, self._tls)


class CallDriver:
    """Runs calls, performing each step that a call yields; usable from many threads."""

    def __init__(self, calls: RestCalls, pool: Pool) -> None:
        self.calls, self.pool = calls, pool

    def now(self) -> int:
        """Return the exchange's time in ms, as well as it is known here."""
        return self.calls.clock.now()

    def repeated(self, endpoint: Endpoint[..., Any, Any], text: str) -> BitgetError:
        """Return the error of a list that does not go on."""
        return RepeatedPage(text, endpoint=f"{endpoint.method} {endpoint.path}")

    def drive(self, course: Course[R]) -> R:
        """Run a call to its end; raises what it raises. One that is interrupted is closed."""
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
        finally:
            course.close()

    def _perform(self, step: Step) -> Any:
        if isinstance(step, Send):
            return self.pool.exchange(step)
        if isinstance(step, Sign):
            return step.signer.sign(step.content)
        assert isinstance(step, Wait), "only an asynchronous driver has an event loop"
        return sleep(step.seconds)


class Transport(CallDriver):
    """A transport whose calls return the reply."""

    def call(self, endpoint: Endpoint[..., Any, R], request: Any) -> R:
        """Make one typed call; raises a ``BitgetError``."""
        return self.drive(self.calls.typed(endpoint, request)).data


class RawTransport(CallDriver):
    """A transport whose calls return the whole response."""

    def call_raw(self, endpoint: Endpoint[..., Any, R], request: Any) -> Response[R]:
        """Make one typed call; raises a ``BitgetError``."""
        return self.drive(self.calls.typed(endpoint, request))
