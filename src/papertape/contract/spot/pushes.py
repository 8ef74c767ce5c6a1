"""The messages of the spot channels as they follow from what REST answers: one rule for server and client.

A server pushes them when something changes; a client makes them from REST after a gap.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, Protocol

import msgspec
from msgspec import UNSET

from papertape.contract.protocol.wire import ABSENT, Amount, Timestamp
from papertape.contract.spot.market import Trade
from papertape.contract.spot.plan import PlanOrder
from papertape.contract.spot.streams import (
    ChargedFee,
    FillCost,
    FillMessage,
    OrderMessage,
    PlanOrderMessage,
    TradeMessage,
)
from papertape.contract.spot.trade import Fill

NOT_TOLD = ""
"""A word of a push that REST does not tell."""

_fees = msgspec.json.Decoder(dict[str, Any], float_hook=str)


class OrderState(Protocol):
    """What an order's message needs to know: REST's orders have it, an exchange's own record of an order too."""

    @property
    def order_id(self) -> str | int:
        """The exchange's id."""
        ...

    @property
    def client_oid(self) -> str:
        """The client's id."""
        ...

    @property
    def symbol(self) -> str:
        """The instrument."""
        ...

    @property
    def order_type(self) -> str:
        """``limit`` or ``market``."""
        ...

    @property
    def side(self) -> str:
        """``buy`` or ``sell``."""
        ...

    @property
    def status(self) -> str:
        """Where the order stands."""
        ...

    @property
    def price(self) -> Decimal:
        """A limit order's price."""
        ...

    @property
    def size(self) -> Decimal:
        """Base, for market buys quote."""
        ...

    @property
    def base_volume(self) -> Decimal:
        """What is filled, in base."""
        ...

    @property
    def quote_volume(self) -> Decimal:
        """What is filled, in quote."""
        ...

    @property
    def average_price(self) -> Decimal:
        """The average price of what is filled, 0 before a fill."""
        ...

    @property
    def created(self) -> int:
        """When it was placed, in ms."""
        ...

    @property
    def updated(self) -> int:
        """When it last changed, in ms."""
        ...


def order_message(
    order: OrderState,
    *,
    fees: Sequence[ChargedFee],
    enter_point_source: str,
    force: str = NOT_TOLD,
    stp_mode: str = NOT_TOLD,
) -> OrderMessage:
    """Write an order as the ``orders`` channel shows it, without what only a fill tells."""
    limit = order.order_type == "limit"
    notional = Amount(order.price * order.size if limit else _market_value(order))
    return OrderMessage(
        symbol=order.symbol,
        order_id=str(order.order_id),
        client_oid=order.client_oid,
        price=Amount(order.price) if limit else UNSET,
        stated_size=notional if limit else Amount(order.size),
        size=Amount(order.size),
        notional=notional,
        order_type=order.order_type,
        order_type_short=order.order_type,
        force=force,
        side=order.side,
        base_volume=Amount(order.base_volume),
        average_price=Amount(order.average_price),
        status=order.status,
        created=Timestamp(order.created),
        updated=Timestamp(order.updated),
        stp_mode=stp_mode,
        fee_detail=list(fees),
        enter_point_source=enter_point_source,
    )


def charged_fees(fee_detail: str) -> Iterator[ChargedFee]:
    """Read the fees in the JSON text of a REST order; what is not about one coin is left out."""
    try:
        parts = _fees.decode(fee_detail) if fee_detail else {}
    except msgspec.DecodeError:
        return
    for part in parts.values():
        if isinstance(part, dict) and "feeCoinCode" in part:
            yield ChargedFee(fee_coin=str(part["feeCoinCode"]), fee=Amount(str(part.get("totalFee", "0"))))


def plan_order_message(order: PlanOrder, *, actual_size: Amount = ABSENT, stp_mode: str = NOT_TOLD) -> PlanOrderMessage:
    """Write a trigger order as the ``orders-algo`` channel shows it."""
    return PlanOrderMessage(
        symbol=order.symbol,
        order_id=order.order_id,
        client_oid=order.client_oid,
        trigger_price=order.trigger_price,
        trigger_type=order.trigger_type,
        plan_type=order.plan_type,
        price=order.trigger_price,
        size=order.size,
        actual_size=actual_size,
        order_type=order.order_type,
        side=order.side,
        status=order.status,
        execute_price=order.execute_price,
        enter_point_source=order.enter_point_source,
        created=order.created,
        updated=order.updated,
        stp_mode=stp_mode,
    )


def fill_message(fill: Fill) -> FillMessage:
    """Write a fill as the ``fill`` channel shows it."""
    fee = fill.fee_detail
    cost = FillCost(
        fee_coin=fee.fee_coin,
        deduction=fee.deduction,
        total_deduction_fee=fee.total_deduction_fee,
        total_fee=fee.total_fee,
    )
    return FillMessage(
        order_id=fill.order_id,
        trade_id=fill.trade_id,
        symbol=fill.symbol,
        order_type=fill.order_type,
        side=fill.side,
        price=fill.price,
        size=fill.size,
        amount=fill.amount,
        trade_scope=fill.trade_scope,
        fee_detail=[cost],
        created=fill.created,
        updated=fill.updated,
    )


def trade_message(trade: Trade) -> TradeMessage:
    """Write a public trade as the ``trade`` channel shows it."""
    return TradeMessage(
        time=trade.time, price=trade.price, size=trade.size, side=trade.side.lower(), trade_id=trade.trade_id
    )


def _market_value(order: OrderState) -> Decimal:
    """What a market buy may spend, what a market sell has brought in."""
    return order.size if order.side == "buy" else order.quote_volume
