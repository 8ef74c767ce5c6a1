"""A history table, derived from a record type: one column a field.

Decimals are kept as text, digit for digit; ids and times as integers. Every row carries its
environment, and the sequence of the entry that wrote it, so that history can be taken back to an earlier sequence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, Generic, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from papertape.engine.exchange.environments import Environment
from papertape.engine.exchange.records import Record

R = TypeVar("R", bound=Record)
Row = tuple[Any, ...]


class Table(Generic[R]):
    """Where the records of one type are kept.

    ``key`` is what makes a row: a later record with the same key replaces it. With ``versioned`` a row is kept
    for each entry that changed the record, and the newest is read: records that change after they were first
    written can then be taken back. ``identity`` is the column that pages go by; ``order`` is what they go down by,
    where that is not the key: rows of one window of time, of which ids then only decide within a millisecond.
    ``filters`` are what can be asked for besides fields, as conditions. ``kept`` says which records are kept at all.
    Every index slows each write down, so there are only those that a
    page needs; taking back, which is rare, reads the whole table.
    """

    def __init__(
        self,
        name: str,
        record: type[R],
        key: tuple[str, ...],
        *,
        indexes: tuple[tuple[str, ...], ...] = (),
        order: tuple[str, ...] = (),
        versioned: bool = False,
        kept: Callable[[R], bool] | None = None,
        filters: Mapping[str, Callable[[Any], str]] | None = None,
    ) -> None:
        self.name, self.record, self.key, self.indexes, self.versioned = name, record, key, indexes, versioned
        self.identity, self.order = key[0], order or key
        self.kept, self.filters = kept, filters or {}
        hints = get_type_hints(record)
        self.fields = record.__struct_fields__
        self.columns = tuple(_column(name, hints[name]) for name in self.fields)
        self._optional = {name for name in self.fields if NoneType in get_args(hints[name])}
        self._amounts = [place for place, name in enumerate(self.fields) if _plain(hints[name]) is Decimal]
        self._flags = [place for place, name in enumerate(self.fields) if hints[name] is bool]

    def row(self, record: R, environment: Environment, sequence: int) -> Row:
        """The record as a row: its fields, then its environment and the sequence."""
        values: list[Any] = [*msgspec.structs.astuple(record), environment, sequence]
        for place in self._amounts:
            value = values[place]
            values[place] = None if value is None else format(value, "f")
        return tuple(values)

    def read(self, row: Sequence[Any]) -> R:
        """The record of a row that was selected with ``selection``."""
        values = dict(zip(self.fields, row, strict=True))
        for place in self._amounts:
            if row[place] is not None:
                values[self.fields[place]] = Decimal(row[place])
        for place in self._flags:
            values[self.fields[place]] = bool(row[place])
        return self.record(**values)

    @property
    def unique(self) -> tuple[str, ...]:
        """The columns of the primary key."""
        key = ("environment", *self.key)
        return (*key, "sequence") if self.versioned else key

    @property
    def selection(self) -> str:
        """The record's columns, quoted."""
        return ", ".join(f'"{name}"' for name in self.fields)

    def definition(self) -> list[str]:
        """The statements that make the table and its indexes where they are missing."""
        columns = [
            f'"{name}" {kind}' if name in self._optional else f'"{name}" {kind} NOT NULL' for name, kind in self.columns
        ]
        columns += ['"environment" TEXT NOT NULL', '"sequence" INTEGER NOT NULL']
        columns.append(f"PRIMARY KEY ({_names(self.unique)})")
        tables = [f"CREATE TABLE IF NOT EXISTS {self.name} ({', '.join(columns)}) WITHOUT ROWID"]
        for index in self.indexes:
            name = f"{self.name}_by_{'_'.join(index)}"
            tables.append(f"CREATE INDEX IF NOT EXISTS {name} ON {self.name} ({_names(('environment', *index))})")
        return tables

    def upsert(self) -> str:
        """The statement that writes a row, in place of the one with the same key."""
        names = [*self.fields, "environment", "sequence"]
        places = ", ".join("?" * len(names))
        changed = ", ".join(f'"{name}" = excluded."{name}"' for name in names if name not in self.unique)
        return (
            f"INSERT INTO {self.name} ({_names(names)}) VALUES ({places}) "
            f"ON CONFLICT ({_names(self.unique)}) DO UPDATE SET {changed}"
        )


def _names(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _plain(hint: Any) -> Any:
    """The type itself of an optional one."""
    if get_origin(hint) in (Union, UnionType):
        (hint,) = (part for part in get_args(hint) if part is not NoneType)
    return hint


def _column(name: str, hint: Any) -> tuple[str, str]:
    hint = _plain(hint)
    if get_origin(hint) is Literal or hint in (str, Decimal):
        return name, "TEXT"
    assert hint in (int, bool), f"no column for {name}: {hint}"
    return name, "INTEGER"
