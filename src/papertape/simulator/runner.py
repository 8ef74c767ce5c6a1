"""The market's pace: step after step by the market clock, the traders decide and their orders go into the journal.

A step has a number, market time over ``STEP_MS``. What happens at a step follows from the seed, the number and the
exchange, so under a manual clock the same seed makes the same tape, also after a restart.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Sequence
from typing import Any

from papertape.contract.internal import Internal
from papertape.contract.protocol.endpoint import Endpoint
from papertape.contract.protocol.errors import Rejected
from papertape.contract.protocol.wire import Request
from papertape.engine.exchange.environments import Environment
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.spot.instruments import SpotInstrument
from papertape.engine.spot.markets import spot_markets
from papertape.journal.clock import Clock
from papertape.journal.sequencer import Sequencer, Stopped
from papertape.journal.timers import fire_due
from papertape.operations.registry import Caller
from papertape.simulator import p2p, profiles
from papertape.simulator.ladder import Grid
from papertape.simulator.prices import Prices
from papertape.simulator.randomness import mixed
from papertape.simulator.strategies import STEP_MS, Actions, Situation, decide, quote_all

WHOLE_JUMP_STEPS = 1200
"""The longest jump of a manual clock of which every step is done: five minutes."""
LONG_JUMP_STEPS = 120
"""The steps of a longer jump, evenly spread: one every four minutes of eight hours."""
SHORTEST_PAUSE_SECONDS = 0.1
"""Between two steps, however fast the clock runs."""
GAP_STEPS = 4
"""More steps than these left out are a gap, after which every maker looks at its quotes."""
RETURN_MS = 25_000
"""In this time 63 % of what orders have moved the price away from its fair value comes back, if that is little."""
HASTY_RETURN = 0.003
"""Moved this far (as a logarithm) the price comes back twice as fast, twice as far three times."""
IGNORED_CELLS = 3.0
"""So far from the fair price a book's middle may be before that counts as moved."""
BAND_SHARE = 0.6
"""Of the price band around the last price: farther away than that nobody quotes."""
DEMO_EVERY = 8
"""Steps between two of the demo market: it is as deep as the live one and follows its prices, but trades less."""
BUSY_SHARE = 0.25
"""Instruments with at least this share of the busiest one's turnover are quoted at every step, others at every 2nd."""


class MarketRunner:
    """Runs the markets of the sequencer's exchange, by its clock; ``start`` them, then leave them or ``run_until``.

    The demo environment's are run at a slower pace, and nobody trades on its P2P desk.
    """

    def __init__(self, sequencer: Sequencer, clock: Clock, seed: int) -> None:
        self._sequencer, self._clock, self._seed = sequencer, clock, seed
        self._prices = Prices(seed)
        self._grids: dict[str, Grid] = {}
        self._last = self._last_demo = sequencer.exchange.now // STEP_MS
        self._planned: deque[int] = deque()
        self._turn = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Opens the market: quotes every instrument that is not quoted, then goes on by itself if the clock runs."""
        async with self._turn:
            self._last = self._last_demo = self._sequencer.exchange.now // STEP_MS
            self._planned.clear()
            step = self._clock.now() // STEP_MS
            for exchange in self._sequencer.exchange.environments.values():
                await self._open(exchange, step)
            if not p2p.is_open(self._sequencer.exchange):
                await self._visit_desk(step)
        if self._clock.mode != "manual":
            self._task = asyncio.create_task(self._run(), name="market")
            self._task.add_done_callback(_report)

    async def _open(self, exchange: Exchange, step: int) -> None:
        for index, market in enumerate(spot_markets(exchange).values()):
            if market.book.best_bid() is None or market.book.best_ask() is None:
                actions = quote_all(self._situation(exchange, index, market.instrument, step, step - self._last))
                await self._submit(list(actions), environment=exchange.environment)

    async def stop(self) -> None:
        """Stops after the step that is under way; quotes stay in the books."""
        task, self._task = self._task, None
        if task is not None:
            async with self._turn:
                task.cancel()
            await asyncio.wait((task,))

    def begin_jump(self, now: int) -> None:
        """Plans the steps on the way to ``now`` (market time), for a manual clock: ``next_step`` says when they are."""
        if self._clock.mode == "manual":
            self._planned = deque(self._due(now // STEP_MS))

    @property
    def next_step(self) -> int | None:
        """The market time of the next planned step."""
        return self._planned[0] * STEP_MS if self._planned else None

    async def run_until(self, now: int) -> None:
        """Does all steps that are due until ``now`` (market time); takes a manual clock there, if it is not there yet.

        A clock that runs has been where it has been: then the market goes on from ``now``.
        """
        async with self._turn:
            if self._clock.mode == "manual":
                await self._do_planned(now)
            elif now // STEP_MS != self._last:
                await self._step(now // STEP_MS)

    async def _do_planned(self, now: int) -> None:
        if not self._planned:
            self.begin_jump(now)
        while self._planned and self._planned[0] * STEP_MS <= now:
            await self._be_at(self._planned[0] * STEP_MS)
            await self._step(self._planned.popleft())
        await self._be_at(now)

    async def _be_at(self, now: int) -> None:
        if now > self._clock.now():
            self._clock.set(now)
            await fire_due(self._sequencer, self._clock)

    def _due(self, step: int) -> list[int]:
        """The steps to do to get to ``step``; none twice."""
        first, count = self._last, max(step - self._last, 0)
        if count <= WHOLE_JUMP_STEPS:
            return list(range(first + 1, first + 1 + count))
        return [first + count * number // LONG_JUMP_STEPS for number in range(1, LONG_JUMP_STEPS + 1)]

    async def _run(self) -> None:
        pace = float(self._clock.mode[1:]) if self._clock.mode.startswith("x") else 1.0
        try:
            while True:
                now = self._clock.now()
                await self.run_until(now)
                left = (now // STEP_MS + 1) * STEP_MS - self._clock.now()
                await asyncio.sleep(max(left / 1000 / pace, SHORTEST_PAUSE_SECONDS))
        except Stopped:
            return

    async def _step(self, step: int) -> None:
        """One step of the instruments whose turn it is; after a gap of all, one by one: much will have changed."""
        exchange, passed = self._sequencer.exchange, step - self._last
        everyone = passed > GAP_STEPS
        actions: list[Actions] = []
        for index, market in enumerate(spot_markets(exchange).values()):
            if everyone:
                await self._submit(self._decisions(exchange, index, market.instrument, step, passed, everyone))
            elif (step + index) % _every(market.instrument) == 0:
                actions += self._decisions(exchange, index, market.instrument, step, passed, everyone)
        await self._submit(actions)
        if step // DEMO_EVERY != self._last_demo // DEMO_EVERY:
            await self._demo_step(exchange.environments["demo"], step)
        if step // p2p.OCCASION_STEPS != self._last // p2p.OCCASION_STEPS:
            await self._visit_desk(step)
        self._last = step

    async def _demo_step(self, exchange: Exchange, step: int) -> None:
        """One step of all demo instruments, one by one."""
        passed, self._last_demo = step - self._last_demo, step
        for index, market in enumerate(spot_markets(exchange).values()):
            actions = self._decisions(exchange, index, market.instrument, step, passed, everyone=True)
            await self._submit(actions, environment="demo")

    async def _visit_desk(self, step: int) -> None:
        """Lets the P2P desk's own people act."""
        absent = (step - self._last) * STEP_MS
        moves = p2p.decide(self._seed, self._sequencer.exchange, step, step * STEP_MS, absent)
        await self._submit(list(moves), Internal.desk_actions)

    def _decisions(
        self, exchange: Exchange, index: int, instrument: SpotInstrument, step: int, passed: int, everyone: bool
    ) -> list[Actions]:
        if instrument.status != "online":
            return []
        return list(decide(self._seed, self._situation(exchange, index, instrument, step, passed), everyone))

    def _situation(
        self, exchange: Exchange, index: int, instrument: SpotInstrument, step: int, passed_steps: int
    ) -> Situation:
        """What the traders of an instrument see; ``passed_steps`` is how long ago they looked last."""
        grid = self._grids.get(instrument.symbol)
        if grid is None:
            grid = self._grids[instrument.symbol] = Grid(instrument, mixed(self._seed, index))

        def move(time: int) -> float:
            return self._prices.level(instrument, time)

        time, passed = step * STEP_MS - exchange.opened, passed_steps * STEP_MS
        moved = self._moved_away(exchange, instrument, grid, move(time - passed))
        moved *= math.exp(-passed / RETURN_MS * (1 + abs(moved) / HASTY_RETURN))
        fair = _within_band(exchange, instrument, _opening(instrument) * math.exp(move(time) + moved))
        return Situation(exchange, instrument, grid, index, step, time, fair, move)

    def _moved_away(self, exchange: Exchange, instrument: SpotInstrument, grid: Grid, level: float) -> float:
        """How far orders have moved the book's middle away from the fair price at the last step, as a logarithm."""
        book = spot_markets(exchange)[instrument.symbol].book
        bid, ask = book.best_bid(), book.best_ask()
        if bid is None or ask is None:
            middle = float(spot_markets(exchange)[instrument.symbol].last.scaleb(instrument.price_places))
        else:
            middle = (bid + ask) / 2
        moved = math.log(middle / _opening(instrument)) - level
        return 0.0 if abs(moved) * middle < IGNORED_CELLS * grid.width else moved

    async def _submit(
        self,
        actions: Sequence[tuple[int, Request]],
        endpoint: Endpoint[..., Any, Any] = Internal.market_actions,
        environment: Environment = "live",
    ) -> None:
        """Puts the actions into the journal, one behind the other, and waits until they are done.

        When too many commands wait already, the market stands back.
        """
        answers = []
        for uid, request in actions:
            try:
                answers.append(self._sequencer.enqueue(endpoint, Caller(uid, environment=environment), request))
            except Rejected:
                break
        for result in await asyncio.gather(*answers, return_exceptions=True):
            if isinstance(result, BaseException) and not isinstance(result, Rejected):
                raise result


def _report(task: asyncio.Task[None]) -> None:
    """Says why the market ended, if it did not just stop."""
    if not task.cancelled() and (failure := task.exception()) is not None:
        context = {"message": "The market has stopped", "exception": failure, "task": task}
        task.get_loop().call_exception_handler(context)


def _opening(instrument: SpotInstrument) -> float:
    return float(instrument.opening_price.scaleb(instrument.price_places))


def _every(instrument: SpotInstrument) -> int:
    return 1 if profiles.turnover(instrument) >= BUSY_SHARE * profiles.BUSIEST else 2


def _within_band(exchange: Exchange, instrument: SpotInstrument, fair: float) -> float:
    last = float(spot_markets(exchange)[instrument.symbol].last.scaleb(instrument.price_places))
    highest = last * (1 + BAND_SHARE * float(instrument.buy_limit_ratio))
    lowest = last * (1 - BAND_SHARE * float(instrument.sell_limit_ratio))
    return min(max(fair, lowest), highest)
