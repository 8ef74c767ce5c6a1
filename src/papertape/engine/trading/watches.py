"""Watches: who waits for a price of one market."""

from __future__ import annotations

from bisect import bisect_left, insort


class Watch:
    """The orders that wait for one kind of price: (key, id) pairs, sorted so that the first is due first.

    An order above the price is due when the price rises to it, one below when it falls to it.
    """

    __slots__ = ("above", "below")

    def __init__(self) -> None:
        self.above: list[tuple[int, int]] = []
        self.below: list[tuple[int, int]] = []

    def add(self, order_id: int, above: int | None, below: int | None) -> None:
        """Waits for the price to rise to ``above`` or to fall to ``below`` ticks."""
        if above is not None:
            insort(self.above, (above, order_id))
        if below is not None:
            insort(self.below, (-below, order_id))

    def remove(self, order_id: int, above: int | None, below: int | None) -> None:
        """Undoes ``add`` with the same arguments."""
        if above is not None:
            del self.above[bisect_left(self.above, (above, order_id))]
        if below is not None:
            del self.below[bisect_left(self.below, (-below, order_id))]

    def due(self, ticks: int) -> int | None:
        """The id that is due at this price, if any."""
        if self.above and self.above[0][0] <= ticks:
            return self.above[0][1]
        if self.below and -self.below[0][0] >= ticks:
            return self.below[0][1]
        return None
