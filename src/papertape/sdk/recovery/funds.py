"""Lost transfers and withdrawals: looked up by client id."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from papertape.contract.public import Public
from papertape.contract.spot.account import ListMainSubTransfers, ListTransfers, SpotAccount
from papertape.contract.spot.wallet import (
    ListWithdrawals,
    MakeSubaccountTransfer,
    MakeTransfer,
    SpotWallet,
    TransferReference,
    Withdraw,
    WithdrawalReference,
)
from papertape.contract.wire import Nothing
from papertape.sdk.exceptions import DuplicateClientOid
from papertape.sdk.recovery.course import Ask, Found, Recovery, client_oid, told
from papertape.sdk.steps import Course

Q = TypeVar("Q", MakeTransfer, MakeSubaccountTransfer, Withdraw)
R = TypeVar("R", TransferReference, WithdrawalReference)

DAY_MS = 86_400_000


class _Named(Recovery[Q, R]):
    refusals = (DuplicateClientOid,)

    def identified(self, request: Q) -> Q:
        """The request with a client id."""
        return request if request.client_oid else msgspec.structs.replace(request, client_oid=client_oid())

    def names(self, request: Q) -> tuple[str, ...]:
        """Its client id."""
        return (request.client_oid or "",)


class MadeTransfer(_Named[MakeTransfer, TransferReference]):
    """A transfer between the caller's own wallets: with the same client id it is made once (documentation)."""

    def find(self, ask: Ask, request: MakeTransfer) -> Course[Found[MakeTransfer, TransferReference]]:
        """The transfer, if it was made."""
        asked = ListTransfers(coin=request.coin, client_oid=request.client_oid)
        look = yield from ask(SpotAccount.transfer_records, asked)
        for row in look.data:
            if row.client_oid == request.client_oid:
                reference = TransferReference(transfer_id=row.transfer_id, client_oid=row.client_oid)
                return Found(told(look, reference), None)
        return Found(None, request)


class MadeSubaccountTransfer(_Named[MakeSubaccountTransfer, TransferReference]):
    """A transfer between main account and sub-accounts. Nothing documents that its client id is taken only once."""

    def can_repeat(self, request: MakeSubaccountTransfer) -> bool:
        """It is looked up and never sent again."""
        return False

    def find(
        self, ask: Ask, request: MakeSubaccountTransfer
    ) -> Course[Found[MakeSubaccountTransfer, TransferReference]]:
        """The transfer, if it was made."""
        asked = ListMainSubTransfers(coin=request.coin, client_oid=request.client_oid)
        look = yield from ask(SpotAccount.main_sub_transfer_records, asked)
        for row in look.data:
            if row.client_oid == request.client_oid:
                reference = TransferReference(transfer_id=row.transfer_id, client_oid=row.client_oid)
                return Found(told(look, reference), None)
        return Found(None, request)


class MadeWithdrawal(_Named[Withdraw, WithdrawalReference]):
    """A withdrawal. Nothing documents that its client id is taken only once, and nothing brings a second one back."""

    def can_repeat(self, request: Withdraw) -> bool:
        """It is looked up and never sent again."""
        return False

    def find(self, ask: Ask, request: Withdraw) -> Course[Found[Withdraw, WithdrawalReference]]:
        """The withdrawal, if it was taken."""
        clock = yield from ask(Public.time, Nothing())
        now = clock.data.server_time
        asked = ListWithdrawals(start_time=now - DAY_MS, end_time=now + DAY_MS, client_oid=request.client_oid)
        look = yield from ask(SpotWallet.withdrawal_records, asked)
        for row in look.data:
            if row.client_oid == request.client_oid:
                reference = WithdrawalReference(order_id=row.order_id, client_oid=row.client_oid)
                return Found(told(look, reference), None)
        return Found(None, request)
