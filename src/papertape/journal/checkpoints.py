"""Checkpoints: named sequences that the exchange can go back to.

A checkpoint keeps a sequence and pins its snapshot. Going back ends the log there; what came after is moved to
the data folder's ``archive``, so that nothing is destroyed.
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import msgspec

from papertape.journal.file_log import FileLog
from papertape.journal.folder import DataFolder
from papertape.journal.log import JournalError
from papertape.journal.segment import sync_folder, write_durably
from papertape.journal.snapshots import Snapshots

MOST = 100
"""Checkpoints of one exchange."""

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


class CheckpointError(JournalError):
    """The checkpoint cannot be made or found."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A checkpoint: ``market_time`` at its sequence, ``created`` by the clock on the wall; Unix milliseconds."""

    name: str
    sequence: int
    state_hash: str
    market_time: int
    created: int


def check_name(name: str, taken: int) -> None:
    """Raises ``CheckpointError`` for a name that cannot be one, and when there are too many."""
    if not NAME.fullmatch(name):
        raise CheckpointError(f"no name for a checkpoint: {name!r}; up to 64 letters, digits, '_', '.', '-'")
    if taken >= MOST:
        raise CheckpointError(f"there are {MOST} checkpoints already")


class Checkpoints:
    """The checkpoints of a data folder; a name given again moves to the newer sequence."""

    def __init__(self, folder: DataFolder) -> None:
        self.folder = folder

    def keep(self, kept: Kept) -> None:
        """Writes a checkpoint down. Raises ``CheckpointError``."""
        names = [other.name for other in self.all()]
        check_name(kept.name, len(names) - (kept.name in names))
        self.folder.checkpoints.mkdir(parents=True, exist_ok=True)
        write_durably(self._path(kept.name), msgspec.json.encode(kept))

    def find(self, name: str) -> Kept:
        """The checkpoint of this name. Raises ``CheckpointError`` if there is none."""
        for kept in self.all():
            if kept.name == name:
                return kept
        raise CheckpointError(f"no checkpoint is called {name!r}")

    def all(self) -> list[Kept]:
        """All checkpoints, in order of sequence; one that cannot be read is none."""
        found = []
        for path in sorted(self.folder.checkpoints.glob("*.json")):
            try:
                found.append(msgspec.json.decode(path.read_bytes(), type=Kept))
            except msgspec.DecodeError:
                continue
        return sorted(found, key=lambda kept: (kept.sequence, kept.name))

    def archive_after(self, sequence: int, archive: Path) -> None:
        """Moves the checkpoints above the sequence away."""
        for kept in self.all():
            if kept.sequence > sequence:
                archive.mkdir(parents=True, exist_ok=True)
                self._path(kept.name).rename(archive / self._path(kept.name).name)
        if self.folder.checkpoints.exists():
            sync_folder(self.folder.checkpoints)

    def _path(self, name: str) -> Path:
        return self.folder.checkpoints / f"{name}.json"


def pinned(folder: DataFolder) -> set[int]:
    """The sequences whose snapshots stay."""
    return {kept.sequence for kept in Checkpoints(folder).all()}


async def rewind(folder: DataFolder, log: FileLog, sequence: int) -> Path | None:
    """Ends the journal at ``sequence``; returns the folder that holds what came after, None if nothing did.

    The sequencer must be stopped; afterwards the exchange is to be recovered. A crash on the way leaves a journal
    that ends at ``sequence`` or later, with fewer snapshots than it had.
    """
    if sequence >= log.last_sequence:
        return None
    return await asyncio.to_thread(_rewind, folder, log, sequence)


def _rewind(folder: DataFolder, log: FileLog, sequence: int) -> Path:
    with folder.snapshots_locked():
        archive = folder.new_archive(sequence)
        Checkpoints(folder).archive_after(sequence, archive / "checkpoints")
        Snapshots(folder.snapshots).archive_after(sequence, archive / "snapshots")
        log.rewind(sequence, archive / "journal")
    return archive
