"""What the control plane administers: clocks, checkpoints, going back to one, starting over."""

from __future__ import annotations

import asyncio

import msgspec

from papertape.contract.control import Checkpoint
from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.state import digest
from papertape.journal.checkpoints import CheckpointError, Kept
from papertape.journal.clock import Clock
from papertape.journal.sequencer import Sequencer
from papertape.journal.timers import fire_due, tell_time
from papertape.projections.projector import Projector
from papertape.runtime.storage import Storage
from papertape.simulator.runner import MarketRunner

FIRST_ENTRY = 1


class Administration:
    """Moves market time, keeps and restores checkpoints, and resets the exchange, one of these at a time."""

    def __init__(
        self,
        storage: Storage,
        sequencer: Sequencer,
        projector: Projector,
        runner: MarketRunner | None,
        market_clock: Clock,
        gateway_clock: Clock,
    ) -> None:
        self.market_clock, self.gateway_clock = market_clock, gateway_clock
        self._storage, self._sequencer, self._projector, self._runner = storage, sequencer, projector, runner
        self._one = asyncio.Lock()

    @property
    def exchange(self) -> Exchange:
        """The live exchange."""
        return self._sequencer.exchange

    async def state_hash(self) -> str:
        """The state hash of the live exchange."""
        return digest(self.exchange)

    async def advance_market(self, milliseconds: int) -> None:
        """Moves market time forward; all that falls due on the way happens at its own time, in its order."""
        async with self._one:
            clock = self.market_clock
            target = clock.now() + milliseconds
            if self._runner is not None:
                self._runner.begin_jump(target)
            while (due := self._next_due()) is not None and due <= target:
                clock.set(max(due, clock.now()))
                await self._catch_up()
            clock.set(max(target, clock.now()))
            await self._catch_up()
            await tell_time(self._sequencer, clock)

    async def make_checkpoint(self, name: str | None) -> Checkpoint:
        """Keeps the exchange as it stands; 40020 for a name that cannot be used."""
        async with self._one:
            exchange = self.exchange
            try:
                made = await self._storage.keep(
                    exchange, name or f"entry-{exchange.sequence}", self.gateway_clock.now()
                )
            except CheckpointError as error:
                raise Rejected(errors.PARAMETER_ERROR.of(f"name: {error}")) from None
            return _view(made)

    async def checkpoints(self) -> list[Checkpoint]:
        """What is kept, in order of sequence."""
        return [_view(kept) for kept in self._storage.kept()]

    async def restore(self, name: str) -> None:
        """Goes back to a checkpoint; 40034 if there is none of this name."""
        async with self._one:
            found = [kept for kept in self._storage.kept() if kept.name == name]
            if not found:
                raise Rejected(errors.PARAMETER_DOES_NOT_EXIST.of(name))
            await self._go_back(found[0].sequence)

    async def reset(self) -> None:
        """Starts over: the exchange as its first entry opened it."""
        async with self._one:
            await self._go_back(FIRST_ENTRY)

    async def _go_back(self, sequence: int) -> None:
        """Stops the market and the writer, ends log and history at ``sequence``, and goes on from there."""
        if self._runner is not None:
            await self._runner.stop()
        await self._sequencer.stop()
        await self._projector.rewind(sequence)
        exchange = await self._storage.go_back(sequence)
        self.market_clock.restore(exchange.now)
        self._sequencer.restore(exchange)
        await self._sequencer.start()
        if self._runner is not None:
            await self._runner.start()

    def _next_due(self) -> int | None:
        step = self._runner.next_step if self._runner is not None else None
        return min((due for due in (self.exchange.next_due(), step) if due is not None), default=None)

    async def _catch_up(self) -> None:
        await fire_due(self._sequencer, self.market_clock)
        if self._runner is not None:
            await self._runner.run_until(self.market_clock.now())


def _view(kept: Kept) -> Checkpoint:
    return msgspec.convert(kept, Checkpoint, from_attributes=True)
