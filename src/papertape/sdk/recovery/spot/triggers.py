"""Looks up lost trigger orders among the waiting and the past ones."""

from __future__ import annotations

from papertape.contract.protocol.response import Response
from papertape.contract.protocol.wire import Nothing
from papertape.contract.public import Public
from papertape.contract.spot.plan import (
    CancelPlanOrder,
    ListOpenPlanOrders,
    ListPlanHistory,
    PlacePlanOrder,
    PlanCancelled,
    PlanOrder,
    PlanOrderPage,
    SpotPlan,
)
from papertape.contract.spot.trade import OrderReference
from papertape.sdk.exceptions import OrderNotFound
from papertape.sdk.recovery.course import Ask, LookupResult, Recovery, told
from papertape.sdk.recovery.spot.client_oid import ClientOidRecovery
from papertape.sdk.rest.steps import Course

HOUR_MS = 3_600_000
PAST_MS = 30 * 24 * HOUR_MS
"""The greatest age of a trigger order whose cancel is looked for: lists go by the time of placing."""

Look = Response[PlanOrderPage]


class PlacePlanOrderRecovery(ClientOidRecovery[PlacePlanOrder, OrderReference]):
    """Finds a trigger order by its client id, waiting or fired."""

    def find(self, ask: Ask, request: PlacePlanOrder) -> Course[LookupResult[PlacePlanOrder, OrderReference]]:
        """Look up the trigger order."""
        look = yield from ask(SpotPlan.current_plan_orders, ListOpenPlanOrders(symbol=request.symbol, limit=100))
        order = _among(look, None, request.client_oid)
        if order is None:
            look = yield from _past(ask, request.symbol)
            order = _among(look, None, request.client_oid)
        if order is None:
            return LookupResult(None, request)
        return LookupResult(told(look, OrderReference(order_id=order.order_id, client_oid=order.client_oid)), None)


class CancelPlanOrderRecovery(Recovery[CancelPlanOrder, PlanCancelled]):
    """Finds a trigger order's cancel among the past ones."""

    refusals = (OrderNotFound,)

    def find(self, ask: Ask, request: CancelPlanOrder) -> Course[LookupResult[CancelPlanOrder, PlanCancelled]]:
        """Look up whether the trigger order is cancelled."""
        look = yield from _past(ask, None)
        order = _among(look, request.order_id, request.client_oid)
        if order is None or order.status != "cancelled":
            return LookupResult(None, request)
        return LookupResult(told(look, PlanCancelled(result="success")), None)


def _past(ask: Ask, symbol: str | None) -> Course[Look]:
    """List the newest of the trigger orders that no longer wait."""
    clock = yield from ask(Public.time, Nothing())
    now = clock.data.server_time
    window = ListPlanHistory(symbol=symbol, start_time=now - PAST_MS, end_time=now + HOUR_MS, limit=100)
    return (yield from ask(SpotPlan.history_plan_orders, window))


def _among(look: Look, order_id: str | None, name: str | None) -> PlanOrder | None:
    for order in look.data.order_list:
        if order.order_id == order_id or (name and order.client_oid == name):
            return order
    return None
