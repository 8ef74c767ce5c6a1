"""The trade channel: every public trade, at once, newest first."""

from __future__ import annotations

from typing import Any

from papertape.contract.protocol.wire import Amount, Timestamp
from papertape.contract.spot import streams
from papertape.contract.spot.streams import TradeMessage
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.trading.records import TradeRecord
from papertape.operations.feeds.feed import FeedPush, RowsFeed, feeds

RECENT = 50
"""Trades in the snapshot that a new listener gets."""


@feeds(streams.trade)
class TradeFeed(RowsFeed):
    """An instrument's trades."""

    records = (TradeRecord,)
    action = "update"

    def snapshot(self, exchange: Exchange) -> FeedPush | None:
        """Return the last trades, newest first."""
        recent = reversed(self.market(exchange).data.recent)
        return self.push(
            exchange, "snapshot", [_message(trade) for trade, _ in zip(recent, range(RECENT), strict=False)]
        )

    def take(self, exchange: Exchange, record: Any) -> None:
        """Note a trade."""
        self.rows.append(_message(record))

    def flush(self, exchange: Exchange) -> list[FeedPush]:
        """Return the entry's trades: pushes in the order of the trades, each with its newest first."""
        for push in (pushes := super().flush(exchange)):
            assert isinstance(push.data, list)
            push.data.reverse()
        return pushes


def _message(trade: TradeRecord) -> TradeMessage:
    return TradeMessage(
        time=Timestamp(trade.created),
        price=Amount(trade.price),
        size=Amount(trade.size),
        side=trade.side,
        trade_id=str(trade.trade_id),
    )
