"""Looks up lost transfers and withdrawals by client id."""

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
    """Finds a transfer between the caller's own wallets; with one client id it is made once (documentation)."""

    def find(self, ask: Ask, request: MakeTransfer) -> Course[LookupResult[MakeTransfer, TransferReference]]:
        """Look up the transfer."""
        asked = ListTransfers(coin=request.coin, client_oid=request.client_oid)
        look = yield from ask(SpotAccount.transfer_records, asked)
        reference = _reference(look.data, request.client_oid)
        return LookupResult(None, request) if reference is None else LookupResult(told(look, reference), None)


class SubaccountTransferRecovery(ClientOidRecovery[MakeSubaccountTransfer, TransferReference]):
    """Finds a transfer to or from a sub-account. It is not documented that its client id is taken only once."""

    def can_repeat(self, request: MakeSubaccountTransfer) -> bool:
        """Never send it again."""
        return False

    def find(
        self, ask: Ask, request: MakeSubaccountTransfer
    ) -> Course[LookupResult[MakeSubaccountTransfer, TransferReference]]:
        """Look up the transfer."""
        asked = ListMainSubTransfers(coin=request.coin, client_oid=request.client_oid)
        look = yield from ask(SpotAccount.main_sub_transfer_records, asked)
        reference = _reference(look.data, request.client_oid)
        return LookupResult(None, request) if reference is None else LookupResult(told(look, reference), None)


class WithdrawalRecovery(ClientOidRecovery[Withdraw, WithdrawalReference]):
    """Finds a withdrawal. It is not documented that its client id is taken only once, and it cannot be undone."""

    def can_repeat(self, request: Withdraw) -> bool:
        """Never send it again."""
        return False

    def find(self, ask: Ask, request: Withdraw) -> Course[LookupResult[Withdraw, WithdrawalReference]]:
        """Look up the withdrawal."""
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
    """Find the transfer with this client id."""
    for row in rows:
        if row.client_oid == name:
            return TransferReference(transfer_id=row.transfer_id, client_oid=row.client_oid)
    return None
