"""The market's traders: who they are and what they bring. Ordinary accounts with UIDs of the reserved range."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from papertape.engine.spot.instruments import SpotInstrument
from papertape.simulator.profiles import opening_values
from papertape.simulator.randomness import Draws

NOISE_TRADERS = tuple(range(101, 113))
TREND_FOLLOWERS = tuple(range(121, 125))
WHALES = (131, 132)
FIRST_MAKER = 201
"""Each instrument has two makers of its own, in the order of the instruments: a near one and a far one."""
MAKER_FUNDS = 20e9
TAKER_FUNDS = 5e9
WHALE_FUNDS = 20e9
"""What each brings of every coin it trades, in USDT: thousands of days' trading, so that nobody runs dry."""


class TraderAccount(NamedTuple):
    """An account to open: its UID, its name and what its spot wallet holds at the opening, as (coin, amount)."""

    uid: int
    name: str
    balances: tuple[tuple[str, Decimal], ...]


def near_maker(index: int) -> int:
    """The UID of the maker who quotes close to the price of the instrument with this index."""
    return FIRST_MAKER + 2 * index


def far_maker(index: int) -> int:
    """The UID of the maker who quotes far from the price of the instrument with this index."""
    return FIRST_MAKER + 2 * index + 1


def trader_accounts(seed: int, instruments: Iterable[SpotInstrument]) -> list[TraderAccount]:
    """All the market's traders for these instruments, to be funded when the exchange opens."""
    listed = list(instruments)
    values = opening_values(listed)
    coins = sorted(values)
    groups = (
        ("noise", NOISE_TRADERS, TAKER_FUNDS),
        ("trend", TREND_FOLLOWERS, TAKER_FUNDS),
        ("whale", WHALES, WHALE_FUNDS),
    )
    accounts = [
        TraderAccount(uid, f"{kind}-{number}", _balances(seed, uid, coins, funds, values))
        for kind, uids, funds in groups
        for number, uid in enumerate(uids, 1)
    ]
    for index, instrument in enumerate(listed):
        pair = [instrument.base, instrument.quote]
        for kind, uid in (("near", near_maker(index)), ("far", far_maker(index))):
            balances = _balances(seed, uid, pair, MAKER_FUNDS, values)
            accounts.append(TraderAccount(uid, f"maker-{instrument.symbol}-{kind}", balances))
    return accounts


def _balances(
    seed: int, uid: int, coins: list[str], funds: float, values: dict[str, float]
) -> tuple[tuple[str, Decimal], ...]:
    """Whole coins worth about ``funds`` each."""
    draws = Draws(seed, "funds", uid)
    return tuple((coin, Decimal(max(1, int(funds * (0.8 + 0.4 * draws.uniform()) / values[coin])))) for coin in coins)
