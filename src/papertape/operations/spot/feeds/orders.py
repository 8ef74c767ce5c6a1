"""The orders channel: an account's orders at every change, with the fill where one caused it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from msgspec import UNSET

from papertape.contract.protocol.channel import Channel
from papertape.contract.protocol.wire import Amount, Timestamp
from papertape.contract.spot import streams
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
        """Notes an order's change, or keeps a fill for the change that follows."""
        if isinstance(record, FillRecord):
            self.fills[record.order_id] = record
        elif self.wants(record.order.symbol):
            fill = self.fills.pop(record.order.order_id, None)
            self.rows.append(_message(record.record(), record.instrument, fill))

    def flush(self, exchange: Exchange) -> list[FeedPush]:
        """All changes of the entry."""
        self.fills.clear()
        return super().flush(exchange)


def _message(order: OrderRecord, instrument: SpotInstrument, fill: FillRecord | None) -> OrderMessage:
    limit = order.order_type == "limit"
    notional = order.price * order.size if limit else _market_value(order)
    size_places = instrument.size_places
    return OrderMessage(
        symbol=order.symbol,
        order_id=str(order.order_id),
        client_oid=order.client_oid,
        price=Amount(order.price) if limit else UNSET,
        stated_size=Amount(padded(notional if limit else order.size, size_places)),
        size=Amount(padded(order.size, size_places)),
        notional=Amount(padded(notional, NOTIONAL_PLACES)),
        order_type=order.order_type,
        order_type_short=order.order_type,
        force=order.force,
        side=order.side,
        fill_price=UNSET if fill is None else Amount(fill.price),
        trade_id=UNSET if fill is None else str(fill.trade_id),
        fill_size=UNSET if fill is None else Amount(fill.size),
        fill_time=UNSET if fill is None else Timestamp(fill.created),
        fill_fee=UNSET if fill is None else _charge(fill.fee),
        fill_fee_coin=UNSET if fill is None else fill.fee_coin,
        trade_scope=UNSET if fill is None else SCOPES[fill.scope],
        base_volume=Amount(order.base_volume),
        average_price=Amount(padded(order.average_price, instrument.price_places)),
        status=order.status,
        created=Timestamp(order.created),
        updated=Timestamp(order.updated),
        stp_mode=order.stp_mode,
        fee_detail=_fees(order),
        enter_point_source=order.entry_point,
    )


def _market_value(order: OrderRecord) -> Decimal:
    """What a market buy may spend, what a market sell has brought in."""
    return order.size if order.side == "buy" else order.quote_volume


def _fees(order: OrderRecord) -> list[ChargedFee]:
    """What the order has paid so far, by coin; nothing before its first fill."""
    paid = [ChargedFee(fee_coin="BGB", fee=_charge(order.fee_bgb))] if order.fee_bgb else []
    if order.fee or (order.base_volume and not paid):
        paid.append(ChargedFee(fee_coin=order.fee_coin, fee=_charge(order.fee)))
    return paid


def _charge(fee: Decimal) -> Amount:
    return Amount(-fee if fee else ZERO)
