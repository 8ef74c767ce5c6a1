"""WebSocket messages from frames, and the close handshake (RFC 6455); what picows leaves to its listener.

picows checks opcodes, masks, lengths and control frames. Here: reserved bits, the order of fragments, UTF-8, the size
of a whole message, pongs, and that a closed connection is gone soon, whether or not the other side takes part.
"""

from __future__ import annotations

import asyncio
import codecs
import logging
import socket
from collections.abc import Callable
from math import inf

from picows import WSCloseCode, WSFrame, WSListener, WSMsgType, WSTransport

logger = logging.getLogger("papertape.gateway")

LARGEST_MESSAGE = 64 << 10
"""Bytes of one message, in one frame or in many."""

WRITE_BUFFER = 64 << 10
"""Bytes that wait in the transport before the connection counts as slow, beside what the kernel takes."""

CLOSE_SECONDS = 1.0
"""For the other side to answer a close; then the socket is cut."""

DRAIN_SECONDS = 60.0
"""For a slow reader to take what is in the write buffer; then the socket is cut."""

KEEPALIVE = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 15, "TCP_KEEPCNT": 4, "TCP_USER_TIMEOUT": 60_000}
"""How soon the kernel notices that the other side is gone without a word: seconds, and milliseconds for the last."""

SENDABLE = frozenset((1000, 1001, 1002, 1003, *range(1007, 1015)))
"""The codes that a close may carry, beside those from 3000 to 4999."""

TEXT, BINARY, CONTINUATION = WSMsgType.TEXT, WSMsgType.BINARY, WSMsgType.CONTINUATION


class Framing(WSListener):
    """One connection as whole messages: ``text`` and ``binary`` get them, ``gone`` is its end.

    ``write`` sends a message. ``deadline`` (loop time) is when the socket is cut: set once it closes or stops reading.
    """

    __slots__ = (
        "_decoder", "_parts", "_ping", "_size", "closing", "deadline", "loop", "paused", "silent", "transport", "write",
    )  # fmt: skip

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.transport: WSTransport | None = None
        self.write: Callable[[WSMsgType, bytes], None] = _nowhere
        self.closing = self.paused = self.silent = False
        self.deadline = inf
        self._decoder: codecs.IncrementalDecoder | None = None
        self._parts: list[bytes] | None = None
        self._size = 0
        self._ping: bytes | None = None

    def opened(self) -> None:
        """The connection is there."""

    def text(self, message: str) -> None:
        """A text message."""

    def binary(self, message: bytes) -> None:
        """A binary message."""
        self.close(WSCloseCode.UNSUPPORTED_DATA, "text messages only")

    def drained(self) -> None:
        """The other side reads again."""

    def gone(self) -> None:
        """The connection is no more."""

    def close(self, code: WSCloseCode, reason: str = "") -> None:
        """Says goodbye; the socket is cut when the other side has answered, at the latest after a second."""
        if self.closing or self.transport is None:
            return
        self.closing = True
        self.deadline = self.loop.time() + CLOSE_SECONDS
        self.transport.send_close(code, reason)

    def fall_silent(self) -> None:
        """Leaves the socket open; from now on nothing is heard and nothing said."""
        self.silent = True
        self.write = _nowhere

    def cut(self) -> None:
        """Ends the connection at once, unsent messages included."""
        self.closing = True
        if self.transport is not None:
            self.transport.disconnect(False)

    def on_ws_connected(self, transport: WSTransport) -> None:
        """The handshake is done."""
        self.transport = transport
        self.write = transport.send
        underlying = transport.underlying_transport
        underlying.set_write_buffer_limits(WRITE_BUFFER)
        connection = underlying.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in KEEPALIVE.items():
            if (option := getattr(socket, name, None)) is not None:
                connection.setsockopt(socket.IPPROTO_TCP, option, value)
        self.opened()

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """The socket is gone."""
        self.closing = True
        self.gone()

    def pause_writing(self) -> None:
        """The other side does not read as fast as we write."""
        self.paused = True
        if not self.closing:
            self.deadline = self.loop.time() + DRAIN_SECONDS

    def resume_writing(self) -> None:
        """The other side has caught up."""
        self.paused = False
        if self.closing or self.silent or self.transport is None:
            return
        self.deadline = inf
        if self._ping is not None:
            self.transport.send_pong(self._ping)
            self._ping = None
        self.drained()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """A frame: most often a whole text message."""
        kind = frame.msg_type
        if self.silent:
            return
        if frame.rsv1 or frame.rsv2 or frame.rsv3:
            self.close(WSCloseCode.PROTOCOL_ERROR, "reserved bits without an extension")
        elif kind == WSMsgType.CLOSE:
            self._closed(transport, frame)
        elif self.closing:
            return
        elif kind == WSMsgType.PING:
            self.pong(frame.get_payload_as_bytes())
        elif kind != WSMsgType.PONG:
            self._data(frame, kind)

    def _data(self, frame: WSFrame, kind: WSMsgType) -> None:
        if (kind == CONTINUATION) == (self._parts is None):
            self.close(WSCloseCode.PROTOCOL_ERROR, "fragments out of order")
            return
        try:
            message = self._whole(frame, kind)
        except UnicodeDecodeError:
            self.close(WSCloseCode.INVALID_TEXT, "not UTF-8")
            return
        try:
            if isinstance(message, str):
                self.text(message)
            elif message is not None:
                self.binary(message)
        except Exception:
            logger.exception("a message on %s failed", path_of(self.transport))
            self.close(WSCloseCode.INTERNAL_ERROR)

    def _whole(self, frame: WSFrame, kind: WSMsgType) -> str | bytes | None:
        """The message that the frame completes, or None; text that cannot be right is found in its first frame."""
        if self._parts is None:
            if frame.fin:
                return frame.get_payload_as_utf8_text() if kind == TEXT else frame.get_payload_as_bytes()
            self._parts, self._size = [], 0
            self._decoder = codecs.getincrementaldecoder("utf-8")() if kind == TEXT else None
        part = frame.get_payload_as_bytes()
        self._size += len(part)
        if self._size > LARGEST_MESSAGE:
            self.close(WSCloseCode.MESSAGE_TOO_BIG, f"a message has at most {LARGEST_MESSAGE} bytes")
            return None
        if self._decoder is not None:
            self._decoder.decode(part, frame.fin)
        self._parts.append(part)
        if not frame.fin:
            return None
        whole = b"".join(self._parts)
        self._parts = None
        return whole if self._decoder is None else whole.decode()

    def pong(self, payload: bytes) -> None:
        """Answers a ping; for a slow reader only the latest, once it reads again."""
        if self.paused:
            self._ping = payload
        elif self.transport is not None and not self.closing:
            self.transport.send_pong(payload)

    def _closed(self, transport: WSTransport, frame: WSFrame) -> None:
        """The other side closes, or answers our close: the socket goes."""
        if not self.closing:
            payload = frame.get_payload_as_bytes()
            code = int.from_bytes(payload[:2], "big") if payload else 1000
            valid = code in SENDABLE or 3000 <= code < 5000
            self.close(WSCloseCode.OK if valid else WSCloseCode.PROTOCOL_ERROR)
        transport.disconnect()


def _nowhere(kind: WSMsgType, message: bytes) -> None:
    """What is written before there is a connection."""


def path_of(transport: WSTransport | None) -> str:
    """The path that a connection was made to, for the log."""
    return "a closed connection" if transport is None else transport.request.path.decode("latin-1")
