"""Spot over WebSocket: each channel of the contract as a method, and orders."""

from __future__ import annotations

from papertape.contract.protocol.channel import DEFAULT
from papertape.contract.protocol.enums import Granularity
from papertape.contract.spot import streams
from papertape.contract.spot.account import Asset
from papertape.contract.spot.streams import (
    CANDLES,
    AuctionMessage,
    BookMessage,
    CandleMessage,
    FillMessage,
    OrderMessage,
    PlanOrderMessage,
    TickerMessage,
    TradeMessage,
)
from papertape.contract.spot.trade import SpotTrade
from papertape.sdk.streams.events import Gap, Push, Reconnected
from papertape.sdk.streams.surface import Books, Orders, Product, S, Topics, Wanted

_candles = {granularity: channel for channel, granularity in zip(streams.candles, CANDLES.values(), strict=True)}
_books = {channel.name: channel for channel in streams.books}


class SpotStreams(Product[S]):
    """Spot channels and orders: ``stream.spot.ticker("BTCUSDT")``.

    Channels of state yield messages, the newest of each state when the consumer is slow. Channels of events yield
    everything in order, and a ``Gap`` or ``Reconnected`` where something may be missing.
    """

    @Topics
    def ticker(self, symbol: str) -> Wanted[TickerMessage]:
        """State: an instrument's last 24 hours."""
        return Wanted(streams.ticker, symbol)

    @Topics
    def candles(self, symbol: str, granularity: Granularity) -> Wanted[CandleMessage]:
        """State: candles, first up to 500 of the past, then the running one. The state of each candle counts alone."""
        return Wanted(_candles[granularity], symbol)

    @Topics
    def books1(self, symbol: str) -> Wanted[BookMessage]:
        """State: the best bid and ask."""
        return Wanted(_books["books1"], symbol)

    @Topics
    def books5(self, symbol: str) -> Wanted[BookMessage]:
        """State: the best 5 levels a side."""
        return Wanted(_books["books5"], symbol)

    @Topics
    def books15(self, symbol: str) -> Wanted[BookMessage]:
        """State: the best 15 levels a side."""
        return Wanted(_books["books15"], symbol)

    @Topics
    def books(self, symbol: str) -> Wanted[Push[BookMessage] | Gap | Reconnected]:
        """Events: a snapshot of 400 levels a side, then what changes, as pushed. ``order_book`` keeps the book."""
        return Wanted(_books["books"], symbol, whole=True)

    @Books
    def order_book(self, symbol: str) -> Wanted[BookMessage]:
        """The live book of the best 400 levels a side: verified at each push, repaired when it breaks."""
        return Wanted(_books["books"], symbol)

    @Topics
    def trade(self, symbol: str) -> Wanted[TradeMessage | Gap | Reconnected]:
        """Events: public trades, first the last of the past; after a gap refilled from the last 500 over REST."""
        return Wanted(streams.trade, symbol)

    @Topics
    def auction(self, symbol: str) -> Wanted[AuctionMessage]:
        """State: the stage of a call auction."""
        return Wanted(streams.auction, symbol)

    @Topics
    def account(self) -> Wanted[Asset | Gap | Reconnected]:
        """Events: your balances, first all of them, then those that change; compared over REST after a gap."""
        return Wanted(streams.account)

    @Topics
    def orders(self, symbol: str | None = None) -> Wanted[OrderMessage | Gap | Reconnected]:
        """Events: your orders that change, of one instrument or of all.

        After a gap those that changed meanwhile are fetched over REST, each with its last state; what a fill tells
        (``fill_price``, ``trade_id``, ...) is then not set: ``fill`` tells every fill.
        """
        return Wanted(streams.orders, symbol or DEFAULT)

    @Topics
    def fill(self, symbol: str | None = None) -> Wanted[FillMessage | Gap | Reconnected]:
        """Events: your fills, of one instrument or of all; those of a gap are fetched over REST."""
        return Wanted(streams.fill, symbol or DEFAULT)

    @Topics
    def plan_orders(self, symbol: str | None = None) -> Wanted[PlanOrderMessage | Gap | Reconnected]:
        """Events: your trigger orders that change, of one instrument or of all; after a gap fetched over REST."""
        return Wanted(streams.plan_orders, symbol or DEFAULT)

    place_order = Orders(SpotTrade.place_order)
    cancel_order = Orders(SpotTrade.cancel_order)
