"""Fair prices: where each coin would trade if only news moved it.

A walk is a sum of straight-line noises, each twice as long as the one before, from a quarter of a second to three
months, with heights that grow with the square root of their length: to the eye and in its variance a random
walk, but one whose level at any time is known without its past. Slow noises make the fast ones higher or
lower, so that calm and wild hours follow each other as they do in real markets.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise
from operator import add, mul

from papertape.engine.spot.instruments import SpotInstrument
from papertape.simulator import profiles
from papertape.simulator.randomness import Noise

PERIODS_MS = (250, 500, 1000, *(1875 << number for number in range(23)))
"""The lengths of the noises: a quarter of a second to 91 days, whole minutes from ``MINUTES_OCTAVE`` on."""
MINUTES_OCTAVE = 8
"""The shortest noise that history is made of: one minute."""
MINUTE = 60_000
_YEAR_MS = 365 * 86_400_000
_VARIANCE_OF_SUM = 4.67
"""What the octaves' variances add up to over a time, relative to that of an octave as long as that time."""
_WILD_OCTAVES_MS = (3_600_000, 14_400_000, 57_600_000, 230_400_000)
_WILDNESS = 0.26
_WILD_STEP_MS = 300_000
REMEMBERED_ROWS = 32
REMEMBERED_FACTORS = 1024
_LONGEST_WILD_MS = 3_600_000


class _Octave:
    """One straight-line noise; remembers the segment it was asked for last."""

    __slots__ = ("_from", "_height", "_noise", "_offset", "_slope", "_wild", "period", "start")

    def __init__(self, noise: Noise, period: int, height: float, offset: int, wild: Wildness | None) -> None:
        self._noise, self.period, self._height, self._offset, self._wild = noise, period, height, offset, wild
        self.start, self._from, self._slope = -(1 << 62), 0.0, 0.0

    def at(self, time: int) -> float:
        """Its height at this time."""
        into = time - self.start
        if not 0 <= into < self.period:
            into = self._move_to(time)
        return self._from + self._slope * into

    def minutes(self, start: int, count: int) -> list[float]:
        """Its height at ``count`` minutes from ``start`` on; for a period of whole minutes, at whole minutes."""
        length = self.period // MINUTE
        index, into = divmod(start + self._offset, self.period)
        skipped = into // MINUTE
        segments = (skipped + count - 1) // length + 1
        begin = start - into
        points = self._points(index, segments + 1, begin)
        if length == 1:
            return points[:count]
        heights: list[float] = []
        within = range(length)
        for left, right in pairwise(points):
            slope = (right - left) / length
            heights += [left + slope * minute for minute in within]
        return heights[skipped : skipped + count]

    def _move_to(self, time: int) -> int:
        index, into = divmod(time + self._offset, self.period)
        self.start = time - into
        self._from = self._point(index, self.start)
        self._slope = (self._point(index + 1, self.start + self.period) - self._from) / self.period
        return into

    def _points(self, index: int, count: int, time: int) -> list[float]:
        height = self._height
        points = [number * height for number in self._noise.row(index, count)]
        if self._wild is None:
            return points
        times = range(time, time + count * self.period, self.period)
        return list(map(mul, points, map(self._wild.at, times)))

    def _point(self, index: int, time: int) -> float:
        height = self._noise.at(index) * self._height
        return height if self._wild is None else height * self._wild.at(time)


class Wildness:
    """How much livelier than usual the market is at a time; its square is 1 on average."""

    def __init__(self, seed: int) -> None:
        self._octaves = [
            _Octave(Noise(seed, f"wild/{period}"), period, _WILDNESS, 0, None) for period in _WILD_OCTAVES_MS
        ]
        self._mean = _WILDNESS**2 * len(_WILD_OCTAVES_MS) * 2 / 3
        self._made: dict[int, float] = {}

    def at(self, time: int) -> float:
        """The factor at this time (milliseconds since the opening, negative before it); it changes every 5 minutes."""
        number = time // _WILD_STEP_MS
        return self._made.get(number) or self._make(number)

    def _make(self, number: int) -> float:
        if len(self._made) >= REMEMBERED_FACTORS:
            self._made.clear()
        time = number * _WILD_STEP_MS
        factor = self._made[number] = math.exp(sum(octave.at(time) for octave in self._octaves) - self._mean)
        return factor


class PriceWalk:
    """A walk of this volatility a year, as a logarithm; 0 at the opening."""

    def __init__(
        self, seed: int, name: str, volatility: float, wild: Wildness, first: int, longest: int | None
    ) -> None:
        self._octaves: list[_Octave] = []
        for number, period in enumerate(PERIODS_MS):
            if not volatility or number < first or (longest is not None and period > longest):
                continue
            height = volatility * math.sqrt(period / _YEAR_MS / _VARIANCE_OF_SUM)
            noise = Noise(seed, f"walk/{name}/{number}")
            offset = int(abs(noise.at(-1 << 40)) * 1e6) % max(1, period // MINUTE) * MINUTE
            self._octaves.append(_Octave(noise, period, height, offset, wild if period <= _LONGEST_WILD_MS else None))
        self._origin = sum(octave.at(0) for octave in self._octaves)

    def at(self, time: int) -> float:
        """The walk at this time (milliseconds since the opening, negative before it)."""
        return sum([octave.at(time) for octave in self._octaves]) - self._origin

    def minutes(self, start: int, count: int) -> list[float]:
        """The walk at ``count`` minutes from ``start`` on, at whole minutes, without the noises shorter than those.

        Noises longer than the row count as straight within it.
        """
        span = (count - 1) * MINUTE
        slow = [octave for octave in self._octaves if octave.period > span]
        first = sum(octave.at(start) for octave in slow) - self._origin
        slope = (sum(octave.at(start + span) for octave in slow) - self._origin - first) / (count - 1)
        levels = [first + slope * minute for minute in range(count)]
        for octave in self._octaves:
            if octave.period <= span:
                levels = list(map(add, levels, octave.minutes(start, count)))
        return levels


class Prices:
    """The fair prices of all instruments; ``first`` is the number of the shortest noise that is wanted.

    Times are milliseconds since the opening, negative before it.
    """

    def __init__(self, seed: int, first: int = 0) -> None:
        self._seed, self._first = seed, first
        self._wild = Wildness(seed)
        self._leader = PriceWalk(seed, "leader", profiles.LEADER_VOLATILITY, self._wild, first, None)
        self._own: dict[str, PriceWalk] = {}
        self.coin_minutes = lru_cache(maxsize=REMEMBERED_ROWS)(self._coin_minutes)
        self._leader_minutes = lru_cache(maxsize=REMEMBERED_ROWS)(self._leader.minutes)

    def level(self, instrument: SpotInstrument, time: int) -> float:
        """The logarithm of the fair price over the opening price."""
        leads = profiles.coin(instrument.base).beta - profiles.coin(instrument.quote).beta
        base, quote = self._walk(instrument.base), self._walk(instrument.quote)
        return leads * self._leader.at(time) + base.at(time) - quote.at(time)

    def minutes(self, instrument: SpotInstrument, start: int, count: int) -> list[float]:
        """``level`` at ``count`` whole minutes from ``start`` on; wants ``first`` = ``MINUTES_OCTAVE``."""
        base = self.coin_minutes(instrument.base, start, count)
        quote = self.coin_minutes(instrument.quote, start, count)
        return [over - under for over, under in zip(base, quote, strict=True)]

    def _coin_minutes(self, coin: str, start: int, count: int) -> list[float]:
        """The same for a coin against USDT."""
        profile = profiles.coin(coin)
        if not profile.beta and not profile.volatility:
            return [0.0] * count
        leader, own = self._leader_minutes(start, count), self._walk(coin).minutes(start, count)
        return [profile.beta * market + alone for market, alone in zip(leader, own, strict=True)]

    def _walk(self, coin: str) -> PriceWalk:
        walk = self._own.get(coin)
        if walk is None:
            profile = profiles.coin(coin)
            longest = profiles.longest_move(profile)
            walk = self._own[coin] = PriceWalk(self._seed, coin, profile.volatility, self._wild, self._first, longest)
        return walk
