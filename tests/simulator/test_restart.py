"""A market that is stopped and started: it goes on where it was, with nothing kept outside the journal."""

from __future__ import annotations

import asyncio
from pathlib import Path

from papertape.engine.state import digest
from papertape.journal.file_log import FileLog
from papertape.journal.folder import DataFolder
from papertape.journal.recovery import recover
from papertape.journal.snapshots import Snapshots
from tests.simulator.markets import market

SECOND = 1000


async def test_a_restart_changes_nothing_on_the_tape(tmp_path: Path) -> None:
    async with market(seed=4) as steady:
        await steady.advance(20 * SECOND)
    tape = []
    for seconds in (7, 13):
        folder = DataFolder(tmp_path / "data")
        log = FileLog(folder.journal)
        exchange, _ = recover(log, Snapshots(folder.snapshots), log.last_sequence)
        async with market(seed=4, exchange=exchange, log=log) as restarted:
            await restarted.advance(seconds * SECOND)
            tape += restarted.tape
        log.close()
    assert tape == steady.tape
    assert digest(restarted.exchange) == digest(steady.exchange)


async def test_a_market_that_ran_is_not_quoted_anew_when_it_starts_again() -> None:
    async with market() as made:
        await made.advance(SECOND)
        await made.runner.stop()
        entries = made.entries
        await made.runner.start()
        assert made.entries == entries


async def test_a_running_clock_moves_the_market_by_itself() -> None:
    async with market(mode="x50") as made:
        async with asyncio.timeout(10):
            while not made.tape:
                await asyncio.sleep(0.02)
        await made.runner.stop()
        entries = made.entries
        await asyncio.sleep(0.1)
        assert made.entries == entries
