"""The same log is the same state: in another process, with other hashes, from any snapshot on."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from papertape.engine.exchange.money import use_money_context
from papertape.engine.state import digest, dump, load
from papertape.journal.apply import apply
from papertape.journal.entry import encode_entry
from papertape.journal.file_log import FileLog
from papertape.journal.folder import DataFolder
from papertape.journal.recovery import recover
from papertape.journal.snapshots import Snapshots
from tests.fuzzing.strangers import Strangers

COMMANDS = 600


@pytest.fixture(autouse=True)
def _money() -> None:
    """Each test has a decimal context of its own."""
    use_money_context()


@pytest.fixture(scope="module")
def strangers() -> Strangers:
    """A random flow of all commands, recorded."""
    strangers, dice = Strangers(), random.Random(7)
    while len(strangers.entries) < COMMANDS:
        strangers.anything(dice.choice)
    return strangers


async def journal(strangers: Strangers, folder: DataFolder) -> None:
    log = FileLog(folder.journal)
    await log.append(1, list(map(encode_entry, strangers.entries)))
    log.close()


@pytest.mark.parametrize("hash_seed", ["1", "4242"])
async def test_another_process_comes_to_the_same_state(strangers: Strangers, tmp_path: Path, hash_seed: str) -> None:
    await journal(strangers, DataFolder(tmp_path))
    done = subprocess.run(
        [sys.executable, "-m", "papertape", "replay", str(tmp_path)],
        env=os.environ | {"PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [f"sequence {COMMANDS}", f"state {digest(strangers.exchange)}"]


def test_from_a_snapshot_anywhere_the_rest_of_the_log_leads_to_the_same_state(strangers: Strangers) -> None:
    states = {dump(strangers.replayed())}
    for sequence in range(1, COMMANDS, 23):
        exchange = load(dump(strangers.replayed(sequence)))
        for entry in strangers.entries[sequence:]:
            apply(exchange, entry)
        states.add(dump(exchange))
    assert states == {dump(strangers.exchange)}


async def test_recovery_from_any_snapshot_comes_to_the_same_state(strangers: Strangers, tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    await journal(strangers, folder)
    log = FileLog(folder.journal)
    for sequence in (1, 77, 333, COMMANDS - 1):
        Snapshots(folder.snapshots).write(strangers.replayed(sequence))
        exchange, report = recover(log, Snapshots(folder.snapshots), COMMANDS)
        assert (report.snapshot, report.applied) == (sequence, COMMANDS - sequence)
        assert dump(exchange) == dump(strangers.exchange)
    log.close()
