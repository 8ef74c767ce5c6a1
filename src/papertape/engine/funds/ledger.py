"""The ledger: double entry. Money moves between accounts; each coin sums to zero over all of them.

An account is a place: whose (UID), which wallet, and whether available, frozen (in orders and withdrawals)
or locked. The exchange's own accounts have UID 0; only ``issuance``, the world outside, may be negative.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal, NamedTuple

import msgspec

from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected
from papertape.engine.accounts.accounts import FIRST_USER
from papertape.engine.exchange.money import ZERO

Bucket = Literal["available", "frozen", "locked"]
WALLETS = (
    "spot",
    "funding",
    "usdt_futures",
    "coin_futures",
    "usdc_futures",
    "crossed_margin",
    "isolated_margin",
    "earn",
    "bots:futures",
    "bots:spot",
)
"""Every user's wallets; an isolated margin account is ``isolated_margin:BTCUSDT``, one per instrument.

Demo coins lie apart from all others, in ``susdt_futures``, ``scoin_futures`` and ``susdc_futures``.
"""


def line_of(wallet: str) -> str:
    """The product line of a wallet: all isolated margin accounts are one line, every other wallet is its own."""
    return wallet.partition(":")[0]


EXCHANGE_UID = 0
"""The exchange's own UID."""


class LedgerAccount(NamedTuple):
    """A ledger account of one coin."""

    uid: int
    wallet: str
    bucket: Bucket = "available"


Hold = tuple[LedgerAccount, str, Decimal]
"""An amount of a coin that something keeps out of reach, and where."""

ISSUANCE = LedgerAccount(EXCHANGE_UID, "issuance")
FEES = LedgerAccount(EXCHANGE_UID, "fees")


class Balance(msgspec.Struct):
    """What one wallet holds of one coin; ``updated`` is the market time of its last change."""

    available: Decimal = ZERO
    frozen: Decimal = ZERO
    locked: Decimal = ZERO
    updated: int = 0

    @property
    def total(self) -> Decimal:
        """All buckets together."""
        return self.available + self.frozen + self.locked


EMPTY = Balance()


class Ledger:
    """All balances of all users and of the exchange itself.

    ``touched`` are the users' balances that the entry being applied has changed, as (UID, wallet, coin), in order.
    """

    def __init__(self) -> None:
        self.wallets: dict[tuple[int, str], dict[str, Balance]] = {}
        self.touched: dict[tuple[int, str, str], None] = {}
        self.now = 0

    def balance(self, uid: int, wallet: str, coin: str) -> Balance:
        """What the wallet holds of the coin; to read only: an empty balance is shared."""
        coins = self.wallets.get((uid, wallet))
        return EMPTY if coins is None else coins.get(coin, EMPTY)

    def coins(self, uid: int, wallet: str) -> dict[str, Balance]:
        """The wallet's balances by coin; to read only."""
        return self.wallets.get((uid, wallet), {})

    def require(self, uid: int, wallet: str, coin: str, amount: Decimal) -> None:
        """Refuses with 43012 unless the amount is available. Called before the first change."""
        if self.balance(uid, wallet, coin).available < amount:
            raise Rejected(errors.INSUFFICIENT_BALANCE)

    def move(self, coin: str, amount: Decimal, debit: LedgerAccount, credit: LedgerAccount) -> None:
        """Moves an amount >= 0 from one account to another; covering it is the caller's duty."""
        assert amount >= 0, f"negative transfer of {amount} {coin}"
        if not amount:
            return
        source, target = self._slot(debit.uid, debit.wallet, coin), self._slot(credit.uid, credit.wallet, coin)
        left = getattr(source, debit.bucket) - amount
        assert left >= 0 or debit.uid == EXCHANGE_UID, f"{debit} overdrawn by {-left} {coin}"
        setattr(source, debit.bucket, left)
        setattr(target, credit.bucket, getattr(target, credit.bucket) + amount)
        source.updated = target.updated = self.now

    def freeze(self, uid: int, wallet: str, coin: str, amount: Decimal) -> None:
        """Available to frozen."""
        if not amount:
            return
        balance = self._slot(uid, wallet, coin)
        assert 0 < amount <= balance.available, f"{uid} {wallet} cannot freeze {amount} {coin}"
        balance.available -= amount
        balance.frozen += amount
        balance.updated = self.now

    def release(self, uid: int, wallet: str, coin: str, amount: Decimal) -> None:
        """Frozen back to available."""
        if not amount:
            return
        balance = self._slot(uid, wallet, coin)
        assert 0 < amount <= balance.frozen, f"{uid} {wallet} has no {amount} {coin} frozen"
        balance.frozen -= amount
        balance.available += amount
        balance.updated = self.now

    def totals(self) -> dict[str, Decimal]:
        """The sum of each coin over all accounts: always zero."""
        sums: dict[str, Decimal] = {}
        for _, _, coin, balance in self:
            sums[coin] = sums.get(coin, ZERO) + balance.total
        return sums

    def __iter__(self) -> Iterator[tuple[int, str, str, Balance]]:
        for (uid, wallet), coins in self.wallets.items():
            for coin, balance in coins.items():
                yield uid, wallet, coin, balance

    def _slot(self, uid: int, wallet: str, coin: str) -> Balance:
        """The balance that is about to change."""
        if uid >= FIRST_USER:
            self.touched[uid, wallet, coin] = None
        coins = self.wallets.get((uid, wallet))
        if coins is None:
            coins = self.wallets[uid, wallet] = {}
        balance = coins.get(coin)
        if balance is None:
            balance = coins[coin] = Balance()
        return balance
