"""What a trader has done on the P2P desk, counted order by order.

A completed order counts for both sides, as bought or as sold; a cancelled one counts as failed for both, whoever
cancelled it. Figures of 30 days are those of this UTC day and of the 29 before it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, NamedTuple

import msgspec

from papertape.engine.exchange.money import ZERO, ratio
from papertape.engine.p2p.records import P2POrderRecord

DAY_MS = 86_400_000
RECENT_DAYS = 30
RATE_PLACES = 2
MINUTE_PLACES = 2
Outcome = Literal["bought", "sold", "failed"]


class Figures(NamedTuple):
    """Orders of one stretch of time."""

    bought: int = 0
    sold: int = 0
    failed: int = 0

    @property
    def trades(self) -> int:
        """Completed orders."""
        return self.bought + self.sold

    @property
    def completion_rate(self) -> Decimal:
        """Completed orders as a share of all that ended, 0 without any."""
        return completion_rate(self.trades, self.failed)


class Day(msgspec.Struct, array_like=True):
    """One UTC day's orders; ``number`` counts days since 1970."""

    number: int
    bought: int = 0
    sold: int = 0
    failed: int = 0


class Statistics(msgspec.Struct):
    """One trader's. Times are sums in milliseconds: from order to payment as a buyer, to release as a seller."""

    bought: int = 0
    sold: int = 0
    failed: int = 0
    payments: int = 0
    payment_ms: int = 0
    releases: int = 0
    release_ms: int = 0
    days: list[Day] = msgspec.field(default_factory=list)

    @property
    def total(self) -> Figures:
        """All orders there ever were."""
        return Figures(self.bought, self.sold, self.failed)

    def recent(self, now: int) -> Figures:
        """The orders that ended in the last 30 days."""
        days = [day for day in self.days if day.number > now // DAY_MS - RECENT_DAYS]
        return Figures(sum(day.bought for day in days), sum(day.sold for day in days), sum(day.failed for day in days))

    @property
    def payment_minutes(self) -> Decimal:
        """From order to payment, on average; 0 without a payment."""
        return _minutes(self.payment_ms, self.payments)

    @property
    def release_minutes(self) -> Decimal:
        """From payment to release, on average; 0 without a release."""
        return _minutes(self.release_ms, self.releases)

    def add(self, outcome: Outcome, now: int) -> None:
        """Counts an order that ended; days that are over are forgotten."""
        today = now // DAY_MS
        if not self.days or self.days[-1].number != today:
            self.days = [day for day in self.days if day.number > today - RECENT_DAYS]
            self.days.append(Day(today))
        for counted in (self, self.days[-1]):
            setattr(counted, outcome, getattr(counted, outcome) + 1)


def completion_rate(completed: int, failed: int) -> Decimal:
    """The share of orders that were completed, rounded half up to hundredths; 0 without any."""
    return ratio(Decimal(completed), Decimal(completed + failed), RATE_PLACES) if completed else ZERO


def count_completed(buyer: Statistics, seller: Statistics, order: P2POrderRecord) -> None:
    """Counts a completed order for both sides, and how long each took."""
    buyer.add("bought", order.released)
    seller.add("sold", order.released)
    buyer.payments += 1
    buyer.payment_ms += order.paid - order.created
    seller.releases += 1
    seller.release_ms += order.released - order.paid


def _minutes(milliseconds: int, count: int) -> Decimal:
    return ratio(Decimal(milliseconds), Decimal(count * 60_000), MINUTE_PLACES) if count else ZERO
