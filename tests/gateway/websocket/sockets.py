"""A client's side of the streams: aiohttp's WebSocket, told what to ask and what to expect."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import msgspec

from papertape.contract.protocol import signing
from papertape.gateway.websocket.server import StreamServer
from papertape.operations.feeds.feeds import Feeds
from papertape.runtime.local_exchange import LocalExchange
from tests.gateway.desk import Desk

PATIENCE = 5.0
"""Seconds within which whatever a story waits for has to happen."""

SECOND, MINUTE, HOUR = 1000, 60_000, 3_600_000

TRADES = {"instType": "SPOT", "channel": "trade", "instId": "BTCUSDT"}
BOOK1 = {"instType": "SPOT", "channel": "books1", "instId": "BTCUSDT"}
BOOKS = {"instType": "SPOT", "channel": "books", "instId": "BTCUSDT"}
ORDERS = {"instType": "SPOT", "channel": "orders", "instId": "default"}
ACCOUNT = {"instType": "SPOT", "channel": "account", "coin": "default"}
FILLS = {"instType": "SPOT", "channel": "fill", "instId": "default"}


class Socket:
    """One connection."""

    def __init__(self, connection: aiohttp.ClientWebSocketResponse) -> None:
        self.connection = connection

    async def say(self, text: str) -> None:
        await self.connection.send_str(text)

    async def ask(self, op: str, *args: Any, **more: Any) -> None:
        await self.say(msgspec.json.encode({"op": op, "args": args, **more}).decode())

    async def text(self) -> str:
        """The next message; fails on anything else."""
        message = await self.connection.receive(PATIENCE)
        assert message.type is aiohttp.WSMsgType.TEXT, message
        return str(message.data)

    async def next(self) -> Any:
        """The next message, which is JSON."""
        return msgspec.json.decode(await self.text())

    async def told(self, op: str, *args: Any, **more: Any) -> Any:
        """Asks, and takes the next message."""
        await self.ask(op, *args, **more)
        return await self.next()

    async def refused(self, op: str, *args: Any) -> int:
        """Asks, and takes the code of the refusal that comes next."""
        answer = await self.told(op, *args)
        assert answer["event"] == "error", answer
        return int(answer["code"])

    async def pong(self) -> bool:
        """Whether a ping is answered by a pong, whatever comes before it."""
        await self.say("ping")
        while (text := await self.text()) != "pong":
            assert text.startswith("{"), text
        return True

    async def silence(self) -> bool:
        """Whether the server has nothing to say before it answers a ping."""
        await self.say("ping")
        return await self.text() == "pong"

    async def end(self) -> tuple[list[Any], int | None]:
        """What still comes before the server closes, and its close code."""
        rest = []
        while (message := await self.connection.receive(PATIENCE)).type is aiohttp.WSMsgType.TEXT:
            rest.append(msgspec.json.decode(message.data))
        return rest, self.connection.close_code


class Streams:
    """An exchange's streams behind a gateway with limits; its clock stands at noon until a story moves it."""

    def __init__(self, exchange: LocalExchange, *, limits: bool = True) -> None:
        self.exchange = exchange
        self.desk = Desk(exchange, limits=limits)
        self.clock = self.desk.clock
        feeds = Feeds(lambda: exchange.sequencer.exchange, exchange.gateway.history)
        self.server = StreamServer(self.desk.gateway, feeds, self.clock, "127.0.0.1", 0, limits=limits)
        exchange.sequencer.add_listener(self.server.observe)
        exchange.sequencer.add_restore_listener(self.server.restored)
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))

    async def __aenter__(self) -> Streams:
        await self.server.start()
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self._session.close()
        await self.server.stop()

    async def connect(self, path: str = "/v2/ws/public", **options: Any) -> Socket:
        url = f"ws://127.0.0.1:{self.server.port}{path}"
        return Socket(await self._session.ws_connect(url, **options))

    def credentials(self, **changes: Any) -> dict[str, Any]:
        """The login of the developer; ``changes`` replaces any of its fields, None leaves it out."""
        timestamp = changes.pop("timestamp", str(self.clock.now() // 1000))
        secret = changes.pop("secret", "papertape-secret")
        message = signing.prehash(str(timestamp), "GET", "/user/verify")
        sign = signing.sign_rsa if signing.is_private_key(secret) else signing.sign_hmac
        fields = {
            "apiKey": "papertape-key",
            "passphrase": "papertape",
            "timestamp": timestamp,
            "sign": sign(secret, message),
        }
        return {name: value for name, value in (fields | changes).items() if value is not None}

    async def login(self, path: str = "/v2/ws/private", **changes: Any) -> Socket:
        """A connection of the developer's, logged in."""
        socket = await self.connect(path)
        assert await socket.told("login", self.credentials(**changes)) == {"event": "login", "code": 0, "msg": ""}
        return socket

    def pass_time(self, milliseconds: int) -> None:
        """Moves the gateway's clock, and has the server look at it."""
        self.clock.advance(milliseconds)
        self.server.sweep()


async def eventually(condition: Any) -> None:
    """Waits until the condition holds."""
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.005)
