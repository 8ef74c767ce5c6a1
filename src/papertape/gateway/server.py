"""The HTTP server: uvicorn on this process's event loop, before the gateway.

Embedded rather than run: the socket is ours, so that a free port is known and a taken one is an ``OSError``, and
signals stay with whoever runs the process.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import resource
import socket

import uvicorn

from papertape.engine.exchange.money import use_money_context
from papertape.gateway import connection
from papertape.gateway.app import Gateway
from papertape.gateway.asgi import application
from papertape.gateway.connection import Connections, HttpConnection

MOST_CONNECTIONS = 4096
"""Open connections; for one more, the one that has been idle longest goes."""

BACKLOG = 1024
RESERVED_FILES = 512
"""Open files left to the rest of the process."""

STOP_SECONDS = 0.6
"""How long a stop waits for requests that are being answered."""

SWEEP_SECONDS = 1.0


class HttpServer:
    """Serves a gateway on one address; ``port`` is the real one after ``start``."""

    def __init__(self, gateway: Gateway, host: str, port: int) -> None:
        self.gateway = gateway
        self.host, self.port = host, port
        self.connections = Connections(MOST_CONNECTIONS)
        self._server: uvicorn.Server | None = None
        self._listener: socket.socket | None = None
        self._tending: asyncio.Task[None] | None = None

    @property
    def open_connections(self) -> int:
        """How many connections there are."""
        return len(self.connections)

    async def start(self) -> None:
        """Binds and begins to accept; raises ``OSError`` when the address cannot be had."""
        self.connections.most = _allowed_connections()
        config = uvicorn.Config(
            application,
            interface="asgi3",
            http=HttpConnection,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=connection.IDLE_SECONDS,
            backlog=BACKLOG,
        )
        config.load()
        server = uvicorn.Server(config)
        server.lifespan = config.lifespan_class(config)
        server.lifespan.state.update(gateway=self.gateway, connections=self.connections)
        await server.on_tick(0)
        listener = bind(self.host, self.port)
        # Requests are answered in the context in which the server was started.
        context = contextvars.copy_context()
        context.run(use_money_context)
        try:
            await asyncio.get_running_loop().create_task(server.startup([listener]), context=context)
        except OSError:
            listener.close()
            raise
        self.port = listener.getsockname()[1]
        self._server, self._listener = server, listener
        self._tending = asyncio.create_task(self._tend(server), name="http server")

    async def stop(self) -> None:
        """Stops accepting, gives running requests a moment and closes all connections."""
        if self._server is None or self._listener is None or self._tending is None:
            return
        self._tending.cancel()
        self.gateway.release()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await self._server.shutdown([self._listener])
        self.connections.abort()
        self._server = None
        await asyncio.sleep(0)

    async def _tend(self, server: uvicorn.Server) -> None:
        """Once a second: the date in the answers, and deadlines. Cheaper than timers for each request."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            await server.on_tick(0)
            self.connections.expire(loop.time())


def bind(host: str, port: int) -> socket.socket:
    """A socket that is bound and not yet listening; raises ``OSError`` when the address cannot be had."""
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
