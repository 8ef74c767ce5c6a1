"""Where an exchange lives: in a data folder, or in memory only. Opening it, keeping it, going back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

from papertape.config import Config
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.state import digest, dump, load
from papertape.journal.apply import Output
from papertape.journal.checkpoints import CheckpointError, Checkpoints, Kept, check_name, pinned, rewind
from papertape.journal.file_log import FileLog
from papertape.journal.folder import DataFolder
from papertape.journal.follower import SnapshotWriter
from papertape.journal.log import Log, MemoryLog
from papertape.journal.recovery import Progress, recover
from papertape.journal.sealing import SealingVault
from papertape.journal.snapshots import Snapshots
from papertape.projections.database import MEMORY, Database, open_database

Listener = Callable[[Output], None]


class Storage(Protocol):
    """The log, the vault, the history database and the checkpoints of one exchange."""

    vault: SealingVault
    database: Database
    notices: list[str]

    @property
    def log(self) -> Log:
        """The log that the sequencer writes."""
        ...

    def recover(self, projected: int, listener: Listener, progress: Progress | None = None) -> Exchange:
        """The exchange as the log has it; the listener gets the outputs that history lacks."""
        ...

    def observe(self, output: Output) -> None:
        """A listener of the sequencer: snapshots follow from time to time."""
        ...

    async def keep(self, exchange: Exchange, name: str, created: int) -> Kept:
        """Makes a checkpoint of the exchange as it stands. Raises ``CheckpointError``."""
        ...

    def kept(self) -> list[Kept]:
        """The checkpoints."""
        ...

    def keep_first(self, exchange: Exchange) -> None:
        """Told once the exchange has opened: to start over from."""
        ...

    async def go_back(self, sequence: int) -> Exchange:
        """Ends the log at a checkpoint's sequence (or the first entry's); the exchange of then."""
        ...

    async def close(self, exchange: Exchange | None) -> None:
        """Lets everything go; with an exchange, leaves its snapshot for a quick start."""
        ...


class FolderStorage:
    """A data folder, locked for this process."""

    def __init__(self, path: Path) -> None:
        self._stack = ExitStack()
        self.folder = DataFolder(path)
        self._stack.enter_context(self.folder.locked())
        try:
            new = not self.folder.journal.exists()
            self.vault = SealingVault.from_file(self.folder.key, create=new)
            self.log = FileLog(self.folder.journal)
            self._stack.callback(self.log.close)
            self.database = open_database(f"sqlite:///{self.folder.history}")
        except BaseException:
            self._stack.close()
            raise
        self.notices = [str(self.log.cut)] if self.log.cut else []
        self._snapshots = Snapshots(self.folder.snapshots)
        self._writer = SnapshotWriter(self.folder, max(self._snapshots.sequences(), default=0))

    def recover(self, projected: int, listener: Listener, progress: Progress | None = None) -> Exchange:
        """The exchange as the log has it; the listener gets the outputs that history lacks."""
        if self.database.rebuilt:
            self.notices.append(f"{self.folder.history}: history of an older version was written anew from the log")
        exchange, report = recover(self.log, self._snapshots, projected, listener, progress)
        self.notices.extend(report.notices)
        return exchange

    def observe(self, output: Output) -> None:
        """Starts a follower when enough entries have come."""
        self._writer.observe(output)

    async def keep(self, exchange: Exchange, name: str, created: int) -> Kept:
        """Lets a follower write the snapshot, then names it."""
        checkpoints = Checkpoints(self.folder)
        check_name(name, sum(1 for kept in checkpoints.all() if kept.name != name))
        heading = await self._writer.write(exchange.sequence)
        if heading is None:
            raise CheckpointError(f"the snapshot could not be written: {self._writer.failure}")
        made = Kept(
            name=name,
            sequence=heading.sequence,
            state_hash=heading.digest,
            market_time=heading.time,
            created=created,
        )
        checkpoints.keep(made)
        return made

    def kept(self) -> list[Kept]:
        """The checkpoints."""
        return Checkpoints(self.folder).all()

    def keep_first(self, exchange: Exchange) -> None:
        """The log has it."""

    async def go_back(self, sequence: int) -> Exchange:
        """Ends the log there, archives what came after, and reads the exchange again."""
        await self._writer.stop()
        await rewind(self.folder, self.log, sequence)
        exchange, report = await asyncio.to_thread(recover, self.log, self._snapshots, sequence)
        self._writer = SnapshotWriter(self.folder, report.snapshot)
        return exchange

    async def close(self, exchange: Exchange | None) -> None:
        """Stops the follower, leaves a snapshot of the exchange, and unlocks the folder."""
        await self._writer.stop()
        if exchange is not None and exchange.sequence not in self._snapshots.sequences():
            with self.folder.snapshots_locked():
                self._snapshots.write(exchange)
                self._snapshots.prune(pinned(self.folder))
        self._stack.close()


class MemoryStorage:
    """Nothing on disk: gone when the process ends. Checkpoints are kept as bytes."""

    def __init__(self) -> None:
        self.log = MemoryLog()
        self.vault = SealingVault()
        self.database = open_database(MEMORY)
        self.notices: list[str] = []
        self._kept: dict[str, tuple[Kept, bytes]] = {}
        self._first = b""

    def recover(self, projected: int, listener: Listener, progress: Progress | None = None) -> Exchange:
        """A new exchange."""
        return Exchange()

    def observe(self, output: Output) -> None:
        """There is nothing to follow."""

    async def keep(self, exchange: Exchange, name: str, created: int) -> Kept:
        """Keeps the state's bytes."""
        check_name(name, len(self._kept) - (name in self._kept))
        made = Kept(
            name=name,
            sequence=exchange.sequence,
            state_hash=digest(exchange),
            market_time=exchange.now,
            created=created,
        )
        self._kept[name] = made, dump(exchange)
        return made

    def keep_first(self, exchange: Exchange) -> None:
        """Keeps the exchange as it opened."""
        self._first = dump(exchange)

    def kept(self) -> list[Kept]:
        """The checkpoints."""
        return [made for made, _ in self._kept.values()]

    async def go_back(self, sequence: int) -> Exchange:
        """Reads the state's bytes again and forgets what came after."""
        states = {made.sequence: state for made, state in self._kept.values()}
        exchange = load(states.get(sequence, self._first))
        self._kept = {name: pair for name, pair in self._kept.items() if pair[0].sequence <= sequence}
        self.log.rewind(sequence)
        return exchange

    async def close(self, exchange: Exchange | None) -> None:
        """There is nothing to let go."""


def open_storage(config: Config) -> FolderStorage | MemoryStorage:
    """The storage that the settings name. Raises ``JournalError`` if it is in use or damaged."""
    return MemoryStorage() if config.in_memory else FolderStorage(Path(config.data))
