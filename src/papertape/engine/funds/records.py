"""What happens to coins in wallets, as records: bills, transfers, deposits, withdrawals."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from papertape.engine.exchange.records import Record


class BillRecord(Record, frozen=True, kw_only=True):
    """A line of a wallet's statement: signed ``size``, ``balance`` after it, ``fee`` taken with it (<= 0).

    ``order_id`` is the order, transfer, deposit or withdrawal that caused it.
    """

    bill_id: int
    order_id: int
    uid: int
    wallet: str
    coin: str
    group_type: str
    business_type: str
    size: Decimal
    balance: Decimal
    fee: Decimal
    created: int


class TransferRecord(Record, frozen=True, kw_only=True):
    """A transfer between wallets, of one user or between main account and sub-account."""

    transfer_id: int
    client_oid: str
    initiator_uid: int
    from_uid: int
    to_uid: int
    from_wallet: str
    to_wallet: str
    from_symbol: str
    to_symbol: str
    coin: str
    size: Decimal
    created: int


class DepositRecord(Record, frozen=True, kw_only=True):
    """A deposit as it stands after a change; ``transaction`` is its hash, ``wallet`` where it is credited."""

    order_id: int
    transaction: str
    uid: int
    coin: str
    chain: str
    size: Decimal
    status: Literal["pending", "fail", "success"]
    from_address: str
    to_address: str
    destination: Literal["on_chain", "internal_transfer"]
    tag: str
    confirmations: int
    wallet: str
    created: int
    updated: int


class WithdrawalRecord(Record, frozen=True, kw_only=True):
    """A withdrawal as it stands after a change; ``stage`` is review, processing, success, cancelled or fail."""

    order_id: int
    client_oid: str
    transaction: str
    uid: int
    coin: str
    chain: str
    size: Decimal
    fee: Decimal
    status: Literal["pending", "fail", "success"]
    stage: Literal["review", "processing", "success", "cancelled", "fail"]
    from_address: str
    to_address: str
    destination: Literal["on_chain", "internal_transfer"]
    tag: str
    confirmations: int
    remark: str
    created: int
    updated: int
