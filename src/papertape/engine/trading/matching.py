"""Matching: placing, trading and cancelling orders. Everything here comes after every refusal."""

from __future__ import annotations

from copy import copy
from typing import Any

from papertape.engine.accounts.accounts import keeps_history
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.money import ZERO
from papertape.engine.funds.bills import post_bills
from papertape.engine.trading.flows import size_class
from papertape.engine.trading.instruments import Instrument
from papertape.engine.trading.market import Market
from papertape.engine.trading.orderbook import LimitOrderBook
from papertape.engine.trading.orders import Order
from papertape.engine.trading.records import TradeRecord
from papertape.engine.trading.terms import Execution, OrderChanged, terms_of

STP_CANCEL = "stp_cancel"
NORMAL_CANCEL = "normal_cancel"


def place(exchange: Exchange, order: Order) -> None:
    """Gives a checked order its id, freezes its funds, and trades it, rests it or lets it wait for its trigger."""
    market = exchange.market(order.market)
    order.order_id = exchange.next_id()
    order.client_oid = order.client_oid or str(order.order_id)
    terms_of(order.wallet).reserve(exchange, market, order)
    exchange.orders.add(order)
    _emit(exchange, market, order)
    if order.waiting:
        market.watches[order.watches].add(order.order_id, *order.watched)
    else:
        execute(exchange, market, order)


def execute(exchange: Exchange, market: Market[Any], order: Order) -> None:
    """Trades an order whose funds are frozen against the book; what is left rests or is cancelled."""
    book = market.book
    if order.force == "post_only" and _crosses(book, order):
        cancel(exchange, order, NORMAL_CANCEL)
        return
    if order.force == "fok" and not _fillable(book, order):
        cancel(exchange, order, NORMAL_CANCEL)
        return
    done = _match(exchange, market, order)
    if order.filled:
        _count_flow(exchange, market, order)
    if order.status == "cancelled":
        return
    if done and not order.filled:
        # Its funds do not buy one lot.
        cancel(exchange, order, NORMAL_CANCEL)
    elif done:
        _finish(exchange, market, order)
    elif order.order_type == "limit" and order.force in ("gtc", "post_only"):
        book.side(order.side).add(order)
    else:
        cancel(exchange, order, NORMAL_CANCEL)


def cancel(exchange: Exchange, order: Order, reason: str = NORMAL_CANCEL) -> None:
    """Ends an open order: off the book or the watch list, what it froze available again."""
    market = exchange.market(order.market)
    side = market.book.side(order.side)
    if order.waiting:
        market.watches[order.watches].remove(order.order_id, *order.watched)
    elif side.holds(order):
        side.remove(order)
    order.cancel_reason = reason
    _close(exchange, market, order, "cancelled")


def fire(exchange: Exchange, order: Order, risen: bool) -> None:
    """Turns a waiting TP/SL order into the limit or market order it stands for, and trades it."""
    market = exchange.market(order.market)
    market.watches[order.watches].remove(order.order_id, *order.watched)
    leg = order.above if risen else order.below
    assert leg is not None, f"order {order.order_id} fired on a side it does not watch"
    order.above = order.below = None
    order.trigger_price = market.instrument.price(leg.trigger)
    order.order_type, order.price = ("limit", leg.price) if leg.price else ("market", 0)
    order.updated = exchange.now
    terms_of(order.wallet).refit(exchange, market, order)
    _emit(exchange, market, order)
    execute(exchange, market, order)


def _match(exchange: Exchange, market: Market[Any], taker: Order) -> bool:
    """Trades against the best levels while prices cross; whether the taker got all it wanted."""
    opposite, buys = market.book.opposite(taker.side), taker.side == "buy"
    terms = terms_of(taker.wallet)
    while True:
        if not taker.budget and not taker.open_lots:
            return True
        level = opposite.best()
        if level is None or (taker.price and (level.price > taker.price if buys else level.price < taker.price)):
            return False
        maker = level.first
        if maker.uid == taker.uid and taker.stp_mode != "none":
            if _prevent_self_trade(exchange, taker, maker):
                return False
            continue
        wanted = terms.affordable(market, taker, level.price) if taker.budget else taker.open_lots
        if not wanted:
            return True
        lots = min(wanted, maker.open_lots)
        opposite.fill(maker, lots)
        taker.filled += lots
        if taker.budget:
            taker.size = taker.filled
        _trade(exchange, market, maker, taker, lots)
        if maker.open_lots:
            maker.status = "partially_filled"
            _emit(exchange, market, maker)
        else:
            _finish(exchange, market, maker)
        taker.status = "partially_filled"
        if taker.open_lots or taker.budget:
            _emit(exchange, market, taker)


def _trade(exchange: Exchange, market: Market[Any], maker: Order, taker: Order, lots: int) -> None:
    """Trades ``lots``, already off the book, between two orders at the maker's price, each by its own terms."""
    instrument: Instrument = market.instrument
    ticks, now = maker.price, exchange.now
    execution = Execution(
        exchange.next_id(),
        ticks,
        lots,
        instrument.price(ticks),
        instrument.size(lots),
        instrument.value(ticks, lots),
    )
    maker_terms, taker_terms = terms_of(maker.wallet), terms_of(taker.wallet)
    if taker.side == "buy":
        taker_terms.pay(exchange, market, taker, maker, execution)
        maker_terms.pay(exchange, market, maker, taker, execution)
    else:
        maker_terms.pay(exchange, market, maker, taker, execution)
        taker_terms.pay(exchange, market, taker, maker, execution)
    for order in (maker, taker):
        order.quote += execution.value
        order.updated = now
    bills = maker_terms.account(exchange, market, maker, execution, "maker")
    bills += taker_terms.account(exchange, market, taker, execution, "taker")
    post_bills(exchange, bills)
    trade = TradeRecord(
        trade_id=execution.trade_id,
        product=market.id.product,
        symbol=market.id.symbol,
        side=taker.side,
        price=execution.price,
        size=execution.size,
        created=now,
    )
    exchange.emit(trade)
    closed = market.data.add_trade(trade, taker_terms.usdt_rate(exchange, market))
    if closed is not None:
        exchange.emit(closed)


def _count_flow(exchange: Exchange, market: Market[Any], taker: Order) -> None:
    """Adds all that an order took, now that it takes no more, to the instrument's taker flow."""
    instrument: Instrument = market.instrument
    usdt = taker.quote * terms_of(taker.wallet).usdt_rate(exchange, market)
    size = instrument.size(taker.filled)
    for span, flow in market.flows.add(exchange.now, taker.side, size_class(instrument, usdt), size):
        exchange.emit(flow.record(market.id.product, market.id.symbol, span))


def _prevent_self_trade(exchange: Exchange, taker: Order, maker: Order) -> bool:
    """Applies the taker's self-trade prevention mode; whether the taker is gone."""
    if taker.stp_mode in ("cancel_maker", "cancel_both"):
        cancel(exchange, maker, STP_CANCEL)
    if taker.stp_mode in ("cancel_taker", "cancel_both"):
        cancel(exchange, taker, STP_CANCEL)
        return True
    return False


def _finish(exchange: Exchange, market: Market[Any], order: Order) -> None:
    """Ends a filled order and places what follows on it."""
    _close(exchange, market, order, "filled")
    following = terms_of(order.wallet).following(exchange, market, order)
    if following is not None:
        place(exchange, following)


def _close(exchange: Exchange, market: Market[Any], order: Order, status: str) -> None:
    terms_of(order.wallet).release(exchange, market, order)
    order.frozen = ZERO
    order.status = "filled" if status == "filled" else "cancelled"
    order.updated = exchange.now
    exchange.orders.remove(order, exchange.now)
    _emit(exchange, market, order)


def _emit(exchange: Exchange, market: Market[Any], order: Order) -> None:
    if keeps_history(order.uid):
        exchange.emit(OrderChanged(order=copy(order), instrument=market.instrument))


def _crosses(book: LimitOrderBook, order: Order) -> bool:
    best = book.opposite(order.side).best()
    return best is not None and (best.price <= order.price if order.side == "buy" else best.price >= order.price)


def _fillable(book: LimitOrderBook, order: Order) -> bool:
    """Whether the book holds all of a fill-or-kill order within its price, self-trade prevention considered."""
    lots = order.open_lots
    for level in book.opposite(order.side).best_first():
        if order.price and (level.price > order.price if order.side == "buy" else level.price < order.price):
            return False
        for maker in level.orders.values():
            own = maker.uid == order.uid and order.stp_mode != "none"
            if own and order.stp_mode != "cancel_maker":
                return False
            lots -= 0 if own else maker.open_lots
            if lots <= 0:
                return True
    return False
