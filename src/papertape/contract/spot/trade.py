"""Spot orders and fills. Source: documentation, "Spot / Trade"."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

import msgspec

from papertape.contract.protocol.declaring import signed_get, signed_list, signed_post
from papertape.contract.protocol.endpoint import Group, Limit, T
from papertape.contract.protocol.enums import (
    BatchMode,
    CancelReasonWord,
    EntryPointWord,
    Force,
    OrderSourceWord,
    OrderStatusWord,
    OrderType,
    OrderTypeWord,
    OutcomeWord,
    SelfTradePrevention,
    Side,
    SideWord,
    TpslType,
    TpslTypeWord,
    TradeScopeWord,
    YesNoWord,
)
from papertape.contract.protocol.paging import Paging
from papertape.contract.protocol.wire import Amount, Reply, Request, Timestamp, spelled


class PlaceOrder(Request):
    """A new order; ``size`` is base, for market buys quote. ``force`` means nothing to market orders.

    With ``tpsl_type`` tpsl it waits for ``trigger_price``. The preset prices attach a take-profit and a stop-loss.
    """

    symbol: str
    side: Side
    order_type: OrderType
    force: Force
    size: Annotated[Decimal, spelled("quantity")]
    price: Decimal | None = None
    client_oid: str | None = None
    trigger_price: Decimal | None = None
    tpsl_type: TpslType | None = None
    stp_mode: SelfTradePrevention | None = None
    preset_take_profit_price: Decimal | None = None
    execute_take_profit_price: Decimal | None = None
    preset_stop_loss_price: Decimal | None = None
    execute_stop_loss_price: Decimal | None = None
    request_time: int | None = None
    receive_window: int | None = None


class OrderReference(Reply):
    """Which order: the exchange's id and the client's."""

    order_id: str
    client_oid: str | None


class OrderFailure(Reply):
    """A row of a batch that was refused; an id that it had not is the empty text."""

    order_id: str
    client_oid: str
    error_message: str = msgspec.field(name="errorMsg")
    error_code: str


class BatchOutcome(Reply):
    """What became of a batch's rows."""

    success_list: list[OrderReference]
    failure_list: list[OrderFailure]


class CancelOrder(Request):
    """One order by either id. ``symbol`` may only be left out for ``tpsl_type`` tpsl, which wants the order id."""

    symbol: str | None = None
    tpsl_type: TpslType | None = None
    order_id: str | None = None
    client_oid: str | None = None


class CancelReplaceOrder(Request):
    """Cancels one order by either id and places another limit order in its stead."""

    symbol: str
    price: Decimal
    size: Decimal
    order_id: str | None = None
    client_oid: str | None = None
    new_client_oid: str | None = None
    preset_take_profit_price: Decimal | None = None
    execute_take_profit_price: Decimal | None = None
    preset_stop_loss_price: Decimal | None = None
    execute_stop_loss_price: Decimal | None = None


class Replacement(Reply):
    """The new order of a cancel-replace, or why there is none."""

    order_id: str | None
    client_oid: str | None
    success: OutcomeWord
    message: str | None = msgspec.field(name="msg")


class BatchCancelReplace(Request):
    """Up to 50 cancel-replaces."""

    order_list: list[CancelReplaceOrder]


class BatchOrder(Request):
    """A row of a batch; its own symbol counts in batch mode ``multiple`` only."""

    side: Side
    order_type: OrderType
    force: Force
    size: Decimal
    symbol: str | None = None
    price: Decimal | None = None
    client_oid: str | None = None
    stp_mode: SelfTradePrevention | None = None
    preset_take_profit_price: Decimal | None = None
    execute_take_profit_price: Decimal | None = None
    preset_stop_loss_price: Decimal | None = None
    execute_stop_loss_price: Decimal | None = None


class BatchOrders(Request):
    """Up to 50 orders, of one symbol or (batch mode ``multiple``) of several."""

    order_list: list[BatchOrder]
    symbol: str | None = None
    batch_mode: BatchMode | None = None


class BatchCancelRow(Request):
    """A row of a batch cancel; rows by order id and by client id do not mix."""

    symbol: str | None = None
    order_id: str | None = None
    client_oid: str | None = None


class BatchCancel(Request):
    """Up to 50 cancels, of one symbol or (batch mode ``multiple``) of several."""

    order_list: list[BatchCancelRow]
    symbol: str | None = None
    batch_mode: BatchMode | None = None


class CancelSymbolOrders(Request):
    """Cancels every open order of one symbol."""

    symbol: str


class CancelledSymbol(Reply):
    """The symbol whose orders were cancelled."""

    symbol: str


class AskOrder(Request):
    """One order by either id; by the client's only within 2 hours of its making."""

    order_id: str | None = None
    client_oid: str | None = None
    request_time: int | None = None
    receive_window: int | None = None


class ListOrders(Request):
    """Open or past orders, newest first; 100 unless told, at most 100."""

    symbol: str | None = None
    start_time: int | None = None
    end_time: int | None = None
    id_less_than: str | None = None
    limit: int | None = None
    order_id: str | None = None
    tpsl_type: TpslType | None = None
    request_time: int | None = None
    receive_window: int | None = None


class OrderInformation(Reply):
    """An order; ``size`` is base, for market buys quote; ``fee_detail`` is JSON text, empty before a fill."""

    user_id: str
    symbol: str
    order_id: str
    client_oid: str
    price: Amount
    size: Amount
    order_type: OrderTypeWord
    side: SideWord
    status: OrderStatusWord
    average_price: Amount = msgspec.field(name="priceAvg")
    base_volume: Amount
    quote_volume: Amount
    enter_point_source: EntryPointWord
    fee_detail: str
    order_source: OrderSourceWord
    tpsl_type: TpslTypeWord
    trigger_price: Amount | None
    base_coin: str
    quote_coin: str
    cancel_reason: CancelReasonWord
    created: Timestamp = msgspec.field(name="cTime")
    updated: Timestamp = msgspec.field(name="uTime")


class OpenOrder(Reply):
    """An open order. On the wire ``priceAvg`` is the limit price and ``basePrice`` the average fill price.

    An exit price that is not set is 0, on the wire the empty text.
    """

    user_id: str
    symbol: str
    order_id: str
    client_oid: str
    price: Amount = msgspec.field(name="priceAvg")
    size: Amount
    order_type: OrderTypeWord
    side: SideWord
    status: OrderStatusWord
    average_price: Amount = msgspec.field(name="basePrice")
    base_volume: Amount
    quote_volume: Amount
    enter_point_source: EntryPointWord
    order_source: OrderSourceWord
    preset_take_profit_price: Amount
    execute_take_profit_price: Amount
    preset_stop_loss_price: Amount
    execute_stop_loss_price: Amount
    tpsl_type: TpslTypeWord
    trigger_price: Amount | None
    created: Timestamp = msgspec.field(name="cTime")
    updated: Timestamp = msgspec.field(name="uTime")


class ListFills(Request):
    """The caller's fills of the last 90 days, newest first; 100 unless told, at most 100."""

    symbol: str | None = None
    order_id: str | None = None
    start_time: int | None = None
    end_time: int | None = None
    limit: int | None = None
    id_less_than: str | None = None


class FillFee(Reply):
    """What a fill cost: ``total_fee`` is negative for a charge; ``deduction`` tells whether BGB paid it."""

    deduction: YesNoWord
    fee_coin: str
    total_deduction_fee: Amount
    total_fee: Amount


class Fill(Reply):
    """One order's side of a trade; ``amount`` is quote."""

    user_id: str
    symbol: str
    order_id: str
    trade_id: str
    order_type: OrderTypeWord
    side: SideWord
    price: Amount = msgspec.field(name="priceAvg")
    size: Amount
    amount: Amount
    fee_detail: FillFee
    trade_scope: TradeScopeWord
    created: Timestamp = msgspec.field(name="cTime")
    updated: Timestamp = msgspec.field(name="uTime")


class SpotTrade(Group[T]):
    """Spot orders and fills."""

    place_order = signed_post(
        "/api/v2/spot/trade/place-order", PlaceOrder, OrderReference, "Place an order.", "spot_trade", Limit(10, "uid")
    )
    cancel_replace_order = signed_post(
        "/api/v2/spot/trade/cancel-replace-order",
        CancelReplaceOrder,
        Replacement,
        "Cancel an order and place another.",
        "spot_trade",
        Limit(5, "uid"),
    )
    batch_cancel_replace_order = signed_post(
        "/api/v2/spot/trade/batch-cancel-replace-order",
        BatchCancelReplace,
        list[Replacement],
        "Cancel orders and place others.",
        "spot_trade",
        Limit(5, "uid"),
    )
    cancel_order = signed_post(
        "/api/v2/spot/trade/cancel-order",
        CancelOrder,
        OrderReference,
        "Cancel an order.",
        "spot_trade",
        Limit(10, "uid"),
        urgent=True,
    )
    batch_orders = signed_post(
        "/api/v2/spot/trade/batch-orders",
        BatchOrders,
        BatchOutcome,
        "Place several orders.",
        "spot_trade",
        Limit(5, "uid"),
    )
    batch_cancel_order = signed_post(
        "/api/v2/spot/trade/batch-cancel-order",
        BatchCancel,
        BatchOutcome,
        "Cancel several orders.",
        "spot_trade",
        Limit(10, "uid"),
        urgent=True,
    )
    cancel_symbol_order = signed_post(
        "/api/v2/spot/trade/cancel-symbol-order",
        CancelSymbolOrders,
        CancelledSymbol,
        "Cancel every open order of a symbol.",
        "spot_trade",
        Limit(5, "uid"),
        urgent=True,
    )
    order_info = signed_get(
        "/api/v2/spot/trade/orderInfo",
        AskOrder,
        list[OrderInformation],
        "Get one order (none: an empty list).",
        "read",
        Limit(20, "uid"),
    )
    unfilled_orders = signed_list(
        "/api/v2/spot/trade/unfilled-orders",
        ListOrders,
        list[OpenOrder],
        "List open orders.",
        "read",
        Limit(20, "uid"),
        item=OpenOrder,
        pages=Paging(key="order_id", one="order_id", largest=100, days=90),
    )
    history_orders = signed_list(
        "/api/v2/spot/trade/history-orders",
        ListOrders,
        list[OrderInformation],
        "List past orders.",
        "read",
        Limit(20, "uid"),
        item=OrderInformation,
        pages=Paging(key="order_id", one="order_id", largest=100, days=90),
    )
    fills = signed_list(
        "/api/v2/spot/trade/fills",
        ListFills,
        list[Fill],
        "List your fills.",
        "read",
        Limit(10, "uid"),
        item=Fill,
        pages=Paging(key="trade_id", twin="order_id", largest=100, days=90),
    )
