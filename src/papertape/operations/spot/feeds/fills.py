"""The fill channel: what each of an account's orders got from a trade."""

from __future__ import annotations

from typing import Any

from papertape.contract.spot import streams
from papertape.contract.spot.pushes import fill_message
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.trading.records import FillRecord
from papertape.operations.feeds.feed import RowsFeed, feeds
from papertape.operations.spot.order_views import fill


@feeds(streams.fill)
class FillFeed(RowsFeed):
    """One account's fills, of one instrument or of all; none is pushed on subscribing."""

    records = (FillRecord,)

    def take(self, exchange: Exchange, record: Any) -> None:
        """Note a fill."""
        if self.wants(record.symbol):
            self.rows.append(fill_message(fill(record)))
