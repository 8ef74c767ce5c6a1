"""A TCP road between a client and a real exchange, which a story can cut and close."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit


class Road:
    """Passes bytes on; ``cut`` ends all connections, while ``closed`` new ones are turned away."""

    def __init__(self, towards: str) -> None:
        parts = urlsplit(towards)
        self._host, self._port = parts.hostname, parts.port
        self.closed = False
        self.passed = 0
        self.address = ""
        self._writers: set[asyncio.StreamWriter] = set()

    def cut(self) -> None:
        """Ends every connection without a word."""
        for writer in list(self._writers):
            writer.transport.abort()

    async def travel(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        if self.closed:
            writer.transport.abort()
            return
        self.passed += 1
        far_reader, far_writer = await asyncio.open_connection(self._host, self._port)
        self._writers |= {writer, far_writer}
        await asyncio.gather(self._carry(reader, far_writer), self._carry(far_reader, writer))
        self._writers -= {writer, far_writer}

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(1 << 16):
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()


@asynccontextmanager
async def road(towards: str) -> AsyncIterator[Road]:
    """A road for the length of an ``async with``."""
    way = Road(towards)
    server = await asyncio.start_server(way.travel, "127.0.0.1", 0)
    way.address = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield way
    finally:
        server.close()
        way.cut()
        await asyncio.sleep(0.01)
