"""The findings of the search: each with its place, and the edits that would settle it."""

from __future__ import annotations

from typing import Literal

import msgspec

Kind = Literal["endpoint", "prefix", "symbol", "product-type", "pagination", "stream", "word", "side"]


class Edit(msgspec.Struct, frozen=True, order=True):
    """Replaces characters ``start`` to ``end`` of a file by ``text``."""

    start: int
    end: int
    text: str


class Finding(msgspec.Struct, frozen=True):
    """A use of V1 in a file.

    ``start`` counts characters from the file's beginning. ``replacements`` are what V2 has instead, several where
    the caller must choose; ``changes`` what else differs. A finding with ``edits`` is mechanical.
    """

    start: int
    kind: Kind
    found: str
    replacements: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()

    @property
    def mechanical(self) -> bool:
        """Whether rewriting it needs no judgement."""
        return bool(self.edits)


def settled(findings: list[Finding]) -> list[Finding]:
    """Sort the findings by place; where the edits of two overlap, drop those of the later one."""
    taken: list[Edit] = []
    kept: list[Finding] = []
    for finding in sorted(findings, key=lambda each: (each.start, each.kind)):
        if any(_overlap(edit, other) for edit in finding.edits for other in taken):
            finding = msgspec.structs.replace(finding, edits=())
        taken += finding.edits
        kept.append(finding)
    return kept


def _overlap(one: Edit, other: Edit) -> bool:
    return one.start < other.end and other.start < one.end


def apply(text: str, findings: list[Finding]) -> str:
    """Return the text with the edits of all findings made."""
    for edit in sorted((edit for finding in findings for edit in finding.edits), reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text
