"""Shares' operations and feeds; importing this registers them, as it does for every product."""

from __future__ import annotations

from typing import Any

from papertape.contract.protocol.wire import Amount, Timestamp
from papertape.contract.spot.streams import TradeMessage
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.firing_timers import set_timer
from papertape.engine.funds.ledger import ISSUANCE, LedgerAccount
from papertape.engine.trading.firing import submit
from papertape.engine.trading.matching import cancel
from papertape.engine.trading.records import TradeRecord
from papertape.engine.trading.terms import OrderChanged, OrderRequest
from papertape.operations.feeds.feed import RowsFeed, feeds
from papertape.operations.ports import History, HistoryPage
from papertape.operations.registry import Caller, command, history, query
from tests.second_product import contract
from tests.second_product.contract import (
    CancelShareOrder,
    IssueShares,
    OfShare,
    PlaceShareOrder,
    ShareHolding,
    ShareOrder,
    ShareReference,
    Shares,
    ShareTicker,
)
from tests.second_product.engine import (
    CURRENCY,
    GIVEN_UP,
    LONGEST_MS,
    SHARES,
    TERMS,
    Holdings,
    Share,
    ShareRecord,
    share_market,
)


@command(Shares.issue)
def issue(exchange: Exchange, caller: Caller, request: IssueShares) -> ShareTicker:
    share = Share(
        symbol=request.symbol, base="SHARE", quote=CURRENCY, price_places=1, size_places=0, opening_price=request.price
    )
    exchange.add_market(SHARES, share)
    exchange.part(Holdings).held[request.owner, share.symbol] = share.issued
    exchange.ledger.move(CURRENCY, request.cash, ISSUANCE, LedgerAccount(request.buyer, SHARES))
    return ShareTicker(symbol=share.symbol, last_price=Amount(share.opening_price), volume=Amount(0))


@command(Shares.place)
def place(exchange: Exchange, caller: Caller, request: PlaceShareOrder) -> ShareReference:
    new = OrderRequest(
        symbol=request.symbol,
        side=request.side,
        order_type="limit",
        size=request.size,
        price=request.price,
        client_oid=request.client_oid,
    )
    order = TERMS.check(exchange, caller.uid, new)
    submit(exchange, order)
    set_timer(exchange, GIVEN_UP, (order.symbol, order.order_id), exchange.now + LONGEST_MS)
    return ShareReference(order_id=str(order.order_id), client_oid=order.client_oid)


@command(Shares.cancel)
def cancel_order(exchange: Exchange, caller: Caller, request: CancelShareOrder) -> ShareReference:
    order = exchange.orders.of(SHARES, caller.uid)[int(request.order_id)]
    cancel(exchange, order)
    return ShareReference(order_id=str(order.order_id), client_oid=order.client_oid)


@query(Shares.open_orders)
def open_orders(exchange: Exchange, caller: Caller, request: OfShare) -> list[ShareOrder]:
    share = share_market(exchange, request.symbol).instrument
    return [
        shown(TERMS.record(order, share))
        for order in exchange.orders.of(SHARES, caller.uid).values()
        if order.symbol == request.symbol
    ]


@history(Shares.past_orders)
async def past_orders(exchange: Exchange, past: History, caller: Caller, request: OfShare) -> list[ShareOrder]:
    rows = await past.rows(ShareRecord, HistoryPage(limit=100), uid=caller.uid, symbol=request.symbol)
    return [shown(row) for row in rows]


@query(Shares.holding)
def holding(exchange: Exchange, caller: Caller, request: OfShare) -> ShareHolding:
    share, holdings = share_market(exchange, request.symbol).instrument, exchange.part(Holdings)
    place = caller.uid, request.symbol
    return ShareHolding(
        symbol=request.symbol,
        held=Amount(share.size(holdings.held.get(place, 0))),
        offered=Amount(share.size(holdings.offered.get(place, 0))),
    )


@query(Shares.ticker)
def ticker(exchange: Exchange, caller: Caller, request: OfShare) -> ShareTicker:
    market = share_market(exchange, request.symbol)
    day = market.data.day(exchange.now)
    return ShareTicker(symbol=request.symbol, last_price=Amount(market.last), volume=Amount(day.base_volume))


@feeds(contract.trade)
class ShareTradeFeed(RowsFeed):
    records = (TradeRecord,)

    def take(self, exchange: Exchange, record: Any) -> None:
        self.rows.append(
            TradeMessage(
                time=Timestamp(record.created),
                price=Amount(record.price),
                size=Amount(record.size),
                side=record.side,
                trade_id=str(record.trade_id),
            )
        )


@feeds(contract.orders)
class ShareOrderFeed(RowsFeed):
    records = (OrderChanged,)

    def take(self, exchange: Exchange, record: Any) -> None:
        if self.wants(record.order.symbol):
            self.rows.append(shown(record.record()))


def shown(record: Any) -> ShareOrder:
    return ShareOrder(
        symbol=record.symbol,
        order_id=str(record.order_id),
        client_oid=record.client_oid,
        side=record.side,
        price=Amount(record.price),
        size=Amount(record.size),
        filled=Amount(record.filled),
        status=record.status,
        created=Timestamp(record.created),
    )
