"""Spot plan (trigger) orders: placed, modified, cancelled, listed. They freeze nothing until they fire."""

from __future__ import annotations

from decimal import Decimal

from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected
from papertape.contract.protocol.wire import Amount
from papertape.contract.spot.plan import (
    AskPlanSubOrders,
    BatchCancelPlanOrders,
    CancelPlanOrder,
    ListOpenPlanOrders,
    ListPlanHistory,
    ModifyPlanOrder,
    PlacePlanOrder,
    PlanCancelled,
    PlanOrderPage,
    PlanSubOrder,
    SpotPlan,
)
from papertape.contract.spot.trade import BatchOutcome, OrderReference
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.money import ZERO, nearest
from papertape.engine.spot.instruments import SpotInstrument
from papertape.engine.spot.markets import SPOT, spot_market
from papertape.engine.spot.order_rules import check_client_oid, check_places, check_value
from papertape.engine.spot.terms import order_record
from papertape.engine.trading.firing import begin, end, set_aside
from papertape.engine.trading.records import OrderRecord, OrderType, TriggerRecord
from papertape.engine.trading.triggers import TRIGGERS_PER_INSTRUMENT, Trigger, record
from papertape.operations.paging import DAY_MS, HISTORY_DAYS, identifier, optional_identifier, page
from papertape.operations.ports import History, HistoryPage
from papertape.operations.registry import Caller, command, history, query
from papertape.operations.spot.order_views import plan_order

SUB_ORDER_STATUS = {
    "live": "in_progress",
    "partially_filled": "in_progress",
    "filled": "success",
    "cancelled": "cancelled",
}


@command(SpotPlan.place_plan_order)
def place_plan_order(exchange: Exchange, caller: Caller, request: PlacePlanOrder) -> OrderReference:
    """Let an order wait for the last price to come to its trigger from where it is now; one that is there fires."""
    market = spot_market(exchange, request.symbol)
    instrument = market.instrument
    client_oid = request.client_oid or ""
    check_client_oid(exchange, SPOT, caller.uid, client_oid)
    if (SPOT, caller.uid, client_oid) in exchange.triggers.client_oids:
        raise Rejected(errors.CLIENT_OID_TAKEN)
    execute_price = _terms(exchange, instrument, request, request.side, request.plan_type or "amount")
    mine = exchange.triggers.of(SPOT, caller.uid).values()
    waiting = sum(1 for trigger in mine if trigger.symbol == instrument.symbol)
    if waiting >= TRIGGERS_PER_INSTRUMENT:
        raise Rejected(errors.TOO_MANY_TRIGGERS.of(TRIGGERS_PER_INSTRUMENT))
    order_id = exchange.next_id()
    trigger = Trigger(
        order_id=order_id,
        client_oid=client_oid or str(order_id),
        uid=caller.uid,
        market=market.id,
        wallet=SPOT,
        side=request.side,
        trigger_price=nearest(request.trigger_price, instrument.price_places),
        order_type=request.order_type,
        execute_price=execute_price,
        plan_type=request.plan_type or "amount",
        trigger_type=request.trigger_type,
        size=request.size,
        rising=request.trigger_price > market.last,
        stp_mode=request.stp_mode or "none",
        created=exchange.now,
        updated=exchange.now,
    )
    begin(exchange, trigger)
    return _reference(trigger)


@command(SpotPlan.modify_plan_order)
def modify_plan_order(exchange: Exchange, caller: Caller, request: ModifyPlanOrder) -> OrderReference:
    """Give a waiting plan order new terms; it keeps its id."""
    trigger = _find(exchange, caller.uid, request.order_id, request.client_oid)
    market = exchange.market(trigger.market)
    instrument = market.instrument
    execute_price = _terms(exchange, instrument, request, trigger.side, trigger.plan_type)
    set_aside(exchange, trigger)
    trigger.trigger_price = nearest(request.trigger_price, instrument.price_places)
    trigger.order_type = request.order_type
    trigger.execute_price, trigger.size, trigger.updated = execute_price, request.size, exchange.now
    trigger.rising = request.trigger_price > market.last
    begin(exchange, trigger)
    return _reference(trigger)


@command(SpotPlan.cancel_plan_order)
def cancel_plan_order(exchange: Exchange, caller: Caller, request: CancelPlanOrder) -> PlanCancelled:
    """Cancel a waiting plan order; 43025 if there is none."""
    end(exchange, _find(exchange, caller.uid, request.order_id, request.client_oid), "cancelled")
    return PlanCancelled(result="success")


@command(SpotPlan.batch_cancel_plan_orders)
def batch_cancel_plan_orders(exchange: Exchange, caller: Caller, request: BatchCancelPlanOrders) -> BatchOutcome:
    """Cancel the plan orders of these instruments, of all where none is named."""
    symbols = [spot_market(exchange, symbol).id.symbol for symbol in request.symbol_list or ()]
    done = []
    for trigger in list(exchange.triggers.of(SPOT, caller.uid).values()):
        if not symbols or trigger.symbol in symbols:
            end(exchange, trigger, "cancelled")
            done.append(_reference(trigger))
    return BatchOutcome(success_list=done, failure_list=[])


@query(SpotPlan.current_plan_orders)
def current_plan_orders(exchange: Exchange, caller: Caller, request: ListOpenPlanOrders) -> PlanOrderPage:
    """Return the caller's waiting plan orders, newest first."""
    wanted = page(
        limit=request.limit,
        most=100,
        default=20,
        before=request.id_less_than,
        start=request.start_time,
        end=request.end_time,
    )
    symbol = None if request.symbol is None else spot_market(exchange, request.symbol).id.symbol
    rows = [
        record(trigger)
        for trigger in sorted(exchange.triggers.of(SPOT, caller.uid).values(), key=_newest_first)
        if symbol in (None, trigger.symbol)
        and (wanted.before is None or trigger.order_id < wanted.before)
        and (wanted.start is None or trigger.created >= wanted.start)
        and (wanted.end is None or trigger.created <= wanted.end)
    ]
    return _page_of(rows, wanted.limit)


@history(SpotPlan.history_plan_orders)
async def history_plan_orders(
    exchange: Exchange, past: History, caller: Caller, request: ListPlanHistory
) -> PlanOrderPage:
    """Return the caller's plan orders of the last 90 days that fired, failed or were cancelled, newest first."""
    wanted = page(
        limit=request.limit,
        most=100,
        before=request.id_less_than,
        start=request.start_time,
        end=request.end_time,
    )
    start = max(wanted.start or 0, exchange.now - HISTORY_DAYS * DAY_MS)
    one_more = HistoryPage(limit=wanted.limit + 1, before=wanted.before, start=start, end=wanted.end)
    symbol = None if request.symbol is None else spot_market(exchange, request.symbol).id.symbol
    return _page_of(await past.rows(TriggerRecord, one_more, uid=caller.uid, wallet=SPOT, symbol=symbol), wanted.limit)


@history(SpotPlan.plan_sub_orders)
async def plan_sub_orders(
    exchange: Exchange, past: History, caller: Caller, request: AskPlanSubOrders
) -> list[PlanSubOrder]:
    """Return the order that a plan order placed when it fired; none while it waits."""
    plan_order_id = identifier("planOrderId", request.plan_order_id)
    if plan_order_id in exchange.triggers.of(SPOT, caller.uid):
        return []
    rows = await past.rows(TriggerRecord, HistoryPage(limit=1), uid=caller.uid, wallet=SPOT, order_id=plan_order_id)
    if not rows:
        raise Rejected(errors.TRIGGER_DOES_NOT_EXIST)
    child_id = rows[0].child_order_id
    if not child_id:
        return []
    order = exchange.orders.find(SPOT, caller.uid, child_id, None)
    if order is not None:
        child = order_record(order, exchange.market(order.market).instrument)
    else:
        (child,) = await past.rows(OrderRecord, HistoryPage(limit=1), uid=caller.uid, wallet=SPOT, order_id=child_id)
    return [
        PlanSubOrder(
            order_id=str(child_id),
            price=Amount(child.price),
            type=child.order_type,
            status=SUB_ORDER_STATUS[child.status],
        )
    ]


def _terms(
    exchange: Exchange,
    instrument: SpotInstrument,
    request: PlacePlanOrder | ModifyPlanOrder,
    side: str,
    plan_type: str,
) -> Decimal:
    """Check price, size and value of a plan order; return its execution price, 0 at market."""
    order_type: OrderType = request.order_type
    check_places("triggerPrice", request.trigger_price, instrument.price_places)
    execute_price = ZERO
    if order_type == "limit":
        if request.execute_price is None:
            raise Rejected(errors.PARAMETER_EMPTY.of("executePrice"))
        check_places("executePrice", request.execute_price, instrument.price_places)
        execute_price = nearest(request.execute_price, instrument.price_places)
    by_quote = plan_type == "total"
    check_places("size", request.size, instrument.quote_places if by_quote else instrument.size_places)
    value = request.size if by_quote else request.size * (execute_price or request.trigger_price)
    check_value(exchange, instrument, value, order_type)
    return execute_price


def _find(exchange: Exchange, uid: int, order_id: str | None, client_oid: str | None) -> Trigger:
    if order_id is None and client_oid is None:
        raise Rejected(errors.PARAMETER_EMPTY.of("orderId"))
    trigger = exchange.triggers.find(SPOT, uid, optional_identifier("orderId", order_id), client_oid)
    if trigger is None:
        raise Rejected(errors.TRIGGER_DOES_NOT_EXIST)
    return trigger


def _page_of(rows: list[TriggerRecord], limit: int) -> PlanOrderPage:
    shown = rows[:limit]
    return PlanOrderPage(
        next_flag=len(rows) > limit,
        id_less_than=str(shown[-1].order_id) if shown else "",
        order_list=[plan_order(row) for row in shown],
    )


def _newest_first(trigger: Trigger) -> int:
    return -trigger.order_id


def _reference(trigger: Trigger) -> OrderReference:
    return OrderReference(order_id=str(trigger.order_id), client_oid=trigger.client_oid)
