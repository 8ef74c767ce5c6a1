"""Segments: the files of the journal, record by record.

A segment is a heading and then records; a record is a marker, a crc32, the payload's length, the first sequence
of its batch, and the payload. The crc covers all that follows it.

The batch tells a torn write from a damaged file. A batch is written once the one before it is on the disk, so a
damaged record that is followed by a *later batch* was durable once: that is corruption, and nothing may be cut.
Without a later batch the damaged one was still being written (a disk may keep its pages in any order).
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from papertape.journal.log import JournalError

HEADING = b"PAPERTAPE LOG 1\n"
FAMILY = HEADING[:14]
MARKER = b"\xff\xfePT"
"""Starts each record; 0xff occurs in no UTF-8 text, so that no request can hold it."""

RECORD = struct.Struct("<4sIIQ")
COVERED = struct.Struct("<IQ")
CRC_ENDS = 8
MAX_PAYLOAD = 16 * 1024 * 1024
"""Bytes of one payload: far above any request, far below what a damaged length would ask for."""


class Stored(NamedTuple):
    """A payload as found: the sequence it has and the offset where its record ends."""

    sequence: int
    end: int
    payload: bytes


class Damaged(JournalError):
    """A record that is not whole; ``offset`` is where it starts, ``sequence`` what it should have been.

    ``torn``: it was still being written when the process or the machine stopped, and nobody had heard of it.
    """

    def __init__(self, path: Path, offset: int, sequence: int, *, torn: bool) -> None:
        super().__init__(f"{path}: damaged at offset {offset}, where entry {sequence} should be")
        self.path, self.offset, self.sequence, self.torn = path, offset, sequence, torn


def segment_name(first: int) -> str:
    """The file name of the segment whose first record is this sequence."""
    return f"{first:020d}.log"


def segment_paths(folder: Path) -> list[tuple[int, Path]]:
    """The segments of a folder with their first sequences, oldest first."""
    return sorted((int(path.stem), path) for path in folder.glob("*.log") if path.stem.isdigit())


def packed(first: int, payloads: Sequence[bytes]) -> bytes:
    """A batch as the bytes to write: one record a payload."""
    parts: list[bytes] = []
    for payload in payloads:
        assert len(payload) <= MAX_PAYLOAD, f"an entry of {len(payload)} bytes"
        size = len(payload)
        checksum = crc32(payload, crc32(COVERED.pack(size, first)))
        parts += (RECORD.pack(MARKER, checksum, size, first), payload)
    return b"".join(parts)


def records(path: Path, first: int) -> Iterator[Stored]:
    """The records of a segment; raises ``Damaged`` at the first that is not whole."""
    data = path.read_bytes()
    if data[: len(HEADING)] != HEADING:
        if data.startswith(FAMILY) and len(data) >= len(HEADING):
            raise JournalError(f"{path}: written by another version of Papertape")
        raise Damaged(path, 0, first, torn=not _has_batch_after(data, 0, 0))
    offset, sequence = len(HEADING), first
    while offset < len(data):
        end = _end(data, offset)
        if end == 0:
            raise Damaged(path, offset, sequence, torn=not _has_batch_after(data, offset, sequence))
        yield Stored(sequence, end, data[offset + RECORD.size : end])
        offset, sequence = end, sequence + 1


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder durable: files made, renamed and removed."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_durably(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Writes a whole file: under its name is either what was there before or all of ``data``."""
    draft = path.with_name(path.name + ".draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with open(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def _end(data: bytes, offset: int) -> int:
    """Where the record at ``offset`` ends; 0 if it is not whole."""
    if offset + RECORD.size > len(data):
        return 0
    marker, checksum, size, _ = RECORD.unpack_from(data, offset)
    end: int = offset + RECORD.size + size
    if marker != MARKER or size > MAX_PAYLOAD or end > len(data):
        return 0
    return end if crc32(memoryview(data)[offset + CRC_ENDS : end]) == checksum else 0


def _has_batch_after(data: bytes, offset: int, sequence: int) -> bool:
    """Whether a whole record of a later batch than that of ``sequence`` comes after the offset."""
    offset = data.find(MARKER, offset)
    while offset >= 0:
        if _end(data, offset) and RECORD.unpack_from(data, offset)[3] > sequence:
            return True
        offset = data.find(MARKER, offset + 1)
    return False
