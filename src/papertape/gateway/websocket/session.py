"""One client's connection: what it may do, what it listens to, who it is, what it still has to take."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from picows import WSCloseCode

from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Error
from papertape.engine.exchange.environments import Environment
from papertape.gateway.websocket.events import PONG, failure
from papertape.gateway.websocket.framing import TEXT, Framing
from papertape.gateway.websocket.limits import Allowance
from papertape.gateway.websocket.login import Login
from papertape.gateway.websocket.outbox import Outbox

if TYPE_CHECKING:
    from papertape.gateway.websocket.broadcast import StreamSubscription
    from papertape.gateway.websocket.server import StreamServer
    from papertape.operations.feeds.feed import Who


class StreamPath(NamedTuple):
    """Where a connection came in: the private or the public side, of the demo environment or not."""

    private: bool
    environment: Environment


class StreamSession(Framing):
    """A connection from its handshake to its end. Everything happens on the event loop's thread."""

    __slots__ = ("_server", "allowance", "door", "judged", "login", "outbox", "peer", "running", "subscriptions")

    def __init__(self, server: StreamServer, door: StreamPath) -> None:
        super().__init__()
        self._server, self.door = server, door
        self.allowance = Allowance(server.clock.now(), enabled=server.limits)
        self.login: Login | None = None
        self.outbox = Outbox()
        self.subscriptions: dict[Who, StreamSubscription] = {}
        self.running = 0
        self.peer = ""
        self.judged: frozenset[int] = frozenset()
        """The faults that have looked at it."""

    def opened(self) -> None:
        """The handshake is done; an address that has too many connections is told so and sent away."""
        assert self.transport is not None
        peer = self.transport.underlying_transport.get_extra_info("peername")
        self.peer = peer[0] if peer else ""
        if not self._server.opened(self):
            self.refuse(errors.OVER_LIMIT)
        else:
            self._server.judge(self)

    def gone(self) -> None:
        """The socket is gone."""
        self._server.closed(self)

    def text(self, message: str) -> None:
        """A message from the client: ``ping``, or a request in JSON."""
        now = self._server.clock.now()
        if not self.allowance.message(now):
            self.refuse(errors.OVER_LIMIT)
        elif message == "ping":
            self.allowance.pinged = now
            if self._server.faults.on_streams:
                self._late(self.answer, PONG)
            else:
                self.answer(PONG)
        else:
            self._server.requests.answer(self, message, now)

    def pong(self, payload: bytes) -> None:
        """Answers a ping of the protocol's."""
        if self._server.faults.on_streams:
            self._late(super().pong, payload)
        else:
            super().pong(payload)

    def answer(self, message: bytes) -> None:
        """Sends what must not be lost; a client that asks and never reads is sent away."""
        if self.paused:
            if not self.outbox.add(message):
                self._give_up()
        else:
            self.write(TEXT, message)

    def push(self, subscription: StreamSubscription, message: bytes) -> None:
        """Sends a push, or keeps it for a slow reader as its channel says."""
        if not self.paused:
            if self.login is not None and not self.entitled:
                self.loop.call_soon(self.refuse, errors.LOGIN_FAILED)
            else:
                self.write(TEXT, message)
        elif subscription.channel.slow == "latest":
            self.outbox.replace(subscription, message)
        elif subscription.channel.slow == "resnapshot":
            self.outbox.replace(subscription, partial(self._server.broadcast.snapshot, subscription))
        elif not self.outbox.add(message):
            self._give_up()

    @property
    def entitled(self) -> bool:
        """Whether the login, if there is one, would still be let in."""
        return self.login is None or self.login.holds(self._server.exchange)

    def drained(self) -> None:
        """The client reads again: what waits goes out, until it stops again."""
        if not self.entitled:
            self.refuse(errors.LOGIN_FAILED)
        while not self.paused and (message := self.outbox.next()) is not None:
            self.write(TEXT, message)

    def refuse(self, error: Error) -> None:
        """Says why and closes."""
        if not self.closing:
            self.answer(failure(error))
            self.close(WSCloseCode.POLICY_VIOLATION, error.message)

    def fall_silent(self) -> None:
        """Ends all subscriptions; the socket stays."""
        super().fall_silent()
        self._server.left(self)
        self.outbox.clear()

    def close(self, code: WSCloseCode, reason: str = "") -> None:
        """Ends all subscriptions at once, then the connection; a silent one has no last word."""
        if self.silent:
            self.cut()
            return
        self._server.left(self)
        self.outbox.clear()
        super().close(code, reason)

    def _late(self, pong: Callable[[bytes], None], message: bytes) -> None:
        """Answers a ping when the faults let it."""
        seconds = self._server.stream_faults.late_pong(self)
        if seconds:
            self.loop.call_later(seconds, self._unless_closed, pong, message)
        else:
            pong(message)

    def _unless_closed(self, pong: Callable[[bytes], None], message: bytes) -> None:
        if not self.closing and not self.silent:
            pong(message)

    def _give_up(self) -> None:
        """The client reads too slowly for what must not be lost. Not at once: a push may be on its way to others."""
        self.outbox.clear()
        self.loop.call_soon(self.close, WSCloseCode.POLICY_VIOLATION, "reads too slowly")
