"""Spot balances, bills and transfer records. Source: documentation, "Spot / Account"."""

from __future__ import annotations

from typing import Annotated

import msgspec

from papertape.contract.protocol.declaring import signed_get, signed_list, signed_post
from papertape.contract.protocol.endpoint import Group, Limit, T
from papertape.contract.protocol.enums import (
    AssetType,
    BillBusiness,
    BillGroup,
    Switch,
    TransferRole,
    TransferStatusWord,
    WalletType,
    WalletTypeWord,
)
from papertape.contract.protocol.paging import Paging
from papertape.contract.protocol.wire import Amount, Nothing, Reply, Request, Timestamp, also, words


class AccountInformation(Reply):
    """The caller's account and key; ``ips`` is the key's whitelist, joined by commas."""

    user_id: str
    inviter_id: str
    channel_code: str
    channel: str
    ips: str
    authorities: Annotated[
        list[str],
        words(
            "coor", "cpor", "stor", "smor", "ttor", "wtor", "taxr", "chor", "p2pr", "coow", "cpow", "stow", "smow",
            "ttow", "wtow", "wwow", "chow", "p2p", "pllw", "pllr", "taxw",
        ),
    ]  # fmt: skip
    parent_id: int
    trader_type: Annotated[str, words("trader", "not_trader")]
    registered: Timestamp = msgspec.field(name="regisTime")


class ListAssets(Request):
    """Balances of one coin, of those held (default) or of all."""

    coin: str | None = None
    asset_type: AssetType | None = None


class Asset(Reply):
    """A coin's balance in the spot wallet."""

    coin: str
    available: Amount
    frozen: Amount
    locked: Amount
    limit_available: Amount
    updated: Timestamp = msgspec.field(name="uTime")


class ListSubaccountAssets(Request):
    """Sub-accounts that hold something; 10 unless told."""

    id_less_than: str | None = None
    limit: int | None = None


class SubaccountAssets(Reply):
    """What one sub-account holds; both ids are JSON numbers on the wire."""

    id: int
    user_id: int
    assets_list: list[Asset]


class ListBills(Request):
    """The wallet's statement, newest first; 100 unless told, at most 500, a window of at most 90 days."""

    coin: str | None = None
    group_type: BillGroup | None = None
    business_type: BillBusiness | None = None
    start_time: int | None = None
    end_time: int | None = None
    limit: int | None = None
    id_less_than: str | None = None


class Bill(Reply):
    """A line of the statement: signed ``size``, ``balance`` after it. ``order_id`` is what caused it."""

    created: Timestamp = msgspec.field(name="cTime")
    order_id: str = msgspec.field(name="bizOrderId")
    coin: str
    group_type: Annotated[
        str,
        words(
            "deposit", "withdraw", "transaction", "transfer", "loan", "financial", "fait", "convert", "c2c",
            "pre_c2c", "on_chain", "strategy", "other",
        ),
    ]  # fmt: skip
    business_type: str
    size: Amount
    balance: Amount
    fees: Amount
    bill_id: str


class ListTransfers(Request):
    """Transfers of one coin, newest first; 100 unless told, at most 500. ``id_less_than`` is deprecated."""

    coin: str
    from_type: WalletType | None = None
    start_time: int | None = None
    end_time: int | None = None
    client_oid: str | None = None
    page_number: int | None = msgspec.field(default=None, name="pageNum")
    limit: int | None = None
    id_less_than: str | None = None


class Transfer(Reply):
    """A transfer between two wallets of one user."""

    coin: str
    status: TransferStatusWord
    to_type: WalletTypeWord
    to_symbol: str
    from_type: WalletTypeWord
    from_symbol: str
    size: Amount
    time: Timestamp = msgspec.field(name="ts")
    client_oid: str
    transfer_id: str


class ListMainSubTransfers(Request):
    """Transfers between main account and sub-accounts, newest first; 100 unless told, at most 100.

    Without ``sub_uid`` those of the main account itself.
    """

    coin: str | None = None
    role: TransferRole | None = None
    sub_uid: str | None = None
    start_time: int | None = None
    end_time: int | None = None
    client_oid: str | None = None
    limit: int | None = None
    id_less_than: str | None = None


class MainSubTransfer(Reply):
    """A transfer between main account and sub-account; both ids name the same transfer."""

    coin: str
    status: TransferStatusWord
    to_type: WalletTypeWord
    from_type: WalletTypeWord
    size: Amount
    time: Timestamp = msgspec.field(name="ts")
    client_oid: str
    transfer_id: str
    new_transfer_id: str
    from_user_id: str
    to_user_id: str


class SwitchDeduct(Request):
    """Turns paying fees in BGB on or off."""

    deduct: Annotated[Switch, also(true="on", false="off")]


class DeductState(Reply):
    """Whether fees are paid in BGB."""

    deduct: Annotated[str, words("on", "off")]


class UpgradeAccount(Request):
    """The account to upgrade to the unified account: the caller's, or a sub-account."""

    sub_uid: str | None = None


class UpgradeStatus(Reply):
    """How far an upgrade is; ``reason`` tells why it failed."""

    status: Annotated[str, words("process", "success", "fail")]
    reason: str


TRANSFER_PAGES = Paging(by="page", field="page_number", key="transfer_id", time="time", largest=500, days=90)


class SpotAccount(Group[T]):
    """Spot balances, bills and transfer records."""

    info = signed_get(
        "/api/v2/spot/account/info", Nothing, AccountInformation, "Get your account and key.", "read", Limit(1, "uid")
    )
    assets = signed_get(
        "/api/v2/spot/account/assets", ListAssets, list[Asset], "List spot balances.", "read", Limit(10, "uid")
    )
    subaccount_assets = signed_list(
        "/api/v2/spot/account/subaccount-assets",
        ListSubaccountAssets,
        list[SubaccountAssets],
        "List sub-accounts' spot balances.",
        "read",
        Limit(10, "uid"),
        item=SubaccountAssets,
        pages=Paging(key="id", largest=10),
    )
    bills = signed_list(
        "/api/v2/spot/account/bills",
        ListBills,
        list[Bill],
        "List the spot wallet's bills.",
        "read",
        Limit(10, "uid"),
        item=Bill,
        pages=Paging(key="bill_id", largest=500, days=90),
    )
    transfer_records = signed_list(
        "/api/v2/spot/account/transferRecords",
        ListTransfers,
        list[Transfer],
        "List transfers.",
        "read",
        Limit(20, "uid"),
        item=Transfer,
        pages=TRANSFER_PAGES,
    )
    main_sub_transfer_records = signed_list(
        "/api/v2/spot/account/sub-main-trans-record",
        ListMainSubTransfers,
        list[MainSubTransfer],
        "List transfers between main account and sub-accounts.",
        "read",
        Limit(20, "uid"),
        item=MainSubTransfer,
        pages=Paging(key="transfer_id", largest=100, days=90),
    )
    switch_deduct = signed_post(
        "/api/v2/spot/account/switch-deduct",
        SwitchDeduct,
        bool,
        "Turn fee payment in BGB on or off.",
        "spot_trade",
        Limit(1, "uid"),
    )
    deduct_info = signed_get(
        "/api/v2/spot/account/deduct-info",
        Nothing,
        DeductState,
        "Get whether fees are paid in BGB.",
        "read",
        Limit(5, "uid"),
    )
    upgrade = signed_post(
        "/api/v2/spot/account/upgrade",
        UpgradeAccount,
        type(None),
        "Upgrade to the unified account.",
        "spot_trade",
        Limit(1, "uid"),
    )
    upgrade_status = signed_get(
        "/api/v2/spot/account/upgrade-status",
        UpgradeAccount,
        UpgradeStatus,
        "Get an upgrade's status.",
        "read",
        Limit(1, "uid"),
    )
