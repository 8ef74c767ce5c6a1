"""The follower: a process of its own that reads the log after the writer, and writes the snapshots.

``python -m papertape.journal.follower DIR [--to SEQUENCE]``. The exchange is never held up by a snapshot: it
only starts this process, one at a time and with low priority.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import msgspec

from papertape.engine.exchange.exchange import Exchange
from papertape.journal.apply import Output
from papertape.journal.checkpoints import pinned
from papertape.journal.file_log import read_log
from papertape.journal.folder import DataFolder
from papertape.journal.log import JournalError
from papertape.journal.recovery import outputs, replaying
from papertape.journal.snapshots import DamagedSnapshot, Heading, Snapshots

EVERY = 50_000
"""Entries between two snapshots: what a restart after a crash may have to apply."""

NICENESS = 10
FAILED = 1


def follow(folder: DataFolder, upto: int | None = None) -> Heading:
    """Writes the snapshot of entry ``upto`` (the last whole one), from the newest snapshot before it.

    Raises ``JournalError`` where the log is damaged or ends too early.
    """
    snapshots = Snapshots(folder.snapshots)
    with folder.snapshots_locked(), replaying():
        if upto is not None and upto in snapshots.sequences():
            try:
                return snapshots.read(upto)[1]
            except DamagedSnapshot:
                snapshots.path(upto).unlink()
        found = snapshots.newest(sys.maxsize if upto is None else upto)
        exchange = found.exchange or Exchange()
        missing = None if upto is None else upto - exchange.sequence
        for _ in islice(outputs(exchange, read_log(folder.journal, exchange.sequence + 1)), missing):
            pass
        if upto is not None and exchange.sequence != upto:
            raise JournalError(f"the log ends with entry {exchange.sequence}, before {upto}")
        heading = snapshots.write(exchange)
        snapshots.prune(pinned(folder))
        return heading


class SnapshotWriter:
    """Starts followers for a running exchange: every so many entries, and when asked.

    ``failure`` is what the last one printed when it failed; the exchange goes on without a snapshot.
    """

    def __init__(self, folder: DataFolder, last_sequence: int = 0, every: int = EVERY) -> None:
        """``last_sequence`` is that of the newest snapshot."""
        self.failure = ""
        self._folder, self._every, self._last = folder, every, last_sequence
        self._one = asyncio.Lock()
        self._task: asyncio.Task[Heading | None] | None = None
        self._process: asyncio.subprocess.Process | None = None

    def observe(self, output: Output) -> None:
        """A listener of the sequencer: starts a follower when enough entries have come since the last one."""
        if output.sequence - self._last >= self._every and (self._task is None or self._task.done()):
            self._last = output.sequence
            self._task = asyncio.create_task(self.write(output.sequence), name="snapshot")

    async def write(self, sequence: int) -> Heading | None:
        """The heading of the snapshot of ``sequence``, once it is written; None if that failed."""
        async with self._one:
            command = ("-m", "papertape.journal.follower", str(self._folder.path), "--to", str(sequence))
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
            )
            printed, errors = await self._process.communicate()
            failed = self._process.returncode != 0
            self._process = None
            self.failure = errors.decode("utf-8", "replace") if failed else ""
            return None if failed else msgspec.json.decode(printed, type=Heading)

    async def stop(self) -> None:
        """Ends a follower that is at work; what it was writing is not missed."""
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
        if self._task is not None:
            await asyncio.wait((self._task,))


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes one snapshot and prints its heading as JSON."""
    parser = argparse.ArgumentParser(prog="papertape.journal.follower", description="Writes a snapshot.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--to", type=int, default=None, metavar="SEQUENCE")
    options = parser.parse_args(arguments)
    os.nice(NICENESS)
    try:
        heading = follow(DataFolder(options.folder), options.to)
    except JournalError as error:
        print(error, file=sys.stderr)
        return FAILED
    print(msgspec.json.encode(heading).decode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
