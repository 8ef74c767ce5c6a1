"""Derives the columns of a list from the model of its rows, for CSV and Parquet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal

import msgspec
from msgspec import inspect

from papertape.contract.protocol.wire import Absent, Amount, Count, Moment, Number, Timestamp, plain

Kind = Literal["text", "amount", "time", "integer"]

KINDS: dict[type, Kind] = {
    Amount: "amount",
    Number: "amount",
    Timestamp: "time",
    Moment: "time",
    Count: "integer",
}
MILLISECONDS = "_ms"


class Column(msgspec.Struct, frozen=True):
    """A field of a row, or of a structure in it: ``path`` leads to it, ``name`` is the path joined by ``_``."""

    path: tuple[str, ...]
    kind: Kind

    @property
    def name(self) -> str:
        """The column's head."""
        return "_".join(self.path)

    def value(self, row: Any) -> Any:
        """Return the row's value in this column, None for nothing."""
        for part in self.path:
            row = getattr(row, part)
        return None if isinstance(row, Absent) else row

    def heads(self) -> list[str]:
        """Return the heads that CSV has for it: a time has one as text and one as a number."""
        return [self.name, self.name + MILLISECONDS] if self.kind == "time" else [self.name]

    def texts(self, row: Any) -> list[str]:
        """Return the cells of CSV: amounts exactly as they came, times in ISO 8601 and in milliseconds."""
        value = self.value(row)
        if self.kind == "time":
            return [iso(value), str(int(value))] if value else ["", ""]
        if value is None:
            return [""]
        return [plain(value)] if isinstance(value, Decimal) else [str(value)]


def columns_of(model: type[Any]) -> list[Column]:
    """List the columns of a model's rows in its order; a structure in a row has a column for each of its fields."""
    described = inspect.type_info(model)
    assert isinstance(described, inspect.StructType)
    return list(_columns(described, ()))


def heads(columns: Sequence[Column]) -> list[str]:
    """Return the first line of CSV."""
    return [head for column in columns for head in column.heads()]


def texts(columns: Sequence[Column], row: Any) -> list[str]:
    """Return a row's line of CSV."""
    return [text for column in columns for text in column.texts(row)]


def iso(time: int) -> str:
    """Write a time in ISO 8601 with milliseconds, UTC."""
    return datetime.fromtimestamp(time / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _columns(model: inspect.StructType, path: tuple[str, ...]) -> Iterator[Column]:
    for field in model.fields:
        below, kind = (*path, field.name), _plain_type(field.type)
        if isinstance(kind, inspect.StructType):
            yield from _columns(kind, below)
        else:
            yield Column(below, _kind(kind))


def _kind(described: inspect.Type) -> Kind:
    if isinstance(described, inspect.CustomType):
        return KINDS[described.cls]
    assert isinstance(described, inspect.IntType | inspect.StrType), f"no column for {described}"
    return "integer" if isinstance(described, inspect.IntType) else "text"


def _plain_type(described: inspect.Type) -> inspect.Type:
    """Return the type without its annotations and without ``None``."""
    if isinstance(described, inspect.Metadata):
        return _plain_type(described.type)
    if isinstance(described, inspect.UnionType):
        return next(_plain_type(each) for each in described.types if not isinstance(each, inspect.NoneType))
    return described
