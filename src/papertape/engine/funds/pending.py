"""What is under way: deposits and withdrawals, and the client ids by which a repeated request is known."""

from __future__ import annotations

import msgspec

from papertape.engine.funds.records import DepositRecord, WithdrawalRecord


class Pending(msgspec.Struct):
    """The deposits and withdrawals that have not ended, by order id; which transfer or withdrawal a client id made."""

    deposits: dict[int, DepositRecord] = msgspec.field(default_factory=dict)
    withdrawals: dict[int, WithdrawalRecord] = msgspec.field(default_factory=dict)
    transfers: dict[tuple[int, str], int] = msgspec.field(default_factory=dict)
    withdrawal_oids: dict[tuple[int, str], int] = msgspec.field(default_factory=dict)
