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
from papertape.sdk.streams.surface import (
    OrderBookMethod,
    OrderMethod,
    ProductChannels,
    S,
    SubscribeMethod,
)
from papertape.sdk.streams.topic_request import TopicRequest

_candles = {granularity: channel for channel, granularity in zip(streams.candles, CANDLES.values(), strict=True)}
_books = {channel.name: channel for channel in streams.books}


class SpotStreams(ProductChannels[S]):
    """Spot channels and orders: ``stream.spot.ticker("BTCUSDT")``.

    Channels of state yield messages, the newest of each state when the consumer is slow. Channels of events yield
    everything in order, and a ``Gap`` or ``Reconnected`` where something may be missing.
    """

    @SubscribeMethod
    def ticker(self, symbol: str) -> TopicRequest[TickerMessage]:
        """State: an instrument's last 24 hours."""
        return TopicRequest(streams.ticker, symbol)

    @SubscribeMethod
    def candles(self, symbol: str, granularity: Granularity) -> TopicRequest[CandleMessage]:
        """State: candles, first up to 500 of the past, then the running one. The state of each candle counts alone."""
        return TopicRequest(_candles[granularity], symbol)

    @SubscribeMethod
    def books1(self, symbol: str) -> TopicRequest[BookMessage]:
        """State: the best bid and ask."""
        return TopicRequest(_books["books1"], symbol)

    @SubscribeMethod
    def books5(self, symbol: str) -> TopicRequest[BookMessage]:
        """State: the best 5 levels a side."""
        return TopicRequest(_books["books5"], symbol)

    @SubscribeMethod
    def books15(self, symbol: str) -> TopicRequest[BookMessage]:
        """State: the best 15 levels a side."""
        return TopicRequest(_books["books15"], symbol)

    @SubscribeMethod
    def books(self, symbol: str) -> TopicRequest[Push[BookMessage] | Gap | Reconnected]:
        """Events: a snapshot of 400 levels a side, then what changes, as pushed. ``order_book`` keeps the book."""
        return TopicRequest(_books["books"], symbol, whole=True)

    @OrderBookMethod
    def order_book(self, symbol: str) -> TopicRequest[BookMessage]:
        """The live book of the best 400 levels a side: verified at each push, repaired when it breaks."""
        return TopicRequest(_books["books"], symbol)

    @SubscribeMethod
    def trade(self, symbol: str) -> TopicRequest[TradeMessage | Gap | Reconnected]:
        """Events: public trades, first the last of the past; after a gap refilled from the last 500 over REST."""
        return TopicRequest(streams.trade, symbol)

    @SubscribeMethod
    def auction(self, symbol: str) -> TopicRequest[AuctionMessage]:
        """State: the stage of a call auction."""
        return TopicRequest(streams.auction, symbol)

    @SubscribeMethod
    def account(self) -> TopicRequest[Asset | Gap | Reconnected]:
        """Events: your balances, first all of them, then those that change; compared over REST after a gap."""
        return TopicRequest(streams.account)

    @SubscribeMethod
    def orders(self, symbol: str | None = None) -> TopicRequest[OrderMessage | Gap | Reconnected]:
        """Events: your orders that change, of one instrument or of all.

        After a gap those that changed meanwhile are fetched over REST, each with its last state; what a fill tells
        (``fill_price``, ``trade_id``, ...) is then not set: ``fill`` tells every fill.
        """
        return TopicRequest(streams.orders, symbol or DEFAULT)

    @SubscribeMethod
    def fill(self, symbol: str | None = None) -> TopicRequest[FillMessage | Gap | Reconnected]:
        """Events: your fills, of one instrument or of all; those of a gap are fetched over REST."""
        return TopicRequest(streams.fill, symbol or DEFAULT)

    @SubscribeMethod
    def plan_orders(self, symbol: str | None = None) -> TopicRequest[PlanOrderMessage | Gap | Reconnected]:
        """Events: your trigger orders that change, of one instrument or of all; after a gap fetched over REST."""
        return TopicRequest(streams.plan_orders, symbol or DEFAULT)

    place_order = OrderMethod(SpotTrade.place_order)
    cancel_order = OrderMethod(SpotTrade.cancel_order)
