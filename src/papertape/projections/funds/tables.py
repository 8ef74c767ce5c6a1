"""Tables of what happens to coins in wallets: bills, transfers, deposits, withdrawals."""

from __future__ import annotations

from typing import Any

from papertape.engine.funds.records import BillRecord, DepositRecord, TransferRecord, WithdrawalRecord
from papertape.projections.tables.table import Table

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

TABLES: tuple[Table[Any], ...] = (BILLS, TRANSFERS, DEPOSITS, WITHDRAWALS)
