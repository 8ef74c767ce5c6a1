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
from papertape.sdk.recovery.course import Ask, LookupResult, told
from papertape.sdk.recovery.spot.client_oid import ClientOidRecovery
from papertape.sdk.rest.steps import Course

DAY_MS = 86_400_000


class TransferRecovery(ClientOidRecovery[MakeTransfer, TransferReference]):
    """A transfer between the caller's own wallets: with the same client id it is made once (documentation)."""

    def find(self, ask: Ask, request: MakeTransfer) -> Course[LookupResult[MakeTransfer, TransferReference]]:
        """The transfer, if it was made."""
        asked = ListTransfers(coin=request.coin, client_oid=request.client_oid)
        look = yield from ask(SpotAccount.transfer_records, asked)
        reference = _reference(look.data, request.client_oid)
        return LookupResult(None, request) if reference is None else LookupResult(told(look, reference), None)


class SubaccountTransferRecovery(ClientOidRecovery[MakeSubaccountTransfer, TransferReference]):
    """A transfer between main account and sub-accounts. Nothing documents that its client id is taken only once."""

    def can_repeat(self, request: MakeSubaccountTransfer) -> bool:
        """It is looked up and never sent again."""
        return False

    def find(
        self, ask: Ask, request: MakeSubaccountTransfer
    ) -> Course[LookupResult[MakeSubaccountTransfer, TransferReference]]:
        """The transfer, if it was made."""
        asked = ListMainSubTransfers(coin=request.coin, client_oid=request.client_oid)
        look = yield from ask(SpotAccount.main_sub_transfer_records, asked)
        reference = _reference(look.data, request.client_oid)
        return LookupResult(None, request) if reference is None else LookupResult(told(look, reference), None)


class WithdrawalRecovery(ClientOidRecovery[Withdraw, WithdrawalReference]):
    """A withdrawal. Nothing documents that its client id is taken only once, and nothing brings a second one back."""

    def can_repeat(self, request: Withdraw) -> bool:
        """It is looked up and never sent again."""
        return False

    def find(self, ask: Ask, request: Withdraw) -> Course[LookupResult[Withdraw, WithdrawalReference]]:
        """The withdrawal, if it was taken."""
        clock = yield from ask(Public.time, Nothing())
        now = clock.data.server_time
        asked = ListWithdrawals(start_time=now - DAY_MS, end_time=now + DAY_MS, client_oid=request.client_oid)
        look = yield from ask(SpotWallet.withdrawal_records, asked)
        for row in look.data:
            if row.client_oid == request.client_oid:
                reference = WithdrawalReference(order_id=row.order_id, client_oid=row.client_oid)
                return LookupResult(told(look, reference), None)
        return LookupResult(None, request)


def _reference(rows: Sequence[Transfer | MainSubTransfer], name: str | None) -> TransferReference | None:
    """The transfer of this client id."""
    for row in rows:
        if row.client_oid == name:
            return TransferReference(transfer_id=row.transfer_id, client_oid=row.client_oid)
    return None
