"""A small market whose history is kept: every command's records go to a projector, as from the journal.

async with Chronicle(alice="1000 USDT", bob="2 BTC") as market:
    market.sell("bob", "1 @ 100")
    market.buy("alice", "1 @ 100")
    rows = await market.past.rows(FillRecord, Page(limit=10), uid=UIDS["alice"])
"""

from __future__ import annotations

from typing import Any, NamedTuple, Self

from papertape.contract.protocol.endpoint import Endpoint
from papertape.engine.exchange.environments import Environment
from papertape.engine.exchange.records import Record
from papertape.engine.trading.market_id import MarketId
from papertape.engine.trading.records import CandleRecord
from papertape.operations.registry import OPERATIONS, Caller
from papertape.projections.database import open_database
from papertape.projections.history import StoredHistory
from papertape.projections.projector import Projector
from tests.market import START, UIDS, Market


class Output(NamedTuple):
    """What the projector takes: an entry's place and what it made happen."""

    sequence: int
    events: dict[Environment, list[Record]]


def no_back_fill(market: MarketId, start: int, end: int) -> list[CandleRecord]:
    """There was nothing before the opening."""
    return []


class Chronicle(Market):
    """A market with history in ``url``; ``past`` is the history port, opened and closed with the block."""

    def __init__(self, url: str = ":memory:", back_fill: Any = no_back_fill, **balances: str) -> None:
        super().__init__(**balances)
        self._url, self._back_fill = url, back_fill

    async def __aenter__(self) -> Self:
        database = open_database(self._url)
        self.projector = Projector(database)
        self.past = StoredHistory(database, self.projector, self._back_fill, START)
        await self.projector.start()
        return self

    async def __aexit__(self, *failure: object) -> None:
        self.past.close()
        await self.projector.stop()

    def _place(self, who: str, side: Any, order: str, more: dict[str, Any]) -> str:
        order_id = super()._place(who, side, order, more)
        self.happened_now()
        return order_id

    def cancel(self, who: str, order_id: str) -> None:
        super().cancel(who, order_id)
        self.happened_now()

    def happened_now(self) -> None:
        """Hands the last command's records over as the next entry's."""
        self.exchange.sequence += 1
        self.projector(Output(self.exchange.sequence, self.exchange.happened))

    async def ask(self, endpoint: Endpoint[..., Any, Any], who: str = "alice", **parameters: Any) -> Any:
        """The reply to a query or to a question to history."""
        operation, request = OPERATIONS[endpoint.path], endpoint.request(**parameters)
        caller = Caller(UIDS[who])
        if operation.kind == "query":
            return operation.function(self.exchange, caller, request)
        return await operation.function(self.exchange, self.past, caller, request)
