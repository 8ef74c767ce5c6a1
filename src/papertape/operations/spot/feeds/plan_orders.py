"""The orders-algo channel: an account's trigger orders as they are made, changed, cancelled and fired."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from papertape.contract.protocol.channel import Channel
from papertape.contract.protocol.wire import Amount
from papertape.contract.spot import streams
from papertape.contract.spot.pushes import plan_order_message
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.money import ZERO
from papertape.engine.trading.records import TriggerRecord
from papertape.engine.trading.terms import OrderChanged
from papertape.operations.feeds.feed import FeedPush, RowsFeed, Who, feeds
from papertape.operations.spot.order_views import plan_order


@feeds(streams.plan_orders)
class PlanOrderFeed(RowsFeed):
    """One account's trigger orders, of one instrument or of all; none is pushed on subscribing.

    The order that a fired one placed changes before the trigger order itself does.
    """

    records = (TriggerRecord, OrderChanged)

    def __init__(self, who: Who, channel: Channel[Any]) -> None:
        super().__init__(who, channel)
        self.placed: dict[int, Decimal] = {}
        """Sizes by order id, of the orders that this entry has placed."""

    def take(self, exchange: Exchange, record: Any) -> None:
        """Note a change, and the sizes of orders placed on the way."""
        if isinstance(record, OrderChanged):
            order = record.order
            if order.status == "live":
                self.placed[order.order_id] = order.budget or record.instrument.size(order.size)
        elif self.wants(record.symbol):
            placed = Amount(self.placed.get(record.child_order_id, ZERO))
            self.rows.append(plan_order_message(plan_order(record), actual_size=placed, stp_mode=record.stp_mode))

    def flush(self, exchange: Exchange) -> list[FeedPush]:
        """Return all changes of the entry."""
        self.placed.clear()
        return super().flush(exchange)
