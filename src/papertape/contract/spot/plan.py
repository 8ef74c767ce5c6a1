"""Spot trigger (plan) orders. Source: documentation, "Spot / Trigger"."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

import msgspec

from papertape.contract.protocol.declaring import signed_get, signed_list, signed_post
from papertape.contract.protocol.endpoint import Group, Limit, T
from papertape.contract.protocol.enums import (
    EntryPointWord,
    OrderType,
    OrderTypeWord,
    PlanType,
    PlanTypeWord,
    SelfTradePrevention,
    Side,
    SideWord,
    TriggerType,
    TriggerTypeWord,
)
from papertape.contract.protocol.paging import Paging
from papertape.contract.protocol.wire import Amount, Reply, Request, Timestamp, words
from papertape.contract.spot.trade import BatchOutcome, OrderReference


class PlacePlanOrder(Request):
    """An order that waits for a price; ``size`` is base for plan type ``amount`` (default), quote for ``total``.

    ``execute_price`` is required for limit orders.
    """

    symbol: str
    side: Side
    trigger_price: Decimal
    order_type: OrderType
    size: Decimal
    trigger_type: TriggerType
    execute_price: Decimal | None = None
    plan_type: PlanType | None = None
    client_oid: str | None = None
    stp_mode: SelfTradePrevention | None = None


class ModifyPlanOrder(Request):
    """New terms for a waiting trigger order, named by either id."""

    trigger_price: Decimal
    order_type: OrderType
    size: Decimal
    order_id: str | None = None
    client_oid: str | None = None
    execute_price: Decimal | None = None


class CancelPlanOrder(Request):
    """One trigger order by either id."""

    order_id: str | None = None
    client_oid: str | None = None


class PlanCancelled(Reply):
    """That the trigger order is cancelled."""

    result: str


class BatchCancelPlanOrders(Request):
    """Cancels the trigger orders of these symbols, of all symbols where none is named."""

    symbol_list: list[str] | None = None


class ListOpenPlanOrders(Request):
    """Waiting trigger orders, newest first; 20 unless told, at most 100."""

    symbol: str | None = None
    limit: int | None = None
    id_less_than: str | None = None
    start_time: int | None = None
    end_time: int | None = None


class ListPlanHistory(Request):
    """Trigger orders that fired, failed or were cancelled, newest first; 100 unless told, at most 100."""

    symbol: str | None = None
    start_time: int | None = None
    end_time: int | None = None
    id_less_than: str | None = None
    limit: int | None = None


class PlanOrder(Reply):
    """A trigger order; ``execute_price`` is the price used once it has fired."""

    order_id: str
    client_oid: str
    symbol: str
    trigger_price: Amount
    order_type: OrderTypeWord
    execute_price: Amount
    plan_type: PlanTypeWord
    size: Amount
    status: Annotated[str, words("live", "executing", "executed", "fail_execute", "cancelled")]
    side: SideWord
    trigger_type: TriggerTypeWord
    enter_point_source: EntryPointWord
    created: Timestamp = msgspec.field(name="cTime")
    updated: Timestamp = msgspec.field(name="uTime")


class PlanOrderPage(Reply):
    """A page of trigger orders; ``id_less_than`` is the cursor of the next one."""

    next_flag: bool
    id_less_than: str
    order_list: list[PlanOrder]


class AskPlanSubOrders(Request):
    """The orders that a trigger order made."""

    plan_order_id: str


class PlanSubOrder(Reply):
    """An order that a trigger order made."""

    order_id: str
    price: Amount
    type: OrderTypeWord
    status: Annotated[str, words("success", "fail", "cancelled", "in_progress", "in_progress_tracking")]


PLAN_PAGES = Paging(key="order_id", rows="order_list", next="id_less_than", more="next_flag", largest=100, days=90)


class SpotPlan(Group[T]):
    """Spot trigger (plan) orders."""

    place_plan_order = signed_post(
        "/api/v2/spot/trade/place-plan-order",
        PlacePlanOrder,
        OrderReference,
        "Place a trigger order.",
        "spot_trade",
        Limit(20, "uid"),
    )
    modify_plan_order = signed_post(
        "/api/v2/spot/trade/modify-plan-order",
        ModifyPlanOrder,
        OrderReference,
        "Modify a trigger order.",
        "spot_trade",
        Limit(20, "uid"),
    )
    cancel_plan_order = signed_post(
        "/api/v2/spot/trade/cancel-plan-order",
        CancelPlanOrder,
        PlanCancelled,
        "Cancel a trigger order.",
        "spot_trade",
        Limit(20, "uid"),
        urgent=True,
    )
    current_plan_orders = signed_list(
        "/api/v2/spot/trade/current-plan-order",
        ListOpenPlanOrders,
        PlanOrderPage,
        "List waiting trigger orders.",
        "read",
        Limit(20, "uid"),
        item=PlanOrder,
        pages=PLAN_PAGES,
    )
    history_plan_orders = signed_list(
        "/api/v2/spot/trade/history-plan-order",
        ListPlanHistory,
        PlanOrderPage,
        "List past trigger orders.",
        "read",
        Limit(20, "uid"),
        item=PlanOrder,
        pages=PLAN_PAGES,
    )
    plan_sub_orders = signed_get(
        "/api/v2/spot/trade/plan-sub-order",
        AskPlanSubOrders,
        list[PlanSubOrder],
        "List the orders that a trigger order made.",
        "read",
        Limit(20, "uid"),
    )
    batch_cancel_plan_orders = signed_post(
        "/api/v2/spot/trade/batch-cancel-plan-order",
        BatchCancelPlanOrders,
        BatchOutcome,
        "Cancel trigger orders by symbol.",
        "spot_trade",
        Limit(5, "uid"),
    )
