"""The orders channel: an account's orders at every change, with the fill where one caused it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

from papertape.contract.protocol.channel import Channel
from papertape.contract.protocol.wire import Amount, Timestamp
from papertape.contract.spot import streams
from papertape.contract.spot.pushes import order_message
from papertape.contract.spot.streams import ChargedFee, OrderMessage
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.money import ZERO, padded
from papertape.engine.spot.instruments import SpotInstrument
from papertape.engine.trading.records import FillRecord, OrderRecord
from papertape.engine.trading.terms import OrderChanged
from papertape.operations.feeds.feed import FeedPush, RowsFeed, Who, feeds

SCOPES = {"taker": "T", "maker": "M"}
NOTIONAL_PLACES = 6
"""Decimals of a value, at least; sizes have at least the instrument's, also those that are in the quote coin
(documentation, "Order Channel": its example has 8.0000, 500.0000 and 8.000000)."""


@feeds(streams.orders)
class OrderFeed(RowsFeed):
    """One account's orders, of one instrument or of all; none is pushed on subscribing.

    A fill's record comes right before the change that it caused in its order.
    """

    records = (OrderChanged, FillRecord)

    def __init__(self, who: Who, channel: Channel[Any]) -> None:
        super().__init__(who, channel)
        self.fills: dict[int, FillRecord] = {}

    def take(self, exchange: Exchange, record: Any) -> None:
        """Note an order's change, or keep a fill for the change that follows."""
        if isinstance(record, FillRecord):
            self.fills[record.order_id] = record
        elif self.wants(record.order.symbol):
            fill = self.fills.pop(record.order.order_id, None)
            self.rows.append(_message(record.record(), record.instrument, fill))

    def flush(self, exchange: Exchange) -> list[FeedPush]:
        """Return all changes of the entry."""
        self.fills.clear()
        return super().flush(exchange)


def _message(order: OrderRecord, instrument: SpotInstrument, fill: FillRecord | None) -> OrderMessage:
    """Write an order with the decimals of the wire and, if there is one, the fill that changed it."""
    message = order_message(
        order, fees=_fees(order), enter_point_source=order.entry_point, force=order.force, stp_mode=order.stp_mode
    )
    return msgspec.structs.replace(
        message,
        stated_size=Amount(padded(message.stated_size, instrument.size_places)),
        size=Amount(padded(message.size, instrument.size_places)),
        notional=Amount(padded(message.notional, NOTIONAL_PLACES)),
        average_price=Amount(padded(message.average_price, instrument.price_places)),
        **({} if fill is None else _told_by(fill)),
    )


def _told_by(fill: FillRecord) -> dict[str, Any]:
    """Return the fields that only a fill tells."""
    return {
        "fill_price": Amount(fill.price),
        "trade_id": str(fill.trade_id),
        "fill_size": Amount(fill.size),
        "fill_time": Timestamp(fill.created),
        "fill_fee": _charge(fill.fee),
        "fill_fee_coin": fill.fee_coin,
        "trade_scope": SCOPES[fill.scope],
    }


def _fees(order: OrderRecord) -> list[ChargedFee]:
    """Tell what the order has paid so far, by coin; nothing before its first fill."""
    paid = [ChargedFee(fee_coin="BGB", fee=_charge(order.fee_bgb))] if order.fee_bgb else []
    if order.fee or (order.base_volume and not paid):
        paid.append(ChargedFee(fee_coin=order.fee_coin, fee=_charge(order.fee)))
    return paid


def _charge(fee: Decimal) -> Amount:
    return Amount(-fee if fee else ZERO)
