"""A client that is not bound by any library: it writes frames bit by bit, reads when it likes, and may vanish."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from tests.gateway.websocket.sockets import PATIENCE

CONTINUED, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
HANDSHAKE = {
    "Host": "localhost",
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


class Frame(NamedTuple):
    """A frame from the server."""

    kind: int
    payload: bytes


def frame(kind: int, payload: bytes = b"", *, fin: bool = True, bits: int = 0, masked: bool = True) -> bytes:
    """A frame of a client's; the mask is all zeros."""
    size = len(payload)
    mask = 0x80 if masked else 0
    head = bytes([(0x80 if fin else 0) | bits | kind])
    if size < 126:
        head += bytes([mask | size])
    elif size < 1 << 16:
        head += bytes([mask | 126]) + size.to_bytes(2, "big")
    else:
        head += bytes([mask | 127]) + size.to_bytes(8, "big")
    return head + (bytes(4) if masked else b"") + payload


class Raw:
    """A connection's two ends."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def handshake(self, path: str = "/v2/ws/public", **changes: str) -> str:
        """Asks to upgrade; the head of the answer."""
        headers = HANDSHAKE | {name.replace("_", "-"): value for name, value in changes.items()}
        lines = [f"GET {path} HTTP/1.1", *[f"{name}: {value}" for name, value in headers.items() if value], "", ""]
        self.writer.write("\r\n".join(lines).encode())
        return (await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), PATIENCE)).decode()

    def send(self, *frames: bytes) -> None:
        self.writer.write(b"".join(frames))

    def say(self, text: str) -> None:
        self.send(frame(TEXT, text.encode()))

    async def next(self) -> Frame:
        """The next frame."""
        head = await asyncio.wait_for(self.reader.readexactly(2), PATIENCE)
        size = head[1] & 0x7F
        if size >= 126:
            size = int.from_bytes(await self.reader.readexactly(2 if size == 126 else 8), "big")
        payload = await asyncio.wait_for(self.reader.readexactly(size), PATIENCE)
        return Frame(head[0] & 0x0F, payload)

    async def close_code(self) -> int:
        """The code of the close that comes next; then the socket has to end."""
        kind, payload = await self.next()
        assert kind == CLOSE, payload
        self.send(frame(CLOSE, payload[:2]))
        assert await self.ended()
        return int.from_bytes(payload[:2], "big")

    async def ended(self) -> bool:
        """Whether the server ends the socket with nothing more to say."""
        try:
            return await asyncio.wait_for(self.reader.read(1), PATIENCE) == b""
        except ConnectionResetError:
            return True

    def vanish(self) -> None:
        """Goes without a word."""
        self.writer.transport.abort()


@asynccontextmanager
async def raw(port: int, path: str = "/v2/ws/public", receive_buffer: int = 0) -> AsyncIterator[Raw]:
    """A connection that has been upgraded; with a small buffer it is soon full when nobody reads."""
    connection = socket.socket()
    if receive_buffer:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    connection.setblocking(False)
    await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", port))
    reader, writer = await asyncio.open_connection(sock=connection, limit=receive_buffer or 1 << 16)
    client = Raw(reader, writer)
    try:
        if path:
            assert "101 Switching Protocols" in await client.handshake(path)
        yield client
    finally:
        writer.transport.abort()
        await asyncio.sleep(0)
