"""The outputs of messages: a terminal that is redrawn, or a pipe that gets a line of JSON for each."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, BinaryIO, Protocol

import msgspec
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from papertape.cli.fields import json_line
from papertape.cli.watching.views import WatchView
from papertape.sdk.streams.events import Gap, Reconnected

PACE = 0.1
"""Seconds between two pictures at least."""

NOTES = 3
FRAME = 4 + NOTES
"""Lines of a picture that are not rows: its heads, its notes, the line of the cursor."""


class WatchOutput(Protocol):
    """Shows messages; ``run`` ends when as many have been shown as were asked for."""

    async def take(self, symbol: str, items: Sequence[Any]) -> None:
        """Show messages, gaps and reconnections."""

    def note(self, text: str) -> None:
        """Show something about the connection."""

    async def run(self) -> None:
        """Work until the end."""


class Lines:
    """Writes each item at once as a line of JSON. A thread writes: a slow reader delays no socket."""

    def __init__(self, channel: str, count: int | None, stream: BinaryIO) -> None:
        self._channel, self._left, self._stream = channel, count, stream
        self._writing = asyncio.Lock()
        self._end = asyncio.Event()

    async def take(self, symbol: str, items: Sequence[Any]) -> None:
        """Write each item, as many messages as are asked for."""
        async with self._writing:
            if self._end.is_set() or not items:
                return
            lines = []
            for item in items:
                lines.append(self._line(symbol, item))
                if self._left is not None and not isinstance(item, Gap | Reconnected):
                    self._left -= 1
                    if not self._left:
                        break
            await asyncio.to_thread(self._write, b"".join(lines))
            if self._left == 0:
                self._end.set()

    def note(self, text: str) -> None:
        """Print a line on stderr, so that it is not among the messages."""
        print(f"papertape: {text}", file=sys.stderr, flush=True)

    async def run(self) -> None:
        """Wait for the last message that is asked for."""
        await self._end.wait()

    def _line(self, symbol: str, item: msgspec.Struct) -> bytes:
        head = {"channel": self._channel} | ({"symbol": symbol} if symbol else {})
        if isinstance(item, Gap | Reconnected):
            head = {"event": type(item).__name__.lower()} | head
        return json_line(head, item)

    def _write(self, lines: bytes) -> None:
        self._stream.write(lines)
        self._stream.flush()


class Screen:
    """Redraws a view when something has changed, and below it what happened to the connection."""

    def __init__(self, view: WatchView, count: int | None, console: Console) -> None:
        self._view, self._left, self._console = view, count, console
        self._notes: deque[tuple[str, str]] = deque(maxlen=NOTES)
        self._troubled = False
        self._changed = asyncio.Event()
        self._began = False
        self._waiting = "waiting for the exchange"

    async def take(self, symbol: str, items: Sequence[Any]) -> None:
        """Pass the messages to the view; an empty list means that it is subscribed."""
        self._waiting = "subscribed; nothing has happened yet"
        for item in items:
            if isinstance(item, Gap | Reconnected):
                self._note(told(symbol, item))
                self._troubled = self._troubled and isinstance(item, Gap)
            else:
                if self._troubled:
                    self._note(f"{symbol or 'the exchange'}: messages come again")
                    self._troubled = False
                self._view.take(symbol, item)
                self._began = True
        self._changed.set()

    def note(self, text: str) -> None:
        """Show what went wrong with the connection, until messages come again."""
        self._troubled = True
        self._note(text)

    def _note(self, text: str) -> None:
        """Add a line below the table, with this machine's time; a repeated text is shown once."""
        if self._notes and self._notes[-1][1] == text:
            self._notes.pop()
        self._notes.append((f"{datetime.now(UTC):%H:%M:%S}", text))
        self._changed.set()

    def picture(self) -> RenderableType:
        """Draw what is on the screen now."""
        room = max(1, self._console.height - FRAME)
        shown = self._view.picture(room) if self._began else Text(self._waiting, style="dim")
        notes = (Text(" ".join(note), style="yellow", no_wrap=True, overflow="ellipsis") for note in self._notes)
        return Group(shown, *notes)

    async def run(self) -> None:
        """Redraw in a thread: a slow terminal delays no socket."""
        with Live(self.picture(), console=self._console, auto_refresh=False) as live:
            live.refresh()
            while True:
                await self._changed.wait()
                self._changed.clear()
                counts = self._began
                await asyncio.to_thread(live.update, self.picture(), refresh=True)
                if counts and self._left is not None:
                    self._left -= 1
                    if not self._left:
                        return
                await asyncio.sleep(PACE)


def told(symbol: str, event: Gap | Reconnected) -> str:
    """Describe what happened in words."""
    place = f"{symbol}: " if symbol else ""
    if isinstance(event, Reconnected):
        rest = f", {event.recovered} messages fetched over REST" if event.recovered else ""
        return f"{place}reconnected after {event.seconds:.1f} s ({event.reason}){rest}"
    lost = "messages are" if event.lost is None else "1 message is" if event.lost == 1 else f"{event.lost} messages are"
    return f"{place}{lost} missing here ({event.reason})"


class _Handler(logging.Handler):
    def __init__(self, note: Callable[[str], None]) -> None:
        super().__init__(logging.INFO)
        self._note = note

    def emit(self, record: logging.LogRecord) -> None:
        self._note(record.getMessage())


@contextmanager
def heard(note: Callable[[str], None]) -> Iterator[None]:
    """Pass on what a stream logs: channels of state do not tell that their connection is gone."""
    logger, handler = logging.getLogger("papertape.stream"), _Handler(note)
    before = logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before[0])
        logger.propagate = before[1]
