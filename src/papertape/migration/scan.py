"""Reads a code base twice: for the constants that its paths are made of, then for its uses of V1."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from papertape.migration import endpoints, symbols, wording
from papertape.migration.chains import Source
from papertape.migration.constants import Constants
from papertape.migration.findings import Edit, Finding, apply, settled
from papertape.migration.places import below
from papertape.migration.tree import Document, Skipped, language_of, read, walk, write
from papertape.migration.v1_paths import paths

Progress = Callable[[int, int], None]
"""Called with how many files are done of how many."""

_TELLING = re.compile(
    r"""bitget | _s?[udc]mcbl | _spbl | (?:spot|mix|margin|broker|user|p2p)[/"'+\s`]{1,12}v1
        | v1/(?:market|account|order|trade|wallet|plan|trace|position|public|merchant|sub|tax|fee|notice|convert|cross
        | isolated|manage|stream)\b""",
    re.IGNORECASE | re.VERBOSE,
)
"""What a file has to contain to be read a second time; files without it are no client of Bitget."""
_ON_BITGET = re.compile(r"bitget", re.IGNORECASE)
_TWIN = re.compile(r"weex", re.IGNORECASE)
"""Another exchange whose symbols end in ``_SPBL``."""
_V2 = re.compile(r"v2", re.IGNORECASE)
_EVIDENCE = ("endpoint", "prefix", "symbol", "stream")


class Scanned(msgspec.Struct, frozen=True):
    """A file with findings: its text as read, and its place."""

    path: Path
    document: Document
    findings: tuple[Finding, ...]

    def rewritten(self) -> str:
        """Return the text with everything mechanical done."""
        return apply(self.document.text, list(self.findings))


class Codebase:
    """The files below a path, read once for the constants in them.

    ``files`` counts the files that were looked at; ``skipped`` are those that were not read, with the reason.
    """

    def __init__(self, root: Path, progress: Progress | None = None) -> None:
        self.files = 0
        self.skipped: list[Skipped] = []
        self._constants = Constants()
        self._documents: dict[Path, Document] = {}
        self._progress = progress or (lambda done, total: None)
        listed = list(walk(root, self.skipped))
        self._total = 2 * len(listed)
        for path in listed:
            self._learn(path)
        self._prefixes = _prefixes(self._constants)

    def _learn(self, path: Path) -> None:
        self.files += 1
        self._progress(self.files, self._total)
        document = read(path)
        if isinstance(document, str):
            self.skipped.append(Skipped(str(path), document))
        elif _TELLING.search(document.text) or _ON_BITGET.search(path.name):
            self._documents[path] = document
            language = language_of(path)
            if language not in (None, "text"):
                self._constants.add(Source(document.text, language))

    def scan(self) -> Iterator[Scanned]:
        """Yield the files with findings, in order of their names."""
        done = self._total - len(self._documents)
        for path, document in self._documents.items():
            findings = self._find(path, document.text)
            done += 1
            self._progress(done, self._total)
            if findings:
                yield Scanned(path, document, tuple(findings))

    def _find(self, path: Path, text: str) -> list[Finding]:
        language = language_of(path) or "text"
        if language == "text":
            return settled([*endpoints.in_text(text), *symbols.in_text(text), *wording.streams(text)])
        source = Source(text, language)
        found = list(endpoints.in_source(source, self._constants, self._known_to(text)))
        found += [*symbols.in_source(source), *_in_strings(source), *_in_comments(source)]
        if _TWIN.search(text) and not _ON_BITGET.search(text):
            found = [each for each in found if each.kind != "symbol"]
        told = any(each.kind in _EVIDENCE and each.replacements for each in found)
        named = _ON_BITGET.search(text) is not None or _ON_BITGET.search(str(path)) is not None
        if not told and not named:
            return []
        found += wording.in_source(source)
        anchors = wording.Anchors(text, found)
        unnumbered = not anchors and not _V2.search(text + path.name)
        found += wording.pagination(source, anchors, everywhere=told or unnumbered)
        return settled(found)

    def _known_to(self, text: str) -> list[str]:
        """Return the prefixes of V1 paths that a file's strings may be the rest of."""
        if _ON_BITGET.search(text):
            return sorted(set(self._prefixes.values()))
        own = {prefix for prefix in self._prefixes.values() if prefix in text}
        named = {prefix for name, prefix in self._prefixes.items() if re.search(rf"\b{re.escape(name)}\b", text)}
        return sorted(own | named)


def _prefixes(constants: Constants) -> dict[str, str]:
    """Return the names that stand for the beginning of V1 paths, and that beginning."""
    found = {}
    for name, value in constants.all_values():
        for token in paths(value):
            if token.end >= len(value.rstrip("/")) and below(token.path):
                found[name] = token.path
    return found


def _in_strings(source: Source) -> Iterator[Finding]:
    for literal in source.tokens.literals:
        for found in wording.streams(source.text[literal.inner_start : literal.inner_end]):
            yield _moved(found, literal.inner_start)


def _in_comments(source: Source) -> Iterator[Finding]:
    """Find what comments say of V1, as far as it can be rewritten: a comment calls no endpoint."""
    for start, end in source.tokens.comments:
        text = source.text[start:end]
        for found in (*endpoints.in_text(text), *symbols.in_text(text)):
            if found.mechanical:
                yield _moved(found, start)


def _moved(finding: Finding, by: int) -> Finding:
    edits = tuple(Edit(edit.start + by, edit.end + by, edit.text) for edit in finding.edits)
    return msgspec.structs.replace(finding, start=finding.start + by, edits=edits)


def rewrite(scanned: Scanned) -> bool:
    """Do what is mechanical in a file, in one step, and return whether anything changed.

    Raises ``OSError`` if the file has changed since it was read or cannot be written; it is then as it was.
    """
    text = scanned.rewritten()
    if text == scanned.document.text:
        return False
    if scanned.path.read_bytes() != scanned.document.encode(scanned.document.text):
        raise OSError("has changed since it was read")
    write(scanned.path, scanned.document.encode(text))
    return True
