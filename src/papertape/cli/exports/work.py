"""Runs an export from beginning to end: pages as they come, into a file that exists only when it is whole."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from papertape.cli.exports.columns import columns_of, heads, texts
from papertape.cli.exports.lists import LISTS
from papertape.cli.exports.part import ExportPart, State, csv_lines, forget, part_path, state_of
from papertape.contract.protocol.paging import DAY_MS, Page
from papertape.sdk.rest.client import Client

PARQUET = ".parquet"

Covered = Callable[[int, int], None]
"""Called after each page with how far back the rows go (ms), and how many there are."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The request for an export: ``start`` is inside, ``end`` not (both ms; None for now). ``account`` is whose."""

    name: str
    filters: dict[str, str]
    start: int
    end: int | None
    account: str

    def state(self, client: Client) -> State:
        """Return the state at the beginning; the exchange's clock tells the present."""
        end = int(client.public.time().server_time) if self.end is None else self.end - 1
        return State(asked=self.words(), start=self.start, end=end, below=end)

    def words(self) -> dict[str, str]:
        """Return what has to be the same for a resumption."""
        end = "now" if self.end is None else str(self.end)
        return {
            "what": self.name, "--from": str(self.start), "--to": end, "--symbol": self.filters.get("symbol", ""),
            "--coin": self.filters.get("coin", ""), "account": self.account,
        }  # fmt: skip


def account(environment: str, key: str) -> str:
    """Identify the account without telling its key."""
    return f"{environment} {hashlib.sha256(key.encode()).hexdigest()[:16]}"


def begin(client: Client, asked: Asked, target: Path | None, *, resume: bool) -> State:
    """Return the state to begin with: the beginning's, or that of an interrupted export of the same.

    Raises ``ValueError`` when what was interrupted was another export.
    """
    found = state_of(target) if resume and target is not None else None
    if found is None:
        return asked.state(client)
    words = asked.words()
    if other := [name for name in words if found.asked.get(name) != words[name]]:
        assert target is not None
        raise ValueError(f"{part_path(target)} is of another export: {', '.join(other)} was not the same")
    return found


def to_file(client: Client, asked: Asked, state: State, target: Path, covered: Covered) -> None:
    """Write all rows into the part, then rename it to the file; an older file is replaced at the end."""
    columns = columns_of(LISTS[asked.name].item)
    with ExportPart(target, columns, state) as part:
        for page in _pages(client, asked, state):
            part.add(page.rows, page.cursor)
            covered(_reaches(asked, state, page), state.rows)
        part.settle()
    if target.suffix.lower() == PARQUET:
        from papertape.cli.exports.parquet import write_parquet

        whole = target.with_name(target.name + ".new")
        try:
            write_parquet(part.path, columns, whole)
            whole.replace(target)
        finally:
            whole.unlink(missing_ok=True)
    else:
        os.replace(part.path, target)
    forget(target)


def to_stream(client: Client, asked: Asked, state: State, stream: BinaryIO, covered: Covered) -> None:
    """Write all rows as CSV, each page as it comes."""
    columns = columns_of(LISTS[asked.name].item)
    stream.write(csv_lines([heads(columns)]))
    for page in _pages(client, asked, state):
        stream.write(csv_lines([texts(columns, row) for row in page.rows]))
        stream.flush()
        state.rows += len(page.rows)
        covered(_reaches(asked, state, page), state.rows)
    stream.flush()


def _pages(client: Client, asked: Asked, state: State) -> Iterator[Page[Any]]:
    """Yield the pages from the export's state on, window by window; each window ends with a page without rows.

    A walk would split the span by itself, but says nothing of windows in which nothing was.
    """
    exported = LISTS[asked.name]
    listing = exported.of(client)
    while state.below >= state.start:
        begin = max(state.start, state.below - exported.days * DAY_MS + 1)
        if state.cursor:
            yield from listing.resume_pages(state.cursor)
        else:
            yield from listing.pages(**asked.filters, start_time=begin, end_time=state.below)
        state.below = begin - 1
        yield Page([], "")


def _reaches(asked: Asked, state: State, page: Page[Any]) -> int:
    """Return how far back the rows go after this page."""
    if not page.rows:
        return state.below + 1
    time: int = getattr(page.rows[-1], LISTS[asked.name].time)
    return time
