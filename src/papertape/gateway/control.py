"""The control plane's endpoints that are no commands: clocks, checkpoints, requests, faults.

What changes the exchange is a command like any other and does not come here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache
from importlib import metadata
from typing import Any, Protocol, TypeVar

from papertape.contract.control import (
    AddFault,
    AdvanceClock,
    Audit,
    Checkpoint,
    ClockState,
    Control,
    Done,
    ExchangeState,
    Fault,
    FaultControl,
    Health,
    ListRequests,
    LoggedRequest,
    MakeCheckpoint,
    RemoveFault,
    Restore,
    SetClock,
)
from papertape.contract.protocol import errors
from papertape.contract.protocol.endpoint import Endpoint
from papertape.contract.protocol.errors import Rejected
from papertape.contract.protocol.wire import Nothing
from papertape.engine.audit import audit
from papertape.engine.exchange.exchange import Exchange
from papertape.gateway.faults.switchboard import Switchboard
from papertape.gateway.requests_log import LAST_REQUESTS, RequestsLog
from papertape.journal.clock import Clock

Q = TypeVar("Q")
R = TypeVar("R")
ControlFunction = Callable[[Any], Awaitable[Any]]
OPEN_TO_ALL = frozenset({Control.health.path})
"""Control-plane paths that need no token."""

FARTHEST_MS = 253_370_764_799_999
"""The end of the year 9998: no clock is set beyond it, so that whatever runs then still ends within the calendar."""


LONGEST_ID = 18
"""Digits of a fault's id."""


class ExchangeAdministration(Protocol):
    """What the control plane needs of whoever runs the exchange."""

    market_clock: Clock
    gateway_clock: Clock

    @property
    def exchange(self) -> Exchange:
        """The live exchange."""
        ...

    async def state_hash(self) -> str:
        """The state hash of the live exchange."""
        ...

    async def advance_market(self, milliseconds: int) -> None:
        """Moves market time forward; what falls due on the way has happened when this returns."""
        ...

    async def make_checkpoint(self, name: str | None) -> Checkpoint:
        """Keeps the exchange as it stands; raises ``Rejected`` for a name that cannot be used."""
        ...

    async def checkpoints(self) -> list[Checkpoint]:
        """What is kept."""
        ...

    async def restore(self, name: str) -> None:
        """Goes back to a checkpoint; raises ``Rejected`` if there is none of this name."""
        ...

    async def reset(self) -> None:
        """Starts over as on the first day."""
        ...


class ControlEndpoints:
    """Answers these endpoints; ``functions`` has one for each path."""

    def __init__(self, administration: ExchangeAdministration, log: RequestsLog, faults: Switchboard) -> None:
        self._administration, self._log, self._faults = administration, log, faults
        self._started = administration.gateway_clock.now()
        self.functions: dict[str, ControlFunction] = {}
        self._serve(Control.health, self.health)
        self._serve(Control.requests, self.requests)
        self._serve(Control.clock, self.clock)
        self._serve(Control.advance_clock, self.advance_clock)
        self._serve(Control.set_clock, self.set_clock)
        self._serve(Control.make_checkpoint, self.make_checkpoint)
        self._serve(Control.checkpoints, self.checkpoints)
        self._serve(Control.restore, self.restore)
        self._serve(Control.reset, self.reset)
        self._serve(Control.state_hash, self.state_hash)
        self._serve(Control.audit, self.audit)
        self._serve(FaultControl.add, self.add_fault)
        self._serve(FaultControl.list, self.faults)
        self._serve(FaultControl.remove, self.remove_fault)

    def _serve(self, endpoint: Endpoint[..., Q, R], function: Callable[[Q], Awaitable[R]]) -> None:
        self.functions[endpoint.path] = function

    async def health(self, request: Nothing) -> Health:
        """That the exchange answers."""
        return Health(
            status="ok",
            version=_version(),
            sequence=self._administration.exchange.sequence,
            market_time=self._administration.market_clock.now(),
            started=self._started,
        )

    async def requests(self, request: ListRequests) -> list[LoggedRequest]:
        """The last requests, newest first."""
        limit = 100 if request.limit is None else request.limit
        if not 1 <= limit <= LAST_REQUESTS:
            raise Rejected(errors.OUT_OF_RANGE.of("limit", f"1-{LAST_REQUESTS}"))
        return self._log.newest(limit, uid=request.uid, path=request.path)

    async def clock(self, request: Nothing) -> ClockState:
        """Both clocks."""
        market = self._administration.market_clock
        return ClockState(
            mode=market.mode, market_time=market.now(), gateway_time=self._administration.gateway_clock.now()
        )

    async def advance_clock(self, request: AdvanceClock) -> ClockState:
        """Moves clocks forward; 40020 for a step back or beyond the calendar."""
        market, gateway = self._now()
        ahead = (market + request.milliseconds, gateway + request.milliseconds)
        return await self._move(request.clock, (market, gateway), ahead, "milliseconds")

    async def set_clock(self, request: SetClock) -> ClockState:
        """Sets clocks ahead; 40020 for a time that a clock has passed."""
        return await self._move(request.clock, self._now(), (request.time, request.time), "time")

    def _now(self) -> tuple[int, int]:
        return self._administration.market_clock.now(), self._administration.gateway_clock.now()

    async def _move(self, which: str, now: tuple[int, int], wanted: tuple[int, int], parameter: str) -> ClockState:
        """Moves from one reading of the clocks: a clock that runs would be a moment further at a second one."""
        moves = [which in ("market", "both"), which in ("gateway", "both")]
        if not all(there <= to <= FARTHEST_MS for move, there, to in zip(moves, now, wanted, strict=True) if move):
            raise Rejected(errors.PARAMETER_ERROR.of(parameter))
        market, gateway = (to - there if move else 0 for move, there, to in zip(moves, now, wanted, strict=True))
        if gateway:
            self._administration.gateway_clock.advance(gateway)
        if market:
            await self._administration.advance_market(market)
        return await self.clock(Nothing())

    async def make_checkpoint(self, request: MakeCheckpoint) -> Checkpoint:
        """Keeps the exchange as it stands."""
        return await self._administration.make_checkpoint(request.name)

    async def checkpoints(self, request: Nothing) -> list[Checkpoint]:
        """What is kept."""
        return await self._administration.checkpoints()

    async def restore(self, request: Restore) -> ExchangeState:
        """Goes back to a checkpoint."""
        await self._administration.restore(request.name)
        return await self.state_hash(Nothing())

    async def reset(self, request: Nothing) -> ExchangeState:
        """Starts over, with nothing that is to go wrong."""
        self._faults.clear()
        await self._administration.reset()
        return await self.state_hash(Nothing())

    async def state_hash(self, request: Nothing) -> ExchangeState:
        """Where the exchange stands."""
        state_hash = await self._administration.state_hash()
        exchange = self._administration.exchange
        return ExchangeState(sequence=exchange.sequence, state_hash=state_hash, market_time=exchange.now)

    async def audit(self, request: Nothing) -> Audit:
        """What is wrong with the exchange; takes about as long as its state hash."""
        exchange = self._administration.exchange
        return Audit(sequence=exchange.sequence, findings=audit(exchange))

    async def add_fault(self, request: AddFault) -> Fault:
        """Makes something go wrong; 40058 when as much does as may."""
        return self._faults.add(request).shown()

    async def faults(self, request: Nothing) -> list[Fault]:
        """What is to go wrong, the oldest first."""
        return [switch.shown() for switch in self._faults]

    async def remove_fault(self, request: RemoveFault) -> Done:
        """Removes one fault or all; 40034 if there is none of this id."""
        if request.id is None:
            self._faults.clear()
        elif request.id.isascii() and request.id.isdigit() and len(request.id) <= LONGEST_ID:
            self._faults.remove(int(request.id))
        else:
            raise Rejected(errors.PARAMETER_ERROR.of("id"))
        return Done()


@cache
def _version() -> str:
    try:
        return metadata.version("papertape")
    except metadata.PackageNotFoundError:
        return "unknown"
