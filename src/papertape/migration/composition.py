"""Composes a chain's text as the program sees it, and maps places in that text back to the source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Protocol

import msgspec

from papertape.migration.chains import Operand, StringChain
from papertape.migration.constants import is_name
from papertape.migration.findings import Edit
from papertape.migration.lexer import Hole, StringLiteral
from papertape.migration.places import HOLE

CHOICES = 16
"""Readings of one chain that are tried where its names have several values."""


class Known(Protocol):
    """The strings that names stand for."""

    def values(self, name: str) -> tuple[str, ...]:
        """Return the strings that a name stands for."""
        ...


class Piece(msgspec.Struct, frozen=True):
    """A stretch of the composed text: its source span, and whether it stands there as it is.

    ``quoted`` is the literal around it; None for a name outside any. ``sure`` tells that the value has no rival.
    """

    text: str
    start: int
    end: int
    verbatim: bool
    quoted: StringLiteral | None
    sure: bool = True


class Reading(msgspec.Struct, frozen=True):
    """One reading of a chain."""

    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The composed text; ``HOLE`` for what is not known."""
        return "".join(piece.text for piece in self.pieces)

    def at(self, position: int) -> tuple[int, int]:
        """Return the piece that holds a character of the text, and its offset there."""
        for index, piece in enumerate(self.pieces):
            if position < len(piece.text):
                return index, position
            position -= len(piece.text)
        raise IndexError(position)

    def source_start(self, position: int) -> int:
        """Return where in the source a character comes from: its own place or its name's."""
        index, offset = self.at(position)
        piece = self.pieces[index]
        return piece.start + offset if piece.verbatim else piece.start


def readings(source: str, chain: StringChain, known: Known) -> Iterator[Reading]:
    """Yield the readings of a chain, the likeliest first."""
    choices = [_operand(source, operand, known) for operand in chain.operands]
    for count, picked in enumerate(product(*choices)):
        if count >= CHOICES:
            return
        yield Reading(tuple(piece for pieces in picked for piece in pieces if piece.text))


def _operand(source: str, operand: Operand, known: Known) -> Sequence[tuple[Piece, ...]]:
    quoted = operand.quoted
    if quoted is None:
        return [(piece,) for piece in _named(operand.name, operand.start, operand.end, None, known)]
    fixed: list[Sequence[Piece]] = []
    position = quoted.inner_start
    for hole in quoted.holes:
        fixed += [
            [Piece(source[position : hole.start], position, hole.start, True, quoted)],
            _held(hole, quoted, known),
        ]
        position = hole.end
    fixed.append([Piece(source[position : quoted.inner_end], position, quoted.inner_end, True, quoted)])
    return [picked for picked, _ in zip(product(*fixed), range(CHOICES), strict=False)]


def _held(hole: Hole, quoted: StringLiteral, known: Known) -> Sequence[Piece]:
    name = hole.expression if is_name(hole.expression) else ""
    return _named(name, hole.start, hole.end, quoted, known)


def _named(name: str, start: int, end: int, quoted: StringLiteral | None, known: Known) -> list[Piece]:
    values = known.values(name) if name else ()
    sure = len(values) == 1
    return [Piece(value, start, end, False, quoted, sure) for value in values or (HOLE,)]


def exchange(source: str, reading: Reading, start: int, end: int, text: str) -> tuple[Edit, ...]:
    """Return the edits that replace the composed characters ``start`` to ``end``; none if that is unsafe.

    A name may be dropped only if the exchanged characters hold its whole value and it has no other.
    """
    first, first_offset = reading.at(start)
    last, last_offset = reading.at(end - 1)
    touched = reading.pieces[first : last + 1]
    opens, closes = touched[0], touched[-1]
    if any(not piece.verbatim and (not piece.sure or HOLE in piece.text) for piece in touched):
        return ()
    begins_inside = not opens.verbatim and first_offset > 0
    ends_inside = not closes.verbatim and last_offset + 1 != len(closes.text)
    if begins_inside or ends_inside:
        return ()
    begin = opens.start + first_offset if opens.verbatim else opens.start
    finish = closes.start + last_offset + 1 if closes.verbatim else closes.end
    return _quoted_edit(source, opens.quoted, closes.quoted, Edit(begin, finish, text))


def _quoted_edit(source: str, left: StringLiteral | None, right: StringLiteral | None, edit: Edit) -> tuple[Edit, ...]:
    """Return the edit with the quotes that it needs at either side."""
    if left is right and left is not None:
        return (edit,)
    opening = _opening(source, right) if right else '"'
    closing = _closing(source, left) if left else '"'
    if left is None and right is None:
        return (Edit(edit.start, edit.end, f'"{edit.text}"'),)
    if left is None:
        return (Edit(edit.start, edit.end, opening + edit.text),)
    if right is None:
        return (Edit(edit.start, edit.end, edit.text + closing),)
    if _opening(source, left) == opening:
        return (edit,)
    rest = source[edit.end : right.inner_end]
    if re.search(r"[\\\"'`{}$%]", rest) is None:
        return (Edit(edit.start, right.end, edit.text + rest + closing),)
    return ()


def _opening(source: str, quoted: StringLiteral) -> str:
    return source[quoted.start : quoted.inner_start]


def _closing(source: str, quoted: StringLiteral) -> str:
    return source[quoted.inner_end : quoted.end]
