"""Firing: after trades moved the last price, every order that waited for it acts, in order of its trigger."""

from __future__ import annotations

from decimal import Decimal

from papertape.contract.protocol.errors import Rejected
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.money import divide_down, down
from papertape.engine.spot.order_rules import NewOrder, check
from papertape.engine.trading import matching
from papertape.engine.trading.instruments import Instrument
from papertape.engine.trading.orders import Order
from papertape.engine.trading.triggers import Trigger, TriggerStatus, record


def submit(exchange: Exchange, order: Order) -> None:
    """Places a checked order and lets fire whatever its trades set off."""
    matching.place(exchange, order)
    fire_triggers(exchange, order.symbol)


def fire_triggers(exchange: Exchange, symbol: str) -> None:
    """Fires, one after the other, all that wait for the last price; each fires once, so this ends."""
    watch = exchange.triggers.watches.get(symbol)
    if watch is None:
        return
    instrument, market = exchange.instruments[symbol], exchange.market[symbol]
    while True:
        ticks = instrument.ticks(market.last)
        due = watch.due(ticks)
        if due is None:
            return
        order = exchange.orders.by_id.get(due)
        if order is not None:
            matching.fire(exchange, order, risen=order.above is not None and order.above.trigger <= ticks)
        else:
            _execute(exchange, instrument, exchange.triggers.by_id[due])


def end(exchange: Exchange, trigger: Trigger, status: TriggerStatus) -> None:
    """Ends a plan order and says so."""
    instrument = exchange.instruments[trigger.symbol]
    exchange.triggers.remove(trigger, instrument.ticks(trigger.trigger_price))
    trigger.status = status
    trigger.updated = exchange.now
    exchange.emit(record(trigger))


def _execute(exchange: Exchange, instrument: Instrument, trigger: Trigger) -> None:
    """Places the order that a plan order stands for; it fails if that order is refused now."""
    try:
        order = check(exchange, trigger.uid, _order_of(exchange, instrument, trigger))
    except Rejected:
        end(exchange, trigger, "fail_execute")
        return
    matching.place(exchange, order)
    trigger.child_order_id = order.order_id
    end(exchange, trigger, "executed")


def _order_of(exchange: Exchange, instrument: Instrument, trigger: Trigger) -> NewOrder:
    """The order to place: sizes given in the other coin are converted at its price, at market at the last."""
    market = trigger.order_type == "market"
    price = exchange.market[trigger.symbol].last if market else trigger.execute_price
    wants_quote = market and trigger.side == "buy"
    size: Decimal = trigger.size
    if wants_quote and trigger.plan_type == "amount":
        size = down(size * price, instrument.quote_places)
    elif not wants_quote and trigger.plan_type == "total":
        size = divide_down(size, price, instrument.size_places)
    return NewOrder(
        symbol=trigger.symbol,
        side=trigger.side,
        order_type=trigger.order_type,
        size=size,
        price=None if market else price,
        stp_mode=trigger.stp_mode,
        entry_point="SYS",
    )
