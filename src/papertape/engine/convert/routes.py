"""Ways from one coin to another through the order books, and what an amount becomes on the way.

Nothing is traded here: the books are only read. A route is the shortest chain of instruments between two coins,
three at most; where there are several, the one that is better for the customer counts.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.money import ZERO, divide_down, divide_up, down, up
from papertape.engine.spot.markets import spot_markets
from papertape.engine.trading.instruments import Instrument
from papertape.engine.trading.records import Side

MOST_LEGS = 3
MOST_ROUTES = 16
"""How many routes of the same length are compared."""
DEEPEST = 1_000
"""Levels of a book that are walked."""
PLACES = 18
"""Decimals of what passes from one leg to the next."""


class Leg(NamedTuple):
    """One instrument of a route: ``sell`` gives its base for its quote, ``buy`` the other way round."""

    instrument: Instrument
    side: Side


Route = tuple[Leg, ...]
Levels = list[tuple[Decimal, Decimal]]
"""Price and size of each."""


def routes(exchange: Exchange, source: str, target: str) -> list[Route]:
    """The shortest routes between two different coins, in the order that instruments are listed; none if apart."""
    steps = _steps(exchange)
    paths: list[tuple[str, Route]] = [(source, ())]
    for _ in range(MOST_LEGS):
        longer = [
            (coin, (*route, leg)) for at, route in paths for coin, leg in steps.get(at, ()) if not _visited(route, coin)
        ]
        found = [route for coin, route in longer if coin == target]
        if found:
            return found[:MOST_ROUTES]
        paths = longer
    return []


def proceeds(exchange: Exchange, source: str, target: str, amount: Decimal) -> Decimal:
    """What selling ``amount`` of ``source`` brings of ``target`` at the books' prices; 0 if they are too thin."""
    return max((_along(exchange, route, amount) for route in routes(exchange, source, target)), default=ZERO)


def cost(exchange: Exchange, source: str, target: str, amount: Decimal) -> Decimal:
    """What buying ``amount`` of ``target`` takes of ``source`` at the books' prices; 0 if they are too thin."""
    costs = [_back(exchange, route, amount) for route in routes(exchange, source, target)]
    return min((each for each in costs if each), default=ZERO)


def best_rate(exchange: Exchange, source: str, target: str) -> Decimal:
    """What one ``source`` is worth of ``target`` at the books' best prices; 0 without any."""
    return max((_best(exchange, route) for route in routes(exchange, source, target)), default=ZERO)


def _steps(exchange: Exchange) -> dict[str, list[tuple[str, Leg]]]:
    steps: dict[str, list[tuple[str, Leg]]] = {}
    for market in spot_markets(exchange).values():
        instrument = market.instrument
        if instrument.status == "online":
            steps.setdefault(instrument.base, []).append((instrument.quote, Leg(instrument, "sell")))
            steps.setdefault(instrument.quote, []).append((instrument.base, Leg(instrument, "buy")))
    return steps


def _visited(route: Route, coin: str) -> bool:
    return any(coin in (leg.instrument.base, leg.instrument.quote) for leg in route)


def _along(exchange: Exchange, route: Route, amount: Decimal) -> Decimal:
    for leg in route:
        levels = _levels(exchange, leg)
        amount = _value(levels, amount) if leg.side == "sell" else _base_for(levels, amount, divide_down)
        amount = down(amount, PLACES)
    return amount


def _back(exchange: Exchange, route: Route, amount: Decimal) -> Decimal:
    for leg in reversed(route):
        levels = _levels(exchange, leg)
        amount = _base_for(levels, amount, divide_up) if leg.side == "sell" else _value(levels, amount)
        amount = up(amount, PLACES)
    return amount


def _best(exchange: Exchange, route: Route) -> Decimal:
    rate = Decimal(1)
    for leg in route:
        levels = _levels(exchange, leg, 1)
        if not levels:
            return ZERO
        price = levels[0][0]
        rate = down(rate * price, PLACES) if leg.side == "sell" else divide_down(rate, price, PLACES)
    return rate


def _levels(exchange: Exchange, leg: Leg, count: int = DEEPEST) -> Levels:
    """The levels that the leg trades against, best first."""
    instrument = leg.instrument
    side: Side = "buy" if leg.side == "sell" else "sell"
    depth = spot_markets(exchange)[instrument.symbol].book.depth(side, count)
    return [(instrument.price(ticks), instrument.size(lots)) for ticks, lots in depth]


def _value(levels: Levels, base: Decimal) -> Decimal:
    """The quote that the base trades for; 0 if the levels are too thin."""
    quote = ZERO
    for price, size in levels:
        taken = min(size, base)
        quote, base = quote + price * taken, base - taken
        if not base:
            return quote
    return ZERO


def _base_for(levels: Levels, quote: Decimal, divide: Callable[[Decimal, Decimal, int], Decimal]) -> Decimal:
    """The base that the quote trades for; 0 if the levels are too thin."""
    base = ZERO
    for price, size in levels:
        if quote <= price * size:
            return base + divide(quote, price, PLACES)
        base, quote = base + size, quote - price * size
    return ZERO
