"""Finds V1's symbols and product types: ``BTCUSDT_UMCBL`` is ``BTCUSDT`` with ``productType`` ``USDT-FUTURES``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from papertape.migration.chains import Source
from papertape.migration.findings import Edit, Finding
from papertape.migration.lexer import StringLiteral
from papertape.migration.words import LINE, PRODUCT_TYPES, SUFFIX, delivery_code

_BASE = re.compile(r"(?:[A-Za-z0-9]+|[}%][sdvq]?)\Z")
_KEY = re.compile(r"""(?:(["'])symbol\1|(?<![\w$.])symbol)\s*:\s*\Z""")
_QUERY = re.compile(r"\bsymbol=[A-Za-z0-9]+\Z")
_ADDED = re.compile(r"\s*\+\s*\Z")
_TYPE = re.compile(r"""(?:product|inst)_?type["']?\]?\s*(?::\s*\w+\s*=|[:=,(]|=>)\s*["']?\Z""", re.IGNORECASE)
_VALUE = re.compile(r"(?<![\w$%&/|^-])(?P<value>[\w$.\])\"'`]+)\Z")
_NEIGHBOURHOOD = 300
NO_SUFFIX = "symbols of V2 have no suffix: nothing to append or to cut off"
DELIVERY = "delivery symbols end in a month code and the year, like BTCUSDU21"


def in_text(text: str) -> Iterator[Finding]:
    """Find symbols in a text without strings of its own; product types only where they are a value."""
    for match in SUFFIX.finditer(text):
        yield _symbol(text, match, text[max(0, match.start() - 40) : match.start()])
    lines = "|".join(PRODUCT_TYPES)
    for match in re.finditer(rf"""[:=]\s*(["']?)({lines})\1(?=[\s,;}}\]]|\Z)""", text, re.IGNORECASE):
        yield _product_type(match[2], match.start(2), text[max(0, match.start(2) - 40) : match.start(2)])


def in_source(source: Source) -> Iterator[Finding]:
    """Find symbols and product types in a source's strings."""
    for literal in (*source.tokens.literals, *source.tokens.inner):
        text = source.text[literal.inner_start : literal.inner_end]
        if "bl" not in text.lower():
            continue
        if LINE.match(text):
            yield _product_type(text, literal.inner_start, source.text[max(0, literal.start - 40) : literal.start])
        for match in SUFFIX.finditer(source.text, literal.inner_start, literal.inner_end):
            yield _of_literal(source, literal, match)


def _product_type(word: str, start: int, before: str) -> Finding:
    """Find a business line alone: in lower case, or where the name before it says so, it is a product type.

    Elsewhere it may be what a program appends to symbols.
    """
    name = PRODUCT_TYPES[word.upper()]
    text = name or "SPOT"
    told = "productType, and instType of streams" if name else "instType of streams; spot has no productType"
    sure = _TYPE.search(before) or (word.islower() and not _ADDED.search(before))
    edits = (Edit(start, start + len(word), text),) if sure else ()
    return Finding(start, "product-type", word, (text,), (told if sure else f"{told}; in a symbol, nothing",), edits)


def _symbol(text: str, match: re.Match[str], before: str) -> Finding:
    """Find a suffix: it is dropped where something stands before it, a delivery date is turned into its code."""
    line, date, follows = match[1].upper(), match[2], match[3]
    base = _BASE.search(before)
    code = delivery_code(date) if date else ""
    name = base[0].replace("}", "{}") if base else ""
    start = match.start() - (len(base[0]) if base else 0)
    shown = f"{name}{match[0].removesuffix('_')}"
    told: tuple[str, ...] = (_hint(line),) if PRODUCT_TYPES[line] else ()
    if code is None or follows or base is None:
        told += (NO_SUFFIX if base is None else DELIVERY,)
        return Finding(start, "symbol", shown, (), told)
    return Finding(start, "symbol", shown, (name + code,), told, (Edit(match.start(), match.end(), code),))


def _hint(line: str) -> str:
    return f"say productType {PRODUCT_TYPES[line]}, which the suffix said before"


def _of_literal(source: Source, literal: StringLiteral, match: re.Match[str]) -> Finding:
    before = source.text[literal.inner_start : match.start()]
    finding = _symbol(source.text, match, before[-40:])
    if not finding.mechanical:
        return _appended(source, literal, match, finding)
    product = PRODUCT_TYPES[match[1].upper()]
    hint = _product_edit(source, literal, match, product) if product else None
    if hint is None:
        return finding
    told = (f"productType {product} written beside it",)
    return Finding(finding.start, "symbol", finding.found, finding.replacements, told, (*finding.edits, hint))


def _appended(source: Source, literal: StringLiteral, match: re.Match[str], finding: Finding) -> Finding:
    """Remove the addition of a suffix: ``symbol + "_UMCBL"``."""
    alone = match.span() == (literal.inner_start, literal.inner_end) and not match[2]
    added = _ADDED.search(source.text, max(0, literal.start - 40), literal.start) if alone else None
    if added is None or _VALUE.search(source.text, max(0, added.start() - 80), added.start()) is None:
        return finding
    return Finding(
        start=literal.start,
        kind="symbol",
        found=f'+ "{match[0]}"',
        replacements=("no suffix",),
        changes=(_hint(match[1].upper()),) if PRODUCT_TYPES[match[1].upper()] else (),
        edits=(Edit(added.start(), literal.end, ""),),
    )


def _product_edit(source: Source, literal: StringLiteral, match: re.Match[str], product: str) -> Edit | None:
    """Add the product type beside the symbol, where the code names its parameters in text."""
    text = source.text
    if _QUERY.search(text, literal.inner_start, match.start()):
        absent = "productType" not in text[literal.start : literal.end]
        return Edit(match.end(), match.end(), f"&productType={product}") if absent else None
    whole = match.end() == literal.inner_end and "{" not in text[literal.inner_start : literal.inner_end]
    key = _KEY.search(text, max(0, literal.start - 40), literal.start) if whole else None
    if key is None or source.language == "java" or (key[1] is None and source.language != "javascript"):
        return None
    after = source.skip(literal.end)
    if text[after : after + 1] not in (",", "}") or "productType" in _braced(text, literal.start):
        return None
    quote, mark = text[literal.inner_end], key[1] or ""
    return Edit(literal.end, literal.end, f", {mark}productType{mark}: {quote}{product}{quote}")


def _braced(text: str, position: int) -> str:
    """Return the text between the braces around a place, nearly."""
    begin = max(text.rfind("{", 0, position), position - _NEIGHBOURHOOD, 0)
    end = text.find("}", position)
    return text[begin : end if 0 <= end < position + _NEIGHBOURHOOD else position + _NEIGHBOURHOOD]
