"""Matching: placing, trading and cancelling spot orders. Everything here comes after every refusal."""

from __future__ import annotations

from copy import copy

from papertape.engine.accounts.accounts import keeps_history
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.money import ZERO, whole
from papertape.engine.spot.exits import exit_order
from papertape.engine.spot.order_rules import funding_coin, funds
from papertape.engine.spot.settlement import SPOT, settle
from papertape.engine.trading.flows import size_class
from papertape.engine.trading.instruments import Instrument
from papertape.engine.trading.orderbook import OrderBook
from papertape.engine.trading.orders import Order, OrderChanged
from papertape.engine.trading.valuation import usdt_price

STP_CANCEL = "stp_cancel"
NORMAL_CANCEL = "normal_cancel"


def place(exchange: Exchange, order: Order) -> None:
    """Gives a checked order its id, freezes its funds, and trades it, rests it or lets it wait for its trigger."""
    instrument = exchange.instruments[order.symbol]
    order.order_id = exchange.next_id()
    order.client_oid = order.client_oid or str(order.order_id)
    order.frozen = funds(instrument, order)
    exchange.ledger.freeze(order.uid, SPOT, funding_coin(instrument, order), order.frozen)
    exchange.orders.add(order)
    _emit(exchange, instrument, order)
    if order.waiting:
        wait(exchange, order)
    else:
        execute(exchange, instrument, order)


def wait(exchange: Exchange, order: Order) -> None:
    """Puts a TP/SL order on watch for its trigger prices."""
    exchange.triggers.watch(order.symbol, order.order_id, *_watched(order))


def execute(exchange: Exchange, instrument: Instrument, order: Order) -> None:
    """Trades an order whose funds are frozen against the book; what is left rests or is cancelled."""
    book = exchange.books[order.symbol]
    if order.force == "post_only" and _crosses(book, order):
        cancel(exchange, order, NORMAL_CANCEL)
        return
    if order.force == "fok" and not _fillable(instrument, book, order):
        cancel(exchange, order, NORMAL_CANCEL)
        return
    done = _match(exchange, instrument, book, order)
    if order.filled:
        _count_flow(exchange, instrument, order)
    if order.status == "cancelled":
        return
    if done and not order.filled:
        # Its funds do not buy one lot.
        cancel(exchange, order, NORMAL_CANCEL)
    elif done:
        _finish(exchange, instrument, order)
    elif order.order_type == "limit" and order.force in ("gtc", "post_only"):
        book.side(order.side).add(order)
    else:
        cancel(exchange, order, NORMAL_CANCEL)


def cancel(exchange: Exchange, order: Order, reason: str = NORMAL_CANCEL) -> None:
    """Ends an open order: off the book or the watch list, what it froze available again."""
    instrument = exchange.instruments[order.symbol]
    if order.waiting:
        exchange.triggers.unwatch(order.symbol, order.order_id, *_watched(order))
    elif _on_book(exchange, order):
        exchange.books[order.symbol].side(order.side).remove(order)
    order.cancel_reason = reason
    _close(exchange, instrument, order, "cancelled")


def fire(exchange: Exchange, order: Order, risen: bool) -> None:
    """Turns a waiting TP/SL order into the limit or market order it stands for, and trades it."""
    instrument = exchange.instruments[order.symbol]
    exchange.triggers.unwatch(order.symbol, order.order_id, *_watched(order))
    leg = order.above if risen else order.below
    assert leg is not None, f"order {order.order_id} fired on a side it does not watch"
    order.above = order.below = None
    order.trigger_price = instrument.price(leg.trigger)
    order.order_type, order.price = ("limit", leg.price) if leg.price else ("market", 0)
    order.updated = exchange.now
    if order.side == "buy":
        _fit_to_funds(exchange, instrument, order)
    _emit(exchange, instrument, order)
    execute(exchange, instrument, order)


def _fit_to_funds(exchange: Exchange, instrument: Instrument, order: Order) -> None:
    """A fired buy spends what it froze: all of it at market, or as many lots as its limit price buys."""
    if order.order_type == "market":
        order.budget, order.size = order.frozen, 0
        return
    order.size = whole(order.frozen, instrument.value(order.price, 1))
    order.budget = ZERO
    spare = order.frozen - instrument.value(order.price, order.size)
    exchange.ledger.release(order.uid, SPOT, instrument.quote, spare)
    order.frozen -= spare


def _match(exchange: Exchange, instrument: Instrument, book: OrderBook, taker: Order) -> bool:
    """Trades against the best levels while prices cross; whether the taker got all it wanted."""
    opposite, buys = book.opposite(taker.side), taker.side == "buy"
    while True:
        if not taker.budget and not taker.open_lots:
            return True
        level = opposite.best()
        if level is None or (taker.price and (level.price > taker.price if buys else level.price < taker.price)):
            return False
        maker = level.first
        assert maker is not None, "an empty level stayed in the book"
        if maker.uid == taker.uid and taker.stp_mode != "none":
            if _prevent_self_trade(exchange, taker, maker):
                return False
            continue
        wanted = whole(taker.frozen, instrument.value(level.price, 1)) if taker.budget else taker.open_lots
        if not wanted:
            return True
        lots = min(wanted, maker.open_lots)
        opposite.fill(maker, lots)
        taker.filled += lots
        if taker.budget:
            taker.size = taker.filled
        settle(exchange, instrument, maker, taker, lots)
        if maker.open_lots:
            maker.status = "partially_filled"
            _emit(exchange, instrument, maker)
        else:
            _finish(exchange, instrument, maker)
        taker.status = "partially_filled"
        if taker.open_lots or taker.budget:
            _emit(exchange, instrument, taker)


def _count_flow(exchange: Exchange, instrument: Instrument, taker: Order) -> None:
    """Adds all that an order took, now that it takes no more, to the instrument's taker flow."""
    usdt = taker.quote * usdt_price(exchange, instrument.quote)
    flows = exchange.flows[instrument.symbol]
    flows.add(exchange, instrument.symbol, taker.side, size_class(instrument, usdt), instrument.size(taker.filled))


def _prevent_self_trade(exchange: Exchange, taker: Order, maker: Order) -> bool:
    """Applies the taker's self-trade prevention mode; whether the taker is gone."""
    if taker.stp_mode in ("cancel_maker", "cancel_both"):
        cancel(exchange, maker, STP_CANCEL)
    if taker.stp_mode in ("cancel_taker", "cancel_both"):
        cancel(exchange, taker, STP_CANCEL)
        return True
    return False


def _finish(exchange: Exchange, instrument: Instrument, order: Order) -> None:
    """Ends a filled order and places the exits attached to it."""
    _close(exchange, instrument, order, "filled")
    following = exit_order(exchange, instrument, order)
    if following is not None:
        place(exchange, following)


def _close(exchange: Exchange, instrument: Instrument, order: Order, status: str) -> None:
    exchange.ledger.release(order.uid, SPOT, funding_coin(instrument, order), order.frozen)
    order.frozen = ZERO
    order.status = "filled" if status == "filled" else "cancelled"
    order.updated = exchange.now
    exchange.orders.remove(order, exchange.now)
    _emit(exchange, instrument, order)


def _emit(exchange: Exchange, instrument: Instrument, order: Order) -> None:
    if keeps_history(order.uid):
        exchange.emit(OrderChanged(order=copy(order), instrument=instrument))


def _watched(order: Order) -> tuple[int | None, int | None]:
    return order.above.trigger if order.above else None, order.below.trigger if order.below else None


def _on_book(exchange: Exchange, order: Order) -> bool:
    """Whether the order rests: a taker that is cancelled while it trades does not."""
    level = exchange.books[order.symbol].side(order.side).levels.get(order.price)
    return level is not None and (level.first is order or order.previous is not None)


def _crosses(book: OrderBook, order: Order) -> bool:
    best = book.opposite(order.side).best()
    return best is not None and (best.price <= order.price if order.side == "buy" else best.price >= order.price)


def _fillable(instrument: Instrument, book: OrderBook, order: Order) -> bool:
    """Whether the book holds all of a fill-or-kill order within its price, self-trade prevention considered."""
    side, lots = book.opposite(order.side), order.open_lots
    for key in reversed(side.keys):
        level = side.levels[key * side.sign]
        if order.price and (level.price > order.price if order.side == "buy" else level.price < order.price):
            return False
        maker = level.first
        while maker is not None:
            own = maker.uid == order.uid and order.stp_mode != "none"
            if own and order.stp_mode != "cancel_maker":
                return False
            lots -= 0 if own else maker.open_lots
            if lots <= 0:
                return True
            maker = maker.next
    return False
