"""Finds V1's paths: whole, in pieces, as templates, and as prefixes that other strings are joined to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from papertape.migration.chains import Operand, Source, StringChain
from papertape.migration.composition import Known, Piece, Reading, exchange, readings
from papertape.migration.findings import Edit, Finding, Kind
from papertape.migration.lexer import StringLiteral, plain_holes
from papertape.migration.parameters import changes
from papertape.migration.places import HOLE, V1Path, below, matching, replaced, tails, unrivalled
from papertape.migration.v1_paths import V1PathMatch, paths

SHOWN = 6
"""Rows that a finding names where it may be any of many."""
ARGUMENTS = 6
"""Values of a format string, or parts of a joined path, that are followed."""

_METHOD = re.compile(r"\b(get|post|put|delete)\b(\s+|\s*[:|,]\s*)\Z", re.IGNORECASE)
_CALL = re.compile(r"(?:\.format\(|%\s*\(?|,)\s*")
_LEFT = re.compile(r"([A-Za-z_$][\w$.]*)\s*,\s*\Z")
_REST = re.compile(r"/?[\w-]+(?:/[\w-]+)*/?(?:\?|\Z)")


def described(row: V1Path) -> tuple[str, ...]:
    """Describe what a caller of a V1 path has to know, endpoint by endpoint where it has several."""
    told = [row.remark] if row.remark else []
    for place in row.places:
        lead = f"{place.path.rpartition('/')[2]}: " if len(row.places) > 1 else ""
        told += [lead + change for change in changes(row, place)]
    return tuple(told)


def in_text(text: str) -> Iterator[Finding]:
    """Find V1's paths in a text without strings of its own, such as a configuration file or a comment."""
    plain = text
    for hole in plain_holes(text):
        plain = plain[: hole.start] + HOLE * (hole.end - hole.start) + plain[hole.end :]
    whole = StringLiteral(0, len(text), 0, len(text))
    reading = Reading((Piece(plain, 0, len(plain), True, whole),))
    for token in paths(plain):
        yield from _token(text, reading, token, whole=True)


def in_source(source: Source, known: Known, prefixes: Sequence[str]) -> Iterator[Finding]:
    """Find V1's paths in a source's strings; ``prefixes`` are the beginnings of paths that this file goes on from."""
    for chain in source.chains:
        found = _chain(source, chain, known)
        yield from found or _rests(source, chain, prefixes)


def _chain(source: Source, chain: StringChain, known: Known) -> list[Finding]:
    best: list[Finding] = []
    for reading in readings(source.text, chain, known):
        found = [each for token in paths(reading.text) for each in _token(source.text, reading, token, whole=False)]
        found = [_continued(source, chain, reading, each, known) for each in found]
        if not any(_certain(each) for each in found):
            guessed = _formatted(source, chain, reading, known) or _preceded(source, chain, reading, known)
            found = [guessed] if guessed else found
        if _weight(found) > _weight(best):
            best = found
    return best


def _certain(finding: Finding) -> bool:
    return finding.kind == "endpoint" and len(finding.replacements) > 0 and "{}" not in finding.found


def _weight(found: list[Finding]) -> tuple[int, int]:
    return sum(map(_certain, found)), len(found)


def _token(source: str, reading: Reading, token: V1PathMatch, *, whole: bool) -> Iterator[Finding]:
    """Return the finding of a path written here; one within a constant's value is found where that is set."""
    first, _ = reading.at(token.start)
    last, _ = reading.at(token.end - 1)
    if first == last and not reading.pieces[first].verbatim:
        return
    start = reading.source_start(token.start)
    rows = _rows(token.path)
    row = replaced().get(token.path.lower())
    if row is not None:
        yield _endpoint(source, reading, token, row, start, whole=whole)
    elif rows:
        yield _several(start, token.path, rows)
    elif HOLE not in token.path and token.head.endswith("api/") and token.path.count("/") > 3:
        told = "the tables have no row for it"
        yield Finding(start, "endpoint", token.path, (), (told, *_newcomers(token.path)))


def _rows(path: str) -> list[V1Path]:
    return matching(path) if HOLE in path else below(path)


def _newcomers(path: str) -> tuple[str, ...]:
    family = path.split("/")[2]
    line = "copy" if "/trace/" in path else family
    new = [str(place) for place in unrivalled() if place.path.startswith(f"/api/v2/{line}/") and family in place.path]
    return (f"new in V2: {', '.join(new)}",) if new else ()


def _several(start: int, path: str, rows: list[V1Path]) -> Finding:
    """Return the finding of a prefix or a template, which stands for many rows."""
    places = list(dict.fromkeys(str(place) for row in rows for place in row.places))
    shape = path.replace(HOLE, "{}")
    kind: Kind = "endpoint" if HOLE in path.rstrip(HOLE + "/") else "prefix"
    told = f"one of {len(rows)} paths" if len(rows) > 1 else f"as {rows[0].path}"
    return Finding(start, kind, shape, tuple(places[:SHOWN]), (told, *(described(rows[0]) if len(rows) == 1 else ())))


def _endpoint(source: str, reading: Reading, token: V1PathMatch, row: V1Path, start: int, *, whole: bool) -> Finding:
    edits = _rewritten(source, reading, token, row) if not row.remark and len(row.places) == 1 else ()
    if whole and HOLE in token.path:
        edits = ()
    return Finding(start, "endpoint", row.path, tuple(map(str, row.places)), described(row), edits)


def _rewritten(source: str, reading: Reading, token: V1PathMatch, row: V1Path) -> tuple[Edit, ...]:
    """Return the edits for a row with one endpoint, with the method where it is written before the path."""
    place = row.places[0]
    path = place.path.removeprefix("/api/") if not token.head.endswith("api/") else place.path.removeprefix("/")
    path = ("/" if token.head.startswith("/") else "") + path
    if place.method == row.method:
        return exchange(source, reading, token.start, token.end, path)
    written = _METHOD.search(reading.text[: token.start])
    if written is None or written[1].upper() != row.method:
        return ()
    method = {True: place.method.upper(), False: place.method.lower()}[written[1].isupper()]
    return exchange(source, reading, written.start(), token.end, method + written[2] + path)


def _continued(source: Source, chain: StringChain, reading: Reading, found: Finding, known: Known) -> Finding:
    """Find a prefix at the chain's end that the next arguments go on from: ``urljoin(BASE, "order/placeOrder")``."""
    if found.kind != "prefix" or not reading.text.rstrip("/").lower().endswith(found.found.lower()):
        return found
    path, position = found.found, chain.end
    for _ in range(ARGUMENTS):
        after = source.skip(position)
        operand = source.operand(source.skip(after + 1)) if source.text.startswith(",", after) else None
        value = _value(source, operand, known)
        if operand is None or value is None:
            return found
        path = f"{path.rstrip('/')}/{value.lstrip('/')}"
        row = replaced().get(path.partition("?")[0].rstrip("/").lower())
        if row is not None:
            return Finding(found.start, "endpoint", row.path, tuple(map(str, row.places)), described(row))
        position = operand.end
    return found


def _formatted(source: Source, chain: StringChain, reading: Reading, known: Known) -> Finding | None:
    """Find a format string's path with its values put in: ``"%s/placeOrder" % ORDERS``."""
    text = reading.text
    if HOLE not in text or len(chain.operands) != 1:
        return None
    for value in _arguments(source, chain.end, known):
        text = text.replace(HOLE, value, 1)
    return _row_in(text, chain)


def _preceded(source: Source, chain: StringChain, reading: Reading, known: Known) -> Finding | None:
    """Find the rest of a path after a name in a list of arguments: ``urljoin(BASE, "order/placeOrder")``."""
    path, position = reading.text, chain.start
    if len(chain.operands) != 1 or source.before(position) != "," or not _REST.match(path):
        return None
    for _ in range(ARGUMENTS):
        named = _LEFT.search(source.text, max(0, position - 80), position)
        values = known.values(named[1]) if named else ()
        if named is None or len(values) != 1:
            return None
        path, position = f"{values[0].rstrip('/')}/{path.lstrip('/')}", named.start()
        if found := _row_in(path, chain):
            return found
    return None


def _row_in(text: str, chain: StringChain) -> Finding | None:
    rows = [row for token in paths(text) if (row := replaced().get(token.path.lower()))]
    if not rows:
        return None
    return Finding(chain.start, "endpoint", rows[0].path, tuple(map(str, rows[0].places)), described(rows[0]))


def _arguments(source: Source, position: int, known: Known) -> Iterator[str]:
    for _ in range(ARGUMENTS):
        call = _CALL.match(source.text, source.skip(position))
        operand = source.operand(source.skip(call.end())) if call else None
        if operand is None:
            return
        yield _value(source, operand, known) or HOLE
        position = operand.end


def _value(source: Source, operand: Operand | None, known: Known) -> str | None:
    if operand is None:
        return None
    reading = next(readings(source.text, StringChain((operand,)), known), None)
    return reading.text if reading is not None and reading.text != HOLE else None


def _rests(source: Source, chain: StringChain, prefixes: Sequence[str]) -> Iterator[Finding]:
    """Find literals that are the rest of a V1 path in a file that knows its beginning: ``"/market/ticker"``."""
    for literal in (operand.quoted for operand in chain.operands if operand.quoted is not None):
        text = source.text[literal.inner_start : literal.inner_end].partition("?")[0].rstrip("/")
        if "/" not in text or not _REST.match(text):
            continue
        found = {row.path: row for prefix in prefixes if (row := tails(prefix).get("/" + text.lstrip("/").lower()))}
        if found:
            rows = list(found.values())
            places = tuple(dict.fromkeys(str(place) for row in rows for place in row.places))
            told = f"with a V1 base it is {' or '.join(found)}"
            more = described(rows[0]) if len(rows) == 1 else ()
            yield Finding(literal.inner_start, "endpoint", text, places, (told, *more))
