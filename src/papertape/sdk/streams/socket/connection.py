"""One WebSocket: receives whole messages, sends text, says the exchange's plain-text ping, watches for silence."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from picows import WSCloseCode, WSError, WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from papertape.sdk.streams.socket.pace import PacedSender

LARGEST_MESSAGE = 16 << 20
"""Bytes of one message, in one frame or in many."""

CLOSE_SECONDS = 1.0
"""Seconds for the exchange to answer a close; then the socket is cut."""

TICKS = 4
"""How often the watchdog looks while the longest silence lasts."""

OpeningFailed = (OSError, TimeoutError, WSError)
"""What an attempt to connect may raise."""


class SocketConnection(WSListener):
    """A connected socket. ``received`` gets each message, ``ended`` the reason once, when the socket is gone.

    It says ``ping`` every ``ping_every`` seconds. Any message, a late ``pong`` too, is a sign of life: only a socket
    that says nothing at all for ``silence`` seconds is dropped. A loop that is held up does not count as silence.
    """

    def __init__(self, received: Callable[[bytes], None], ended: Callable[[str], None]) -> None:
        self._received, self._ended = received, ended
        self._loop = asyncio.get_running_loop()
        self._transport: WSTransport | None = None
        self._parts: list[bytes] = []
        self._size = 0
        self._reason = ""
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._heard = True
        self._quiet = 0
        self.closed = False
        self.outbox = PacedSender(self._write)

    @classmethod
    async def open(
        cls,
        url: str,
        received: Callable[[bytes], None],
        ended: Callable[[str], None],
        *,
        timeout: float,
        ping_every: float,
        silence: float,
    ) -> SocketConnection:
        """Connect; raises one of ``OpeningFailed``."""
        async with asyncio.timeout(timeout):
            _, connection = await ws_connect(
                lambda: cls(received, ended), url,
                websocket_handshake_timeout=timeout, max_frame_size=LARGEST_MESSAGE, logger_name="stream",
            )  # fmt: skip
        if not isinstance(connection, SocketConnection):
            # picows gives no listener when the other side hangs up instead of answering the handshake.
            raise ConnectionError("the exchange hung up during the handshake")
        connection._again("ping", ping_every, connection._ping)
        connection._again("watch", silence / TICKS, connection._watch)
        return connection

    def send(self, text: str, *, urgent: bool = False) -> bool:
        """Send a message, no faster than allowed; False if too many wait already."""
        return not self.closed and self.outbox.send(text, urgent=urgent)

    def close(self, reason: str, code: WSCloseCode = WSCloseCode.OK) -> None:
        """Close with a close frame; the socket is cut when the exchange has answered, at the latest after a second."""
        if self.closed or self._transport is None:
            return
        self._shut(reason)
        self._transport.send_close(code)
        self._timers["cut"] = self._loop.call_later(CLOSE_SECONDS, self.cut, reason)

    def cut(self, reason: str) -> None:
        """Cut the socket at once."""
        self._shut(reason)
        if self._transport is not None:
            self._transport.disconnect(False)

    async def gone(self) -> None:
        """Wait until the socket is gone; raises an exception that handling a message has raised."""
        if self._transport is not None:
            with contextlib.suppress(*OpeningFailed):
                await self._transport.wait_disconnected()

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Note the transport: the handshake is done."""
        self._transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Take a frame, usually a whole text message."""
        self._heard = True
        kind = frame.msg_type
        if kind is WSMsgType.TEXT and frame.fin:
            if not self.closed:
                self._received(frame.get_payload_as_bytes())
        elif kind is WSMsgType.TEXT or kind is WSMsgType.CONTINUATION:
            self._fragment(frame)
        elif kind is WSMsgType.CLOSE:
            code, reason = frame.get_close_code(), (frame.get_close_message() or b"").decode(errors="replace")
            self._shut(f"closed by the exchange: {getattr(code, 'value', code)} {reason}".rstrip())
            if not transport.is_close_frame_sent:
                transport.send_close(WSCloseCode.OK)
            transport.disconnect()

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """Report that the socket is gone."""
        self._shut("the socket broke")
        if (timer := self._timers.pop("cut", None)) is not None:
            timer.cancel()
        self._ended(self._reason)

    def _fragment(self, frame: WSFrame) -> None:
        part = frame.get_payload_as_bytes()
        self._parts.append(part)
        self._size += len(part)
        if self._size > LARGEST_MESSAGE:
            self.cut("a message is too large")
        elif frame.fin:
            whole = b"".join(self._parts)
            self._parts, self._size = [], 0
            if not self.closed:
                self._received(whole)

    def _write(self, text: str) -> None:
        if self._transport is not None:
            self._transport.send(WSMsgType.TEXT, text.encode())

    def _ping(self) -> None:
        self.send("ping", urgent=True)

    def _watch(self) -> None:
        self._quiet = 0 if self._heard else self._quiet + 1
        self._heard = False
        if self._quiet >= TICKS:
            self.cut("the exchange said nothing for too long")

    def _again(self, name: str, seconds: float, work: Callable[[], None]) -> None:
        if not self.closed:
            self._timers[name] = self._loop.call_later(seconds, self._repeat, name, seconds, work)

    def _repeat(self, name: str, seconds: float, work: Callable[[], None]) -> None:
        work()
        self._again(name, seconds, work)

    def _shut(self, reason: str) -> None:
        """Stop sending and receiving; the first reason is the one that is reported."""
        if self.closed:
            return
        self.closed, self._reason = True, reason
        self.outbox.close()
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
