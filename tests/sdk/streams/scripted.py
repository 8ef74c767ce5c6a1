"""A WebSocket server on loopback that does as a story says: it acknowledges, pushes, keeps silent, hangs up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from aiohttp import WSMsgType, web

from papertape import Environment

PATIENCE = 10.0
"""Seconds within which whatever a story waits for has to happen."""

Asked = dict[str, Any]


class Caller:
    """One connection: what was asked on it, in order, and whether it has logged in."""

    def __init__(self, socket: web.WebSocketResponse, private: bool) -> None:
        self.socket, self.private = socket, private
        self.asked: list[Asked] = []
        self.pings = 0
        self.logged_in = False

    @property
    def ops(self) -> list[str]:
        """The operations asked for."""
        return [request["op"] for request in self.asked]

    async def say(self, **message: Any) -> None:
        await self.socket.send_str(msgspec.json.encode(message).decode())

    async def push(self, argument: Asked, rows: list[Any], action: str = "update", time: int = 1) -> None:
        await self.say(action=action, arg=argument, data=rows, ts=time)

    def drop(self) -> None:
        """Cuts the socket without a word."""
        assert self.socket._req is not None and self.socket._req.transport is not None
        self.socket._req.transport.abort()


class ScriptedExchange:
    """``on`` answers an operation in place of the usual; ``pong_after`` is None for a server that says nothing."""

    def __init__(self) -> None:
        self.callers: list[Caller] = []
        self.on: dict[str, Callable[[Caller, Asked], Any]] = {}
        self.pong_after: float | None = 0.0
        self.refusing = False
        self.port = 0
        self._later: set[asyncio.Task[None]] = set()

    @property
    def environment(self) -> Environment:
        """Where a client reaches this server; over REST there is nothing."""
        return Environment(rest="http://127.0.0.1:9", ws=f"ws://127.0.0.1:{self.port}")

    @property
    def last(self) -> Caller:
        """The newest connection."""
        return self.callers[-1]

    def subscribed(self) -> list[Asked]:
        """All arguments ever subscribed, of all connections."""
        return [
            each
            for caller in self.callers
            for request in caller.asked
            if request["op"] == "subscribe"
            for each in request["args"]
        ]

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """One connection from its handshake to its end."""
        if self.refusing:
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        caller = Caller(socket, request.path.endswith("private"))
        self.callers.append(caller)
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                break
            if message.data == "ping":
                caller.pings += 1
                self._answer_ping(caller)
            else:
                await self._answer(caller, msgspec.json.decode(message.data))
        return socket

    async def _answer(self, caller: Caller, asked: Asked) -> None:
        caller.asked.append(asked)
        op = asked["op"]
        if op in self.on:
            await self.on[op](caller, asked)
        elif op == "login":
            caller.logged_in = True
            await caller.say(event="login", code=0, msg="")
        elif caller.private and not caller.logged_in:
            await caller.say(event="error", code=30004, msg="User needs to log in", op=op)
        else:
            for argument in asked["args"]:
                await caller.say(event=op, arg=argument)

    def _answer_ping(self, caller: Caller) -> None:
        async def pong(seconds: float) -> None:
            await asyncio.sleep(seconds)
            await caller.socket.send_str("pong")

        if self.pong_after is not None:
            task = asyncio.create_task(pong(self.pong_after))
            self._later.add(task)
            task.add_done_callback(self._later.discard)

    async def close(self) -> None:
        """Hangs up on everybody."""
        for task in list(self._later):
            task.cancel()
        for caller in self.callers:
            await caller.socket.close()


@asynccontextmanager
async def scripted() -> AsyncIterator[ScriptedExchange]:
    """A server for the length of an ``async with``."""
    exchange = ScriptedExchange()
    app = web.Application()
    app.router.add_get("/v2/ws/public", exchange.serve)
    app.router.add_get("/v2/ws/private", exchange.serve)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert runner.addresses
    exchange.port = runner.addresses[0][1]
    try:
        yield exchange
    finally:
        await exchange.close()
        await runner.cleanup()


async def eventually(condition: Callable[[], Any]) -> None:
    """Waits until the condition holds."""
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.005)


async def soon(awaitable: Any) -> Any:
    """What comes, as long as it comes in time."""
    return await asyncio.wait_for(awaitable, PATIENCE)
