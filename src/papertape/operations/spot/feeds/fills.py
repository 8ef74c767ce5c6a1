"""The fill channel: what each of an account's orders got from a trade."""

from __future__ import annotations

from typing import Any

from papertape.contract.spot import streams
from papertape.contract.spot.streams import FillCost, FillMessage
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.trading.records import FillRecord
from papertape.operations.feeds.feed import RowsFeed, feeds
from papertape.operations.spot.order_views import fill


@feeds(streams.fill)
class FillFeed(RowsFeed):
    """One account's fills, of one instrument or of all; none is pushed on subscribing."""

    records = (FillRecord,)

    def take(self, exchange: Exchange, record: Any) -> None:
        """Notes a fill."""
        if self.wants(record.symbol):
            self.rows.append(_message(record))


def _message(record: FillRecord) -> FillMessage:
    shown = fill(record)
    cost = shown.fee_detail
    return FillMessage(
        order_id=shown.order_id,
        trade_id=shown.trade_id,
        symbol=shown.symbol,
        order_type=shown.order_type,
        side=shown.side,
        price=shown.price,
        size=shown.size,
        amount=shown.amount,
        trade_scope=shown.trade_scope,
        fee_detail=[
            FillCost(
                fee_coin=cost.fee_coin,
                deduction=cost.deduction,
                total_deduction_fee=cost.total_deduction_fee,
                total_fee=cost.total_fee,
            )
        ],
        created=shown.created,
        updated=shown.updated,
    )
