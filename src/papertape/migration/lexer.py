"""Finds strings and comments of a source text, by language, with as much grammar as that needs.

Not a parser: what it takes for a string in a file that does not compile may be wrong, and is then only not found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import msgspec

Language = Literal["python", "javascript", "go", "java", "text"]

LANGUAGES: dict[str, Language] = {
    **dict.fromkeys((".py", ".pyi", ".pyw"), "python"),
    **dict.fromkeys((".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".vue", ".svelte"), "javascript"),
    ".go": "go",
    **dict.fromkeys((".java", ".kt", ".kts", ".scala", ".groovy"), "java"),
    **dict.fromkeys((".json", ".jsonc", ".json5", ".ipynb", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".conf"), "text"),
    **dict.fromkeys((".properties", ".env", ".sh", ".bash", ".http", ".rest", ".xml"), "text"),
}
"""The languages that are read, by the ending of a file's name; ``text`` has neither strings nor comments."""


class Hole(msgspec.Struct, frozen=True):
    """A value put into a literal when the program runs: its span, and the expression if it is written there."""

    start: int
    end: int
    expression: str


class StringLiteral(msgspec.Struct, frozen=True):
    """A string literal: its span with quotes, the span inside them, and the values put into it."""

    start: int
    end: int
    inner_start: int
    inner_end: int
    holes: tuple[Hole, ...] = ()


class Tokens(msgspec.Struct, frozen=True):
    """A text's literals and the spans of its comments, each in order; ``inner`` are literals within others' holes."""

    literals: tuple[StringLiteral, ...]
    comments: tuple[tuple[int, int], ...]
    inner: tuple[StringLiteral, ...] = ()


_SINGLE = r"'(?:[^'\\\n]|\\.)*'"
_DOUBLE = r'"(?:[^"\\\n]|\\.)*"'
_TRIPLE = r'"""(?:[^\\]|\\.)*?(?:"""|\Z)' + r"|'''(?:[^\\]|\\.)*?(?:'''|\Z)"
_SLASHES = r"//[^\n]*|/\*.*?(?:\*/|\Z)"
_REGEX = r"(?<=[(,=:\[!&|?{};])[ \t]*/(?![/*])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/"
_PATTERNS: dict[Language, re.Pattern[str]] = {
    "python": re.compile(
        rf"(?P<comment>\#[^\n]*)|(?P<prefix>\b[rRbBuUfF]{{1,2}})?(?P<string>{_TRIPLE}|{_SINGLE}|{_DOUBLE})", re.DOTALL
    ),
    "javascript": re.compile(
        rf"(?P<comment>{_SLASHES})|(?P<regex>{_REGEX})|(?P<string>{_SINGLE}|{_DOUBLE})|(?P<template>`)", re.DOTALL
    ),
    "go": re.compile(rf"(?P<comment>{_SLASHES})|(?P<string>{_DOUBLE}|`[^`]*`|'(?:[^'\\\n]|\\.)+')", re.DOTALL),
    "java": re.compile(rf"(?P<comment>{_SLASHES})|(?P<string>{_TRIPLE}|{_DOUBLE}|{_SINGLE})", re.DOTALL),
}
DEPTH = 20
"""Templates inside templates that are followed."""
_SHORTEST = 6
_QUOTES = re.compile(r"\"\"\"|'''|[\"'`]")
_FORMAT = re.compile(r"%[-\d.]*[sdvq]|\{\w*\}")
_SIMPLE_HOLE = re.compile(r"\$(?:\{([^{}]*)\}|([A-Za-z_]\w*))")


def tokens(text: str, language: Language) -> Tokens:
    """Find the strings and comments of a text; plain text has none."""
    if language == "text":
        return Tokens((), ())
    literals, comments = _tokens(text, 0, len(text), language)
    inner: list[StringLiteral] = []
    for literal in literals:
        inner += _within(text, literal, language, DEPTH)
    return Tokens(tuple(literals), tuple(comments), tuple(inner))


def _tokens(
    text: str, position: int, end: int, language: Language
) -> tuple[list[StringLiteral], list[tuple[int, int]]]:
    literals: list[StringLiteral] = []
    comments: list[tuple[int, int]] = []
    pattern = _PATTERNS[language]
    while match := pattern.search(text, position, end):
        position = match.end()
        if match.lastgroup == "comment":
            comments.append(match.span())
        elif match.lastgroup == "template":
            literal = _template(text, match.start())
            literals.append(literal)
            position = literal.end
        elif match.lastgroup == "string":
            literals.append(_literal(match, language))
    return literals, comments


def _within(text: str, literal: StringLiteral, language: Language, depth: int) -> Iterator[StringLiteral]:
    """Find the literals in the values that are put into a literal."""
    for hole in literal.holes:
        if depth and hole.end - hole.start > _SHORTEST:
            for inner in _tokens(text, hole.start + 1, hole.end - 1, language)[0]:
                yield inner
                yield from _within(text, inner, language, depth - 1)


def _literal(match: re.Match[str], language: Language) -> StringLiteral:
    start, end = match.span("string")
    opening = _QUOTES.match(match.string, start)
    width = len(opening[0]) if opening else 1
    prefix = match["prefix"] or "" if language == "python" else ""
    inside = (start + width, max(end - width, start + width))
    held = _braces if "f" in prefix.lower() else _formats
    return StringLiteral(match.start(), end, *inside, tuple(held(match.string, *inside)))


def _formats(text: str, start: int, end: int) -> Iterator[Hole]:
    """Find places for values in a plain string: ``%s``, ``{}``, ``{name}``, and ``$name`` of Kotlin and shells."""
    for match in _FORMAT.finditer(text, start, end):
        dollar = match[0].startswith("{") and match.start() > start and text[match.start() - 1] == "$"
        yield Hole(match.start() - dollar, match.end(), match[0].strip("{}") if dollar else "")


def _braces(text: str, start: int, end: int) -> Iterator[Hole]:
    """Find the replacement fields of an f-string; doubled braces are braces."""
    position = start
    while (opened := text.find("{", position, end)) >= 0:
        if text.startswith("{{", opened):
            position = opened + 2
            continue
        position = _closing(text, opened + 1, end)
        yield Hole(opened, position, text[opened + 1 : position - 1].partition("!")[0].partition(":")[0].strip())


def _closing(text: str, position: int, end: int) -> int:
    """Return the place after the brace that closes the one before ``position``."""
    depth = 1
    while position < end and depth:
        depth += {"{": 1, "}": -1}.get(text[position], 0)
        position += 1
    return position


def _template(text: str, start: int, depth: int = 0) -> StringLiteral:
    """Read a JavaScript template with the templates inside its values, down to a limited depth."""
    holes: list[Hole] = []
    position = start + 1
    while position < len(text) and text[position] != "`":
        if text[position] == "\\":
            position += 2
        elif text.startswith("${", position) and depth < DEPTH:
            end = _value_end(text, position + 2, depth)
            holes.append(Hole(position, end, text[position + 2 : end - 1].strip()))
            position = end
        else:
            position += 1
    inner_end = min(position, len(text))
    return StringLiteral(start, min(inner_end + 1, len(text)), start + 1, inner_end, tuple(holes))


def _value_end(text: str, position: int, depth: int) -> int:
    opened = 1
    while position < len(text) and opened:
        character = text[position]
        if character == "`":
            position = _template(text, position, depth + 1).end
        elif character in "'\"":
            position = _skip_string(text, position)
        else:
            opened += {"{": 1, "}": -1}.get(character, 0)
            position += 1
    return position


def _skip_string(text: str, start: int) -> int:
    position = start + 1
    while position < len(text) and text[position] not in (text[start], "\n"):
        position += 2 if text[position] == "\\" else 1
    return min(position + 1, len(text))


def plain_holes(text: str) -> Iterator[Hole]:
    """Find variables in plain text, like ``${HOST}`` in a shell or a properties file."""
    for match in _SIMPLE_HOLE.finditer(text):
        yield Hole(match.start(), match.end(), match[1] or match[2] or "")
