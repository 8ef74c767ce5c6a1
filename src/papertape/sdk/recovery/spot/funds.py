"""Lost transfers and withdrawals: looked up by client id."""

from __future__ import annotations

from collections.abc import Sequence

from papertape.contract.protocol.wire import Nothing
from papertape.contract.public import Public
from papertape.contract.spot.account import ListMainSubTransfers, ListTransfers, MainSubTransfer, SpotAccount, Transfer
from papertape.contract.spot.wallet import (
    ListWithdrawals,
    MakeSubaccountTransfer,
    MakeTransfer,
    SpotWallet,
    TransferReference,
    Withdraw,
    WithdrawalReference,
)
from papertape.sdk.recovery.course import Ask, Found, told
from papertape.sdk.recovery.spot.named import Named
from papertape.sdk.rest.steps import Course

DAY_MS = 86_400_000


class MadeTransfer(Named[MakeTransfer, TransferReference]):
    """A transfer between the caller's own wallets: with the same client id it is made once (documentation)."""

    def find(self, ask: Ask, request: MakeTransfer) -> Course[Found[MakeTransfer, TransferReference]]:
        """The transfer, if it was made."""
        asked = ListTransfers(coin=request.coin, client_oid=request.client_oid)
        look = yield from ask(SpotAccount.transfer_records, asked)
        reference = _reference(look.data, request.client_oid)
        return Found(None, request) if reference is None else Found(told(look, reference), None)


class MadeSubaccountTransfer(Named[MakeSubaccountTransfer, TransferReference]):
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
        reference = _reference(look.data, request.client_oid)
        return Found(None, request) if reference is None else Found(told(look, reference), None)


class MadeWithdrawal(Named[Withdraw, WithdrawalReference]):
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


def _reference(rows: Sequence[Transfer | MainSubTransfer], name: str | None) -> TransferReference | None:
    """The transfer of this client id."""
    for row in rows:
        if row.client_oid == name:
            return TransferReference(transfer_id=row.transfer_id, client_oid=row.client_oid)
    return None
