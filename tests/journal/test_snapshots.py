"""Snapshots hold the whole state; a damaged one is passed over, and only the newest are kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from papertape.engine.state import digest
from papertape.journal.folder import DataFolder
from papertape.journal.follower import SnapshotWriter, follow
from papertape.journal.follower import main as follower
from papertape.journal.log import JournalError
from papertape.journal.snapshots import KEPT, DamagedSnapshot, Snapshots
from tests.journal.trading import in_folder, trade


async def test_a_snapshot_holds_the_whole_state(tmp_path: Path) -> None:
    async with in_folder(tmp_path / "data") as sequencer:
        await trade(sequencer, 300)
        snapshots = Snapshots(tmp_path / "snapshots")
        heading = snapshots.write(sequencer.exchange)
        exchange, read = snapshots.read(301)
        assert read == heading == snapshots.heading(301)
        assert (exchange.sequence, exchange.now) == (301, sequencer.exchange.now)
        assert digest(exchange) == digest(sequencer.exchange) == heading.digest


async def test_a_damaged_snapshot_is_passed_over_for_the_one_before(tmp_path: Path) -> None:
    async with in_folder(tmp_path / "data") as sequencer:
        snapshots = Snapshots(tmp_path / "snapshots")
        for _ in range(2):
            await trade(sequencer, 5)
            snapshots.write(sequencer.exchange)
    path = snapshots.path(11)
    whole = path.read_bytes()
    step = max(1, len(whole) // 150)
    for offset in range(0, len(whole), step):
        path.write_bytes(whole[:offset] + bytes([whole[offset] ^ 0x41]) + whole[offset + 1 :])
        found = snapshots.newest(100)
        assert found.heading is not None
        assert found.heading.sequence == 6
        assert len(found.skipped) == 1
    for length in range(0, len(whole), step):
        path.write_bytes(whole[:length])
        found = snapshots.newest(100)
        assert found.heading is not None
        assert found.heading.sequence == 6
        assert len(found.skipped) == 1


async def test_the_newest_one_not_above_the_wanted_sequence_is_found(tmp_path: Path) -> None:
    async with in_folder(tmp_path / "data") as sequencer:
        snapshots = Snapshots(tmp_path / "snapshots")
        for _ in range(3):
            await trade(sequencer, 10)
            snapshots.write(sequencer.exchange)
    found = [snapshots.newest(upto).heading for upto in (10, 11, 20, 21, 31, 99)]
    assert [heading.sequence if heading else 0 for heading in found] == [0, 11, 11, 21, 31, 31]


async def test_only_the_newest_and_the_pinned_are_kept(tmp_path: Path) -> None:
    async with in_folder(tmp_path / "data") as sequencer:
        snapshots = Snapshots(tmp_path / "snapshots")
        for _ in range(6):
            await trade(sequencer, 1)
            snapshots.write(sequencer.exchange)
    snapshots.prune({3})
    assert snapshots.sequences() == [3, 5, 6, 7]
    assert len(snapshots.sequences()) == KEPT + 1


def test_a_snapshot_of_an_older_version_is_passed_over(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path)
    snapshots.path(5).write_bytes(b'{"format":"papertape snapshot 1","sequence":5,"time":1,"digest":"","checksum":0}\n')
    with pytest.raises(DamagedSnapshot, match="an older version"):
        snapshots.read(5)
    assert snapshots.newest(9).exchange is None


async def test_a_follower_writes_the_snapshot_of_a_past_sequence(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    async with in_folder(tmp_path) as sequencer:
        await trade(sequencer, 100)
        then = digest(sequencer.exchange)
        await trade(sequencer, 100, seed=2)
        assert follow(folder, 101).digest == then
        assert follow(folder).digest == digest(sequencer.exchange)
        assert Snapshots(folder.snapshots).sequences() == [101, 201]


async def test_a_follower_cannot_go_beyond_the_log(tmp_path: Path) -> None:
    async with in_folder(tmp_path) as sequencer:
        await trade(sequencer, 10)
    with pytest.raises(JournalError, match="the log ends with entry 11, before 12"):
        follow(DataFolder(tmp_path), 12)


async def test_a_follower_in_a_process_of_its_own_agrees_with_the_running_exchange(tmp_path: Path) -> None:
    writer = SnapshotWriter(DataFolder(tmp_path), every=200)
    async with in_folder(tmp_path) as sequencer:
        sequencer.add_listener(writer.observe)
        await trade(sequencer, 150)
        heading = await writer.write(151)
        assert heading is not None, writer.failure
        assert heading.digest == digest(sequencer.exchange)
        await trade(sequencer, 100, seed=2)
        await writer.stop()
        assert await writer.write(9999) is None
        assert "the log ends with entry 251" in writer.failure


async def test_the_follower_s_command_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with in_folder(tmp_path) as sequencer:
        await trade(sequencer, 3)
    assert follower([str(tmp_path), "--to", "4"]) == 0
    assert '"sequence":4' in capsys.readouterr().out
    assert follower([str(tmp_path), "--to", "5"]) == 1
    assert "before 5" in capsys.readouterr().err


def test_a_data_folder_has_one_owner(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    with folder.locked(), pytest.raises(JournalError, match="in use by process"), DataFolder(tmp_path).locked():
        raise AssertionError("two owners")
    with folder.locked():
        assert (tmp_path / "lock").exists()
