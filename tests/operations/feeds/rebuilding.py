"""A client that keeps a book from what is pushed, as careful ones do: it believes no push that does not fit."""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import Any
from zlib import crc32

Levels = dict[str, str]


class RebuiltSide:
    """One side: price and size as the strings that came; ``order`` are the prices as numbers, ascending."""

    def __init__(self) -> None:
        self.levels: dict[int, tuple[str, str]] = {}
        self.order: list[int] = []

    def apply(self, price: str, size: str) -> None:
        """Sets or removes a level."""
        ticks = int(price.replace(".", ""))
        if size != "0":
            if ticks not in self.levels:
                insort(self.order, ticks)
            self.levels[ticks] = price, size
        else:
            assert ticks in self.levels, "a level was removed that was never sent"
            del self.levels[ticks]
            del self.order[bisect_left(self.order, ticks)]


class RebuiltBook:
    """A book as a client has it; ``sequence`` is the last push's."""

    def __init__(self) -> None:
        self.sides = {"bids": RebuiltSide(), "asks": RebuiltSide()}
        self.sequence = 0

    @property
    def levels(self) -> tuple[Levels, Levels]:
        """Sizes by price, of bids and of asks."""
        return dict(self.sides["bids"].levels.values()), dict(self.sides["asks"].levels.values())

    def apply(self, action: str, row: dict[str, Any]) -> None:
        """Takes a push, or asserts what is wrong with it."""
        if action == "snapshot":
            self.sides = {"bids": RebuiltSide(), "asks": RebuiltSide()}
        else:
            assert row["pseq"] == self.sequence, "a push is missing"
        assert row["seq"] > self.sequence
        self.sequence = row["seq"]
        for name, side in self.sides.items():
            for price, size in row[name]:
                side.apply(price, size)
        bids, asks = self.sides["bids"], self.sides["asks"]
        assert not bids.order or not asks.order or bids.order[-1] < asks.order[0], "the book is crossed"
        assert self._checksum() == row["checksum"]

    def _checksum(self) -> int:
        """As documented, made of the strings that came."""
        bids = [self.sides["bids"].levels[ticks] for ticks in self.sides["bids"].order[:-26:-1]]
        asks = [self.sides["asks"].levels[ticks] for ticks in self.sides["asks"].order[:25]]
        parts: list[str] = []
        for place in range(25):
            parts += bids[place] if place < len(bids) else ()
            parts += asks[place] if place < len(asks) else ()
        value = crc32(":".join(parts).encode())
        return value - 2**32 if value >= 2**31 else value
