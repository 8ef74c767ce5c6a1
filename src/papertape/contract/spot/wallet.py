"""Transfers, deposits and withdrawals. Source: documentation, "Spot / Wallet"."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from papertape.contract.protocol.declaring import signed_get, signed_list, signed_post
from papertape.contract.protocol.endpoint import Group, Limit, T
from papertape.contract.protocol.enums import (
    ChainStatusWord,
    DepositAccount,
    DestinationWord,
    ReceiverKind,
    TransferKind,
    WalletType,
)
from papertape.contract.protocol.paging import Paging
from papertape.contract.protocol.wire import Amount, Count, Reply, Request, Timestamp, words


class MakeTransfer(Request):
    """Moves ``amount`` of a coin between two of the caller's wallets; ``symbol`` names an isolated margin wallet.

    A repeated ``client_oid`` returns the earlier transfer.
    """

    from_type: WalletType
    to_type: WalletType
    amount: Decimal
    coin: str
    symbol: str | None = None
    client_oid: str | None = None


class MakeSubaccountTransfer(Request):
    """Moves ``amount`` of a coin between main account and sub-accounts, or inside a sub-account."""

    from_type: WalletType
    to_type: WalletType
    amount: Decimal
    coin: str
    from_user_id: str
    to_user_id: str
    symbol: str | None = None
    client_oid: str | None = None


class TransferReference(Reply):
    """Which transfer."""

    transfer_id: str
    client_oid: str | None


class AskTransferCoins(Request):
    """Which coins can move between two wallets."""

    from_type: WalletType
    to_type: WalletType


class AskDepositAddress(Request):
    """Where to deposit a coin; ``size`` is the amount of a Lightning invoice."""

    coin: str
    chain: str | None = None
    size: Decimal | None = None


class AskSubaccountDepositAddress(Request):
    """Where to deposit a coin for a sub-account."""

    sub_uid: str
    coin: str
    chain: str | None = None
    size: Decimal | None = None


class DepositAddress(Reply):
    """An address on a chain; ``url`` shows it in an explorer."""

    address: str
    chain: str
    coin: str
    tag: str
    url: str


class ListDeposits(Request):
    """Deposits of a window of at most 90 days, newest first; 20 unless told, at most 100."""

    start_time: int
    end_time: int
    coin: str | None = None
    order_id: str | None = None
    id_less_than: str | None = None
    limit: int | None = None


class Deposit(Reply):
    """A deposit; ``trade_id`` is the transaction's hash, for transfers inside the exchange its id."""

    order_id: str
    trade_id: str
    coin: str
    type: Annotated[str, words("deposit")]
    size: Amount
    status: ChainStatusWord
    from_address: str
    to_address: str
    chain: str
    destination: DestinationWord = msgspec.field(name="dest")
    created: Timestamp = msgspec.field(name="cTime")
    updated: Timestamp = msgspec.field(name="uTime")


class ListSubaccountDeposits(Request):
    """A sub-account's deposits, newest first; 20 unless told, at most 100."""

    sub_uid: str
    coin: str | None = None
    start_time: int | None = None
    end_time: int | None = None
    id_less_than: str | None = None
    limit: int | None = None


class SubaccountDeposit(Reply):
    """A sub-account's deposit."""

    order_id: str
    trade_id: str
    coin: str
    client_oid: str
    size: Amount
    status: ChainStatusWord
    from_address: str
    to_address: str
    chain: str
    confirmations: Count = msgspec.field(name="confirm")
    destination: DestinationWord = msgspec.field(name="dest")
    tag: str
    created: Timestamp = msgspec.field(name="cTime")
    updated: Timestamp = msgspec.field(name="uTime")


class Withdraw(Request):
    """Sends a coin to an address of the address book, or to another user of the exchange.

    ``address`` is a chain address, or the receiver's UID, email or mobile as ``inner_to_type`` says (default
    UID). ``chain`` is required on chain, ``area_code`` for mobiles. The last five are for Korean receivers.
    """

    coin: str
    transfer_type: TransferKind
    address: str
    size: Decimal
    chain: str | None = None
    inner_to_type: ReceiverKind | None = None
    area_code: str | None = None
    tag: str | None = None
    remark: str | None = None
    client_oid: str | None = None
    member_code: Literal["bithumb", "korbit", "coinone"] | None = None
    identity_type: Literal["user", "company"] | None = None
    company_name: str | None = None
    first_name: str | None = None
    last_name: str | None = None


class WithdrawalReference(Reply):
    """Which withdrawal."""

    order_id: str
    client_oid: str | None


class CancelWithdrawal(Request):
    """A withdrawal still in review."""

    order_id: str


class ListWithdrawals(Request):
    """Withdrawals of a window of at most 90 days, newest first; 20 unless told, at most 100."""

    start_time: int
    end_time: int
    coin: str | None = None
    client_oid: str | None = None
    order_id: str | None = None
    id_less_than: str | None = None
    limit: int | None = None


class Withdrawal(Reply):
    """A withdrawal; ``fee`` is negative. ``trade_id`` is the transaction's hash, or the exchange's own id."""

    order_id: str
    trade_id: str
    coin: str
    client_oid: str
    type: Annotated[str, words("withdraw")]
    destination: DestinationWord = msgspec.field(name="dest")
    size: Amount
    fee: Amount
    status: ChainStatusWord
    from_address: str
    to_address: str
    chain: str
    confirmations: Count = msgspec.field(name="confirm")
    tag: str
    created: Timestamp = msgspec.field(name="cTime")
    updated: Timestamp = msgspec.field(name="uTime")


class ModifyDepositAccount(Request):
    """Which wallet a coin's deposits go to."""

    account_type: DepositAccount
    coin: str


RECORD_PAGES = Paging(key="order_id", one="order_id", largest=100, days=90)


class SpotWallet(Group[T]):
    """Transfers, deposits and withdrawals."""

    transfer = signed_post(
        "/api/v2/spot/wallet/transfer",
        MakeTransfer,
        TransferReference,
        "Transfer between your wallets.",
        "transfer",
        Limit(10, "uid"),
    )
    transfer_coins = signed_get(
        "/api/v2/spot/wallet/transfer-coin-info",
        AskTransferCoins,
        list[str],
        "List the coins that can move between two wallets.",
        "read",
        Limit(10, "uid"),
    )
    subaccount_transfer = signed_post(
        "/api/v2/spot/wallet/subaccount-transfer",
        MakeSubaccountTransfer,
        TransferReference,
        "Transfer between main account and sub-accounts.",
        "transfer",
        Limit(10, "uid"),
        main_account=True,
    )
    withdraw = signed_post(
        "/api/v2/spot/wallet/withdrawal", Withdraw, WithdrawalReference, "Withdraw a coin.", "withdraw", Limit(5, "uid")
    )
    cancel_withdrawal = signed_post(
        "/api/v2/spot/wallet/cancel-withdrawal",
        CancelWithdrawal,
        str,
        "Cancel a withdrawal in review.",
        "withdraw",
        Limit(10, "uid"),
    )
    withdrawal_records = signed_list(
        "/api/v2/spot/wallet/withdrawal-records",
        ListWithdrawals,
        list[Withdrawal],
        "List withdrawals.",
        "read",
        Limit(10, "uid"),
        item=Withdrawal,
        pages=RECORD_PAGES,
    )
    deposit_address = signed_get(
        "/api/v2/spot/wallet/deposit-address",
        AskDepositAddress,
        DepositAddress,
        "Get a deposit address.",
        "read",
        Limit(10, "uid"),
    )
    deposit_records = signed_list(
        "/api/v2/spot/wallet/deposit-records",
        ListDeposits,
        list[Deposit],
        "List deposits.",
        "read",
        Limit(10, "uid"),
        item=Deposit,
        pages=RECORD_PAGES,
    )
    modify_deposit_account = signed_post(
        "/api/v2/spot/wallet/modify-deposit-account",
        ModifyDepositAccount,
        str,
        "Choose the wallet that a coin's deposits go to.",
        "transfer",
        Limit(10, "uid"),
    )
    subaccount_deposit_address = signed_get(
        "/api/v2/spot/wallet/subaccount-deposit-address",
        AskSubaccountDepositAddress,
        DepositAddress,
        "Get a sub-account's deposit address.",
        "read",
        Limit(10, "uid"),
    )
    subaccount_deposit_records = signed_list(
        "/api/v2/spot/wallet/subaccount-deposit-records",
        ListSubaccountDeposits,
        list[SubaccountDeposit],
        "List a sub-account's deposits.",
        "read",
        Limit(10, "uid"),
        item=SubaccountDeposit,
        pages=Paging(key="order_id", largest=100, days=90),
    )
