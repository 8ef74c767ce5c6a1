"""The ticker channel: an instrument's last 24 hours, as the REST endpoint shows them."""

from __future__ import annotations

from papertape.contract.spot import streams
from papertape.contract.spot.streams import TickerMessage
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.spot.instruments import SpotInstrument
from papertape.engine.trading.market import Market
from papertape.operations.feeds.feed import Feed, FeedPush, feeds
from papertape.operations.spot.market import ticker

MINUTE = 60_000


@feeds(streams.ticker)
class TickerFeed(Feed):
    """An instrument's ticker; every push is whole."""

    seen: tuple[int, int, int] = (-1, -1, -1)
    """Changes of the book, last trade and minute as of the last push."""

    def snapshot(self, exchange: Exchange) -> FeedPush:
        """Return the ticker as it stands."""
        return self.push(exchange, "snapshot", [_message(exchange, self.market(exchange))])

    def due(self, exchange: Exchange) -> FeedPush | None:
        """Return the ticker, if the book, a trade or the passing of a minute may have changed it."""
        recent = self.market(exchange).data.recent
        last_trade = recent[-1].trade_id if recent else 0
        seen = self.market(exchange).book.changes, last_trade, exchange.now // MINUTE
        if seen == self.seen:
            return None
        self.seen = seen
        return self.snapshot(exchange)

    def forget(self) -> None:
        """Forget what was seen of an exchange that has been replaced."""
        self.seen = (-1, -1, -1)


def _message(exchange: Exchange, market: Market[SpotInstrument]) -> TickerMessage:
    shown = ticker(exchange, market)
    return TickerMessage(
        symbol=market.id.symbol,
        last_price=shown.last_price,
        open=shown.open,
        high=shown.high,
        low=shown.low,
        change=shown.change,
        bid_price=shown.bid_price,
        ask_price=shown.ask_price,
        bid_size=shown.bid_size,
        ask_size=shown.ask_size,
        base_volume=shown.base_volume,
        quote_volume=shown.quote_volume,
        open_utc=shown.open_utc,
        change_since_utc=shown.change_since_utc,
        time=shown.time,
    )
