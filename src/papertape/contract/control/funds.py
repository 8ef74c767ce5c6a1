"""The control plane's deposits, withdrawals and address books. Amounts are exact decimals of the coin."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from papertape.contract.protocol.wire import Amount, Reply, Request, also

ControlWallet = Annotated[
    Literal[
        "spot", "p2p", "coin_futures", "usdt_futures", "usdc_futures", "crossed_margin", "isolated_margin", "earn",
        "bots_futures", "bots_spot",
    ],
    also(funding="p2p", bots="bots_spot"),
]  # fmt: skip


class Fund(Request):
    """Credits a coin to a wallet at once, as a deposit; ``symbol`` names an isolated margin wallet."""

    uid: int
    coin: str
    amount: Decimal
    wallet: ControlWallet = "spot"
    symbol: str | None = None


class StartDeposit(Request):
    """A transfer seen on a chain; it is credited once it has the chain's confirmations.

    ``chain`` is the coin's first and ``address`` the user's own unless given.
    """

    uid: int
    coin: str
    amount: Decimal
    chain: str | None = None
    address: str | None = None
    tag: str | None = None
    from_address: str | None = None
    transaction: str | None = None
    confirmations: int = 0


class ConfirmDeposit(Request):
    """Adds confirmations to a pending deposit."""

    order_id: str
    confirmations: int = 1


class FailDeposit(Request):
    """Ends a pending deposit without credit."""

    order_id: str


class ListPending(Request):
    """What is pending for one account, or for all; 100 unless told, at most 500."""

    uid: int | None = None
    limit: int | None = None


class ControlDeposit(Reply):
    """A deposit as it stands."""

    order_id: str
    uid: int
    coin: str
    amount: Amount
    chain: str
    address: str
    tag: str
    from_address: str
    transaction: str
    status: str
    confirmations: int
    wallet: str
    created: int
    updated: int


class ApproveWithdrawal(Request):
    """Ends a withdrawal's review: it goes to processing, as the chain transaction ``transaction``."""

    order_id: str
    transaction: str | None = None


class CompleteWithdrawal(Request):
    """Ends a withdrawal's processing with success."""

    order_id: str
    transaction: str | None = None
    confirmations: int | None = None


class FailWithdrawal(Request):
    """Refuses a withdrawal in review or processing: amount and fee go back."""

    order_id: str
    reason: str = ""


class ControlWithdrawal(Reply):
    """A withdrawal as it stands; ``stage`` is review, processing, success, cancelled or fail."""

    order_id: str
    client_oid: str
    uid: int
    coin: str
    amount: Amount
    fee: Amount
    chain: str
    address: str
    tag: str
    destination: str
    transaction: str
    status: str
    stage: str
    confirmations: int
    created: int
    updated: int


class AddAddress(Request):
    """An address that the account may withdraw to."""

    uid: int
    coin: str
    chain: str
    address: str
    tag: str = ""
    label: str = ""


class ListAddresses(Request):
    """An account's address book."""

    uid: int


class Address(Reply):
    """An entry of an address book."""

    uid: int
    coin: str
    chain: str
    address: str
    tag: str
    label: str


class DeleteAddress(Request):
    """An entry of an address book to delete."""

    uid: int
    coin: str
    chain: str
    address: str
