"""Convert quotes that wait to be taken. How they are made and what ends them is ``quoting``."""

from __future__ import annotations

from decimal import Decimal

import msgspec


class ConvertQuote(msgspec.Struct, frozen=True, kw_only=True):
    """A promise to one user until ``expires`` (market time, ms): ``price`` is ``to_size`` for one ``from_coin``."""

    trace_id: int
    uid: int
    from_coin: str
    from_size: Decimal
    to_coin: str
    to_size: Decimal
    price: Decimal
    expires: int


class Quotes:
    """The quotes that wait to be taken, the oldest first."""

    def __init__(self) -> None:
        self.by_id: dict[int, ConvertQuote] = {}
        self._counts: dict[int, int] = {}

    def count(self, uid: int) -> int:
        """How many the user has waiting."""
        return self._counts.get(uid, 0)

    def add(self, quote: ConvertQuote) -> None:
        """Keeps a quote."""
        self.by_id[quote.trace_id] = quote
        self._counts[quote.uid] = self.count(quote.uid) + 1

    def remove(self, trace_id: int) -> None:
        """Forgets a quote, if it is still there."""
        quote = self.by_id.pop(trace_id, None)
        if quote is None:
            return
        self._counts[quote.uid] -= 1
        if not self._counts[quote.uid]:
            del self._counts[quote.uid]
