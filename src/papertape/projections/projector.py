"""The projector: writes what happened into history, behind the exchange and never in its way.

It listens to the outputs of the journal. Records wait in memory, a worker thread writes them in batches, and the
sequence up to which history is complete goes into the same transaction, so that outputs applied once more after
a crash change nothing.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, Protocol

from papertape.engine.exchange.environments import ENVIRONMENTS, Environment
from papertape.engine.exchange.money import use_money_context
from papertape.engine.exchange.records import Record
from papertape.engine.trading.records import TradeRecord
from papertape.engine.trading.terms import OrderChanged
from papertape.projections.database import Database, DatabaseSession
from papertape.projections.tables.all_tables import TABLES
from papertape.projections.tables.table import Row, Table
from papertape.projections.trading.tables import TRADES

BACKLOG_BOUND = 100_000
"""Records that may wait to be written; past it ``ready`` waits."""
BATCH_BOUND = 5_000
"""Records in one transaction, give or take one output's."""
GATHER_SECONDS = 0.05
"""How long records gather before they are written when nobody is waiting to read them."""
DAY = 86_400_000
TRADES_KEPT = 90 * DAY
"""Public trades are kept for 90 days (documentation: Get Market Trades)."""
PRUNE_EVERY = DAY // 24

MARK = "INSERT INTO applied (one, sequence) VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET sequence = excluded.sequence"


class ProjectedOutput(Protocol):
    """What the projector needs of an output: its place and its records."""

    @property
    def sequence(self) -> int:
        """The entry's sequence."""
        ...

    @property
    def events(self) -> Mapping[Environment, Sequence[Record]]:
        """What the entry made happen in each environment."""
        ...


class Batch(NamedTuple):
    """What one entry made happen in one environment."""

    sequence: int
    environment: Environment
    records: Sequence[Record]


class Projector:
    """A listener for outputs: call it with each of them, in order.

    ``applied`` is the sequence up to which history is written: an exchange must be recovered from a snapshot at
    or before it. ``failure`` is what made writing fail for good, a full disk say: from then on outputs are left
    out, since the journal holds them and a restart writes them. Until ``start``, while the log is replayed, full
    batches are written at once, by the caller.
    """

    def __init__(self, database: Database, backlog: int = BACKLOG_BOUND) -> None:
        """``backlog`` is how many records may wait."""
        self._bound = backlog
        self.session: DatabaseSession = database.session()
        self.worker = ThreadPoolExecutor(1, "history-writer", initializer=use_money_context)
        stored = self.session.rows("SELECT sequence FROM applied")
        self.applied: int = stored[0][0] if stored else 0
        self.failure: BaseException | None = None
        self._taken = self.applied
        self._pending: deque[Batch] = deque()
        self._backlog = 0
        self._pruned = 0
        self._task: asyncio.Task[None] | None = None
        self._stopping = False
        self._work, self._hurry, self._room = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._room.set()
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    def __call__(self, output: ProjectedOutput) -> None:
        """Takes an output; one that was taken before is left out. Never waits once started."""
        if output.sequence <= self._taken or self.failure is not None:
            return
        self._taken = output.sequence
        for environment, records in output.events.items():
            if records:
                self._pending.append(Batch(output.sequence, environment, records))
                self._backlog += len(records)
        if self._backlog >= self._bound:
            self._room.clear()
        if self._task is not None:
            self._work.set()
        elif self._backlog >= BATCH_BOUND:
            self._write_here()

    async def start(self) -> None:
        """Writes in the background from now on."""
        assert self._task is None, "the projector runs already"
        self._write_here()
        self._stopping = False
        self._task = asyncio.create_task(self._run(), name="projector")
        self._task.add_done_callback(self._ended)

    async def stop(self) -> None:
        """Writes what waits, and stops; raises what made writing fail."""
        self._stopping = True
        self._hurry.set()
        self._work.set()
        try:
            if self._task is not None:
                await self._task
                self._task = None
        finally:
            self.worker.shutdown()
            self.session.close()

    async def ready(self) -> None:
        """Returns once there is room for more records, for who takes commands in; raises what made writing fail."""
        await self._room.wait()
        if self.failure is not None:
            raise self.failure

    async def caught_up(self) -> None:
        """Returns once all outputs taken so far are written; raises what made writing fail."""
        if self.failure is not None:
            raise self.failure
        if self.applied >= self._taken:
            return
        assert self._task is not None, "the projector does not run"
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((self._taken, written))
        self._hurry.set()
        await written

    async def rewind(self, sequence: int) -> None:
        """Forgets everything after ``sequence``; no output may come meanwhile."""
        await self.caught_up()
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self.worker, self._forget, sequence)
        self.applied = self._taken = min(self.applied, sequence)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while not self._stopping or self._pending or self.applied < self._taken:
            await self._work.wait()
            self._work.clear()
            await self._gather()
            while self._pending or self.applied < self._taken:
                batch, last = self._take()
                await loop.run_in_executor(self.worker, self._store, batch, last)
                self._written(last)

    async def _gather(self) -> None:
        """Lets records gather, unless somebody wants to read."""
        if self._waiting or self._stopping:
            return
        self._hurry.clear()
        loop = asyncio.get_running_loop()
        timer = loop.call_later(GATHER_SECONDS, self._hurry.set)
        await self._hurry.wait()
        timer.cancel()

    def _take(self) -> tuple[list[Batch], int]:
        """The next batch and the sequence at which history is complete with it."""
        batch: list[Batch] = []
        count = 0
        while self._pending and count < BATCH_BOUND:
            batch.append(self._pending.popleft())
            count += len(batch[-1].records)
        self._backlog -= count
        return batch, self._complete(batch)

    def _complete(self, taken: list[Batch]) -> int:
        """The sequence up to which history is complete once what has been taken is written."""
        if not self._pending:
            return self._taken
        sequence = taken[-1].sequence
        return sequence - 1 if self._pending[0].sequence == sequence else sequence

    def _written(self, last: int) -> None:
        self.applied = last
        if self._backlog < self._bound:
            self._room.set()
        while self._waiting and self._waiting[0][0] <= last:
            written = self._waiting.popleft()[1]
            if not written.done():
                written.set_result(None)

    def _write_here(self) -> None:
        while self._pending or self.applied < self._taken:
            batch, last = self._take()
            self._store(batch, last)
            self._written(last)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Tells those who wait that writing has failed."""
        self.failure = None if task.cancelled() else task.exception()
        if self.failure is None:
            return
        self._pending.clear()
        self._backlog = 0
        self._room.set()
        while self._waiting:
            written = self._waiting.popleft()[1]
            if not written.done():
                written.set_exception(self.failure)

    def _store(self, batch: list[Batch], last: int) -> None:
        """In the worker thread: one transaction with the rows and the sequence."""
        rows: dict[Table[Any], list[Row]] = {}
        newest = 0
        for sequence, environment, records in batch:
            for record in records:
                if isinstance(record, OrderChanged):
                    if not record.finished:
                        continue
                    record = record.record()
                table = TABLES.get(type(record))
                if table is None or (table.kept is not None and not table.kept(record)):
                    continue
                rows.setdefault(table, []).append(table.row(record, environment, sequence))
                if isinstance(record, TradeRecord):
                    newest = record.created
        statements: list[tuple[str, Sequence[Sequence[Any]]]] = [(t.upsert(), values) for t, values in rows.items()]
        if newest - self._pruned >= PRUNE_EVERY:
            self._pruned = newest
            statements.append(self._prune(newest - TRADES_KEPT))
        self.session.write([*statements, (MARK, [(last,)])])

    def _prune(self, oldest: int) -> tuple[str, Sequence[Sequence[Any]]]:
        """Deletes old public trades; ids grow with time, so the first one to keep is found from the old end."""
        first = f"SELECT trade_id FROM {TRADES.name} WHERE environment = ? AND created >= ? ORDER BY trade_id LIMIT 1"
        rows = [(environment, environment, oldest) for environment in ENVIRONMENTS]
        return f"DELETE FROM {TRADES.name} WHERE environment = ? AND trade_id < ({first})", rows

    def _forget(self, sequence: int) -> None:
        """In the worker thread: deletes what is newer than the sequence."""
        deletions = [(f"DELETE FROM {table.name} WHERE sequence > ?", [(sequence,)]) for table in TABLES.values()]
        self.session.write([*deletions, (MARK, [(min(self.applied, sequence),)])])
        self._pruned = 0
