"""Collects the constants of a code base: names that stand for strings, as they are assigned."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from papertape.migration.chains import Source, StringChain
from papertape.migration.lexer import StringLiteral
from papertape.migration.places import HOLE

VALUES = 8
"""Values of one name that are followed; a name like ``path`` has many."""
DEPTH = 6
"""Constants made of constants that are followed."""
LENGTH = 300
NAMES = 20_000
"""Names that are kept of one code base."""

_REACH = 90
_ASSIGNED = re.compile(
    r"""([A-Za-z_$][\w$]*)["']?[ \t]*
        (?: (?::[ \t]*[\w.\[\]<>|?"' ]{1,60}?)?[ \t]*(?::=|=) | : | => | \( )
        \s*\(?\s*\Z""",
    re.VERBOSE,
)
_ASSIGNED_IN_GO = re.compile(r"""\b(?!const\b|var\b)([A-Za-z_]\w*)"?\s*(?:(?:\ +[\w.\[\]*]{1,40})?\s*=|:=?)\s*\Z""")
_TELLING = re.compile(r"[/:]|^v[12]$|^(?:api|spot|mix|margin|broker|user|p2p)$", re.IGNORECASE)

Part = tuple[bool, str]
"""A piece of a definition: whether it is a name, and the name or the text."""


class Constants:
    """The strings that a code base's names stand for, as far as they are written down somewhere."""

    def __init__(self) -> None:
        self._definitions: dict[str, dict[tuple[Part, ...], None]] = {}

    def add(self, source: Source) -> None:
        """Add a file's definitions."""
        for chain in source.chains:
            parts = tuple(_parts(source, chain))
            if len(self._definitions) >= NAMES or not any(named or _TELLING.search(text) for named, text in parts):
                continue
            if name := _assigned(source, chain):
                kept = self._definitions.setdefault(name, {})
                if len(kept) <= VALUES:
                    kept[parts] = None

    def values(self, name: str) -> tuple[str, ...]:
        """Return what a name (its last word counts) stands for; nothing if that is unknown or too much."""
        return self._values(name, DEPTH)

    def all_values(self) -> Iterator[tuple[str, str]]:
        """Yield every name with each of its values."""
        for name in self._definitions:
            for value in self.values(name):
                yield name, value

    def _values(self, name: str, depth: int) -> tuple[str, ...]:
        definitions = self._definitions.get(re.split(r"[.:?]", name)[-1], {})
        if not depth or not 0 < len(definitions) <= VALUES:
            return ()
        found: dict[str, None] = {}
        for parts in definitions:
            for value in self._joined(parts, depth - 1):
                found[value] = None
        return tuple(found)[: VALUES + 1] if len(found) <= VALUES else ()

    def _joined(self, parts: tuple[Part, ...], depth: int) -> Iterator[str]:
        choices = [self._values(text, depth) or (HOLE,) if is_name else (text,) for is_name, text in parts]
        for count, picked in enumerate(product(*choices)):
            if count > VALUES:
                return
            yield "".join(picked)[:LENGTH]


def _assigned(source: Source, chain: StringChain) -> str | None:
    if source.before(chain.start) not in ("=", ":", ">", "("):
        return None
    pattern = _ASSIGNED_IN_GO if source.language == "go" else _ASSIGNED
    match = pattern.search(source.text[max(0, chain.start - _REACH) : chain.start])
    return match[1] if match else None


def _parts(source: Source, chain: StringChain) -> Iterator[Part]:
    for operand in chain.operands:
        if operand.quoted is None:
            yield True, operand.name
        else:
            yield from quoted_parts(source.text, operand.quoted)


def quoted_parts(text: str, quoted: StringLiteral) -> Iterator[Part]:
    """Yield a literal's text and the names put into it."""
    position = quoted.inner_start
    for hole in quoted.holes:
        yield False, text[position : hole.start]
        yield (True, hole.expression) if is_name(hole.expression) else (False, HOLE)
        position = hole.end
    yield False, text[position : quoted.inner_end]


def is_name(expression: str) -> bool:
    """Determine whether an expression is a name alone."""
    return re.fullmatch(r"[A-Za-z_$][\w$.]*", expression) is not None
