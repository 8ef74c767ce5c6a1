"""The traders and what moves them: each looks at the live exchange and says what it wants to do at this step.

Nobody keeps anything in mind from one step to the next: what a trader knows is the seed, the number of the step
and what the exchange shows. So a restart changes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

from papertape.contract.internal import MarketActions
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.spot.instruments import SpotInstrument
from papertape.engine.spot.markets import SPOT, spot_markets
from papertape.engine.spot.valuation import usdt_price
from papertape.engine.trading.records import Force, Side
from papertape.simulator import profiles, traders
from papertape.simulator.ladder import FAR, NEAR, Grid, Zone, changes, wanted
from papertape.simulator.randomness import Draws

STEP_MS = 250
REACH = 2.0
"""How far past the best price an ordinary order trades, in cells: so that it does not tear the book open."""
FAR_MAKER_EVERY = 8
TREND_EVERY = 16
TREND_LOOKBACK_MS = 60_000
TREND_PROBABILITY = 0.5
TREND_TRADES = 3.0
"""A trend follower's order is worth this many average trades."""
TREND_BASIS_POINTS = 12.0
"""A move within the look-back that is worth following."""
WHALE_WINDOW = 480
"""Steps in which a whale comes at most once: two minutes."""
WHALE_PROBABILITY = 0.15
WHALE_EVERY = 8
WHALE_LARGEST_REACH = 20
"""A whale takes out at most so many cells at once; makers have filled them up by its next order."""
WHALE_PATIENCE_MS = 3_000
"""What of a whale's order has not traded by then is taken back."""
LARGEST_ORDER_SHARE = 0.9
"""Of the most that one order may be worth."""

Order = tuple[Side, Force, int, int]
"""Side, force, price in ticks, size in lots."""


class Situation(NamedTuple):
    """What the traders of one instrument look at. ``fair`` is in ticks, ``time`` in ms since the opening."""

    exchange: Exchange
    instrument: SpotInstrument
    grid: Grid
    number: int
    step: int
    time: int
    fair: float
    move: Callable[[int], float]


class Actions(NamedTuple):
    """What one trader does on one instrument."""

    uid: int
    request: MarketActions


def decide(seed: int, view: Situation, everyone: bool) -> Iterator[Actions]:
    """What all traders of the instrument do at this step, in the order in which they do it.

    With ``everyone`` those quote too whose turn it is not.
    """
    yield from _whales(seed, view)
    if everyone or (view.step + view.number) % FAR_MAKER_EVERY == 0:
        yield from quote_all(view)
    else:
        cancels, quotes = _requote(view, traders.near_maker(view.number), NEAR)
        if cancels or quotes:
            yield _actions(view, traders.near_maker(view.number), cancels, quotes)
    yield from _noise(seed, view)
    if (view.step + view.number) % TREND_EVERY == 0:
        yield from _trend(seed, view)


def quote_all(view: Situation) -> Iterator[Actions]:
    """What both makers do: first all they take back, then all they quote, so that they do not trade with each other."""
    makers = (traders.near_maker(view.number), NEAR), (traders.far_maker(view.number), FAR)
    plans = [(uid, *_requote(view, uid, zones)) for uid, zones in makers]
    for uid, cancels, _ in plans:
        if cancels:
            yield _actions(view, uid, cancels, [])
    for uid, _, quotes in plans:
        if quotes:
            yield _actions(view, uid, [], quotes)


def _requote(view: Situation, uid: int, zones: tuple[Zone, ...]) -> tuple[list[int], list[Order]]:
    """What a maker takes back and what it quotes."""
    target = wanted(view.grid, zones, view.fair, view.step)
    cancels, quotes = changes(view.exchange.orders.of(SPOT, uid).values(), target)
    return cancels, [(side, "gtc", price, lots) for side, price, lots in quotes]


def _noise(seed: int, view: Situation) -> Iterator[Actions]:
    """Somebody buys or sells a little, for reasons of their own."""
    draws = Draws(seed, f"noise/{view.instrument.symbol}", view.step)
    chance = profiles.trades_per_second(view.instrument) * STEP_MS / 1000 * profiles.activity(view.exchange.now)
    if draws.uniform() >= chance:
        return
    uid = traders.NOISE_TRADERS[draws.below(len(traders.NOISE_TRADERS))]
    side: Side = "buy" if draws.uniform() < _appetite(view, uid) else "sell"
    value = profiles.trade_value(view.instrument) * math.exp(1.1 * draws.gauss() - 0.6)
    yield _take(view, uid, side, value)


def _appetite(view: Situation, uid: int) -> float:
    """The probability of buying rather than selling: an even one, unless one of the coins is running out."""
    ledger, instrument = view.exchange.ledger, view.instrument
    price = float(spot_markets(view.exchange)[instrument.symbol].last)
    base = float(ledger.balance(uid, SPOT, instrument.base).available) * price
    quote = float(ledger.balance(uid, SPOT, instrument.quote).available)
    share = quote / (base + quote) if base + quote > 0 else 0.5
    return min(max(0.5 + (share - 0.5) * 0.2, 0.0), 1.0)


def _trend(seed: int, view: Situation) -> Iterator[Actions]:
    """Somebody follows the last minute's move."""
    moved = view.move(view.time) - view.move(view.time - TREND_LOOKBACK_MS)
    if abs(moved) < TREND_BASIS_POINTS / 10_000:
        return
    draws = Draws(seed, f"trend/{view.instrument.symbol}", view.step)
    if draws.uniform() < TREND_PROBABILITY:
        uid = traders.TREND_FOLLOWERS[draws.below(len(traders.TREND_FOLLOWERS))]
        value = profiles.trade_value(view.instrument) * TREND_TRADES * (0.5 + draws.uniform())
        yield _take(view, uid, "buy" if moved > 0 else "sell", value)


def _take(view: Situation, uid: int, side: Side, value: float) -> Actions:
    """An order of this value in USDT that trades at once or not at all."""
    reach = REACH * view.grid.width
    limit = math.floor(view.fair + reach) if side == "buy" else math.ceil(view.fair - reach)
    limit = max(limit, 1)
    lots = _lots(view, limit, max(value, 1.5 * float(view.instrument.minimum_usdt)))
    return _actions(view, uid, [], [(side, "ioc", limit, lots)])


def _whales(seed: int, view: Situation) -> Iterator[Actions]:
    """Somebody big takes out level after level, for some seconds, and leaves what is not filled in the book."""
    now = view.exchange.now
    for uid in traders.WHALES:
        late = [
            order.order_id
            for order in view.exchange.orders.of(SPOT, uid).values()
            if order.symbol == view.instrument.symbol and order.created < now - WHALE_PATIENCE_MS
        ]
        if late:
            yield _actions(view, uid, late, [])
    window, into = divmod(view.step, WHALE_WINDOW)
    draws = Draws(seed, f"whale/{view.instrument.symbol}", window)
    if draws.uniform() >= WHALE_PROBABILITY:
        return
    begin, pushes = draws.below(WHALE_WINDOW // 2), 2 + draws.below(4)
    side: Side = "buy" if draws.uniform() < 0.5 else "sell"
    uid = traders.WHALES[draws.below(len(traders.WHALES))]
    push, rest = divmod(into - begin, WHALE_EVERY)
    if 0 <= push < pushes and not rest:
        reach = WHALE_LARGEST_REACH // 2 + draws.below(WHALE_LARGEST_REACH // 2)
        yield from _push(view, uid, side, reach)


def _push(view: Situation, uid: int, side: Side, reach: int) -> Iterator[Actions]:
    """Buys or sells all that is quoted up to ``reach`` cells away, and a bit more, which stays as a quote."""
    grid, book = view.grid, spot_markets(view.exchange)[view.instrument.symbol].book
    buys = side == "buy"
    cell = grid.first_ask(view.fair) + reach if buys else grid.first_bid(view.fair) - reach
    limit = grid.price(cell)
    if limit <= 0:
        return
    quoted = book.depth("sell" if buys else "buy", 2 * WHALE_LARGEST_REACH)
    lots = sum(size for price, size in quoted if (price <= limit if buys else price >= limit))
    most = _lots(view, limit, float(view.instrument.maximum_limit_value) * LARGEST_ORDER_SHARE)
    lots = min(lots + grid.quote(cell, 1)[1], most)
    yield _actions(view, uid, [], [(side, "gtc", limit, lots)])


def _lots(view: Situation, price: int, value: float) -> int:
    """How many lots are worth this much in USDT at this price; at least one."""
    instrument = view.instrument
    quote = float(usdt_price(view.exchange, instrument.quote)) or 1.0
    return max(1, math.ceil(value / (float(instrument.value(price, 1)) * quote)))


def _actions(view: Situation, uid: int, cancels: list[int], orders: list[Order]) -> Actions:
    instrument = view.instrument
    return Actions(
        uid,
        MarketActions(
            symbol=instrument.symbol,
            cancels=cancels,
            orders=[
                (side, force, "limit", instrument.tick * price, instrument.size(lots))
                for side, force, price, lots in orders
            ],
        ),
    )
