"""Orders and trigger orders that changed while a socket was down: looked for among the open and the past ones.

Past orders are listed by when they were made, so those that were open before the gap are kept in mind, and asked for
one by one when they are open no more.
"""

from __future__ import annotations

import logging
from abc import abstractmethod
from collections.abc import Hashable, Iterable
from typing import Any

import msgspec
from msgspec import UNSET

from papertape.contract.protocol.channel import Topic
from papertape.contract.protocol.wire import ABSENT, Amount
from papertape.contract.spot.plan import PlanOrder
from papertape.contract.spot.streams import ChargedFee, OrderMessage, PlanOrderMessage
from papertape.contract.spot.trade import OpenOrder, Order
from papertape.sdk.exceptions import BitgetError
from papertape.sdk.rest.async_client import AsyncClient
from papertape.sdk.streams.spot.trackers import NOBODY_KNOWS, PAGE, EventTracker, Missed, pages

logger = logging.getLogger("papertape.stream")

MOST_OPEN = 10_000
"""Open orders that are kept in mind."""

MOST_LOOKUPS = 200
"""Orders that are asked for one by one."""

DAY_MS = 86_400_000

UNTOLD = ""
"""A word of a push that REST does not tell."""

_fees = msgspec.json.Decoder(dict[str, Any], float_hook=str)


class OpenTracker(EventTracker):
    """Tells each state of an order once, and keeps in mind which are open: their id and when they were made."""

    ended: frozenset[str]
    """The statuses after which nothing more happens to an order."""

    def __init__(self, topic: Topic, rest: AsyncClient) -> None:
        super().__init__(topic, rest)
        self.open: dict[str, int] = {}
        self._knows_open = False

    @abstractmethod
    async def listed(self) -> tuple[list[Any], bool]:
        """The open orders as messages, and whether these are all."""

    async def begin(self) -> None:
        """Notes what is open already: how it stands now need not be told."""
        try:
            await super().begin()
            rows, self._knows_open = await self.listed()
        except BitgetError as error:
            logger.info("what is open could not be listed: %s", error)
            return
        for row in rows:
            self.seen.add(self.key(row))
            self.open.setdefault(row.order_id, row.created)

    def note(self, row: Any) -> None:
        """Keeps in mind whether the order is open."""
        super().note(row)
        if row.status in self.ended:
            self.open.pop(row.order_id, None)
        else:
            self.open[row.order_id] = row.created
            if len(self.open) > MOST_OPEN:
                del self.open[next(iter(self.open))]
                self._knows_open = False

    async def missed(self) -> Missed:
        """Every order that is open, was made since the gap began, or was open before it and is no more."""
        if not self.since:
            return NOBODY_KNOWS
        listed, all_listed = await self.listed()
        gone = self.open.keys() - {row.order_id for row in listed}
        past, all_past = await self.past(sorted(gone, key=int_or_zero))
        rows = sorted((*listed, *past), key=lambda row: (row.updated, int_or_zero(row.order_id)))
        complete = all_listed and all_past and self._knows_open
        # What is open now is known again, whatever was not before.
        self._knows_open = all_listed
        return Missed([row for row in rows if row.updated >= self.since], complete)

    @abstractmethod
    async def past(self, gone: list[str]) -> tuple[list[Any], bool]:
        """The orders of the gap that are open no more, ``gone`` among them, and whether these are all."""


class OrderTracker(OpenTracker):
    """Orders: each state is known by its time, status and filled volume."""

    ended = frozenset(("filled", "cancelled"))

    def key(self, row: OrderMessage) -> Hashable:
        """One order's one state."""
        return row.order_id, int(row.updated), row.status, row.base_volume

    async def listed(self) -> tuple[list[Any], bool]:
        """The open orders, page by page."""
        ask = self.rest.spot.trade.unfilled_orders
        found, complete = await pages(
            lambda before: ask(symbol=self.symbol, limit=PAGE, id_less_than=before), lambda order: order.order_id
        )
        return [_order(order) for order in found], complete

    def new(self, rows: list[Any], held: list[Any]) -> list[Any]:
        """A push that is held back is told rather than what REST says of the same: it tells more."""
        coming = {self.key(row) for row in held}
        return self.fresh([row for row in rows if self.key(row) not in coming])

    async def past(self, gone: list[str]) -> tuple[list[Any], bool]:
        """Past orders made since the gap began, and those that were open before, one by one."""
        trade = self.rest.spot.trade
        found, complete = await pages(
            lambda before: trade.history_orders(
                symbol=self.symbol, start_time=self.since, limit=PAGE, id_less_than=before
            ),
            lambda order: order.order_id,
        )
        rows = {order.order_id: order for order in found}
        missing = [order_id for order_id in gone if order_id not in rows]
        for order_id in missing[:MOST_LOOKUPS]:
            rows.update((order.order_id, order) for order in await trade.order_info(order_id=order_id))
        return [_order(order) for order in rows.values()], complete and len(missing) <= MOST_LOOKUPS


class PlanOrderTracker(OpenTracker):
    """Trigger orders: each state is known by its time and status."""

    ended = frozenset(("executed", "fail_execute", "cancelled"))

    def key(self, row: PlanOrderMessage) -> Hashable:
        """One trigger order's one state."""
        return row.order_id, int(row.updated), row.status

    async def listed(self) -> tuple[list[Any], bool]:
        """The waiting trigger orders, page by page."""
        plan = self.rest.spot.plan
        found, before = [], None
        for _ in range(MOST_LOOKUPS):
            page = await plan.current_plan_orders(symbol=self.symbol, limit=PAGE, id_less_than=before)
            found += page.order_list
            before = page.id_less_than
            if not page.next_flag:
                return [_plan(order) for order in found], True
        return [_plan(order) for order in found], False

    async def past(self, gone: list[str]) -> tuple[list[Any], bool]:
        """Past trigger orders made since the gap began or since the oldest that waited before it."""
        plan, now = self.rest.spot.plan, self.rest.clock.now()
        since = min([self.since, *(self.open[order_id] for order_id in gone)])
        found, before = [], None
        for _ in range(MOST_LOOKUPS):
            page = await plan.history_plan_orders(
                symbol=self.symbol, start_time=since, end_time=now + DAY_MS, limit=PAGE, id_less_than=before
            )
            found += page.order_list
            before = page.id_less_than
            if not page.next_flag:
                break
        known = {order.order_id for order in found}
        return [_plan(order) for order in found], all(order_id in known for order_id in gone)


def int_or_zero(order_id: str) -> int:
    """An id as a number: ids grow with time."""
    return int(order_id) if order_id.isdigit() else 0


def _order(order: Order | OpenOrder) -> OrderMessage:
    limit = order.order_type == "limit"
    value = order.quote_volume if order.side == "sell" else order.size
    notional = Amount(order.price * order.size) if limit else Amount(value)
    return OrderMessage(
        symbol=order.symbol,
        order_id=order.order_id,
        client_oid=order.client_oid,
        price=order.price if limit else UNSET,
        stated_size=notional if limit else order.size,
        size=order.size,
        notional=notional,
        order_type=order.order_type,
        order_type_short=order.order_type,
        force=UNTOLD,
        side=order.side,
        base_volume=order.base_volume,
        average_price=order.average_price,
        status=order.status,
        created=order.created,
        updated=order.updated,
        stp_mode=UNTOLD,
        fee_detail=list(_charged(order.fee_detail)) if isinstance(order, Order) else [],
        enter_point_source=order.enter_point_source,
    )


def _charged(fee_detail: str) -> Iterable[ChargedFee]:
    """The fees in the JSON text of an order; what is not about one coin is left out."""
    try:
        parts = _fees.decode(fee_detail) if fee_detail else {}
    except msgspec.DecodeError:
        return
    for part in parts.values():
        if isinstance(part, dict) and "feeCoinCode" in part:
            yield ChargedFee(fee_coin=str(part["feeCoinCode"]), fee=Amount(str(part.get("totalFee", "0"))))


def _plan(order: PlanOrder) -> PlanOrderMessage:
    fired = order.status == "executed" and order.plan_type == "amount"
    return PlanOrderMessage(
        symbol=order.symbol,
        order_id=order.order_id,
        client_oid=order.client_oid,
        trigger_price=order.trigger_price,
        trigger_type=order.trigger_type,
        plan_type=order.plan_type,
        price=order.trigger_price,
        size=order.size,
        actual_size=order.size if fired else ABSENT,
        order_type=order.order_type,
        side=order.side,
        status=order.status,
        execute_price=order.execute_price,
        enter_point_source=order.enter_point_source,
        created=order.created,
        updated=order.updated,
        stp_mode=UNTOLD,
    )
