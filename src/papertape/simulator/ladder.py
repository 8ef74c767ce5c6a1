"""A market maker's ladder: where it wants to quote and how much, and what to change to get there.

Prices are divided into cells of a fixed width, each with one price at a random place in it. So a ladder looks
uneven, and when the fair price moves only its ends change: what is quoted stays where it is and keeps its time
priority. Close to the price every cell is quoted, farther out every 2nd, 8th and 32nd.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import msgspec

from papertape.engine.spot.instruments import SpotInstrument
from papertape.engine.trading.orders import Order
from papertape.engine.trading.records import Side
from papertape.simulator import profiles
from papertape.simulator.randomness import gauss_table, mixed

NEAREST_BASIS_POINTS = 0.5
"""The width of a cell on the busiest instrument."""
HALF_SPREAD = 0.4
"""A new quote keeps at least this far from the fair price, in cells."""
NEAREST_QUOTE = 0.1
"""A quote that has come nearer than this to the fair price is taken back, in cells."""
ERA_STEPS = 2048
"""How long cells keep the sizes they want: nine minutes."""
REMEMBERED_CELLS = 4096
SMALLEST_PART, LARGEST_PART = 0.3, 3.0
"""A quote is renewed when it has become this much smaller or larger than its cell wants."""
LARGEST_VALUE = 1_000_000
"""No quote is worth more, in USDT."""
SMALLEST_VALUES = 10.0
"""Quotes are worth at least about this many times the least that an order may be worth."""


class Zone(msgspec.Struct, frozen=True):
    """``levels`` quotes a side, in every ``every``-th cell, each worth ``trades`` average trades."""

    every: int
    levels: int
    trades: float


NEAR = (Zone(1, 30, 6.0), Zone(2, 25, 12.0))
FAR = (Zone(8, 25, 30.0), Zone(32, 8, 60.0))
LEVELS_BETWEEN = 80
"""How many cells the near zones reach: where the far ones begin."""
SPARE_QUOTES = 30
"""So many quotes beyond the wanted ones are left standing before they are cleared away."""


class WantedLadder(msgspec.Struct):
    """What a maker wants to quote: lots by price, for each side, and how near a quote may be at most, in ticks."""

    bids: dict[int, int]
    asks: dict[int, int]
    highest_bid: float
    lowest_ask: float


class Grid:
    """The cells of one instrument."""

    def __init__(self, instrument: SpotInstrument, salt: int) -> None:
        opening = float(instrument.opening_price.scaleb(instrument.price_places))
        share = profiles.BUSIEST / max(profiles.turnover(instrument), 1.0)
        self.width = max(1, round(opening * NEAREST_BASIS_POINTS / 10_000 * math.pow(share, 0.15)))
        self._salt = salt
        trade = profiles.trade_value(instrument)
        least = SMALLEST_VALUES * float(instrument.minimum_usdt)
        self._lots = {
            zone.every: profiles.opening_lots(instrument, min(max(zone.trades * trade, least), LARGEST_VALUE))
            for zone in (*NEAR, *FAR)
        }
        self._era = -1
        self._quotes: dict[tuple[int, int], tuple[int, int]] = {}

    def price(self, cell: int) -> int:
        """The cell's price in ticks."""
        return cell * self.width + (mixed(cell, self._salt) * self.width >> 32)

    def first_bid(self, limit: float) -> int:
        """The highest cell with a price of at most ``limit`` ticks."""
        cell = math.floor(limit / self.width)
        return cell if self.price(cell) <= limit else cell - 1

    def first_ask(self, limit: float) -> int:
        """The lowest cell with a price of at least ``limit`` ticks."""
        cell = math.floor(limit / self.width)
        return cell if self.price(cell) >= limit else cell + 1

    def enter(self, step: int) -> None:
        """Tells the step that ``quote`` is for; sizes change from era to era, on each instrument at another step."""
        era = (step + self._salt * (ERA_STEPS // 16)) // ERA_STEPS
        if era != self._era or len(self._quotes) > REMEMBERED_CELLS:
            self._era = era
            self._quotes.clear()

    def quote(self, cell: int, every: int) -> tuple[int, int]:
        """The price and the lots that this cell wants to be quoted with, in a zone of every so many cells."""
        quote = self._quotes.get((cell, every))
        if quote is None:
            uneven = gauss_table()[mixed(mixed(cell, self._salt), self._era) >> 20]
            lots = max(1, round(self._lots[every] * math.exp(0.55 * uneven - 0.15)))
            quote = self._quotes[cell, every] = self.price(cell), lots
        return quote


def wanted(grid: Grid, zones: tuple[Zone, ...], fair: float, step: int) -> WantedLadder:
    """The ladder around the fair price (in ticks): both sides of these zones."""
    grid.enter(step)
    apart = HALF_SPREAD * grid.width
    skipped = 0 if zones is NEAR else LEVELS_BETWEEN
    bids = _side(grid, zones, grid.first_bid(fair - apart) - skipped, -1)
    asks = _side(grid, zones, grid.first_ask(fair + apart) + skipped, 1)
    nearest = NEAREST_QUOTE * grid.width
    return WantedLadder(bids, asks, fair - nearest, fair + nearest)


def _side(grid: Grid, zones: tuple[Zone, ...], cell: int, direction: int) -> dict[int, int]:
    lots: dict[int, int] = {}
    for zone in zones:
        every = zone.every
        cell += direction * (cell * -direction % every)
        for _ in range(zone.levels):
            price, size = grid.quote(cell, every)
            if price > 0:
                lots[price] = size
            cell += direction * every
    return lots


def changes(orders: Iterable[Order], target: WantedLadder) -> tuple[list[int], list[tuple[Side, int, int]]]:
    """What to cancel (order ids) and what to quote (side, ticks, lots) to get from the open orders to the ladder.

    Quotes that are too near the fair price go, as do those of the wrong size; others beyond the ladder stay until
    there are too many of them.
    """
    cancels: list[int] = []
    spare: list[int] = []
    bids, asks = dict(target.bids), dict(target.asks)
    for order in orders:
        buys = order.side == "buy"
        missing = bids if buys else asks
        if order.price > target.highest_bid if buys else order.price < target.lowest_ask:
            cancels.append(order.order_id)
            continue
        lots = missing.pop(order.price, 0)
        if not lots:
            spare.append(order.order_id)
        elif not SMALLEST_PART * lots <= order.open_lots <= LARGEST_PART * lots:
            cancels.append(order.order_id)
            missing[order.price] = lots
    if len(spare) > SPARE_QUOTES:
        cancels += spare
    quotes: list[tuple[Side, int, int]] = [("buy", price, lots) for price, lots in bids.items()]
    return cancels, quotes + [("sell", price, lots) for price, lots in asks.items()]
