"""Timers: when something in the exchange is due by the market clock, a tick is put into the log.

So is one when nothing else has told the exchange the time for a second: what it shows would be as old as its last
entry.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from papertape.contract.internal import Internal
from papertape.contract.protocol.errors import Rejected
from papertape.contract.protocol.wire import Nothing
from papertape.engine.funds.ledger import EXCHANGE_UID
from papertape.journal.clock import Clock
from papertape.journal.sequencer import Sequencer
from papertape.operations.registry import Caller

PERIOD_SECONDS = 0.02
"""How often the clock is looked at."""

LOOKS_A_SECOND = 50

TICKS_AT_ONCE = 1000
"""Ticks in one ``fire_due``: what a jump of the clock may make due, tick after tick."""

_TICK: Nothing = Nothing()
_EXCHANGE = Caller(EXCHANGE_UID)


async def fire_due(sequencer: Sequencer, clock: Clock) -> int:
    """Lets everything fire that is due now; returns the number of ticks. After a jump of the clock, await this."""
    for ticks in range(TICKS_AT_ONCE):
        due = sequencer.exchange.next_due()
        if due is None or due > clock.now():
            return ticks
        await sequencer.submit(Internal.tick, _EXCHANGE, _TICK)
    return TICKS_AT_ONCE


async def tell_time(sequencer: Sequencer, clock: Clock) -> None:
    """Brings the exchange to the clock: await this after a jump of the clock, once all that is due has fired."""
    if clock.now() > sequencer.exchange.now:
        await sequencer.submit(Internal.tick, _EXCHANGE, _TICK)


async def run_timers(sequencer: Sequencer, clock: Clock) -> None:
    """Fires timers until it is cancelled; while the sequencer refuses, what is due stays due."""
    told = sequencer.exchange.now
    while True:
        for _ in range(LOOKS_A_SECOND):
            await _unless_refused(fire_due(sequencer, clock))
            await asyncio.sleep(PERIOD_SECONDS)
        if sequencer.exchange.now == told and clock.mode != "manual":
            await _unless_refused(tell_time(sequencer, clock))
        told = sequencer.exchange.now


async def _unless_refused(ticking: Awaitable[object]) -> None:
    try:
        await ticking
    except Rejected:
        await asyncio.sleep(PERIOD_SECONDS)
