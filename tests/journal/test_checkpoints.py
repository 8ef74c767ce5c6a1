"""An exchange goes back to a checkpoint and on from there; what is given up is archived."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from papertape.contract.spot.trade import SpotTrade
from papertape.engine.state import digest
from papertape.journal.checkpoints import MOST, CheckpointError, Checkpoints, Kept, pinned, rewind
from papertape.journal.file_log import FileLog
from papertape.journal.folder import DataFolder
from papertape.journal.follower import follow
from papertape.journal.recovery import replay
from papertape.journal.segment import segment_paths
from papertape.journal.snapshots import Snapshots
from tests.journal.trading import ALICE, in_folder, order, trade


def keep(folder: DataFolder, name: str, sequence: int | None = None) -> Kept:
    """Makes a checkpoint of the log's end, or of an earlier sequence."""
    heading = follow(folder, sequence)
    kept = Kept(name=name, sequence=heading.sequence, state_hash=heading.digest, market_time=heading.time, created=1)
    Checkpoints(folder).keep(kept)
    return kept


async def go_back(folder: DataFolder, kept: Kept) -> Path | None:
    with closing(FileLog(folder.journal)) as log:
        return await rewind(folder, log, kept.sequence)


async def test_an_exchange_goes_back_to_a_checkpoint_and_on_from_there(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    async with in_folder(tmp_path) as sequencer:
        await trade(sequencer, 100)
        kept = keep(folder, "lunch")
        assert (kept.sequence, kept.state_hash) == (101, digest(sequencer.exchange))
        await trade(sequencer, 50, seed=2)
    await go_back(folder, kept)
    async with in_folder(tmp_path) as sequencer:
        assert (sequencer.exchange.sequence, digest(sequencer.exchange)) == (101, kept.state_hash)
        await sequencer.submit(SpotTrade.place_order, ALICE, order())
        assert digest(sequencer.exchange) == replay(folder).digest


async def test_what_is_given_up_lies_in_the_archive(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    async with in_folder(tmp_path) as sequencer:
        await trade(sequencer, 20)
        before = keep(folder, "before")
        await trade(sequencer, 20)
        after = keep(folder, "after")
    archive = await go_back(folder, before)
    assert archive is not None
    assert [kept.name for kept in Checkpoints(folder).all()] == ["before"]
    assert (archive / "checkpoints" / "after.json").exists()
    assert Snapshots(archive / "snapshots").sequences() == [41]
    assert [start for start, _ in segment_paths(archive / "journal")] == [1]
    assert replay(DataFolder(archive)).digest == after.state_hash


async def test_going_back_twice_to_the_same_place_keeps_both_ways(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    async with in_folder(tmp_path):
        kept = keep(folder, "opening")
    archives = []
    for seed in (1, 2):
        async with in_folder(tmp_path) as sequencer:
            await trade(sequencer, 10, seed=seed)
        archives.append(await go_back(folder, kept))
    assert len(set(archives)) == 2
    assert replay(folder).digest == kept.state_hash


async def test_going_back_to_the_end_changes_nothing(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    async with in_folder(tmp_path) as sequencer:
        await trade(sequencer, 10)
    kept = keep(folder, "end")
    assert await go_back(folder, kept) is None
    assert not folder.archive.exists()


async def test_the_snapshot_of_a_checkpoint_stays(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    async with in_folder(tmp_path) as sequencer:
        await trade(sequencer, 10)
    keep(folder, "third", 3)
    for sequence in range(4, 11):
        follow(folder, sequence)
    assert pinned(folder) == {3}
    assert Snapshots(folder.snapshots).sequences() == [3, 8, 9, 10]


def kept(name: str, sequence: int = 1) -> Kept:
    return Kept(name=name, sequence=sequence, state_hash="", market_time=0, created=0)


@pytest.mark.parametrize("name", ["", "a/b", "..", ".hidden", "x" * 65, "new\nline"])
def test_a_checkpoint_has_a_plain_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(CheckpointError, match="no name"):
        Checkpoints(DataFolder(tmp_path)).keep(kept(name))


def test_a_name_given_again_moves_to_the_newer_sequence(tmp_path: Path) -> None:
    checkpoints = Checkpoints(DataFolder(tmp_path))
    for sequence in (5, 9):
        checkpoints.keep(kept("here", sequence))
    assert checkpoints.all() == [kept("here", 9)]
    assert checkpoints.find("here").sequence == 9
    with pytest.raises(CheckpointError, match="no checkpoint is called 'there'"):
        checkpoints.find("there")


def test_checkpoints_are_bounded(tmp_path: Path) -> None:
    checkpoints = Checkpoints(DataFolder(tmp_path))
    for number in range(MOST):
        checkpoints.keep(kept(f"checkpoint-{number}", number))
    with pytest.raises(CheckpointError, match="100 checkpoints"):
        checkpoints.keep(kept("one-more"))
    checkpoints.keep(kept("checkpoint-7"))
    assert len(checkpoints.all()) == MOST
