"""How coins behave: how they follow the market's leader, how they move by themselves, how much of them is traded."""

from __future__ import annotations

import math
from collections.abc import Iterable

import msgspec

from papertape.engine.spot.instruments import SpotInstrument

LEADER_VOLATILITY = 0.45
"""Of BTC, a year, as a standard deviation of the logarithm of its price."""
DAY_MS = 86_400_000
_LONGEST_PEG_MS = 3_600_000


class CoinProfile(msgspec.Struct, frozen=True):
    """A coin against USDT: ``beta`` times the leader's moves plus its own, of this volatility a year.

    ``turnover`` is what its USDT instrument trades a day, in USDT. A ``pegged`` coin's own moves come back
    within the hour.
    """

    beta: float
    volatility: float
    turnover: float
    pegged: bool = False


COINS = {
    "BTC": CoinProfile(1.0, 0.0, 300e6),
    "ETH": CoinProfile(1.15, 0.32, 150e6),
    "SOL": CoinProfile(1.30, 0.50, 50e6),
    "XRP": CoinProfile(1.00, 0.50, 40e6),
    "DOGE": CoinProfile(1.35, 0.60, 20e6),
    "BGB": CoinProfile(0.70, 0.40, 8e6),
    "ADA": CoinProfile(1.20, 0.50, 10e6),
    "LTC": CoinProfile(1.00, 0.42, 6e6),
    "USDT": CoinProfile(0.0, 0.0, 20e6),
    "USDC": CoinProfile(0.0, 0.03, 20e6, True),
}
USDT_VALUES = {"USDT": 1.0, "USDC": 1.0, "BTC": 84250.0, "ETH": 1612.5, "BGB": 4.42}
"""What a quote coin is worth, roughly, when the exchange opens; enough to size what is traded in it."""
OTHER = CoinProfile(1.10, 0.60, 5e6)
"""A coin that a user's own file brings."""
QUOTE_SHARES = {"USDT": 1.0, "USDC": 0.05}
OTHER_QUOTE_SHARE = 0.03
"""What an instrument trades, as a share of its base coin's USDT instrument."""
BUSIEST = 300e6
BUSIEST_TRADES_PER_SECOND = 1.6
QUIETEST_TRADES_PER_SECOND = 0.15


def coin(name: str) -> CoinProfile:
    """The profile of a coin."""
    return COINS.get(name, OTHER)


def longest_move(profile: CoinProfile) -> int | None:
    """How long a coin's own moves last at most, in milliseconds; None without a bound."""
    return _LONGEST_PEG_MS if profile.pegged else None


def turnover(instrument: SpotInstrument) -> float:
    """What the instrument trades a day, in USDT."""
    return coin(instrument.base).turnover * QUOTE_SHARES.get(instrument.quote, OTHER_QUOTE_SHARE)


def trades_per_second(instrument: SpotInstrument) -> float:
    """How many orders a second trade on the instrument, on average over a day."""
    share = math.pow(turnover(instrument) / BUSIEST, 0.4)
    return min(max(BUSIEST_TRADES_PER_SECOND * share, QUIETEST_TRADES_PER_SECOND), BUSIEST_TRADES_PER_SECOND)


def trade_value(instrument: SpotInstrument) -> float:
    """What an average trade is worth, in USDT."""
    return turnover(instrument) / 86_400 / trades_per_second(instrument)


def activity(time: int) -> float:
    """How busy the market is at this time of day (Unix ms), 1 on average: most in the American morning."""
    day = time % DAY_MS / DAY_MS
    return 1.0 + 0.35 * math.cos(math.tau * (day - 0.62)) + 0.12 * math.cos(2 * math.tau * (day - 0.60))


def usdt_value(name: str) -> float:
    """What a quote coin is worth in USDT at the opening, roughly; 1 for those not known."""
    return USDT_VALUES.get(name, 1.0)


def lot_value(instrument: SpotInstrument) -> float:
    """What the smallest size is worth in USDT at the opening, roughly."""
    return float(instrument.size(1) * instrument.opening_price) * usdt_value(instrument.quote)


def opening_values(instruments: Iterable[SpotInstrument]) -> dict[str, float]:
    """What each coin of these instruments is worth in USDT when they open, by way of each other; 1 where unknown."""
    values = {"USDT": 1.0}
    listed = list(instruments)
    for _ in range(3):
        for instrument in listed:
            price = float(instrument.opening_price)
            if instrument.quote in values:
                values.setdefault(instrument.base, price * values[instrument.quote])
            elif instrument.base in values:
                values.setdefault(instrument.quote, values[instrument.base] / price)
    for instrument in listed:
        values.setdefault(instrument.quote, 1.0)
        values.setdefault(instrument.base, float(instrument.opening_price) * values[instrument.quote])
    return values


def opening_lots(instrument: SpotInstrument, usdt: float) -> int:
    """How many lots this is worth at the opening, at least one."""
    return max(1, round(usdt / lot_value(instrument)))
