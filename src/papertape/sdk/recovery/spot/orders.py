"""Looks up lost orders and cancels by client id or order id."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Generic, TypeVar

import msgspec

from papertape.contract.protocol.response import Response
from papertape.contract.spot.trade import (
    AskOrder,
    BatchCancel,
    BatchCancelReplace,
    BatchCancelRow,
    BatchOrder,
    BatchOrders,
    BatchOutcome,
    CancelOrder,
    CancelReplaceOrder,
    OrderInformation,
    OrderReference,
    PlaceOrder,
    Replacement,
    SpotTrade,
)
from papertape.sdk.exceptions import DuplicateClientOid, OrderNotFound
from papertape.sdk.recovery.course import Ask, LookupResult, Recovery, client_oid, told
from papertape.sdk.rest.steps import Course

Q = TypeVar("Q", PlaceOrder, CancelReplaceOrder)
R = TypeVar("R", BatchOutcome, list[Replacement])
B = TypeVar("B", BatchOrders, BatchCancel, BatchCancelReplace)

Look = Response[OrderInformation]


class PlaceOrderRecovery(Recovery[PlaceOrder, OrderReference]):
    """Finds an order by its client id."""

    refusals = (DuplicateClientOid,)

    def can_repeat(self, request: PlaceOrder) -> bool:
        """Allow all but orders that wait for a trigger price: they have no client id ("Place Order")."""
        return request.tpsl_type != "tpsl"

    def identified(self, request: PlaceOrder) -> PlaceOrder:
        """Return the order with a client id, where it may have one."""
        if request.client_oid or not self.can_repeat(request):
            return request
        return msgspec.structs.replace(request, client_oid=client_oid())

    def names(self, request: PlaceOrder) -> tuple[str, ...]:
        """Return its client id."""
        return (request.client_oid,) if request.client_oid else ()

    def find(self, ask: Ask, request: PlaceOrder) -> Course[LookupResult[PlaceOrder, OrderReference]]:
        """Look up the order."""
        look = (yield from _order(ask, client_oid=request.client_oid)) if request.client_oid else None
        if look is None:
            return LookupResult(None, request)
        if (look.data.symbol, look.data.side) != (request.symbol.upper(), request.side):
            raise DuplicateClientOid(f"another order has the client_oid {request.client_oid}")
        return LookupResult(told(look, _reference(look.data)), None)


class CancelOrderRecovery(Recovery[CancelOrder, OrderReference]):
    """Finds a cancel in the order's status."""

    def find(self, ask: Ask, request: CancelOrder) -> Course[LookupResult[CancelOrder, OrderReference]]:
        """Look up whether the order is cancelled."""
        look = yield from _order(ask, order_id=request.order_id, client_oid=request.client_oid)
        if look is None or look.data.status != "cancelled":
            return LookupResult(None, request)
        return LookupResult(told(look, _reference(look.data)), None)


class ReplaceOrderRecovery(Recovery[CancelReplaceOrder, Replacement]):
    """Finds a replacement by its own client id."""

    refusals = (DuplicateClientOid, OrderNotFound)

    def identified(self, request: CancelReplaceOrder) -> CancelReplaceOrder:
        """Return the replacement with a client id."""
        return request if request.new_client_oid else msgspec.structs.replace(request, new_client_oid=client_oid())

    def names(self, request: CancelReplaceOrder) -> tuple[str, ...]:
        """Return the new order's client id."""
        return (request.new_client_oid or "",)

    def find(self, ask: Ask, request: CancelReplaceOrder) -> Course[LookupResult[CancelReplaceOrder, Replacement]]:
        """Look up the new order."""
        look = yield from _order(ask, client_oid=request.new_client_oid)
        return LookupResult(None, request) if look is None else LookupResult(told(look, _replacement(look.data)), None)


class _BatchRecovery(Recovery[B, R], ABC, Generic[B, R]):
    """Looks up a batch row by row; the rows that are not there are sent as a batch of their own."""

    def names(self, request: B) -> tuple[str, ...]:
        """Return the client ids of the rows."""
        names = (getattr(row, "new_client_oid", None) or row.client_oid for row in request.order_list)
        return tuple(name for name in names if name)

    def find(self, ask: Ask, request: B) -> Course[LookupResult[B, R]]:
        """Look up which rows were done."""
        done: list[Look] = []
        missing: list[Any] = []
        for row in request.order_list:
            look = yield from self._row(ask, row)
            if look is None:
                missing.append(row)
            else:
                done.append(look)
        if not done:
            return LookupResult(None, request)
        rest = msgspec.structs.replace(request, order_list=missing) if missing else None
        return LookupResult(told(done[-1], self._reply([look.data for look in done])), rest)

    @abstractmethod
    def _row(self, ask: Ask, row: Any) -> Course[Look | None]:
        """Look up one row; None if it was not done."""

    @abstractmethod
    def _reply(self, done: list[OrderInformation]) -> R:
        """Make the reply to rows that were done."""


class _BatchOutcomeRecovery(_BatchRecovery[B, BatchOutcome]):
    def joined(self, earlier: BatchOutcome, later: BatchOutcome) -> BatchOutcome:
        """Join the rows of both parts."""
        return BatchOutcome(
            success_list=[*earlier.success_list, *later.success_list],
            failure_list=[*earlier.failure_list, *later.failure_list],
        )

    def _reply(self, done: list[OrderInformation]) -> BatchOutcome:
        return BatchOutcome(success_list=[_reference(order) for order in done], failure_list=[])


class BatchOrdersRecovery(_BatchOutcomeRecovery[BatchOrders]):
    """Finds the orders of a batch by their client ids."""

    def identified(self, request: BatchOrders) -> BatchOrders:
        """Return the batch with a client id in every row."""
        rows = [
            row if row.client_oid else msgspec.structs.replace(row, client_oid=client_oid())
            for row in request.order_list
        ]
        return msgspec.structs.replace(request, order_list=rows)

    def _row(self, ask: Ask, row: BatchOrder) -> Course[Look | None]:
        return _order(ask, client_oid=row.client_oid)


class BatchCancelRecovery(_BatchOutcomeRecovery[BatchCancel]):
    """Finds the cancels of a batch in the orders' status."""

    def _row(self, ask: Ask, row: BatchCancelRow) -> Course[Look | None]:
        look = yield from _order(ask, order_id=row.order_id, client_oid=row.client_oid)
        return look if look is not None and look.data.status == "cancelled" else None


class BatchReplaceRecovery(_BatchRecovery[BatchCancelReplace, list[Replacement]]):
    """Finds the replacements of a batch by their own client ids."""

    def identified(self, request: BatchCancelReplace) -> BatchCancelReplace:
        """Return the batch with a client id for every new order."""
        rows = [REPLACED.identified(row) for row in request.order_list]
        return msgspec.structs.replace(request, order_list=rows)

    def joined(self, earlier: list[Replacement], later: list[Replacement]) -> list[Replacement]:
        """Join the rows of both parts."""
        return [*earlier, *later]

    def _row(self, ask: Ask, row: CancelReplaceOrder) -> Course[Look | None]:
        return _order(ask, client_oid=row.new_client_oid)

    def _reply(self, done: list[OrderInformation]) -> list[Replacement]:
        return [_replacement(order) for order in done]


REPLACED = ReplaceOrderRecovery()


def _order(ask: Ask, *, order_id: str | None = None, client_oid: str | None = None) -> Course[Look | None]:
    """Look up one order by either id."""
    try:
        look = yield from ask(SpotTrade.order_info, AskOrder(order_id=order_id, client_oid=client_oid))
    except OrderNotFound:
        return None
    return told(look, look.data[0]) if look.data else None


def _reference(order: OrderInformation) -> OrderReference:
    return OrderReference(order_id=order.order_id, client_oid=order.client_oid)


def _replacement(order: OrderInformation) -> Replacement:
    return Replacement(order_id=order.order_id, client_oid=order.client_oid, success="success", message=None)
