"""Triggers: plan orders, and for each instrument who waits for which price.

A trigger above the last price fires when the price rises to it, one below when it falls to it.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from decimal import Decimal
from typing import Literal

import msgspec

from papertape.engine.trading.records import OrderType, SelfTradePrevention, Side, TriggerRecord

TriggerStatus = Literal["live", "executed", "fail_execute", "cancelled"]
TRIGGERS_PER_INSTRUMENT = 50
"""At most this many plan orders of one user wait on one instrument (43071)."""


class Trigger(msgspec.Struct, kw_only=True):
    """A plan order; it freezes nothing until it fires. Amounts as in ``TriggerRecord``."""

    order_id: int
    client_oid: str = ""
    uid: int
    symbol: str
    side: Side
    trigger_price: Decimal
    order_type: OrderType
    execute_price: Decimal
    plan_type: Literal["amount", "total"]
    trigger_type: Literal["fill_price", "mark_price"]
    size: Decimal
    rising: bool
    stp_mode: SelfTradePrevention = "none"
    status: TriggerStatus = "live"
    entry_point: str = "API"
    child_order_id: int = 0
    created: int
    updated: int


def record(trigger: Trigger) -> TriggerRecord:
    """The plan order as it stands."""
    fields = msgspec.structs.asdict(trigger)
    del fields["rising"]
    return TriggerRecord(**fields)


class Watch:
    """Who waits for a price on one instrument: (key, id) pairs, sorted so that the first is due first."""

    __slots__ = ("above", "below")

    def __init__(self) -> None:
        self.above: list[tuple[int, int]] = []
        self.below: list[tuple[int, int]] = []

    def due(self, ticks: int) -> int | None:
        """The id that fires at this last price, if any."""
        if self.above and self.above[0][0] <= ticks:
            return self.above[0][1]
        if self.below and -self.below[0][0] >= ticks:
            return self.below[0][1]
        return None


class Triggers:
    """All plan orders by id, by user, by client id, and the watch lists, which also hold TP/SL orders."""

    def __init__(self) -> None:
        self.by_id: dict[int, Trigger] = {}
        self.by_user: dict[int, dict[int, Trigger]] = {}
        self.client_oids: dict[tuple[int, str], int] = {}
        self.watches: dict[str, Watch] = {}

    def add(self, trigger: Trigger, ticks: int) -> None:
        """Takes a plan order in and waits for its price."""
        self.by_id[trigger.order_id] = trigger
        self.by_user.setdefault(trigger.uid, {})[trigger.order_id] = trigger
        if trigger.client_oid:
            self.client_oids[trigger.uid, trigger.client_oid] = trigger.order_id
        self.watch(trigger.symbol, trigger.order_id, *((ticks, None) if trigger.rising else (None, ticks)))

    def remove(self, trigger: Trigger, ticks: int) -> None:
        """Lets a plan order go that fired or was cancelled."""
        del self.by_id[trigger.order_id]
        mine = self.by_user[trigger.uid]
        del mine[trigger.order_id]
        if not mine:
            del self.by_user[trigger.uid]
        self.client_oids.pop((trigger.uid, trigger.client_oid), None)
        self.unwatch(trigger.symbol, trigger.order_id, *((ticks, None) if trigger.rising else (None, ticks)))

    def of(self, uid: int) -> dict[int, Trigger]:
        """A user's plan orders by id, oldest first; to read only."""
        return self.by_user.get(uid, {})

    def find(self, uid: int, order_id: int | None, client_oid: str | None) -> Trigger | None:
        """A user's plan order by id, or else by client id."""
        if order_id is None and client_oid:
            order_id = self.client_oids.get((uid, client_oid))
        return None if order_id is None else self.of(uid).get(order_id)

    def watch(self, symbol: str, order_id: int, above: int | None, below: int | None) -> None:
        """Waits for the price to rise to ``above`` or to fall to ``below`` ticks."""
        watch = self.watches.setdefault(symbol, Watch())
        if above is not None:
            insort(watch.above, (above, order_id))
        if below is not None:
            insort(watch.below, (-below, order_id))

    def unwatch(self, symbol: str, order_id: int, above: int | None, below: int | None) -> None:
        """Undoes ``watch`` with the same arguments."""
        watch = self.watches[symbol]
        if above is not None:
            del watch.above[bisect_left(watch.above, (above, order_id))]
        if below is not None:
            del watch.below[bisect_left(watch.below, (-below, order_id))]
