"""The log in files: append-only segments, one write and one sync a batch, in a thread of its own.

Segments are named after their first sequence. A torn tail is cut when the log is opened; damage anywhere else
refuses to open. Readers in other processes see a growing prefix and need no lock.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Awaitable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from papertape.journal.log import JournalError
from papertape.journal.segment import HEADING, Damaged, packed, records, segment_name, segment_paths, sync_folder

SEGMENT_BYTES = 32 * 1024 * 1024
"""A segment that has reached this size is followed by a new one; the last one is checked whole at every start."""


class Cut(msgspec.Struct, frozen=True):
    """A torn tail that was cut: from which file, how many bytes, and the last sequence that stayed."""

    path: Path
    offset: int
    lost_bytes: int
    last_sequence: int

    def __str__(self) -> str:
        where = f"{self.path.name} at offset {self.offset}"
        return f"cut {self.lost_bytes} bytes of a torn write off {where}; the last whole entry is {self.last_sequence}"


def read_log(folder: Path, first: int = 1) -> Iterator[bytes]:
    """The payloads from ``first`` on; a torn end just ends it.

    Safe while another process appends. Raises ``JournalError`` for damage and for missing segments.
    """
    segments = segment_paths(folder)
    if segments and segments[0][0] > max(first, 1):
        raise JournalError(f"{folder}: the entries before {segments[0][0]} are missing")
    for place, (start, path) in enumerate(segments):
        following = segments[place + 1][0] if place + 1 < len(segments) else None
        if following is not None and following <= first:
            continue
        last = start - 1
        try:
            for stored in records(path, start):
                last = stored.sequence
                if last >= first:
                    yield stored.payload
        except Damaged as damage:
            if following is not None or not damage.torn:
                raise
        if following is not None and following != last + 1:
            raise JournalError(f"{path}: ends with entry {last}, but the next segment starts with {following}")


class FileLog:
    """The log of one data folder. ``cut`` tells what opening it had to cut off."""

    def __init__(self, folder: Path, segment_bytes: int = SEGMENT_BYTES) -> None:
        """Opens the log, making the folder if there is none; raises ``JournalError`` where it is damaged."""
        self.folder = folder
        self.cut: Cut | None = None
        self._segment_bytes = segment_bytes
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._file = -1
        self._size = 0
        self._last = 0
        folder.mkdir(parents=True, exist_ok=True)
        self._open_last()

    @property
    def last_sequence(self) -> int:
        """The sequence of the last durable payload."""
        return self._last

    def append(self, first: int, payloads: Sequence[bytes]) -> Awaitable[None]:
        """Writes and syncs one batch in the worker thread."""
        assert first == self._last + 1, f"append of {first} after {self._last}"
        return asyncio.get_running_loop().run_in_executor(self._worker, self._write, first, payloads)

    def read(self, first: int = 1) -> Iterator[bytes]:
        """The payloads from ``first`` on."""
        return read_log(self.folder, first)

    def rewind(self, sequence: int, archive: Path) -> None:
        """Ends the log at ``sequence``; what came after is kept in the ``archive`` folder, which must be new.

        Blocks, and no append may be under way. A crash on the way leaves a log that ends in between.
        """
        assert 0 < sequence <= self._last, f"rewind to {sequence} from {self._last}"
        archive.mkdir(parents=True)
        segments = segment_paths(self.folder)
        start, holding = next(item for item in reversed(segments) if item[0] <= sequence)
        size = next(stored.end for stored in records(holding, start) if stored.sequence == sequence)
        shutil.copyfile(holding, archive / holding.name)
        self._close_file()
        for first, path in reversed(segments):
            if first > start:
                path.rename(archive / path.name)
        sync_folder(archive)
        sync_folder(self.folder)
        _truncate(holding, size)
        self._open_last()

    def close(self) -> None:
        """Waits for the write under way and closes the file."""
        self._worker.shutdown(wait=True)
        self._close_file()

    def _write(self, first: int, payloads: Sequence[bytes]) -> None:
        if self._file < 0 or self._size >= self._segment_bytes:
            self._start_segment(first)
        data = memoryview(packed(first, payloads))
        self._size += len(data)
        while data:
            data = data[os.write(self._file, data) :]
        os.fdatasync(self._file)
        self._last += len(payloads)

    def _close_file(self) -> None:
        file, self._file = self._file, -1
        if file >= 0:
            os.close(file)

    def _start_segment(self, first: int) -> None:
        self._close_file()
        path = self.folder / segment_name(first)
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
        os.write(self._file, HEADING)
        os.fsync(self._file)
        sync_folder(self.folder)
        self._size = len(HEADING)

    def _open_last(self) -> None:
        """Finds the end of the last segment, cuts a torn tail, and opens the segment for appending."""
        self._last = 0
        while segments := segment_paths(self.folder):
            if segments[0][0] != 1:
                raise JournalError(f"{self.folder}: the entries before {segments[0][0]} are missing")
            start, path = segments[-1]
            if self._check_end(start, path):
                self._file = os.open(path, os.O_WRONLY | os.O_APPEND)
                return

    def _check_end(self, start: int, path: Path) -> bool:
        """Whether the segment is whole now; one without a single whole record is removed."""
        self._last, self._size = start - 1, len(HEADING)
        try:
            for stored in records(path, start):
                self._last, self._size = stored.sequence, stored.end
        except Damaged as damage:
            if not damage.torn:
                raise
            lost = path.stat().st_size - damage.offset
            self.cut = Cut(path, damage.offset, lost, self._last)
        if self._last < start:
            path.unlink()
            sync_folder(self.folder)
            self._last = 0
            return False
        _truncate(path, self._size)
        return True


def _truncate(path: Path, size: int) -> None:
    if path.stat().st_size != size:
        with path.open("r+b") as file:
            file.truncate(size)
            os.fsync(file.fileno())
