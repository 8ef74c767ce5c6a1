"""The history tables, derived from the records: one table a record type, one column a field.

Decimals are kept as text, digit for digit; ids and times as integers. Every row carries its
environment, and the sequence of the entry that wrote it, so that history can be taken back to an earlier sequence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, Generic, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from papertape.engine.convert.records import ConversionRecord, SmallBalanceRecord
from papertape.engine.exchange.environments import Environment
from papertape.engine.exchange.records import Record
from papertape.engine.funds.records import BillRecord, DepositRecord, TransferRecord, WithdrawalRecord
from papertape.engine.p2p.records import AdvertisementRecord, P2POrderRecord
from papertape.engine.trading.records import (
    CandleRecord,
    FillRecord,
    FlowRecord,
    OrderRecord,
    TradeRecord,
    TriggerRecord,
)

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


def paid_by(payment_id: str) -> str:
    """That one of an advertisement's payment methods, which are joined by commas, is this one."""
    assert payment_id.isdecimal(), "a payment method's id is a number"
    return f"',' || payment_ids || ',' LIKE '%,{payment_id},%'"


ORDERS = Table(
    "orders",
    OrderRecord,
    ("order_id",),
    indexes=(("uid", "order_id"), ("uid", "client_oid")),
    kept=lambda order: order.status in ("filled", "cancelled"),
)
FILLS = Table(
    "fills",
    FillRecord,
    ("trade_id", "order_id"),
    indexes=(("uid", "trade_id"), ("order_id",)),
)
TRIGGERS = Table(
    "triggers",
    TriggerRecord,
    ("order_id",),
    indexes=(("uid", "order_id"),),
    kept=lambda trigger: trigger.status != "live",
)
BILLS = Table(
    "bills",
    BillRecord,
    ("bill_id",),
    indexes=(("uid", "wallet", "created", "bill_id"),),
    order=("created", "bill_id"),
)
TRANSFERS = Table(
    "transfers",
    TransferRecord,
    ("transfer_id",),
    indexes=(("initiator_uid", "transfer_id"), ("from_uid", "transfer_id"), ("to_uid", "transfer_id")),
    filters={"between_accounts": lambda between: "from_uid <> to_uid" if between else "from_uid = to_uid"},
)
DEPOSITS = Table("deposits", DepositRecord, ("order_id",), indexes=(("uid", "order_id"),), versioned=True)
WITHDRAWALS = Table("withdrawals", WithdrawalRecord, ("order_id",), indexes=(("uid", "order_id"),), versioned=True)
CONVERSIONS = Table("conversions", ConversionRecord, ("conversion_id",), indexes=(("uid", "conversion_id"),))
SMALL_BALANCES = Table("small_balances", SmallBalanceRecord, ("order_id",), indexes=(("uid", "order_id"),))
TRADES = Table("trades", TradeRecord, ("trade_id",), indexes=(("product", "symbol", "trade_id"),))
CANDLES = Table("candles", CandleRecord, ("product", "symbol", "start"))
FLOWS = Table("flows", FlowRecord, ("product", "symbol", "span", "start"))
ADVERTISEMENTS = Table(
    "p2p_advertisements",
    AdvertisementRecord,
    ("advertisement_id",),
    indexes=(("uid", "advertisement_id"),),
    versioned=True,
    kept=lambda advertisement: advertisement.status == "completed",
    filters={"payment_id": paid_by},
)
P2P_ORDERS = Table(
    "p2p_orders",
    P2POrderRecord,
    ("order_id",),
    indexes=(
        ("merchant_uid", "advertisement_id", "order_id"),
        ("customer_uid", "advertisement_id", "order_id"),
    ),
    kept=lambda order: order.status in ("completed", "cancelled"),
)

TABLES: dict[type[Record], Table[Any]] = {
    table.record: table
    for table in (
        ORDERS,
        FILLS,
        TRIGGERS,
        BILLS,
        TRANSFERS,
        DEPOSITS,
        WITHDRAWALS,
        CONVERSIONS,
        SMALL_BALANCES,
        ADVERTISEMENTS,
        P2P_ORDERS,
        TRADES,
        CANDLES,
        FLOWS,
    )
}
"""All tables by the type of their records."""

APPLIED = "CREATE TABLE IF NOT EXISTS applied (one INTEGER PRIMARY KEY CHECK (one = 1), sequence INTEGER NOT NULL)"
"""The sequence up to which history is complete: written in the transaction of the rows themselves."""
