"""Recovery and replay give the state that was, or say at which sequence they cannot."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from papertape.engine.state import digest
from papertape.journal.apply import Output
from papertape.journal.file_log import FileLog
from papertape.journal.folder import DataFolder
from papertape.journal.follower import follow
from papertape.journal.log import JournalError
from papertape.journal.recovery import Divergence, Report, recover, replay
from papertape.journal.segment import Damaged, segment_paths
from papertape.journal.snapshots import Snapshots
from tests.journal.trading import in_folder, trade


async def traded(path: Path, *sequences: int) -> tuple[DataFolder, str]:
    """A folder with a journal that has a snapshot at each of the sequences, and its state's hash."""
    folder = DataFolder(path)
    async with in_folder(path) as sequencer:
        for sequence in sequences:
            await trade(sequencer, sequence - sequencer.exchange.sequence, seed=sequence)
            Snapshots(folder.snapshots).write(sequencer.exchange)
        await trade(sequencer, 50, seed=0)
        return folder, digest(sequencer.exchange)


def recovered(folder: DataFolder, projected: int, outputs: list[Output] | None = None) -> tuple[str, Report]:
    log = FileLog(folder.journal)
    listener = None if outputs is None else outputs.append
    exchange, report = recover(log, Snapshots(folder.snapshots), projected, listener)
    log.close()
    assert not any(exchange.ledger.totals().values())
    return digest(exchange), report


async def test_snapshot_and_log_give_the_same_state_as_the_log_alone(tmp_path: Path) -> None:
    folder, state = await traded(tmp_path, 100, 200, 300)
    for projected, start in ((350, 300), (299, 200), (150, 100), (99, 0), (0, 0)):
        found, report = recovered(folder, projected)
        assert found == state
        assert (report.snapshot, report.sequence, report.applied) == (start, 350, 350 - start)


async def test_history_gets_exactly_what_it_has_not(tmp_path: Path) -> None:
    folder, _ = await traded(tmp_path, 100)
    for projected in (0, 42, 100, 120, 150):
        outputs: list[Output] = []
        recovered(folder, projected, outputs)
        assert [output.sequence for output in outputs] == list(range(projected + 1, 151))


async def test_history_that_is_ahead_of_the_journal_is_of_another_exchange(tmp_path: Path) -> None:
    folder, _ = await traded(tmp_path)
    with pytest.raises(JournalError, match="history has entry 52, but the journal ends with entry 51"):
        recovered(folder, 52)


async def test_a_damaged_snapshot_is_reported_and_does_no_harm(tmp_path: Path) -> None:
    folder, state = await traded(tmp_path, 100, 200)
    path = Snapshots(folder.snapshots).path(200)
    path.write_bytes(path.read_bytes()[:-1])
    found, report = recovered(folder, 250)
    assert found == state
    assert report.snapshot == 100
    [notice] = report.notices
    assert "200.snapshot: the snapshot is damaged" in notice


async def test_a_replay_agrees_with_the_running_exchange_and_every_snapshot(tmp_path: Path) -> None:
    folder, state = await traded(tmp_path, 100, 200)
    found = replay(folder)
    assert (found.sequence, found.digest) == (250, state)


async def test_a_replay_that_diverges_from_a_snapshot_says_where(tmp_path: Path) -> None:
    folder, _ = await traded(tmp_path, 100, 200, 300)
    snapshots = Snapshots(folder.snapshots)
    other, _ = snapshots.read(200)
    other.last_id += 1
    snapshots.write(other)
    with pytest.raises(Divergence, match=r"diverges from the snapshot at entry 200.*agreed at entry 100"):
        replay(folder)


async def test_a_snapshot_beyond_the_end_of_the_log_is_noticed(tmp_path: Path) -> None:
    folder, _ = await traded(tmp_path, 100)
    other = DataFolder(tmp_path / "other")
    (tmp_path / "other").mkdir()
    folder.snapshots.rename(other.snapshots)
    async with in_folder(other.path) as sequencer:
        await trade(sequencer, 10)
    with pytest.raises(JournalError, match="snapshot of entry 100, but the log ends with 11"):
        replay(other)


async def test_a_torn_tail_leaves_the_state_of_the_last_whole_entry(tmp_path: Path) -> None:
    folder, _ = await traded(tmp_path, 100)
    [(_, path)] = segment_paths(folder.journal)
    os.truncate(path, path.stat().st_size - 7)
    found, report = recovered(folder, 100)
    assert report.sequence == 149
    assert found == replay(folder).digest


async def test_a_corrupt_middle_refuses_to_start(tmp_path: Path) -> None:
    folder, _ = await traded(tmp_path, 100)
    [(_, path)] = segment_paths(folder.journal)
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 1
    path.write_bytes(data)
    with pytest.raises(Damaged, match=r"damaged at offset \d+, where entry \d+ should be"):
        recovered(folder, 0)
    with pytest.raises(Damaged):
        replay(folder)


async def test_progress_is_told_on_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, _ = await traded(tmp_path)
    monkeypatch.setattr("papertape.journal.recovery.PROGRESS_EVERY", 20)
    told: list[tuple[int, int]] = []
    log = FileLog(folder.journal)
    recover(log, Snapshots(folder.snapshots), 0, progress=lambda at, last: told.append((at, last)))
    log.close()
    assert told == [(20, 51), (40, 51)]


async def test_a_follower_s_snapshot_is_as_good_as_any(tmp_path: Path) -> None:
    folder, state = await traded(tmp_path, 100)
    follow(folder, 130)
    found, report = recovered(folder, 150)
    assert (found, report.snapshot) == (state, 130)
