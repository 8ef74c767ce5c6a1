"""Virtual sub-accounts and their API keys. Secrets are made and sealed before anything is journaled."""

from __future__ import annotations

import hmac
from typing import get_args

from msgspec.structs import replace

from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected
from papertape.contract.protocol.wire import Request, Sealed, Timestamp
from papertape.contract.subaccounts import (
    CreatedSubaccountKey,
    CreatedSubaccounts,
    CreatedSubaccountWithKey,
    CreateSubaccountKey,
    CreateSubaccounts,
    CreateSubaccountsWithKeys,
    KeyPermission,
    ListedSubaccount,
    ListSubaccountKeys,
    ListSubaccounts,
    Modified,
    ModifiedSubaccountKey,
    ModifySubaccount,
    ModifySubaccountKey,
    Subaccount,
    SubaccountFailure,
    SubaccountKey,
    SubaccountManagement,
    Subaccounts,
    SubaccountWithKey,
)
from papertape.engine.accounts import subaccounts as rules
from papertape.engine.accounts.access import require_bound_key, require_sub_account
from papertape.engine.accounts.accounts import Account, ApiKey
from papertape.engine.accounts.key_rules import check_label, check_passphrase, checked_ips, ordered
from papertape.engine.exchange.exchange import Exchange
from papertape.operations.control.accounts import KEY_LENGTH, SECRET_LENGTH
from papertape.operations.paging import identifier, page
from papertape.operations.ports import Vault
from papertape.operations.registry import Caller, command, prepare, query

MOST_ALIASES = 50
"""Aliases in one request; more than 20 cannot succeed."""
MOST_IN_A_BATCH = 5
"""Sub-accounts with keys in one request (documentation, "Batch Create Virtual Subaccount and Apikey")."""
MOST_LISTED = 500
READ_ONLY = ["read"]
"""What a key may do that is made without permissions."""
KEY_PERMISSIONS: tuple[str, ...] = get_args(KeyPermission)


class MadeKey(Request):
    """A key's name and its sealed secret, made before the request is journaled."""

    key: str
    secret: str


class PreparedKey(CreateSubaccountKey, kw_only=True):
    """The journaled form: the passphrase sealed, the key made."""

    made: MadeKey


class PreparedBatch(CreateSubaccountsWithKeys):
    """The journaled form: passphrases sealed, one key made for each sub-account."""

    made: list[MadeKey]


@command(SubaccountManagement.create)
def create(exchange: Exchange, caller: Caller, request: CreateSubaccounts) -> CreatedSubaccounts:
    """Open a sub-account for each alias that is free while there is room; the others fail one by one."""
    _require_main(exchange, caller, bound=True)
    if len(request.aliases) > MOST_ALIASES:
        raise Rejected(errors.MAXIMUM_ALLOWED.of("subAccountList", MOST_ALIASES))
    rules.check_aliases(request.aliases)
    taken, room = rules.taken_aliases(exchange), rules.room(exchange, caller.uid)
    reasons = {alias: errors.ALIAS_TAKEN for alias in request.aliases if alias.lower() in taken}
    free = [alias for alias in request.aliases if alias not in reasons]
    reasons |= dict.fromkeys(free[room:], errors.SUBACCOUNTS_EXHAUSTED)
    made = free[:room]
    uids = rules.free_uids(exchange, len(made))
    return CreatedSubaccounts(
        failures=[
            SubaccountFailure(alias=alias, error_code=reasons[alias].code, error_message=reasons[alias].message)
            for alias in request.aliases
            if alias in reasons
        ],
        successes=[
            _subaccount(rules.open_virtual(exchange, caller.uid, uid, alias))
            for uid, alias in zip(uids, made, strict=True)
        ],
    )


@command(SubaccountManagement.modify)
def modify(exchange: Exchange, caller: Caller, request: ModifySubaccount) -> Modified:
    """Change what a sub-account may do; frozen, its keys stop working at once."""
    _require_main(exchange, caller, bound=False)
    account = rules.require_virtual(exchange, caller.uid, identifier("subAccountUid", request.uid))
    account.permissions = ordered(request.permissions)
    account.frozen = request.status == "freeze"
    account.updated = exchange.now
    return Modified(result="success")


@command(SubaccountManagement.create_with_keys)
def create_with_keys(
    exchange: Exchange, caller: Caller, request: CreateSubaccountsWithKeys
) -> list[CreatedSubaccountWithKey]:
    """Open sub-accounts with a key each: all of them or, if one cannot be, none."""
    assert isinstance(request, PreparedBatch), "not prepared"
    _require_main(exchange, caller, bound=True)
    aliases = [row.alias for row in request.subaccounts]
    rules.check_aliases(aliases)
    taken = rules.taken_aliases(exchange)
    if any(alias.lower() in taken for alias in aliases):
        raise Rejected(errors.ALIAS_TAKEN)
    if len(aliases) > rules.room(exchange, caller.uid):
        raise Rejected(errors.SUBACCOUNTS_EXHAUSTED)
    keys = [
        _key(exchange, caller, uid, row, made)
        for uid, row, made in zip(
            rules.free_uids(exchange, len(aliases)), request.subaccounts, request.made, strict=True
        )
    ]
    for alias, key in zip(aliases, keys, strict=True):
        rules.open_virtual(exchange, caller.uid, key.uid, alias, key.label)
        exchange.keys[key.key] = key
    return [
        CreatedSubaccountWithKey(
            uid=str(key.uid),
            alias=alias,
            label=key.label,
            key=key.key,
            secret=Sealed(key.secret),
            permissions=list(key.permissions),
            ips=list(key.ips),
        )
        for alias, key in zip(aliases, keys, strict=True)
    ]


@prepare(SubaccountManagement.create_with_keys, PreparedBatch)
def prepare_batch(
    exchange: Exchange, vault: Vault, caller: Caller, request: CreateSubaccountsWithKeys
) -> PreparedBatch:
    """Make the keys and seal passphrases and secrets; 40058 for more than five rows."""
    if len(request.subaccounts) > MOST_IN_A_BATCH:
        raise Rejected(errors.MAXIMUM_ALLOWED.of("subAccountList", MOST_IN_A_BATCH))
    for row in request.subaccounts:
        check_passphrase(row.passphrase)
    return PreparedBatch(
        subaccounts=[replace(row, passphrase=vault.seal(row.passphrase)) for row in request.subaccounts],
        made=[_made(vault) for _ in request.subaccounts],
    )


@query(SubaccountManagement.subaccounts)
def subaccounts(exchange: Exchange, caller: Caller, request: ListSubaccounts) -> Subaccounts:
    """Return the virtual sub-accounts, the newest first."""
    _require_main(exchange, caller, bound=False)
    wanted = page(limit=request.limit, most=MOST_LISTED, before=request.id_less_than)
    found = [
        account
        for account in reversed(rules.virtual_sub_accounts(exchange, caller.uid))
        if (wanted.before is None or account.uid < wanted.before) and request.status in (None, _status(account))
    ][: wanted.limit]
    return Subaccounts(end_id=str(found[-1].uid) if found else "", subaccounts=[_listed(account) for account in found])


@command(SubaccountManagement.create_key)
def create_key(exchange: Exchange, caller: Caller, request: CreateSubaccountKey) -> CreatedSubaccountKey:
    """Add a key to a virtual sub-account; 40024 while that is frozen."""
    assert isinstance(request, PreparedKey), "not prepared"
    _require_main(exchange, caller, bound=True)
    account = rules.require_virtual(exchange, caller.uid, identifier("subAccountUid", request.uid))
    if account.frozen:
        raise Rejected(errors.ACCOUNT_FROZEN)
    rules.require_room_for_key(exchange, account.uid)
    key = _key(exchange, caller, account.uid, request, request.made)
    rules.require_grantable(account, key.permissions)
    exchange.keys[key.key] = key
    return CreatedSubaccountKey(
        uid=str(key.uid),
        key=key.key,
        secret=Sealed(key.secret),
        permissions=list(key.permissions),
        label=key.label,
        ips=list(key.ips),
    )


@prepare(SubaccountManagement.create_key, PreparedKey)
def prepare_key(exchange: Exchange, vault: Vault, caller: Caller, request: CreateSubaccountKey) -> PreparedKey:
    """Make the key and seal passphrase and secret."""
    check_passphrase(request.passphrase)
    return PreparedKey(
        uid=request.uid,
        passphrase=vault.seal(request.passphrase),
        label=request.label,
        ips=request.ips,
        permissions=request.permissions,
        made=_made(vault),
    )


@command(SubaccountManagement.modify_key)
def modify_key(exchange: Exchange, caller: Caller, request: ModifySubaccountKey) -> ModifiedSubaccountKey:
    """Change a sub-account's key, virtual or general; a permission taken away is gone at once."""
    _require_main(exchange, caller, bound=True)
    account = require_sub_account(exchange, caller.uid, identifier("subAccountUid", request.uid))
    key = rules.require_key_of(exchange, account.uid, request.key)
    check_label(request.label)
    permissions = key.permissions
    if request.permissions is not None:
        permissions = ordered(request.permissions)
        rules.require_grantable(account, permissions)
    ips = checked_ips(request.ips)
    changed = rules.modify_key(exchange, key, label=request.label, ips=ips, permissions=permissions)
    return ModifiedSubaccountKey(
        uid=str(account.uid),
        key=changed.key,
        secret="",
        permissions=_documented(changed),
        label=changed.label,
        ips=list(changed.ips),
    )


@prepare(SubaccountManagement.modify_key)
def prove_passphrase(
    exchange: Exchange, vault: Vault, caller: Caller, request: ModifySubaccountKey
) -> ModifySubaccountKey:
    """Compare the passphrase with the key's, which never changes, and keep it out of the journal; 40036 if wrong."""
    check_passphrase(request.passphrase)
    key = exchange.keys.get(request.key)
    sealed = key.passphrase if key is not None and exchange.account(key.uid).parent == caller.uid else None
    if sealed is not None and not hmac.compare_digest(request.passphrase.encode(), vault.open(sealed).encode()):
        raise Rejected(errors.PASSPHRASE_ERROR)
    return replace(request, passphrase="")


@query(SubaccountManagement.keys)
def keys(exchange: Exchange, caller: Caller, request: ListSubaccountKeys) -> list[SubaccountKey]:
    """Return a sub-account's keys in the order they were made, virtual or general."""
    _require_main(exchange, caller, bound=True)
    account = require_sub_account(exchange, caller.uid, identifier("subAccountUid", request.uid))
    return [
        SubaccountKey(uid=str(key.uid), key=key.key, permissions=_documented(key), label=key.label, ips=list(key.ips))
        for key in rules.keys_of(exchange, account.uid)
    ]


def _require_main(exchange: Exchange, caller: Caller, *, bound: bool) -> None:
    """Refuse a sub-account's key (40048) and, where it is asked for, one that is bound to no address (22010)."""
    if exchange.account(caller.uid).parent:
        raise Rejected(errors.KEY_MUST_BE_MAIN)
    if bound:
        require_bound_key(exchange, caller.uid, caller.key, caller.ip)


def _made(vault: Vault) -> MadeKey:
    return MadeKey(key=f"pt_{vault.token(KEY_LENGTH)}", secret=vault.seal(vault.token(SECRET_LENGTH)))


def _key(
    exchange: Exchange, caller: Caller, uid: int, asked: CreateSubaccountKey | SubaccountWithKey, made: MadeKey
) -> ApiKey:
    """Make the key that is asked for, once all that can be refused has been; it trades where the caller's does."""
    check_label(asked.label)
    used = exchange.keys.get(caller.key)
    return ApiKey(
        key=made.key,
        uid=uid,
        secret=made.secret,
        passphrase=asked.passphrase,
        permissions=ordered(READ_ONLY if asked.permissions is None else asked.permissions),
        ips=checked_ips(asked.ips),
        label=asked.label,
        demo=used is not None and used.demo,
        created=exchange.now,
    )


def _documented(key: ApiKey) -> list[str]:
    """Return a key's permissions as these endpoints know them; withdrawing is not among them."""
    return [word for word in key.permissions if word in KEY_PERMISSIONS]


def _status(account: Account) -> str:
    return "freeze" if account.frozen else "normal"


def _subaccount(account: Account) -> Subaccount:
    return Subaccount(
        uid=str(account.uid),
        alias=account.name,
        status=_status(account),
        label=account.label,
        permissions=list(account.permissions),
        created=Timestamp(account.registered),
        updated=Timestamp(account.updated),
    )


def _listed(account: Account) -> ListedSubaccount:
    return ListedSubaccount(
        uid=str(account.uid),
        alias=account.name,
        status=_status(account),
        permissions=list(account.permissions),
        label=account.label,
        account_type="virtual",
        bound=Timestamp(account.registered),
        created=Timestamp(account.registered),
        updated=Timestamp(account.updated),
    )
