"""Trackers of spot orders and trigger orders: which are open, which are past, what tells one state from another."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from papertape.contract.protocol.wire import ABSENT
from papertape.contract.spot.plan import PlanOrder
from papertape.contract.spot.pushes import charged_fees, order_message, plan_order_message
from papertape.contract.spot.streams import OrderMessage, PlanOrderMessage
from papertape.contract.spot.trade import OpenOrder, OrderInformation
from papertape.sdk.streams.tracking.events import PAGE, pages
from papertape.sdk.streams.tracking.open_orders import OpenTracker

MOST_LOOKUPS = 200
"""Orders that are asked for one by one."""

DAY_MS = 86_400_000


class OrderTracker(OpenTracker):
    """Tracks orders; a state is known by its time, status and filled volume."""

    ended = frozenset(("filled", "cancelled"))

    def key(self, row: OrderMessage) -> Hashable:
        """Identify one state of one order."""
        return row.order_id, int(row.updated), row.status, row.base_volume

    async def listed(self) -> tuple[list[Any], bool]:
        """List the open orders, page by page."""
        ask = self.rest.spot.trade.unfilled_orders
        found, complete = await pages(
            lambda before: ask(symbol=self.symbol, limit=PAGE, id_less_than=before), lambda order: order.order_id
        )
        return [_order(order) for order in found], complete

    def new(self, rows: list[Any], held: list[Any]) -> list[Any]:
        """Prefer pushes that are held back to REST's rows of the same states: they tell more."""
        coming = {self.key(row) for row in held}
        return self.fresh([row for row in rows if self.key(row) not in coming])

    async def past(self, gone: list[str]) -> tuple[list[Any], bool]:
        """List orders made since the gap began, and ask one by one for those that were open before."""
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
    """Tracks trigger orders; a state is known by its time and status."""

    ended = frozenset(("executed", "fail_execute", "cancelled"))

    def key(self, row: PlanOrderMessage) -> Hashable:
        """Identify one state of one trigger order."""
        return row.order_id, int(row.updated), row.status

    async def listed(self) -> tuple[list[Any], bool]:
        """List the waiting trigger orders, page by page."""
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
        """List trigger orders made since the gap began or since the oldest that waited before it."""
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


def _order(order: OrderInformation | OpenOrder) -> OrderMessage:
    fees = list(charged_fees(order.fee_detail)) if isinstance(order, OrderInformation) else []
    return order_message(order, fees=fees, enter_point_source=order.enter_point_source)


def _plan(order: PlanOrder) -> PlanOrderMessage:
    fired = order.status == "executed" and order.plan_type == "amount"
    return plan_order_message(order, actual_size=order.size if fired else ABSENT)
