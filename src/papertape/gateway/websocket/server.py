"""The WebSocket server: a listening port, its connections, and the two clocks that drive them.

Pushes are paced by the event loop's time. How old a connection is, and whether its client still says ping, goes by
the gateway's clock, which is looked at four times a second.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from picows import (
    WSCloseCode,
    WSListener,
    WSUpgradeRequest,
    WSUpgradeResponse,
    WSUpgradeResponseWithListener,
    ws_create_server,
)

from papertape.contract.protocol import errors
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.money import use_money_context
from papertape.gateway.app import Gateway
from papertape.gateway.faults.streams import StreamFaults
from papertape.gateway.server import bind
from papertape.gateway.websocket.broadcast import Broadcast
from papertape.gateway.websocket.commands import Commands
from papertape.gateway.websocket.framing import LARGEST_MESSAGE
from papertape.gateway.websocket.limits import Addresses
from papertape.gateway.websocket.requests import Requests
from papertape.gateway.websocket.session import StreamPath, StreamSession, StreamSubscription
from papertape.gateway.websocket.subscriptions import Subscriptions
from papertape.journal.apply import Output
from papertape.journal.clock import Clock
from papertape.journal.sequencer import Restored
from papertape.operations.feeds.feeds import Feeds

STREAM_PATHS = {
    "/v2/ws/public": StreamPath(private=False, environment="live"),
    "/v2/ws/private": StreamPath(private=True, environment="live"),
    "/demo/v2/ws/public": StreamPath(private=False, environment="demo"),
    "/demo/v2/ws/private": StreamPath(private=True, environment="demo"),
}

MOST_CONNECTIONS = 4096
"""Of all addresses together; one more is not taken."""

BACKLOG = 1024
READ_BUFFER = 2048
"""Bytes a connection has for what it reads, at first: requests are short."""

HANDSHAKE_SECONDS = 5.0
SWEEP_SECONDS = 0.25
PACE_SECONDS = 0.02
STOP_SECONDS = 0.8

logger = logging.getLogger("papertape.gateway")
protocol_log = logging.getLogger("papertape.gateway.websocket.protocol")
"""What picows has to say about its clients' mistakes: theirs, not ours."""
protocol_log.setLevel(logging.CRITICAL + 1)


class StreamServer:
    """Serves the streams of an exchange on one address; ``port`` is the real one after ``start``."""

    def __init__(
        self, gateway: Gateway, feeds: Feeds, clock: Clock, host: str, port: int, *, limits: bool = True
    ) -> None:
        self.host, self.port, self.clock, self.limits = host, port, clock, limits
        self.gateway = gateway
        self.faults = gateway.faults
        self.stream_faults = StreamFaults(self.faults)
        self.broadcast = Broadcast(feeds, self.run, self.stream_faults)
        self.subscriptions = Subscriptions(self.broadcast)
        self.commands = Commands(gateway, self.run, self.stream_faults)
        self.requests = Requests(gateway, self.subscriptions, self.commands, self.stream_faults, self.judge)
        self._addresses = Addresses(enabled=limits)
        self.sessions: dict[StreamSession, None] = {}
        self._listener: asyncio.Server | None = None
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._empty = asyncio.Event()
        self.faults.watchers.append(self._judge_all)
        metrics = gateway.metrics
        metrics.add_gauge("papertape_stream_connections", "Open stream connections.", lambda: len(self.sessions))
        metrics.add_gauge(
            "papertape_stream_subscriptions", "Subscriptions of all connections.", lambda: self.broadcast.subscriptions
        )
        metrics.add_gauge("papertape_stream_pushes", "Pushes since the start.", lambda: self.broadcast.pushed)

    async def start(self) -> None:
        """Binds and begins to accept; raises ``OSError`` when the address cannot be had."""
        self._loop = asyncio.get_running_loop()
        # Everything here happens in the context in which the server was started.
        self._context = contextvars.copy_context()
        self._context.run(use_money_context)
        listener = bind(self.host, self.port)
        self.port = listener.getsockname()[1]
        serving = ws_create_server(
            self._admit,
            sock=listener,
            backlog=BACKLOG,
            logger_name=protocol_log,
            websocket_handshake_timeout=HANDSHAKE_SECONDS,
            enable_auto_pong=False,
            max_frame_size=LARGEST_MESSAGE,
            read_buffer_init_size=READ_BUFFER,
        )
        self._listener = await self._loop.create_task(serving, context=self._context)
        self._again("sweep", SWEEP_SECONDS, self.sweep)
        self._again("pace", PACE_SECONDS, self._pace)

    async def stop(self) -> None:
        """Stops accepting, closes all connections and cuts those that do not answer the close in time."""
        if self._listener is None:
            return
        self._listener.close()
        self._listener = None
        for timer in self._timers.values():
            timer.cancel()
        for session in list(self.sessions):
            session.close(WSCloseCode.GOING_AWAY, "the exchange stops")
        if self.sessions:
            self._empty.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(STOP_SECONDS):
                    await self._empty.wait()
        for session in list(self.sessions):
            session.cut()
        for task in self._tasks:
            task.cancel()
        await asyncio.sleep(0)

    @property
    def exchange(self) -> Exchange:
        """The live exchange."""
        return self.gateway.exchange

    @property
    def open_connections(self) -> int:
        """How many connections there are."""
        return len(self.sessions)

    def observe(self, output: Output) -> None:
        """Publishes what an applied entry did to all subscribers."""
        try:
            self.broadcast.publish(self.broadcast.feeds.observe(output))
        except Exception:
            # A defect in telling must not end what is told of: those who listen have to begin again.
            logger.exception("entry %s could not be told", output.sequence)
            for session in list(self.sessions):
                self._loop.call_soon(session.close, WSCloseCode.INTERNAL_ERROR)

    def restored(self, restored: Restored) -> None:
        """Sends all subscribers the snapshots of an exchange that went back to an earlier state."""
        self.broadcast.feeds.forget()
        self.run(self._reload())

    def opened(self, session: StreamSession) -> bool:
        """Takes a new session in; returns False if its address has too many connections."""
        self.sessions[session] = None
        return self._addresses.admit(session.peer, self.clock.now())

    def left(self, session: StreamSession) -> None:
        """Ends all subscriptions of a session."""
        for who in list(session.subscriptions):
            self.broadcast.unsubscribe(session, who)

    def closed(self, session: StreamSession) -> None:
        """Lets go of a session whose socket is gone."""
        self.left(session)
        if self.sessions.pop(session, session) is None:
            self._addresses.leave(session.peer)
        if not self.sessions:
            self._empty.set()

    def judge(self, session: StreamSession) -> None:
        """Lets faults strike a session that has connected, logged in or subscribed."""
        if not self.faults.on_streams or session.closing or session.silent:
            return
        kind = self.stream_faults.connection(session)
        if kind == "stream_drop":
            session.cut()
        elif kind is not None:
            session.fall_silent()

    def late_pong(self, session: StreamSession) -> float:
        """Tells by how many seconds a fault delays a pong; 0 for most."""
        return self.stream_faults.late_pong(session) if self.faults.on_streams else 0.0

    def request(self, session: StreamSession, text: str, now: int) -> None:
        """Answers a request that came in at gateway time ``now`` (ms)."""
        self.requests.answer(session, text, now)

    def snapshot(self, subscription: StreamSubscription) -> bytes | None:
        """Encodes all that is known of the topic; None for a topic without snapshots."""
        return self.broadcast.snapshot(subscription)

    def _judge_all(self) -> None:
        for session in list(self.sessions):
            self.judge(session)
        self.stream_faults.close_round()

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Runs a coroutine as a task that is cancelled when the server stops."""
        task = self._loop.create_task(work, context=self._context)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def sweep(self) -> None:
        """Ends the connections whose time is over, by either clock, and those whose key is no longer good."""
        real, now = self._loop.time(), self.clock.now()
        for session in list(self.sessions):
            if session.deadline < real:
                session.cut()
            elif session.closing or session.silent:
                continue
            elif session.allowance.expired(now):
                session.close(WSCloseCode.GOING_AWAY, "connected for 24 hours")
            elif session.allowance.silent(now):
                session.close(WSCloseCode.POLICY_VIOLATION, "no ping for 2 minutes")
            elif not session.entitled:
                session.refuse(errors.LOGIN_FAILED)

    def _admit(self, request: WSUpgradeRequest) -> WSListener | WSUpgradeResponseWithListener | None:
        """The listener of a new connection; None, which is a 404, for a path where there is none."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        if not self.gateway.host_names.admit(headers):
            return WSUpgradeResponseWithListener(WSUpgradeResponse.create_error_response(403), None)
        path = STREAM_PATHS.get(request.path.decode("latin-1").partition("?")[0])
        if path is None:
            return None
        if len(self.sessions) >= MOST_CONNECTIONS:
            return WSUpgradeResponseWithListener(WSUpgradeResponse.create_error_response(503), None)
        if self.faults.on_streams and (status := self.stream_faults.refused(path)) is not None:
            return WSUpgradeResponseWithListener(WSUpgradeResponse.create_error_response(status), None)
        if "upgrade" in request.headers.get("connection", "").lower():
            # picows takes the one word only, browsers send "keep-alive, Upgrade".
            request.headers["connection"] = "upgrade"
        return StreamSession(self, path)

    def _again(self, name: str, seconds: float, work: Callable[[], None]) -> None:
        """Does the work from time to time, whatever becomes of it."""
        self._timers[name] = self._loop.call_later(seconds, self._again, name, seconds, work, context=self._context)
        work()

    def _pace(self) -> None:
        if self.broadcast.subscriptions:
            self.broadcast.publish(self.broadcast.feeds.due(int(self._loop.time() * 1000)))

    async def _reload(self) -> None:
        self.broadcast.publish(await self.broadcast.feeds.reload())
