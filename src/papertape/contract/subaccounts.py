"""Virtual sub-accounts and their API keys. Source: documentation, "Common / VirtualSubaccount"."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from papertape.contract.protocol.declaring import signed_get, signed_list, signed_post
from papertape.contract.protocol.endpoint import Group, Limit, T
from papertape.contract.protocol.enums import OutcomeWord
from papertape.contract.protocol.paging import Paging
from papertape.contract.protocol.wire import CLEARABLE, Reply, Request, Sealed, Timestamp, words

AccountPermission = Literal["spot_trade", "contract_trade", "read"]
AccountPermissionWord = Annotated[str, words("spot_trade", "contract_trade", "read")]
AccountStatus = Literal["normal", "freeze"]
AccountStatusWord = Annotated[str, words("normal", "freeze", "del")]
KeyPermission = Literal["spot_trade", "margin_trade", "contract_trade", "transfer", "read"]
KeyPermissionWord = Annotated[str, words("spot_trade", "margin_trade", "contract_trade", "transfer", "read")]


class CreateSubaccounts(Request):
    """Aliases of eight English letters, each unique over the whole exchange."""

    aliases: list[str] = msgspec.field(name="subAccountList")


class Subaccount(Reply):
    """A sub-account just made; the wire's spelling of uid and name is Bitget's own."""

    uid: str = msgspec.field(name="subaAccountUid")
    alias: str = msgspec.field(name="subaAccountName")
    status: AccountStatusWord
    label: str
    permissions: list[AccountPermissionWord] = msgspec.field(name="permList")
    created: Timestamp = msgspec.field(name="cTime")
    updated: Timestamp = msgspec.field(name="uTime")


class SubaccountFailure(Reply):
    """An alias that became no sub-account, and why."""

    alias: str = msgspec.field(name="subaAccountName")
    error_code: str
    error_message: str = msgspec.field(name="errorMsg")


class CreatedSubaccounts(Reply):
    """What became of each alias."""

    failures: list[SubaccountFailure] = msgspec.field(name="failureList")
    successes: list[Subaccount] = msgspec.field(name="successList")


class ModifySubaccount(Request):
    """A sub-account's permissions, which bound its keys', and whether it is frozen."""

    uid: str = msgspec.field(name="subAccountUid")
    permissions: list[AccountPermission] = msgspec.field(name="permList")
    status: AccountStatus


class Modified(Reply):
    """That it is done."""

    result: OutcomeWord


class SubaccountWithKey(Request):
    """A sub-account to make, with its first key; label and passphrase are the key's, the label the account's too."""

    alias: str = msgspec.field(name="subAccountName")
    passphrase: str
    label: str
    ips: list[str] | None = msgspec.field(default=None, name="ipList")
    permissions: Annotated[list[KeyPermission] | None, CLEARABLE] = msgspec.field(default=None, name="permList")


class CreateSubaccountsWithKeys(Request):
    """At most five sub-accounts with a key each; on the wire the list alone is the body."""

    bare: ClassVar[str] = "subAccountList"

    subaccounts: list[SubaccountWithKey] = msgspec.field(name="subAccountList")


class CreatedSubaccountWithKey(Reply):
    """A sub-account just made and its key, whose secret is shown this once."""

    uid: str = msgspec.field(name="subAccountUid")
    alias: str = msgspec.field(name="subAccountName")
    label: str
    key: str = msgspec.field(name="subAccountApiKey")
    secret: Sealed = msgspec.field(name="secretKey")
    permissions: list[KeyPermissionWord] = msgspec.field(name="permList")
    ips: list[str] = msgspec.field(name="ipList")


class ListSubaccounts(Request):
    """Virtual sub-accounts, the newest first; 100 unless told, at most 500."""

    limit: int | None = None
    id_less_than: str | None = None
    status: AccountStatus | None = None


class ListedSubaccount(Reply):
    """A virtual sub-account; kind and binding time are in the documentation's example only."""

    uid: str = msgspec.field(name="subAccountUid")
    alias: str = msgspec.field(name="subAccountName")
    status: AccountStatusWord
    permissions: list[AccountPermissionWord] = msgspec.field(name="permList")
    label: str
    account_type: str
    bound: Timestamp = msgspec.field(name="bindingTime")
    created: Timestamp = msgspec.field(name="cTime")
    updated: Timestamp = msgspec.field(name="uTime")


class Subaccounts(Reply):
    """A page of sub-accounts; ``end_id``, empty when there are none, is where the next page starts."""

    end_id: str
    subaccounts: list[ListedSubaccount] = msgspec.field(name="subAccountList")


class CreateSubaccountKey(Request):
    """A key for a virtual sub-account; without permissions given it may read, without addresses it is bound to none."""

    uid: str = msgspec.field(name="subAccountUid")
    passphrase: str
    label: str
    ips: list[str] | None = msgspec.field(default=None, name="ipList")
    permissions: Annotated[list[KeyPermission] | None, CLEARABLE] = msgspec.field(default=None, name="permList")


class CreatedSubaccountKey(Reply):
    """A new key; its secret is shown this once."""

    uid: str = msgspec.field(name="subAccountUid")
    key: str = msgspec.field(name="subAccountApiKey")
    secret: Sealed = msgspec.field(name="secretKey")
    permissions: list[KeyPermissionWord] = msgspec.field(name="permList")
    label: str
    ips: list[str] = msgspec.field(name="ipList")


class ModifySubaccountKey(Request):
    """What the key becomes: permissions left out stay, an empty list removes them; addresses left out are removed.

    The passphrase proves that the key is one's own; it cannot be changed.
    """

    uid: str = msgspec.field(name="subAccountUid")
    key: str = msgspec.field(name="subAccountApiKey")
    passphrase: str
    label: str
    ips: list[str] | None = msgspec.field(default=None, name="ipList")
    permissions: Annotated[list[KeyPermission] | None, CLEARABLE] = msgspec.field(default=None, name="permList")


class ModifiedSubaccountKey(Reply):
    """The key as it is now; its secret was shown when it was made, so it is empty here."""

    uid: str = msgspec.field(name="subAccountUid")
    key: str = msgspec.field(name="subAccountApiKey")
    secret: str = msgspec.field(name="secretKey")
    permissions: list[KeyPermissionWord] = msgspec.field(name="permList")
    label: str
    ips: list[str] = msgspec.field(name="ipList")


class ListSubaccountKeys(Request):
    """Whose keys: a virtual sub-account's or a general one's."""

    uid: str = msgspec.field(name="subAccountUid")


class SubaccountKey(Reply):
    """A sub-account's key, without its secret."""

    uid: str = msgspec.field(name="subAccountUid")
    key: str = msgspec.field(name="subAccountApiKey")
    permissions: list[KeyPermissionWord] = msgspec.field(name="permList")
    label: str
    ips: list[str] = msgspec.field(name="ipList")


class SubaccountManagement(Group[T]):
    """Virtual sub-accounts and their API keys: for a main account's keys."""

    create = signed_post(
        "/api/v2/user/create-virtual-subaccount",
        CreateSubaccounts,
        CreatedSubaccounts,
        "Create virtual sub-accounts.",
        "transfer",
        Limit(5, "uid"),
        main_account=True,
    )
    modify = signed_post(
        "/api/v2/user/modify-virtual-subaccount",
        ModifySubaccount,
        Modified,
        "Change a virtual sub-account's permissions, freeze or unfreeze it.",
        "transfer",
        Limit(5, "uid"),
    )
    create_with_keys = signed_post(
        "/api/v2/user/batch-create-subaccount-and-apikey",
        CreateSubaccountsWithKeys,
        list[CreatedSubaccountWithKey],
        "Create virtual sub-accounts with a key each.",
        "transfer",
        Limit(1, "uid"),
        main_account=True,
    )
    subaccounts = signed_list(
        "/api/v2/user/virtual-subaccount-list",
        ListSubaccounts,
        Subaccounts,
        "List virtual sub-accounts.",
        "read",
        Limit(10, "uid"),
        item=ListedSubaccount,
        pages=Paging(key="uid", rows="subaccounts", next="end_id", largest=500),
    )
    create_key = signed_post(
        "/api/v2/user/create-virtual-subaccount-apikey",
        CreateSubaccountKey,
        CreatedSubaccountKey,
        "Create a key for a virtual sub-account.",
        "transfer",
        Limit(5, "uid"),
        main_account=True,
    )
    modify_key = signed_post(
        "/api/v2/user/modify-virtual-subaccount-apikey",
        ModifySubaccountKey,
        ModifiedSubaccountKey,
        "Change a sub-account's key.",
        "transfer",
        Limit(5, "uid"),
        main_account=True,
    )
    keys = signed_get(
        "/api/v2/user/virtual-subaccount-apikey-list",
        ListSubaccountKeys,
        list[SubaccountKey],
        "List a sub-account's keys.",
        "read",
        Limit(5, "uid"),
        main_account=True,
    )
