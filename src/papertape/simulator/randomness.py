"""Random numbers at random access: the same seed, name and index give the same number, on every machine.

Nothing here has a state that could be lost; what is remembered is only remembered to be faster.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from hashlib import blake2b
from statistics import NormalDist

BLOCK = 16
"""Numbers made at once: one digest of 64 bytes is 16 words of 32 bits."""
REMEMBERED_BLOCKS = 64
_GAUSS_BITS = 12
_unpack = struct.Struct("<16I").unpack


@lru_cache(maxsize=1)
def gauss_table() -> tuple[float, ...]:
    """Quantiles of the standard normal distribution: what a number of ``_GAUSS_BITS`` bits stands for."""
    quantile, count = NormalDist().inv_cdf, 1 << _GAUSS_BITS
    return tuple(quantile((index + 0.5) / count) for index in range(count))


def words(key: str, block: int) -> tuple[int, ...]:
    """The 16 random words of 32 bits of this block."""
    return _unpack(blake2b(f"{key}/{block}".encode(), digest_size=64).digest())


class Noise:
    """A standard normal number for every whole index, negative ones too, independent of each other."""

    __slots__ = ("_blocks", "_key", "_table")

    def __init__(self, seed: int, name: str) -> None:
        self._key = f"{seed}/{name}"
        self._blocks: dict[int, tuple[float, ...]] = {}
        self._table = gauss_table()

    def at(self, index: int) -> float:
        """The number of this index."""
        block = index >> 4
        numbers = self._blocks.get(block)
        if numbers is None:
            numbers = self._make(block)
        return numbers[index & 15]

    def row(self, first: int, count: int) -> list[float]:
        """The numbers of ``count`` indices from ``first`` on."""
        numbers: list[float] = []
        for block in range(first >> 4, (first + count - 1 >> 4) + 1):
            numbers += self._blocks.get(block) or self._make(block)
        return numbers[first & 15 : (first & 15) + count]

    def _make(self, block: int) -> tuple[float, ...]:
        if len(self._blocks) >= REMEMBERED_BLOCKS:
            self._blocks.clear()
        table, shift = self._table, 32 - _GAUSS_BITS
        numbers = tuple(table[word >> shift] for word in words(self._key, block))
        self._blocks[block] = numbers
        return numbers


class Draws:
    """A row of random numbers for one occasion, such as one trader's one step; drawn in order."""

    __slots__ = ("_block", "_key", "_left")

    def __init__(self, seed: int, name: str, occasion: int) -> None:
        self._key = f"{seed}/{name}/{occasion}"
        self._block = 0
        self._left: list[int] = []

    def word(self) -> int:
        """32 random bits."""
        if not self._left:
            self._left = list(words(self._key, self._block))
            self._block += 1
        return self._left.pop()

    def uniform(self) -> float:
        """At least 0, below 1."""
        return self.word() / 4294967296.0

    def below(self, count: int) -> int:
        """A whole number of at least 0, below ``count``."""
        return self.word() * count >> 32

    def gauss(self) -> float:
        """A standard normal number."""
        return gauss_table()[self.word() >> (32 - _GAUSS_BITS)]


def mixed(first: int, second: int) -> int:
    """32 bits that look random, the same for the same two numbers: cheaper than a draw, for many levels of a book."""
    bits = (first * 0x9E3779B1 + second * 0x85EBCA77 + 0x6A09E667) & 0xFFFFFFFF
    bits = ((bits ^ bits >> 16) * 0x7FEB352D) & 0xFFFFFFFF
    bits = ((bits ^ bits >> 15) * 0x846CA68B) & 0xFFFFFFFF
    return bits ^ bits >> 16
