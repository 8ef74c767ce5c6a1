"""Finds V1's words and addresses: business lines, position modes, sides, streams, and pagination by page number."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from papertape.migration.chains import Source
from papertape.migration.findings import Edit, Finding
from papertape.migration.parameters import still_paged
from papertape.migration.words import PAGES, SIDES, STREAMS, VALUES

_STREAM = re.compile(r"(?:wss?://[\w.:-]+)?/(?:spot|mix)/v1/stream\b")
_PAGE = re.compile(rf"(?<![\w$])({'|'.join(PAGES)})(?![\w$])")
_INST_TYPE = re.compile(r"""instType["']?\s*[:=,]\s*\Z""")
_BLOCK = re.compile(
    r"^[ \t]*(?:async\s+)?(?:def|func|function|class|public|private|protected|export|static)\b|=>\s*\{", re.MULTILINE
)
V2_PATH = re.compile(r"/api/v2/[\w/-]+")
REACH = 60
"""Lines between a page parameter and the path that it is taken to belong to."""


def streams(text: str) -> Iterator[Finding]:
    """Find V1's WebSocket addresses."""
    for match in _STREAM.finditer(text):
        told = "one address for public, one for private channels, for spot and futures alike"
        yield Finding(match.start(), "stream", match[0], STREAMS, (told,))


def in_source(source: Source) -> Iterator[Finding]:
    """Find strings that are a word of V1."""
    for literal in (*source.tokens.literals, *source.tokens.inner):
        start, end = literal.inner_start, literal.inner_end
        word = source.text[start:end] if end - start < 20 else ""
        if word in VALUES:
            yield Finding(start, "word", word, (VALUES[word],), (), (Edit(start, end, VALUES[word]),))
        elif word in SIDES:
            yield Finding(start, "side", word, (SIDES[word],), ("V2 says side and tradeSide apart",))
        elif word.lower() in ("sp", "mc") and _INST_TYPE.search(source.text, max(0, literal.start - 30), literal.start):
            yield _inst_type(word, start, end)


def _inst_type(word: str, start: int, end: int) -> Finding:
    if word.lower() == "sp":
        return Finding(start, "stream", word, ("SPOT",), (), (Edit(start, end, "SPOT"),))
    return Finding(start, "stream", word, ("USDT-FUTURES", "COIN-FUTURES", "USDC-FUTURES"), ("by the symbol's line",))


class Anchors:
    """The calls of endpoints in a file, to tell which of them a page parameter belongs to."""

    def __init__(self, text: str, findings: Sequence[Finding]) -> None:
        self._blocks = [match.start() for match in _BLOCK.finditer(text)]
        self._text = text
        found = [(each.start, each.replacements) for each in findings if each.kind == "endpoint" and each.replacements]
        found += [(match.start(), (match[0],)) for match in V2_PATH.finditer(text)]
        self._calls = sorted(found)

    def __bool__(self) -> bool:
        """Determine whether the file calls any."""
        return bool(self._calls)

    def nearest(self, position: int) -> tuple[str, ...]:
        """Return the V2 endpoints of the call in the same function, or of the nearest one; empty if none is near."""
        block = bisect_right(self._blocks, position)
        inside = [call for call in self._calls if bisect_right(self._blocks, call[0]) == block]
        near = min(inside or self._calls, key=lambda call: abs(call[0] - position), default=None)
        if near is None:
            return ()
        low, high = sorted((near[0], position))
        return near[1] if self._text.count("\n", low, high) <= REACH else ()


def pagination(source: Source, anchors: Anchors, *, everywhere: bool) -> Iterator[Finding]:
    """Find V1's page parameters outside comments, one a line, without those that V2's endpoint has kept.

    ``everywhere`` takes those too that are far from any call.
    """
    ends = [end for _, end in source.tokens.comments]
    starts = [start for start, _ in source.tokens.comments]
    lines: dict[int, dict[str, int]] = {}
    for match in _PAGE.finditer(source.text):
        index = bisect_right(starts, match.start()) - 1
        if index >= 0 and match.start() < ends[index]:
            continue
        line = source.text.rfind("\n", 0, match.start())
        lines.setdefault(line, {}).setdefault(match[1], match.start())
    for words in lines.values():
        yield from _page_finding(words, anchors, everywhere)


def _page_finding(words: dict[str, int], anchors: Anchors, everywhere: bool) -> Iterator[Finding]:
    start = min(words.values())
    endpoints = anchors.nearest(start)
    kept = frozenset[str]().union(*(still_paged(each.partition(" (")[0].rpartition(" ")[2]) for each in endpoints))
    names = [name for name in words if name not in kept]
    if names and (endpoints or everywhere):
        told = [f"for {' or '.join(endpoints)}"] if endpoints else []
        told.append("first call without idLessThan, then with the last row's id; startTime and endTime narrow")
        yield Finding(start, "pagination", ", ".join(names), ("idLessThan and limit",), tuple(told))
