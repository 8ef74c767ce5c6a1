"""One HTTP/1.1 connection: uvicorn's, with bounds on what a client may do to it.

uvicorn parses, frames, pipelines and keeps alive; it sets no bound on a request's size nor on the time that a client
takes to send it or to take an answer, answers what is not HTTP in plain text, and forgets a client that has said all
that it had to say. All of that is added here through the callbacks of its protocol class.
"""

from __future__ import annotations

import logging
from asyncio import AbstractEventLoop
from collections import deque
from math import inf
from typing import Any, Literal

import httptools
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Error
from papertape.gateway.app import LARGEST_BODY, Gateway

LARGEST_HEAD = 64 << 10
"""Bytes of request line and headers."""

LARGEST_MESSAGE = 8 << 20
"""Bytes of a request as it comes, chunk sizes and trailers included; after a refusal, bytes that are thrown away."""

PIPELINED = 128
"""Requests of one connection that may wait for answers; past it the connection ends with their answers."""

IDLE_SECONDS = 75
"""Between requests."""

HEAD_SECONDS = 10.0
BODY_SECONDS = 20.0
DRAIN_SECONDS = 20.0
"""For the client to take an answer."""

LINGER_SECONDS = 2.0
"""After a refusal: for the client to read it, while what it still sends is thrown away."""

logger = logging.getLogger("papertape.gateway.connection")
logger.setLevel(logging.ERROR)  # uvicorn warns of every malformed request; here those are counted and answered


class Connections:
    """The open connections, the longest idle first. Past ``most`` the first of them gives way to a new one."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._open: dict[HttpConnection, None] = {}

    def __len__(self) -> int:
        return len(self._open)

    def add(self, connection: HttpConnection) -> None:
        """A connection was accepted."""
        if len(self._open) >= self.most:
            idle = (other for other in self._open if not other.busy)
            leaving = next(idle, None) or next(iter(self._open))
            self.remove(leaving)
            leaving.abort()
        self._open[connection] = None

    def remove(self, connection: HttpConnection) -> None:
        """A connection is gone."""
        self._open.pop(connection, None)

    def move_back(self, connection: HttpConnection) -> None:
        """A connection begins a request: it is the last to give way."""
        if connection in self._open:
            del self._open[connection]
            self._open[connection] = None

    def expire(self, now: float) -> None:
        """Ends those whose clients have not done their part by ``now`` (loop time)."""
        for connection in list(self._open):
            if connection.deadline <= now:
                connection.expire()
            elif connection.deadline == inf and connection.transport.is_closing():
                connection.deadline = now + DRAIN_SECONDS

    def abort(self) -> None:
        """Cuts them all."""
        for connection in list(self._open):
            connection.abort()


class HttpConnection(HttpToolsProtocol):
    """A client's connection. ``deadline`` (loop time) is when the client has to have done its part."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, {**app_state, "connection": self}, _loop)
        self.logger = logger
        self.deadline = inf
        self._gateway: Gateway = app_state["gateway"]
        self._connections: Connections = app_state["connections"]
        self._stage: Literal["between", "head", "body"] = "between"
        self._received = self._body_size = 0
        self._unanswered: deque[RequestResponseCycle] = deque()
        self._ended = False

    @property
    def busy(self) -> bool:
        """Whether a whole request waits for its answer."""
        return len(self._unanswered) > (self._stage == "body")

    def connection_made(self, transport: Any) -> None:
        """The server accepted it."""
        super().connection_made(transport)
        self._expect(IDLE_SECONDS)
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """The socket is gone; a request that is being answered runs to its end, for nobody."""
        super().connection_lost(exc)
        self._forget()
        self._connections.remove(self)

    def data_received(self, data: bytes) -> None:
        """Bytes from the client."""
        self._received += len(data)
        if not self._ended:
            super().data_received(data)
            if self._stage == "between" and self.deadline == inf and not self._unanswered:
                self._expect(IDLE_SECONDS)
        if self._received > (LARGEST_HEAD if self._stage != "body" else LARGEST_MESSAGE):
            self._receive_no_more()

    def eof_received(self) -> Any:
        """The client sends no more; what it has asked is still answered."""
        self._end()
        return self.busy

    def pause_writing(self) -> None:
        """The client does not take its answers."""
        super().pause_writing()
        self.deadline = self.loop.time() + DRAIN_SECONDS

    def resume_writing(self) -> None:
        """The client has caught up."""
        super().resume_writing()
        self._expect(inf if self._stage == "between" else BODY_SECONDS)

    def on_message_begin(self) -> None:
        """A request's first byte."""
        if len(self._unanswered) >= PIPELINED:
            self._unreadable(errors.SYSTEM_BUSY)
        super().on_message_begin()
        self._stage = "head"
        self._expect(HEAD_SECONDS)
        self._connections.move_back(self)

    def on_headers_complete(self) -> None:
        """The head is whole."""
        for name, value in self.headers:
            if name == b"content-length" and int(value) > LARGEST_BODY:
                self._unreadable(errors.BODY_TOO_LARGE.of(LARGEST_BODY))
        super().on_headers_complete()
        self._unanswered.append(self.cycle)
        self.scope["state"]["target"] = self.url
        if self.parser.should_upgrade():
            self.cycle.keep_alive = False
        self._stage, self._body_size = "body", 0
        self._expect(BODY_SECONDS)

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        self._body_size += len(body)
        if self._body_size > LARGEST_BODY:
            self._unreadable(errors.BODY_TOO_LARGE.of(LARGEST_BODY))
        super().on_body(body)

    def on_message_complete(self) -> None:
        """A whole request."""
        super().on_message_complete()
        self._stage, self._received = "between", 0
        self._expect(inf)

    def on_response_complete(self) -> None:
        """A whole answer."""
        self._unanswered.popleft()
        super().on_response_complete()
        if self._ended and not self._unanswered:
            self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """Answers what is not HTTP."""
        self.refuse(errors.BAD_JSON)

    def shutdown(self) -> None:
        """Closes as soon as every whole request is answered; used when the server stops."""
        self._end()
        if self.flow.write_paused:
            self.abort()
        elif not self.busy:
            self.transport.close()

    def expire(self) -> None:
        """The deadline has passed."""
        if self._ended or self.flow.write_paused or self.transport.is_closing():
            self.abort()
        elif self._stage == "between":
            self.transport.close()
        else:
            self.refuse(errors.REQUEST_TIMED_OUT)

    def abort(self) -> None:
        """Cuts the socket, unsent answers included."""
        self._forget()
        self.transport.abort()

    def refuse(self, error: Error) -> None:
        """Answers what cannot be read to its end and closes, unless an earlier request is still to be answered."""
        if self._ended:
            return
        self._end()
        if self.busy:
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in self.headers or ()}
        status, out, body = self._gateway.refuse(error, headers)
        lines = [(name.encode(), value.encode()) for name, value in out]
        lines += [*self.server_state.default_headers, (b"content-length", b"%d" % len(body)), (b"connection", b"close")]
        head = b"".join([b"%b: %b\r\n" % line for line in lines])
        self.transport.write(STATUS_LINE[status] + head + b"\r\n" + body)
        self.transport.write_eof()
        self._received = 0
        self._expect(LINGER_SECONDS)

    def _unreadable(self, error: Error) -> None:
        """Refuses from within the parser, and has it stop."""
        self.refuse(error)
        raise httptools.HttpParserError(error.message)

    def _receive_no_more(self) -> None:
        """More has come than a request may have."""
        if self._ended:
            if self._received > LARGEST_MESSAGE:
                self.abort()
        elif self._stage == "body":
            self.refuse(errors.BODY_TOO_LARGE.of(LARGEST_BODY))
        else:
            self.refuse(errors.HEAD_TOO_LARGE)

    def _end(self) -> None:
        """Nothing more is read; a request that is not whole is taken from whoever waits for the rest of it."""
        self._ended = True
        if self._stage == "body":
            self._stage = "between"
            _cut(self._unanswered.pop())

    def _forget(self) -> None:
        """Nobody is there to be answered."""
        while self._unanswered:
            _cut(self._unanswered.pop())

    def _expect(self, seconds: float) -> None:
        """Gives the client this long for what is next; while it takes no answers, that deadline stands."""
        if not self.flow.write_paused:
            self.deadline = self.loop.time() + seconds


def _cut(request: RequestResponseCycle) -> None:
    """Tells whoever answers the request that its client is gone: the rest will not come, an answer goes nowhere."""
    request.disconnected = True
    request.waiting_for_100_continue = False
    request.message_event.set()
