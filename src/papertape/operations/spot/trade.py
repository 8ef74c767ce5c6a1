"""Spot orders: placing, replacing and cancelling them, one or several at a time, and reading them back.

Open orders are read from the engine, finished ones and fills from history.
"""

from __future__ import annotations

from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected
from papertape.contract.spot.trade import (
    AskOrder,
    BatchCancel,
    BatchCancelReplace,
    BatchOrder,
    BatchOrders,
    BatchOutcome,
    CancelledSymbol,
    CancelOrder,
    CancelReplaceOrder,
    CancelSymbolOrders,
    Fill,
    ListFills,
    ListOrders,
    OpenOrder,
    OrderReference,
    PlaceOrder,
    Replacement,
    SpotTrade,
)
from papertape.contract.spot.trade import OrderInformation as PastOrder
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.spot.markets import SPOT, spot_market
from papertape.engine.spot.terms import order_record
from papertape.engine.trading.firing import submit
from papertape.engine.trading.matching import cancel
from papertape.engine.trading.orders import CLIENT_OID_MEMORY_MS, Order
from papertape.engine.trading.records import FillRecord, OrderRecord
from papertape.engine.trading.terms import OrderRequest, terms_of
from papertape.operations.paging import optional_identifier, page
from papertape.operations.ports import History, HistoryPage
from papertape.operations.registry import Caller, command, history, query
from papertape.operations.spot.batches import batch_symbol, bounded, each, row_symbol
from papertape.operations.spot.order_views import fill, open_order, past_order

MOST_ROWS = 100
"""Rows of a page of orders or fills."""


@command(SpotTrade.place_order)
def place_order(exchange: Exchange, caller: Caller, request: PlaceOrder) -> OrderReference:
    """Place an order; with ``tpslType`` tpsl one that waits for its trigger price."""
    waits = request.tpsl_type == "tpsl"
    if waits and request.trigger_price is None:
        raise Rejected(errors.PARAMETER_EMPTY.of("triggerPrice"))
    return _place(exchange, caller.uid, request.symbol, request, waits)


@command(SpotTrade.cancel_order)
def cancel_order(exchange: Exchange, caller: Caller, request: CancelOrder) -> OrderReference:
    """Cancel an open order; 43001 if there is none."""
    if request.symbol is None and request.tpsl_type != "tpsl":
        raise Rejected(errors.PARAMETER_EMPTY.of("symbol"))
    if request.tpsl_type == "tpsl" and request.order_id is None:
        raise Rejected(errors.PARAMETER_EMPTY.of("orderId"))
    order = _find(exchange, caller.uid, request.symbol, request.order_id, request.client_oid)
    cancel(exchange, order)
    return _reference(order)


@command(SpotTrade.cancel_symbol_order)
def cancel_symbol_order(exchange: Exchange, caller: Caller, request: CancelSymbolOrders) -> CancelledSymbol:
    """Cancel every open order of the instrument, waiting TP/SL orders aside (they have their own calls)."""
    symbol = spot_market(exchange, request.symbol).id.symbol
    for order in list(exchange.orders.of(SPOT, caller.uid).values()):
        if order.symbol == symbol and not order.waiting:
            cancel(exchange, order)
    return CancelledSymbol(symbol=symbol)


@command(SpotTrade.cancel_replace_order)
def cancel_replace_order(exchange: Exchange, caller: Caller, request: CancelReplaceOrder) -> Replacement:
    """Cancel an order and place a limit order in its stead; what is refused leaves the old one as it is."""
    order = _find(exchange, caller.uid, request.symbol, request.order_id, request.client_oid)
    return _replace(exchange, caller.uid, order, request)


@command(SpotTrade.batch_cancel_replace_order)
def batch_cancel_replace_order(exchange: Exchange, caller: Caller, request: BatchCancelReplace) -> list[Replacement]:
    """Cancel and replace row by row; a row that fails says why and stops no other."""
    replies = []
    for row in bounded(request.order_list):
        try:
            replies.append(cancel_replace_order(exchange, caller, row))
        except Rejected as refused:
            replies.append(_no_replacement(row.order_id, row.client_oid, refused))
    return replies


@command(SpotTrade.batch_orders)
def batch_orders(exchange: Exchange, caller: Caller, request: BatchOrders) -> BatchOutcome:
    """Place orders row by row; a row that is refused stops no other."""
    rows = bounded(request.order_list)
    symbol = batch_symbol(exchange, request.symbol, request.batch_mode)

    def place(row: BatchOrder) -> OrderReference:
        return _place(exchange, caller.uid, row_symbol(symbol, row.symbol), row, waits=False)

    return each(rows, place, lambda row: (None, row.client_oid))


@command(SpotTrade.batch_cancel_order)
def batch_cancel_order(exchange: Exchange, caller: Caller, request: BatchCancel) -> BatchOutcome:
    """Cancel orders row by row; rows by order id and rows by client id do not mix."""
    rows = bounded(request.order_list)
    if any(row.order_id is None for row in rows) and any(row.client_oid is None for row in rows):
        raise Rejected(errors.VERIFICATION_FAILED.of("orderList: rows by orderId and by clientOid do not mix"))
    symbol = batch_symbol(exchange, request.symbol, request.batch_mode)

    def cancel_row(row: CancelOrder) -> OrderReference:
        order = _find(exchange, caller.uid, row_symbol(symbol, row.symbol), row.order_id, row.client_oid)
        cancel(exchange, order)
        return _reference(order)

    cancels = [CancelOrder(symbol=row.symbol, order_id=row.order_id, client_oid=row.client_oid) for row in rows]
    return each(cancels, cancel_row, lambda row: (row.order_id, row.client_oid))


@query(SpotTrade.unfilled_orders)
def unfilled_orders(exchange: Exchange, caller: Caller, request: ListOrders) -> list[OpenOrder]:
    """Return the caller's open orders, newest first: plain ones, or with ``tpslType`` tpsl those that wait."""
    wanted, symbol = _page(request), _symbol(exchange, request.symbol)
    order_id = optional_identifier("orderId", request.order_id)
    waits = request.tpsl_type == "tpsl"
    rows: list[OpenOrder] = []
    for order in reversed(exchange.orders.of(SPOT, caller.uid).values()):
        if len(rows) == wanted.limit:
            break
        if order.waiting == waits and symbol in (None, order.symbol) and order_id in (None, order.order_id):
            row = order_record(order, exchange.market(order.market).instrument)
            if order_id is not None or _within(row, wanted):
                rows.append(open_order(row))
    return rows


@history(SpotTrade.order_info)
async def order_info(exchange: Exchange, past: History, caller: Caller, request: AskOrder) -> list[PastOrder]:
    """Return one order by either id, or an empty list; by client id only if it is not older than two hours."""
    if request.order_id is None and request.client_oid is None:
        raise Rejected(errors.PARAMETER_EMPTY.of("orderId"))
    order_id = optional_identifier("orderId", request.order_id)
    order = exchange.orders.find(SPOT, caller.uid, order_id, request.client_oid)
    if order is not None:
        return [past_order(exchange, order_record(order, exchange.market(order.market).instrument))]
    client_oid = None if order_id is not None else request.client_oid
    since = None if client_oid is None else exchange.now - CLIENT_OID_MEMORY_MS
    rows = await past.rows(
        OrderRecord,
        HistoryPage(limit=1, start=since),
        uid=caller.uid,
        wallet=SPOT,
        order_id=order_id,
        client_oid=client_oid,
    )
    return [past_order(exchange, row) for row in rows]


@history(SpotTrade.history_orders)
async def history_orders(exchange: Exchange, past: History, caller: Caller, request: ListOrders) -> list[PastOrder]:
    """Return the caller's finished orders, newest first."""
    wanted, symbol = _page(request), _symbol(exchange, request.symbol)
    order_id = optional_identifier("orderId", request.order_id)
    if order_id is not None:
        wanted = HistoryPage(limit=1)
    rows = await past.rows(
        OrderRecord,
        wanted,
        uid=caller.uid,
        wallet=SPOT,
        symbol=symbol,
        order_id=order_id,
        tpsl_type=request.tpsl_type or "normal",
    )
    return [past_order(exchange, row) for row in rows]


@history(SpotTrade.fills)
async def fills(exchange: Exchange, past: History, caller: Caller, request: ListFills) -> list[Fill]:
    """Return the caller's fills, newest first."""
    wanted = page(
        limit=request.limit,
        most=MOST_ROWS,
        before=request.id_less_than,
        start=request.start_time,
        end=request.end_time,
    )
    symbol, order_id = _symbol(exchange, request.symbol), optional_identifier("orderId", request.order_id)
    return [
        fill(row)
        for row in await past.rows(FillRecord, wanted, uid=caller.uid, wallet=SPOT, symbol=symbol, order_id=order_id)
    ]


def _place(exchange: Exchange, uid: int, symbol: str, terms: PlaceOrder | BatchOrder, waits: bool) -> OrderReference:
    order = terms_of(SPOT).check(
        exchange,
        uid,
        OrderRequest(
            symbol=symbol,
            side=terms.side,
            order_type=terms.order_type,
            size=terms.size,
            force=terms.force,
            price=terms.price,
            client_oid=terms.client_oid or "",
            stp_mode=terms.stp_mode or "none",
            trigger_price=terms.trigger_price if waits and isinstance(terms, PlaceOrder) else None,
            take_profit_trigger=None if waits else terms.preset_take_profit_price,
            take_profit_price=terms.execute_take_profit_price,
            stop_loss_trigger=None if waits else terms.preset_stop_loss_price,
            stop_loss_price=terms.execute_stop_loss_price,
        ),
    )
    submit(exchange, order)
    return _reference(order)


def _replace(exchange: Exchange, uid: int, old: Order, terms: CancelReplaceOrder) -> Replacement:
    new = OrderRequest(
        symbol=old.symbol,
        side=old.side,
        order_type="limit",
        size=terms.size,
        price=terms.price,
        client_oid=terms.new_client_oid or "",
        stp_mode=old.stp_mode,
        take_profit_trigger=terms.preset_take_profit_price,
        take_profit_price=terms.execute_take_profit_price,
        stop_loss_trigger=terms.preset_stop_loss_price,
        stop_loss_price=terms.execute_stop_loss_price,
    )
    order = terms_of(SPOT).check(exchange, uid, new, replacing=old)
    cancel(exchange, old)
    submit(exchange, order)
    return Replacement(order_id=str(order.order_id), client_oid=terms.new_client_oid, success="success", message=None)


def _no_replacement(order_id: str | None, client_oid: str | None, refused: Rejected) -> Replacement:
    return Replacement(order_id=order_id, client_oid=client_oid, success="failure", message=refused.error.message)


def _find(exchange: Exchange, uid: int, symbol: str | None, order_id: str | None, client_oid: str | None) -> Order:
    """Return the caller's open order; 40019 without an id, 43001 if there is none of that id and symbol."""
    if order_id is None and client_oid is None:
        raise Rejected(errors.PARAMETER_EMPTY.of("orderId"))
    wanted = None if symbol is None else spot_market(exchange, symbol).id.symbol
    order = exchange.orders.find(SPOT, uid, optional_identifier("orderId", order_id), client_oid)
    if order is None or wanted not in (None, order.symbol):
        raise Rejected(errors.ORDER_DOES_NOT_EXIST)
    return order


def _reference(order: Order) -> OrderReference:
    return OrderReference(order_id=str(order.order_id), client_oid=order.client_oid)


def _page(request: ListOrders) -> HistoryPage:
    return page(
        limit=request.limit,
        most=MOST_ROWS,
        before=request.id_less_than,
        start=request.start_time,
        end=request.end_time,
    )


def _symbol(exchange: Exchange, symbol: str | None) -> str | None:
    return None if symbol is None else spot_market(exchange, symbol).id.symbol


def _within(row: OrderRecord, wanted: HistoryPage) -> bool:
    """Tell whether an open order is on the page; a time window goes before ``idLessThan``."""
    if wanted.start is not None and row.created < wanted.start:
        return False
    if wanted.end is not None and row.created > wanted.end:
        return False
    return wanted.before is None or row.order_id < wanted.before
