"""The data folder: where things lie in it, and the lock that keeps a second exchange out."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from papertape.journal.log import JournalError


class DataFolder:
    """The places in a data folder; nothing is made or opened before it is asked for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.journal = path / "journal"
        self.snapshots = path / "snapshots"
        self.checkpoints = path / "checkpoints"
        self.archive = path / "archive"
        self.key = path / "key"
        self.history = path / "history.sqlite"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Owns the folder; raises ``JournalError`` if another process does. Ends with the process at the latest."""
        with self._lock("lock", fcntl.LOCK_EX | fcntl.LOCK_NB):
            yield

    @contextmanager
    def snapshots_locked(self) -> Iterator[None]:
        """Owns the snapshots, waiting for another process to finish one: one is written at a time."""
        with self._lock("snapshots.lock", fcntl.LOCK_EX):
            yield

    def new_archive(self, sequence: int) -> Path:
        """A path for what comes after ``sequence`` and is given up; each its own."""
        stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
        name = f"after-{sequence}-{stamp}"
        taken = len(list(self.archive.glob(f"{name}*")))
        return self.archive / (f"{name}-{taken}" if taken else name)

    @contextmanager
    def _lock(self, name: str, how: int) -> Iterator[None]:
        self.path.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path / name, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            try:
                fcntl.flock(descriptor, how)
            except BlockingIOError:
                owner = os.read(descriptor, 32).decode("ascii", "replace").strip()
                raise JournalError(f"{self.path}: in use by process {owner or 'unknown'}") from None
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
            yield
        finally:
            os.close(descriptor)
