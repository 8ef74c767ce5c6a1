"""Firing: after a market's prices have moved, every order that waited for one acts, in order of its trigger."""

from __future__ import annotations

from typing import Any

from papertape.contract.protocol.errors import Rejected
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.trading import matching
from papertape.engine.trading.market import Market
from papertape.engine.trading.orders import Order
from papertape.engine.trading.terms import terms_of
from papertape.engine.trading.triggers import Trigger, TriggerStatus, record


def submit(exchange: Exchange, order: Order) -> None:
    """Places a checked order and lets fire whatever its trades set off."""
    matching.place(exchange, order)
    fire_triggers(exchange, exchange.market(order.market))


def fire_triggers(exchange: Exchange, market: Market[Any]) -> None:
    """Fires, one after the other, all that wait for the market's prices as they are; each fires once, so this ends."""
    while (found := _due(market)) is not None:
        order_id, ticks = found
        order = exchange.orders.by_id.get(order_id)
        if order is not None:
            matching.fire(exchange, order, risen=order.above is not None and order.above.trigger <= ticks)
        else:
            _execute(exchange, market, exchange.triggers.by_id[order_id])


def begin(exchange: Exchange, trigger: Trigger) -> None:
    """Takes a checked plan order in and says so; it fires at once if its price is there."""
    market = exchange.market(trigger.market)
    exchange.triggers.add(trigger)
    market.watches[trigger.watches].add(trigger.order_id, *_watched(market, trigger))
    exchange.emit(record(trigger))
    fire_triggers(exchange, market)


def end(exchange: Exchange, trigger: Trigger, status: TriggerStatus) -> None:
    """Ends a plan order and says so."""
    set_aside(exchange, trigger)
    trigger.status = status
    trigger.updated = exchange.now
    exchange.emit(record(trigger))


def set_aside(exchange: Exchange, trigger: Trigger) -> None:
    """Takes a plan order out, to change it or to end it."""
    market = exchange.market(trigger.market)
    market.watches[trigger.watches].remove(trigger.order_id, *_watched(market, trigger))
    exchange.triggers.remove(trigger)


def watch_again(exchange: Exchange, trigger: Trigger) -> None:
    """Puts a plan order of a snapshot back on watch."""
    market = exchange.market(trigger.market)
    exchange.triggers.add(trigger)
    market.watches[trigger.watches].add(trigger.order_id, *_watched(market, trigger))


def _due(market: Market[Any]) -> tuple[int, int] | None:
    """Who fires next, and at which price in ticks."""
    for kind, watch in market.watches.items():
        if watch.above or watch.below:
            ticks = market.instrument.ticks(market.price(kind))
            due = watch.due(ticks)
            if due is not None:
                return due, ticks
    return None


def _watched(market: Market[Any], trigger: Trigger) -> tuple[int | None, int | None]:
    ticks = market.instrument.ticks(trigger.trigger_price)
    return (ticks, None) if trigger.rising else (None, ticks)


def _execute(exchange: Exchange, market: Market[Any], trigger: Trigger) -> None:
    """Places the order that a plan order stands for; it fails if that order is refused now."""
    terms = terms_of(trigger.wallet)
    try:
        order = terms.check(exchange, trigger.uid, terms.triggered(exchange, market, trigger))
    except Rejected:
        end(exchange, trigger, "fail_execute")
        return
    matching.place(exchange, order)
    trigger.child_order_id = order.order_id
    end(exchange, trigger, "executed")
