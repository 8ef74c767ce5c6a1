"""From an endpoint and its typed request to the reply, through the one function that answers it.

Queries run at once on the live exchange, which never shows an entry that is not durable; history is awaited;
commands go through the sequencer. A read sees the market's clock, not the time of the last entry: while nothing
happens, the day's figures and the running candle move on all the same.
"""

from __future__ import annotations

from typing import Any, Protocol

from papertape.contract.protocol import errors
from papertape.contract.protocol.endpoint import Endpoint
from papertape.contract.protocol.errors import Rejected
from papertape.contract.protocol.wire import Request
from papertape.engine.exchange.exchange import Exchange
from papertape.journal.clock import Clock
from papertape.journal.sequencer import Stopped
from papertape.operations.ports import History
from papertape.operations.registry import OPERATIONS, Caller


class Writer(Protocol):
    """The one way to change the exchange: the journal's sequencer."""

    exchange: Exchange

    @property
    def waiting(self) -> int:
        """How many commands are in the queue."""
        ...

    async def submit(self, endpoint: Endpoint[..., Any, Any], caller: Caller, request: Request) -> Any:
        """Journals and applies a command; returns its reply or raises ``Rejected``."""
        ...


class Dispatcher:
    """Finds and runs the function of an endpoint."""

    def __init__(self, sequencer: Writer, history: History, market_clock: Clock) -> None:
        self.sequencer = sequencer
        self._history = history
        self._clock = market_clock

    async def answer(self, endpoint: Endpoint[..., Any, Any], caller: Caller, request: Any) -> Any:
        """The reply; raises ``Rejected`` for a caller's mistake and when the journal has stopped."""
        operation = OPERATIONS[endpoint.path]
        if operation.kind == "command":
            try:
                return await self.sequencer.submit(endpoint, caller, request)
            except Stopped:
                raise Rejected(errors.SERVER_FAILED) from None
        exchange = self.sequencer.exchange.environments[caller.environment]
        if (now := self._clock.now()) > exchange.now:
            exchange = exchange.seen_at(now)
        if operation.kind == "query":
            return operation.function(exchange, caller, request)
        return await operation.function(exchange, self._history.of(caller.environment), caller, request)
