"""What is due by the market clock fires through the log."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from papertape.contract.control import Control, StartDeposit
from papertape.engine.funds.deposits import BLOCK_MS
from papertape.engine.funds.ledger import EXCHANGE_UID
from papertape.engine.funds.pending import Pending
from papertape.journal import timers
from papertape.journal.apply import Output
from papertape.journal.clock import Clock
from papertape.journal.log import MemoryLog
from papertape.journal.timers import fire_due, run_timers, tell_time
from papertape.operations.registry import Caller
from tests.journal.trading import ALICE, OPENED, running

DEPOSIT = StartDeposit(uid=ALICE.uid, coin="USDT", amount=Decimal(500))


async def test_a_jump_of_the_clock_fires_what_fell_due() -> None:
    clock = Clock("manual", OPENED)
    async with running(MemoryLog(), clock=clock) as sequencer:
        await sequencer.submit(Control.start_deposit, Caller(EXCHANGE_UID), DEPOSIT)
        before = sequencer.exchange.ledger.balance(ALICE.uid, "spot", "USDT").available
        clock.advance(BLOCK_MS - 1)
        assert await fire_due(sequencer, clock) == 0
        assert sequencer.exchange.sequence == 2
        clock.advance(10 * BLOCK_MS)
        assert await fire_due(sequencer, clock) == 1
        assert sequencer.exchange.ledger.balance(ALICE.uid, "spot", "USDT").available == before + 500
        assert sequencer.exchange.next_due() is None


async def test_what_falls_due_fires_by_itself() -> None:
    clock, credited = Clock("x1000000", OPENED), asyncio.Event()
    async with running(MemoryLog(), clock=clock) as sequencer:

        def heard(output: Output) -> None:
            """A slow loop needs several ticks: one for each confirmation that is due when it looks."""
            if not sequencer.exchange.part(Pending).deposits:
                credited.set()

        await sequencer.submit(Control.start_deposit, Caller(EXCHANGE_UID), DEPOSIT)
        before = sequencer.exchange.ledger.balance(ALICE.uid, "spot", "USDT").available
        sequencer.add_listener(heard)
        firing = asyncio.create_task(run_timers(sequencer, clock))
        await asyncio.wait_for(credited.wait(), 10)
        assert sequencer.exchange.ledger.balance(ALICE.uid, "spot", "USDT").available == before + 500
        firing.cancel()
        await asyncio.wait((firing,))


async def test_timers_outlive_a_sequencer_that_refuses_for_a_while() -> None:
    clock = Clock("manual", OPENED)
    async with running(MemoryLog(), clock=clock) as sequencer:
        await sequencer.submit(Control.start_deposit, Caller(EXCHANGE_UID), DEPOSIT)
        await sequencer.stop()
        firing = asyncio.create_task(run_timers(sequencer, clock))
        clock.advance(2 * BLOCK_MS)
        await asyncio.sleep(0.05)
        assert not firing.done()
        await sequencer.start()
        while sequencer.exchange.part(Pending).deposits:
            await asyncio.sleep(0)
        firing.cancel()
        await asyncio.wait((firing,))
        assert sequencer.exchange.next_due() is None


async def test_an_idle_exchange_is_told_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timers, "LOOKS_A_SECOND", 1)
    clock = Clock("x1000", OPENED)
    async with running(MemoryLog(), clock=clock) as sequencer:
        asked = sequencer.exchange.now
        telling = asyncio.create_task(run_timers(sequencer, clock))
        while sequencer.exchange.now == asked:
            await asyncio.sleep(0.01)
        assert asked < sequencer.exchange.now <= clock.now()
        telling.cancel()
        await asyncio.wait((telling,))


async def test_a_clock_that_stands_still_tells_the_time_when_it_is_moved() -> None:
    clock = Clock("manual", OPENED)
    async with running(MemoryLog(), clock=clock) as sequencer:
        await tell_time(sequencer, clock)
        assert sequencer.exchange.sequence == 1
        clock.advance(5)
        await tell_time(sequencer, clock)
        assert (sequencer.exchange.sequence, sequencer.exchange.now) == (2, OPENED + 5)
