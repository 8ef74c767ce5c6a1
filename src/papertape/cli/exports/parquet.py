"""Writes the rows of an export as Parquet; needs pyarrow, which comes with ``papertape[parquet]``."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from decimal import Decimal
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

from papertape.cli.exports.columns import MILLISECONDS, Column

ROWS = 10_000
"""Rows in memory at once, and in a row group."""

PRECISION, SCALE = 38, 18
"""Digits of an amount, and how many of them stand after the point."""


def is_installed() -> bool:
    """Determine whether Parquet can be written."""
    return find_spec("pyarrow") is not None


def write_parquet(rows: Path, columns: Sequence[Column], target: Path) -> None:
    """Write the rows of a CSV file as Parquet, ``ROWS`` at a time.

    Amounts become ``decimal128(38, 18)``, times ``timestamp[ms, UTC]``, what is not there null. Raises ``ValueError``
    for an amount that does not fit.
    """
    import pyarrow
    from pyarrow.parquet import ParquetWriter

    types = {
        "text": pyarrow.string(),
        "amount": pyarrow.decimal128(PRECISION, SCALE),
        "time": pyarrow.timestamp("ms", "UTC"),
        "integer": pyarrow.int64(),
    }
    schema = pyarrow.schema([(column.name, types[column.kind]) for column in columns])
    with ParquetWriter(target, schema) as writer:
        for lines in _batches(rows):
            arrays = [_array(pyarrow, column, types[column.kind], lines) for column in columns]
            writer.write_table(pyarrow.Table.from_arrays(arrays, schema=schema))


def _array(pyarrow: Any, column: Column, kind: Any, lines: list[dict[str, str]]) -> Any:
    head = column.name + MILLISECONDS if column.kind == "time" else column.name
    cells = [line[head] for line in lines]
    if column.kind == "text":
        return pyarrow.array(cells, kind)
    read = Decimal if column.kind == "amount" else int
    try:
        return pyarrow.array([read(cell) if cell else None for cell in cells], kind)
    except pyarrow.ArrowInvalid as error:
        raise ValueError(
            f"{column.name} does not fit decimal128({PRECISION}, {SCALE}): {error}; CSV takes it"
        ) from None


def _batches(path: Path) -> Iterator[list[dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.DictReader(file)
        while batch := list(islice(lines, ROWS)):
            yield batch
