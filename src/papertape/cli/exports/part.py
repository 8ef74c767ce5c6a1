"""``FILE.part`` holds the rows of an unfinished export as CSV, ``FILE.part.json`` how far it has come."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import msgspec

from papertape.cli.exports.columns import Column, heads, texts


class State(msgspec.Struct, kw_only=True):
    """The state of an export: ``asked`` is what for, from ``start`` to ``end`` (ms, both inside).

    The file's first ``size`` bytes hold ``rows`` rows. Nothing that is older than ``below`` was asked for; ``cursor``
    leads on in the window that ends there, "" at its beginning.
    """

    asked: dict[str, str]
    start: int
    end: int
    below: int
    cursor: str = ""
    size: int = 0
    rows: int = 0


class ExportPart:
    """The rows so far. Each page is written before the state that counts it: an interruption loses no row."""

    def __init__(self, target: Path, columns: Sequence[Column], state: State) -> None:
        self.path, self.state = part_path(target), state
        self._columns = columns
        self._file: BinaryIO = self.path.open("r+b" if state.size else "wb")
        if state.size:
            self._file.seek(state.size)
            self._file.truncate()
        else:
            self._append([heads(columns)])
            self._keep_state()

    def add(self, rows: Sequence[Any], cursor: str) -> None:
        """Append a page; the cursor leads on after it."""
        self._append([texts(self._columns, row) for row in rows])
        self.state.cursor, self.state.rows = cursor, self.state.rows + len(rows)
        self._keep_state()

    def settle(self) -> None:
        """Write all of it to the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())

    def __enter__(self) -> ExportPart:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._file.close()

    def _append(self, lines: Sequence[Sequence[str]]) -> None:
        content = csv_lines(lines)
        self._file.write(content)
        self._file.flush()
        self.state.size += len(content)

    def _keep_state(self) -> None:
        beside = state_path(self.path)
        new = beside.with_name(beside.name + ".new")
        new.write_bytes(msgspec.json.encode(self.state))
        new.replace(beside)


def part_path(target: Path) -> Path:
    """Return where the rows are until the file is whole."""
    return target.with_name(target.name + ".part")


def state_path(part: Path) -> Path:
    """Return where the state of the rows is."""
    return part.with_name(part.name + ".json")


def state_of(target: Path) -> State | None:
    """Read the state of an interrupted export of this file, None if there is none; ``ValueError`` if damaged."""
    part = part_path(target)
    try:
        state = msgspec.json.decode(state_path(part).read_bytes(), type=State)
        size = part.stat().st_size
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as error:
        raise ValueError(f"{state_path(part)} is damaged: {error}") from None
    if size < state.size:
        raise ValueError(f"{part} is damaged: {size} bytes, there were {state.size}")
    return state


def forget(target: Path) -> None:
    """Remove what an unfinished export leaves."""
    part = part_path(target)
    for path in (part, state_path(part)):
        path.unlink(missing_ok=True)


def csv_lines(lines: Sequence[Sequence[str]]) -> bytes:
    """Write lines of CSV, UTF-8."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue().encode()
