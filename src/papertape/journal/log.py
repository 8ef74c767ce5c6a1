"""The log: where the entries of the journal are kept, as a port.

A log is an ordered list of payloads, numbered from 1 without gaps. It is appended to in batches; a batch is
durable as a whole before anybody hears of it. What a payload means is not the log's business.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterator, Sequence
from typing import Protocol


class JournalError(Exception):
    """The journal cannot be used as it is: damaged, of another version, in use, or from another exchange."""


class Log(Protocol):
    """An append-only list of payloads with one writer.

    A replicated log fits too: a batch is one message, appended only where ``first`` is the next sequence.
    """

    @property
    def last_sequence(self) -> int:
        """The sequence of the last durable payload; 0 when the log is empty."""
        ...

    def append(self, first: int, payloads: Sequence[bytes]) -> Awaitable[None]:
        """Starts to write the payloads as ``first``, ``first + 1``...; the result is done once they are durable.

        ``first`` must be the next sequence, and the append before this one must be done. The result is never done
        at once, so that the event loop gets its turn. It raises ``OSError`` when the batch could not be made
        durable; then nothing more may be appended.
        """
        ...

    def read(self, first: int = 1) -> Iterator[bytes]:
        """The payloads from ``first`` on, in order; raises ``JournalError`` where the log is damaged."""
        ...

    def close(self) -> None:
        """Lets go of files and threads; what was appended stays."""
        ...


class MemoryLog:
    """A log that keeps nothing: for an exchange that lives as long as its process."""

    def __init__(self) -> None:
        self._last = 0

    @property
    def last_sequence(self) -> int:
        """The sequence of the last payload that was appended."""
        return self._last

    def append(self, first: int, payloads: Sequence[bytes]) -> Awaitable[None]:
        """Counts the payloads and forgets them."""
        assert first == self._last + 1, f"append of {first} after {self._last}"
        self._last += len(payloads)
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        loop.call_soon(done.set_result, None)
        return done

    def read(self, first: int = 1) -> Iterator[bytes]:
        """Nothing: only an empty stretch can be read."""
        assert first > self._last, "a log in memory keeps nothing to read"
        return iter(())

    def rewind(self, sequence: int) -> None:
        """Counts on from an earlier sequence, after the exchange went back to it."""
        assert sequence <= self._last, f"rewind to {sequence} from {self._last}"
        self._last = sequence

    def close(self) -> None:
        """Nothing to let go of."""
