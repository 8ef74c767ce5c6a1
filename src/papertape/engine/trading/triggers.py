"""Plan orders: orders that are placed when a price gets to their trigger, from below or from above."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import msgspec

from papertape.engine.funds.ledger import line_of
from papertape.engine.trading.market_id import MarketId, PriceKind
from papertape.engine.trading.orders import ClientOid
from papertape.engine.trading.records import OrderType, SelfTradePrevention, Side, TriggerRecord

TriggerStatus = Literal["live", "executed", "fail_execute", "cancelled"]
TRIGGERS_PER_INSTRUMENT = 50
"""At most this many plan orders of one user wait on one instrument (43071)."""


class Trigger(msgspec.Struct, kw_only=True):
    """A plan order; it freezes nothing until it fires. Amounts as in ``TriggerRecord``."""

    order_id: int
    client_oid: str = ""
    uid: int
    market: MarketId
    wallet: str
    side: Side
    trigger_price: Decimal
    order_type: OrderType
    execute_price: Decimal
    plan_type: Literal["amount", "total"]
    trigger_type: Literal["fill_price", "mark_price"]
    size: Decimal
    rising: bool
    watches: PriceKind = "last"
    stp_mode: SelfTradePrevention = "none"
    status: TriggerStatus = "live"
    entry_point: str = "API"
    child_order_id: int = 0
    created: int
    updated: int

    @property
    def symbol(self) -> str:
        """The instrument's symbol."""
        return self.market.symbol

    @property
    def line(self) -> str:
        """The product line that the plan order is listed under."""
        return line_of(self.wallet)


def record(trigger: Trigger) -> TriggerRecord:
    """The plan order as it stands."""
    fields = msgspec.structs.asdict(trigger)
    del fields["rising"], fields["watches"], fields["market"]
    return TriggerRecord(symbol=trigger.symbol, **fields)


class Triggers:
    """All plan orders of an environment by id, and by product line and user, with their client ids."""

    def __init__(self) -> None:
        self.by_id: dict[int, Trigger] = {}
        self.by_user: dict[tuple[str, int], dict[int, Trigger]] = {}
        self.client_oids: dict[ClientOid, int] = {}

    def add(self, trigger: Trigger) -> None:
        """Takes a plan order in."""
        line = trigger.line
        self.by_id[trigger.order_id] = trigger
        self.by_user.setdefault((line, trigger.uid), {})[trigger.order_id] = trigger
        if trigger.client_oid:
            self.client_oids[line, trigger.uid, trigger.client_oid] = trigger.order_id

    def remove(self, trigger: Trigger) -> None:
        """Lets a plan order go that fired or was cancelled."""
        line = trigger.line
        del self.by_id[trigger.order_id]
        mine = self.by_user[line, trigger.uid]
        del mine[trigger.order_id]
        if not mine:
            del self.by_user[line, trigger.uid]
        self.client_oids.pop((line, trigger.uid, trigger.client_oid), None)

    def of(self, line: str, uid: int) -> dict[int, Trigger]:
        """A user's plan orders of a product line by id, oldest first; to read only."""
        return self.by_user.get((line, uid), {})

    def find(self, line: str, uid: int, order_id: int | None, client_oid: str | None) -> Trigger | None:
        """A user's plan order of a product line by id, or else by client id."""
        if order_id is None and client_oid:
            order_id = self.client_oids.get((line, uid, client_oid))
        return None if order_id is None else self.of(line, uid).get(order_id)
