"""Lost orders and cancels: looked up by client id or order id."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import msgspec

from papertape.contract.response import Response
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
    Order,
    OrderReference,
    PlaceOrder,
    Replacement,
    SpotTrade,
)
from papertape.sdk.exceptions import DuplicateClientOid, OrderNotFound
from papertape.sdk.recovery.course import Ask, Found, Recovery, client_oid, told
from papertape.sdk.steps import Course

Q = TypeVar("Q", PlaceOrder, CancelReplaceOrder)
R = TypeVar("R", BatchOutcome, list[Replacement])
B = TypeVar("B", BatchOrders, BatchCancel, BatchCancelReplace)

Look = Response[list[Order]]


class PlacedOrder(Recovery[PlaceOrder, OrderReference]):
    """An order is found by its client id."""

    refusals = (DuplicateClientOid,)

    def identified(self, request: PlaceOrder) -> PlaceOrder:
        """The order with a client id."""
        return request if request.client_oid else msgspec.structs.replace(request, client_oid=client_oid())

    def names(self, request: PlaceOrder) -> tuple[str, ...]:
        """Its client id."""
        return (request.client_oid or "",)

    def find(self, ask: Ask, request: PlaceOrder) -> Course[Found[PlaceOrder, OrderReference]]:
        """The order, if the exchange has it."""
        look, order = yield from _order(ask, client_oid=request.client_oid)
        if order is None:
            return Found(None, request)
        if (order.symbol, order.side) != (request.symbol.upper(), request.side):
            raise DuplicateClientOid(f"another order has the client_oid {request.client_oid}")
        return Found(told(look, _reference(order)), None)


class CancelledOrder(Recovery[CancelOrder, OrderReference]):
    """A cancel is found in the order's status."""

    refusals = (OrderNotFound,)

    def find(self, ask: Ask, request: CancelOrder) -> Course[Found[CancelOrder, OrderReference]]:
        """Whether the order is cancelled."""
        look, order = yield from _order(ask, order_id=request.order_id, client_oid=request.client_oid)
        if order is None or order.status != "cancelled":
            return Found(None, request)
        return Found(told(look, _reference(order)), None)


class ReplacedOrder(Recovery[CancelReplaceOrder, Replacement]):
    """A replacement is found by its own client id."""

    refusals = (DuplicateClientOid, OrderNotFound)

    def identified(self, request: CancelReplaceOrder) -> CancelReplaceOrder:
        """The replacement with a client id."""
        return request if request.new_client_oid else msgspec.structs.replace(request, new_client_oid=client_oid())

    def names(self, request: CancelReplaceOrder) -> tuple[str, ...]:
        """The new order's client id."""
        return (request.new_client_oid or "",)

    def find(self, ask: Ask, request: CancelReplaceOrder) -> Course[Found[CancelReplaceOrder, Replacement]]:
        """The new order, if the exchange has it."""
        look, order = yield from _order(ask, client_oid=request.new_client_oid)
        if order is None:
            return Found(None, request)
        return Found(told(look, _replacement(order)), None)


class _Batch(Recovery[B, R], Generic[B, R]):
    """A batch is looked up row by row; what is not there is a batch of its own."""

    def names(self, request: B) -> tuple[str, ...]:
        """The client ids of the rows."""
        names = (getattr(row, "new_client_oid", None) or row.client_oid for row in request.order_list)
        return tuple(name for name in names if name)

    def find(self, ask: Ask, request: B) -> Course[Found[B, R]]:
        """The rows that were done."""
        done: list[Order] = []
        missing: list[Any] = []
        look: Look | None = None
        for row in request.order_list:
            look, order = yield from self._row(ask, row)
            if order is None:
                missing.append(row)
            else:
                done.append(order)
        assert look is not None, "a batch without rows is refused unread"
        rest = msgspec.structs.replace(request, order_list=missing) if missing else None
        return Found(told(look, self._reply(done)) if done else None, rest)

    def _row(self, ask: Ask, row: Any) -> Course[tuple[Look, Order | None]]:
        raise NotImplementedError

    def _reply(self, done: list[Order]) -> R:
        raise NotImplementedError


class _Outcome(_Batch[B, BatchOutcome]):
    def joined(self, earlier: BatchOutcome, later: BatchOutcome) -> BatchOutcome:
        """Both parts' rows."""
        return BatchOutcome(
            success_list=[*earlier.success_list, *later.success_list],
            failure_list=[*earlier.failure_list, *later.failure_list],
        )

    def _reply(self, done: list[Order]) -> BatchOutcome:
        return BatchOutcome(success_list=[_reference(order) for order in done], failure_list=[])


class PlacedOrders(_Outcome[BatchOrders]):
    """Orders of a batch are found by their client ids."""

    def identified(self, request: BatchOrders) -> BatchOrders:
        """The batch with a client id in every row."""
        rows = [
            row if row.client_oid else msgspec.structs.replace(row, client_oid=client_oid())
            for row in request.order_list
        ]
        return msgspec.structs.replace(request, order_list=rows)

    def _row(self, ask: Ask, row: BatchOrder) -> Course[tuple[Look, Order | None]]:
        return _order(ask, client_oid=row.client_oid)


class CancelledOrders(_Outcome[BatchCancel]):
    """Cancels of a batch are found in the orders' status."""

    def _row(self, ask: Ask, row: BatchCancelRow) -> Course[tuple[Look, Order | None]]:
        look, order = yield from _order(ask, order_id=row.order_id, client_oid=row.client_oid)
        return look, order if order is not None and order.status == "cancelled" else None


class ReplacedOrders(_Batch[BatchCancelReplace, list[Replacement]]):
    """Replacements of a batch are found by their own client ids."""

    def identified(self, request: BatchCancelReplace) -> BatchCancelReplace:
        """The batch with a client id for every new order."""
        rows = [REPLACED.identified(row) for row in request.order_list]
        return msgspec.structs.replace(request, order_list=rows)

    def joined(self, earlier: list[Replacement], later: list[Replacement]) -> list[Replacement]:
        """Both parts' rows."""
        return [*earlier, *later]

    def _row(self, ask: Ask, row: CancelReplaceOrder) -> Course[tuple[Look, Order | None]]:
        return _order(ask, client_oid=row.new_client_oid)

    def _reply(self, done: list[Order]) -> list[Replacement]:
        return [_replacement(order) for order in done]


REPLACED = ReplacedOrder()


def _order(
    ask: Ask, *, order_id: str | None = None, client_oid: str | None = None
) -> Course[tuple[Look, Order | None]]:
    """One order by either id, if there is one."""
    look = yield from ask(SpotTrade.order_info, AskOrder(order_id=order_id, client_oid=client_oid))
    return look, look.data[0] if look.data else None


def _reference(order: Order) -> OrderReference:
    return OrderReference(order_id=order.order_id, client_oid=order.client_oid)


def _replacement(order: Order) -> Replacement:
    return Replacement(order_id=order.order_id, client_oid=order.client_oid, success="success", message=None)
