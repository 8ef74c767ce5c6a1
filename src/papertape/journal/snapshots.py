"""Snapshots: the whole state at a sequence, in a file, so that a start need not read the log from its beginning.

A snapshot is one line of heading and the state. It is only ever an abbreviation: without it, or when it is
damaged or of another version, the log gives the same state.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from zlib import crc32

import msgspec

from papertape.engine.exchange.exchange import Exchange
from papertape.engine.state import digest, dump, load
from papertape.journal.log import JournalError
from papertape.journal.segment import sync_folder, write_durably

FORMAT = 2
"""The version of the state's form; a snapshot of an older one is passed over, since the log gives the same state."""
WORDS = "papertape snapshot"
KEPT = 3
"""How many snapshots stay, besides those of checkpoints."""


class Heading(msgspec.Struct, frozen=True, kw_only=True):
    """What a snapshot says of itself; ``time`` is the market time of its last entry, in Unix milliseconds."""

    format: str = f"{WORDS} {FORMAT}"
    sequence: int
    time: int
    digest: str
    checksum: int


class DamagedSnapshot(JournalError):
    """A snapshot that cannot be used; the one before it, or the log, can."""


class OldSnapshot(DamagedSnapshot):
    """A snapshot in a form that is no longer read."""


class FoundSnapshot(msgspec.Struct, frozen=True):
    """The newest usable snapshot, if there is one, and what was wrong with newer ones."""

    exchange: Exchange | None
    heading: Heading | None
    skipped: list[str]


class Snapshots:
    """The snapshots of a data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sequence: int) -> Path:
        """Where the snapshot of this sequence lies."""
        return self.folder / f"{sequence:020d}.snapshot"

    def sequences(self) -> list[int]:
        """The sequences that have a snapshot, oldest first."""
        return sorted(int(path.stem) for path in self.folder.glob("*.snapshot") if path.stem.isdigit())

    def write(self, exchange: Exchange) -> Heading:
        """Writes the exchange's snapshot: under its name is all of it or nothing."""
        state = dump(exchange)
        heading = Heading(
            sequence=exchange.sequence,
            time=exchange.now,
            digest=digest(exchange),
            checksum=0,
        )
        heading = msgspec.structs.replace(heading, checksum=_checksum(heading, state))
        self.folder.mkdir(parents=True, exist_ok=True)
        write_durably(self.path(exchange.sequence), msgspec.json.encode(heading) + b"\n" + state)
        return heading

    def heading(self, sequence: int) -> Heading:
        """The heading of a snapshot; raises ``DamagedSnapshot`` if that much of it is damaged."""
        with self.path(sequence).open("rb") as file:
            return _heading(self.path(sequence), file.readline(4096))

    def read(self, sequence: int) -> tuple[Exchange, Heading]:
        """The exchange of a snapshot; raises ``DamagedSnapshot``."""
        path = self.path(sequence)
        line, _, state = path.read_bytes().partition(b"\n")
        heading = _heading(path, line)
        if heading.sequence != sequence or heading.checksum != _checksum(heading, state):
            raise DamagedSnapshot(f"{path}: the snapshot is damaged")
        try:
            exchange = load(state)
        except (msgspec.DecodeError, KeyError, TypeError, ValueError) as error:
            raise DamagedSnapshot(f"{path}: the snapshot is of another version ({error})") from error
        exchange.sequence, exchange.now, exchange.ledger.now = sequence, heading.time, heading.time
        return exchange, heading

    def newest(self, upto: int) -> FoundSnapshot:
        """The newest usable snapshot that is not above the sequence ``upto``."""
        skipped: list[str] = []
        for sequence in reversed(self.sequences()):
            if sequence <= upto:
                try:
                    exchange, heading = self.read(sequence)
                except DamagedSnapshot as damage:
                    skipped.append(str(damage))
                else:
                    return FoundSnapshot(exchange, heading, skipped)
        return FoundSnapshot(None, None, skipped)

    def prune(self, pinned: Collection[int] = ()) -> None:
        """Removes all but the newest ``KEPT`` and the pinned ones."""
        for sequence in self.sequences()[:-KEPT]:
            if sequence not in pinned:
                self.path(sequence).unlink()
        for draft in self.folder.glob("*.draft"):
            draft.unlink()

    def archive_after(self, sequence: int, archive: Path) -> None:
        """Moves the snapshots above the sequence away."""
        later = [item for item in self.sequences() if item > sequence]
        for item in later:
            archive.mkdir(parents=True, exist_ok=True)
            self.path(item).rename(archive / self.path(item).name)
        if later:
            sync_folder(self.folder)


def _checksum(heading: Heading, state: bytes) -> int:
    """The crc32 of all that the snapshot says."""
    return crc32(state, crc32(f"{heading.sequence} {heading.time} {heading.digest}".encode()))


def _heading(path: Path, line: bytes) -> Heading:
    try:
        heading = msgspec.json.decode(line, type=Heading)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DamagedSnapshot(f"{path}: the snapshot's heading is damaged ({error})") from error
    words, _, number = heading.format.rpartition(" ")
    if words != WORDS or not number.isdecimal():
        raise DamagedSnapshot(f"{path}: the snapshot is of another version ({heading.format})")
    if int(number) > FORMAT:
        raise JournalError(
            f"{path}: a newer Papertape wrote this snapshot (format {number}, here {FORMAT}): "
            "use that version or a newer one"
        )
    if int(number) < FORMAT:
        raise OldSnapshot(f"{path}: the snapshot is of an older version; the log is read instead")
    return heading
