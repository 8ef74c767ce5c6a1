"""The server behind which a client's own time shows: it reads requests no further than it must and answers at once."""

from __future__ import annotations

import asyncio
import re
import signal
from typing import cast

TIME = b'{"code":"00000","msg":"success","requestTime":1763820000000,"data":{"serverTime":"1763820000000"}}'
PLACED = (
    b'{"code":"00000","msg":"success","requestTime":1763820000000,'
    b'"data":{"orderId":"1376182000000000001","clientOid":"benchmark-1"}}'
)
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


def _answer(body: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


ANSWERS = {b"GET": _answer(TIME), b"POS": _answer(PLACED)}


class Answering(asyncio.Protocol):
    """One connection: the time to whoever gets, an order's ids to whoever posts."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client is there."""
        self.transport, self.buffer = cast(asyncio.Transport, transport), b""

    def data_received(self, data: bytes) -> None:
        """Answers every request that is complete."""
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            length = LENGTH.search(self.buffer, 0, end)
            size = end + 4 + (int(length[1]) if length else 0)
            if len(self.buffer) < size:
                return
            self.transport.write(ANSWERS[self.buffer[:3]])
            self.buffer = self.buffer[size:]


async def serve() -> None:
    """Serve on a free port until told to end."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    server = await loop.create_server(Answering, "127.0.0.1", 0)
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    print(f"ready http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await ended.wait()
    server.close()


def main() -> None:
    """Serve on the quickest event loop there is."""
    try:
        import uvloop
    except ImportError:
        asyncio.run(serve())
    else:
        uvloop.run(serve())


if __name__ == "__main__":
    main()
