"""Recovery: from the log back to the exchange. A start, a restart after a crash and a replay differ in nothing else."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import localcontext

import msgspec

from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.money import CONTEXT
from papertape.engine.state import digest
from papertape.journal.apply import Output, apply
from papertape.journal.entry import RULES, decode_entry
from papertape.journal.file_log import read_log
from papertape.journal.folder import DataFolder
from papertape.journal.log import JournalError, Log
from papertape.journal.snapshots import DamagedSnapshot, Snapshots

PROGRESS_EVERY = 10_000
"""Entries between two calls of the progress callback."""

Progress = Callable[[int, int], None]
"""Told the sequence reached and the last one."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a recovery did: the snapshot it began with (0: none), where it ended, and what it had to pass over."""

    snapshot: int
    sequence: int
    time: int
    applied: int
    notices: list[str]


class Replay(msgspec.Struct, frozen=True):
    """Where a replay from the first entry ended, and the state's hash there."""

    sequence: int
    digest: str


class Divergence(JournalError):
    """The log gives another state than the one that was snapshotted: the rules changed, or a snapshot is wrong."""

    def __init__(self, sequence: int, agreed: int, kept: str, replayed: str) -> None:
        super().__init__(
            f"the replay diverges from the snapshot at entry {sequence}: it has {kept}, the log gives {replayed}; "
            f"they agreed at entry {agreed}"
        )
        self.sequence = sequence


class Broken(JournalError):
    """An entry that cannot be applied; ``sequence`` says which, the cause why."""

    def __init__(self, sequence: int, path: str) -> None:
        super().__init__(f"entry {sequence} ({path}) cannot be applied")
        self.sequence = sequence


@contextmanager
def replaying() -> Iterator[None]:
    """The engine's decimal context, and a garbage collector that does not walk the growing state again and again."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        with localcontext(CONTEXT):
            yield
    finally:
        if enabled:
            gc.enable()


def outputs(exchange: Exchange, payloads: Iterator[bytes]) -> Iterator[Output]:
    """Applies the payloads that follow the exchange's sequence, one by one, and tells what each did.

    To be used, as are snapshots, within ``replaying``.
    """
    for payload in payloads:
        try:
            entry = decode_entry(payload)
        except msgspec.DecodeError as error:
            raise JournalError(f"the entry after {exchange.sequence} is of another version: {error}") from error
        if entry.rules > RULES:
            raise JournalError(
                f"entry {entry.sequence} was made by a newer Papertape (rules {entry.rules}, here {RULES}): "
                "use that version or a newer one"
            )
        if entry.sequence != exchange.sequence + 1:
            raise JournalError(f"entry {entry.sequence} follows entry {exchange.sequence} in the log")
        try:
            output = apply(exchange, entry)
        except (AssertionError, ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise Broken(entry.sequence, entry.path) from error
        yield output


def recover(
    log: Log,
    snapshots: Snapshots,
    projected_sequence: int,
    listener: Callable[[Output], None] | None = None,
    progress: Progress | None = None,
) -> tuple[Exchange, Report]:
    """The exchange as the log has it; ``listener`` gets the outputs after ``projected_sequence``.

    Begins with the newest snapshot that is not above ``projected_sequence``, so that history misses nothing.
    Raises ``JournalError`` if history is ahead of the log, or where the log is damaged.
    """
    last = log.last_sequence
    if projected_sequence > last:
        raise JournalError(f"history has entry {projected_sequence}, but the journal ends with entry {last}")
    with replaying():
        found = snapshots.newest(projected_sequence)
        exchange = found.exchange or Exchange()
        start = exchange.sequence
        for output in outputs(exchange, log.read(start + 1)):
            if listener is not None and output.sequence > projected_sequence:
                listener(output)
            if progress is not None and output.sequence % PROGRESS_EVERY == 0:
                progress(output.sequence, last)
    assert exchange.sequence == last, f"recovery ended with {exchange.sequence}, the log with {last}"
    return exchange, Report(
        snapshot=start, sequence=last, time=exchange.now, applied=last - start, notices=found.skipped
    )


def replay(folder: DataFolder, progress: Progress | None = None) -> Replay:
    """Applies the whole log from its first entry, and compares with every snapshot on the way.

    Raises ``Divergence`` where a snapshot has another state, ``JournalError`` for damage. Changes nothing.
    """
    snapshots = Snapshots(folder.snapshots)
    exchange, agreed = Exchange(), 0
    with replaying():
        kept = {sequence: _digest(snapshots, sequence) for sequence in snapshots.sequences()}
        last = max(kept, default=0)
        for output in outputs(exchange, read_log(folder.journal)):
            if expected := kept.pop(output.sequence, ""):
                found = digest(exchange)
                if found != expected:
                    raise Divergence(output.sequence, agreed, expected, found)
                agreed = output.sequence
            if progress is not None and output.sequence % PROGRESS_EVERY == 0:
                progress(output.sequence, max(last, output.sequence))
    if kept:
        raise JournalError(f"there is a snapshot of entry {max(kept)}, but the log ends with {exchange.sequence}")
    return Replay(exchange.sequence, digest(exchange))


def _digest(snapshots: Snapshots, sequence: int) -> str:
    """The hash that a snapshot's state has; empty for a damaged one, which proves nothing."""
    try:
        return digest(snapshots.read(sequence)[0])
    except DamagedSnapshot:
        return ""
