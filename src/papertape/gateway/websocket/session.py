"""One client's connection: its limits, its login, its subscriptions and the messages that wait for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, Protocol

from picows import WSCloseCode

from papertape.contract.protocol import errors
from papertape.contract.protocol.channel import Argument, Channel
from papertape.contract.protocol.errors import Error
from papertape.contract.protocol.wire import encode
from papertape.engine.exchange.environments import Environment
from papertape.engine.exchange.exchange import Exchange
from papertape.gateway.websocket.events import PONG, failure
from papertape.gateway.websocket.framing import TEXT, Framing
from papertape.gateway.websocket.limits import Allowance
from papertape.gateway.websocket.login import Login
from papertape.gateway.websocket.outbox import Outbox
from papertape.journal.clock import Clock
from papertape.operations.feeds.feed import Who
from papertape.operations.feeds.feeds import who_hears


class StreamPath(NamedTuple):
    """A path that streams are served at: the private or the public side of an environment."""

    private: bool
    environment: Environment


class SessionServer(Protocol):
    """What a session needs of the server that it belongs to."""

    clock: Clock
    limits: bool

    @property
    def exchange(self) -> Exchange:
        """The live exchange."""
        ...

    def opened(self, session: StreamSession) -> bool:
        """Takes a new session in; returns False if its address has too many connections."""
        ...

    def judge(self, session: StreamSession) -> None:
        """Lets faults strike a session that has connected, logged in or subscribed."""
        ...

    def late_pong(self, session: StreamSession) -> float:
        """Tells by how many seconds a fault delays a pong; 0 for most."""
        ...

    def request(self, session: StreamSession, text: str, now: int) -> None:
        """Answers a request that came in at gateway time ``now`` (ms)."""
        ...

    def snapshot(self, subscription: StreamSubscription) -> bytes | None:
        """Encodes all that is known of the topic; None for a topic without snapshots."""
        ...

    def left(self, session: StreamSession) -> None:
        """Ends the session's subscriptions."""
        ...

    def closed(self, session: StreamSession) -> None:
        """Lets go of a session whose socket is gone."""
        ...


class StreamSession(Framing):
    """A connection from its handshake to its end. Everything happens on the event loop's thread."""

    __slots__ = ("_server", "allowance", "judged", "login", "outbox", "path", "peer", "running", "subscriptions")

    def __init__(self, server: SessionServer, path: StreamPath) -> None:
        super().__init__()
        self._server, self.path = server, path
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
            self._late(self.answer, PONG)
        else:
            self._server.request(self, message, now)

    def pong(self, payload: bytes) -> None:
        """Answers a ping of the protocol's."""
        self._late(super().pong, payload)

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
            self.outbox.replace(subscription, partial(self._server.snapshot, subscription))
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
        """Sends the error and closes the connection."""
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
        seconds = self._server.late_pong(self)
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


class StreamSubscription:
    """One connection's subscription to a topic; ``echo`` is its argument as it was asked for."""

    __slots__ = ("argument", "channel", "echo", "joined", "session", "who")

    def __init__(self, session: StreamSession, argument: Argument, channel: Channel[Any], uid: int | None) -> None:
        self.session, self.argument, self.channel = session, argument, channel
        self.who: Who = who_hears(session.path.environment, argument, uid)
        self.echo = encode(argument)
        self.joined = False
