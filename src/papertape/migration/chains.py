"""Finds strings that a program puts together from literals and names with ``+``, or by writing them side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

import msgspec

from papertape.migration.lexer import Language, StringLiteral, Tokens, tokens

PIECES = 24
"""A chain's pieces that are followed."""
_NAME = re.compile(r"[A-Za-z_$][\w$]*(?:(?:\.|::|\?\.)[A-Za-z_$][\w$]*)*")
_SUM = re.compile(r"(?<![\w$.])[A-Za-z_$][\w$.]*\s*\+\s*[A-Za-z_$]")
_BEFORE = re.compile(r"(?<![\w$.)\]])([A-Za-z_$][\w$.]*)\s*\+\s*\Z")
_REACH = 200
_SPACE = re.compile(r"(?:\s|\\\n)*")
_WORDS = frozenset(
    {"and", "assert", "await", "case", "else", "if", "in", "new", "not", "or", "print", "raise", "return", "throw"}
    | {"typeof", "yield"}
)
"""Words that stand before a string and are no part of it."""


class Operand(msgspec.Struct, frozen=True):
    """A piece of a chain: a literal, or a name (with what it belongs to, like ``self.base``)."""

    start: int
    end: int
    quoted: StringLiteral | None = None
    name: str = ""


class StringChain(msgspec.Struct, frozen=True):
    """The pieces that are joined to one string."""

    operands: tuple[Operand, ...]

    @property
    def start(self) -> int:
        """Where its first piece begins."""
        return self.operands[0].start

    @property
    def end(self) -> int:
        """Where its last piece ends."""
        return self.operands[-1].end


class Source:
    """A text with its literals, comments and chains."""

    def __init__(self, text: str, language: Language) -> None:
        self.text, self.language = text, language

    @cached_property
    def tokens(self) -> Tokens:
        """Literals and comments."""
        return tokens(self.text, self.language)

    @cached_property
    def chains(self) -> tuple[StringChain, ...]:
        """Every chain of the text; a literal that is joined to nothing is a chain of one."""
        return tuple(self._chains())

    @cached_property
    def _literals(self) -> dict[int, StringLiteral]:
        return {each.start: each for each in (*self.tokens.literals, *self.tokens.inner)}

    @cached_property
    def _comment_ends(self) -> dict[int, int]:
        return dict(self.tokens.comments)

    def _chains(self) -> Iterator[StringChain]:
        outer = sorted({*(each.start for each in self.tokens.literals), *self._sums()})
        for seeds in (outer, sorted(each.start for each in self.tokens.inner)):
            reached = 0
            for seed in seeds:
                operands = self._follow(self._first(seed, reached)) if seed >= reached else []
                if operands:
                    yield StringChain(tuple(operands))
                    reached = operands[-1].end

    def _sums(self) -> Iterator[int]:
        """Find where a name is added to a name outside strings and comments."""
        spans = sorted([*self.tokens.comments, *((each.start, each.end) for each in self.tokens.literals)])
        position = 0
        for start, end in [*spans, (len(self.text), len(self.text))]:
            for match in _SUM.finditer(self.text, position, start):
                yield match.start()
            position = max(position, end)

    def _first(self, seed: int, reached: int) -> int:
        """Return the chain's first operand: names joined before a literal are part of it."""
        for _ in range(PIECES):
            begin = max(reached, seed - _REACH)
            if self.before(seed) != "+":
                break
            match = _BEFORE.search(self.text[begin:seed])
            if match is None or match[1] in _WORDS:
                break
            seed = begin + match.start()
        return seed

    def _follow(self, position: int) -> list[Operand]:
        operands: list[Operand] = []
        while len(operands) < PIECES and (operand := self.operand(position)) is not None:
            operands.append(operand)
            after = self.skip(operand.end)
            if self.text.startswith("+", after) and self.text[after + 1 : after + 2] not in ("+", "="):
                position = self.skip(after + 1)
            elif self.language == "python" and operand.quoted is not None and after in self._literals:
                position = after
            else:
                break
        return operands

    def operand(self, position: int) -> Operand | None:
        """Return the literal or name at a place; None for anything else, calls included."""
        if literal := self._literals.get(position):
            return Operand(literal.start, literal.end, literal)
        match = _NAME.match(self.text, position)
        if match is None or match[0] in _WORDS or self.text.startswith("(", match.end()):
            return None
        return Operand(*match.span(), name=match[0])

    def before(self, position: int) -> str:
        """Return the last character before a place that is no white space; empty if there is none near."""
        return self.text[max(0, position - _REACH) : position].rstrip()[-1:]

    def skip(self, position: int) -> int:
        """Return the place after white space and comments."""
        while True:
            match = _SPACE.match(self.text, position)
            position = match.end() if match else position
            if position not in self._comment_ends:
                return position
            position = self._comment_ends[position]
