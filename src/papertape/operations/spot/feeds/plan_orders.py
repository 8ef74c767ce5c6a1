"""The orders-algo channel: an account's trigger orders as they are made, changed, cancelled and fired."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from papertape.contract.protocol.channel import Channel
from papertape.contract.protocol.wire import Amount, Timestamp
from papertape.contract.spot import streams
from papertape.contract.spot.streams import PlanOrderMessage
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.money import ZERO
from papertape.engine.trading.records import TriggerRecord
from papertape.engine.trading.terms import OrderChanged
from papertape.operations.feeds.feed import FeedPush, RowsFeed, Who, feeds


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
        """Notes a change, and the sizes of orders placed on the way."""
        if isinstance(record, OrderChanged):
            order = record.order
            if order.status == "live":
                self.placed[order.order_id] = order.budget or record.instrument.size(order.size)
        elif self.wants(record.symbol):
            self.rows.append(_message(record, self.placed.get(record.child_order_id, ZERO)))

    def flush(self, exchange: Exchange) -> list[FeedPush]:
        """All changes of the entry."""
        self.placed.clear()
        return super().flush(exchange)


def _message(trigger: TriggerRecord, placed: Decimal) -> PlanOrderMessage:
    return PlanOrderMessage(
        symbol=trigger.symbol,
        order_id=str(trigger.order_id),
        client_oid=trigger.client_oid,
        trigger_price=Amount(trigger.trigger_price),
        trigger_type=trigger.trigger_type,
        plan_type=trigger.plan_type,
        price=Amount(trigger.trigger_price),
        size=Amount(trigger.size),
        actual_size=Amount(placed),
        order_type=trigger.order_type,
        side=trigger.side,
        status=trigger.status,
        execute_price=Amount(trigger.execute_price),
        enter_point_source=trigger.entry_point,
        created=Timestamp(trigger.created),
        updated=Timestamp(trigger.updated),
        stp_mode=trigger.stp_mode,
    )
