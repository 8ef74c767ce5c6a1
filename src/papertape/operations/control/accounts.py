"""The control plane's accounts and API keys. Secrets are made and sealed before anything is journaled."""

from __future__ import annotations

import re

from msgspec.structs import replace

from papertape.contract.control import (
    Control,
    CreatedKey,
    CreateKey,
    CreateUser,
    DeleteKey,
    Done,
    Key,
    ListKeys,
    ListUsers,
    ModifyUser,
    User,
)
from papertape.contract.protocol import errors
from papertape.contract.protocol.endpoint import PERMISSIONS
from papertape.contract.protocol.errors import Rejected
from papertape.contract.protocol.signing import is_public_key
from papertape.contract.protocol.wire import Sealed
from papertape.engine.accounts.accounts import FIRST_USER, LAST_UID, MOST_ACCOUNTS, Account, ApiKey
from papertape.engine.accounts.key_rules import MOST_KEYS, check_label, check_passphrase, checked_ips, ordered
from papertape.engine.accounts.subaccounts import virtual_sub_accounts
from papertape.engine.exchange.exchange import Exchange
from papertape.operations.ports import Vault
from papertape.operations.registry import Caller, command, prepare, query

HIGHEST_VIP_LEVEL = 7
LONGEST_NAME = 64
ROWS, MOST_ROWS = 100, 500
KEY_LENGTH, SECRET_LENGTH, PASSPHRASE_LENGTH = 32, 64, 16


@command(Control.create_user)
def create_user(exchange: Exchange, caller: Caller, request: CreateUser) -> User:
    """Open an account, or a sub-account of a main account."""
    uid = _free_uid(exchange) if request.uid is None else request.uid
    if not FIRST_USER <= uid <= LAST_UID or uid in exchange.accounts:
        raise Rejected(errors.PARAMETER_ERROR.of("uid"))
    if request.parent_uid is not None and find_account(exchange, request.parent_uid, "parentUid").parent:
        raise Rejected(errors.KEY_MUST_BE_MAIN)
    if len(exchange.accounts) >= MOST_ACCOUNTS:
        raise Rejected(errors.MAXIMUM_ALLOWED.of("users", MOST_ACCOUNTS))
    _check_name(request.name)
    _check_vip_level(request.vip_level)
    account = Account(
        uid=uid,
        name=request.name,
        parent=request.parent_uid or 0,
        registered=exchange.now,
        vip_level=request.vip_level,
    )
    exchange.accounts[uid] = account
    return _user(account)


@command(Control.modify_user)
def modify_user(exchange: Exchange, caller: Caller, request: ModifyUser) -> User:
    """Change an account; freezing it makes its keys fail at once. Virtual sub-accounts share the fee tier."""
    account = find_account(exchange, request.uid)
    if request.name is not None:
        _check_name(request.name)
    if request.vip_level is not None:
        _check_vip_level(request.vip_level)
    account.name = account.name if request.name is None else request.name
    if request.vip_level is not None:
        for each in (account, *virtual_sub_accounts(exchange, account.uid)):
            each.vip_level = request.vip_level
    account.frozen = account.frozen if request.frozen is None else request.frozen
    return _user(account)


@query(Control.users)
def users(exchange: Exchange, caller: Caller, request: ListUsers) -> list[User]:
    """Users' accounts in order of UID; the market's own traders are not among them."""
    after = max(request.after_uid or 0, FIRST_USER - 1)
    found = [
        account
        for account in exchange.accounts.values()
        if account.uid > after and request.parent_uid in (None, account.parent)
    ]
    found.sort(key=lambda account: account.uid)
    return [_user(account) for account in found[: rows(request.limit)]]


@command(Control.create_key)
def create_key(exchange: Exchange, caller: Caller, request: CreateKey) -> CreatedKey:
    """Add a key; its secrets arrive sealed and leave this once."""
    assert request.key is not None and request.secret is not None and request.passphrase is not None, "not prepared"
    find_account(exchange, request.uid)
    if request.key in exchange.keys:
        raise Rejected(errors.PARAMETER_ERROR.of("key"))
    if sum(key.uid == request.uid for key in exchange.keys.values()) >= MOST_KEYS:
        raise Rejected(errors.TOO_MANY_KEYS)
    key = ApiKey(
        key=request.key,
        uid=request.uid,
        kind=request.kind,
        secret=request.public_key or request.secret,
        passphrase=request.passphrase,
        permissions=ordered(PERMISSIONS if request.permissions is None else request.permissions),
        ips=checked_ips(request.ips, "ips"),
        label=request.label,
        demo=request.demo,
        created=exchange.now,
    )
    exchange.keys[key.key] = key
    return CreatedKey(
        key=key.key,
        uid=key.uid,
        secret=Sealed(request.secret),
        passphrase=Sealed(request.passphrase),
        kind=key.kind,
        permissions=list(key.permissions),
        ips=list(key.ips),
        label=key.label,
        demo=key.demo,
        created=key.created,
    )


@prepare(Control.create_key)
def prepare_key(exchange: Exchange, vault: Vault, caller: Caller, request: CreateKey) -> CreateKey:
    """Make what is not given and seal the secrets; an RSA key's own secret is empty."""
    _check_key(request)
    rsa = request.kind == "rsa"
    secret = "" if rsa else request.secret or vault.token(SECRET_LENGTH)
    return replace(
        request,
        key=request.key or f"pt_{vault.token(KEY_LENGTH)}",
        secret=vault.seal(secret),
        passphrase=vault.seal(request.passphrase or vault.token(PASSPHRASE_LENGTH)),
        public_key=request.public_key if rsa else None,
    )


@query(Control.keys)
def keys(exchange: Exchange, caller: Caller, request: ListKeys) -> list[Key]:
    """Return API keys in the order they were created, without secrets."""
    found = [key for key in exchange.keys.values() if request.uid in (None, key.uid)]
    return [
        Key(
            key=key.key,
            uid=key.uid,
            kind=key.kind,
            permissions=list(key.permissions),
            ips=list(key.ips),
            label=key.label,
            demo=key.demo,
            created=key.created,
        )
        for key in found[: rows(request.limit)]
    ]


@command(Control.delete_key)
def delete_key(exchange: Exchange, caller: Caller, request: DeleteKey) -> Done:
    """Delete a key: it stops working at once."""
    if exchange.keys.pop(request.key, None) is None:
        raise Rejected(errors.KEY_DOES_NOT_EXIST)
    return Done()


def find_account(exchange: Exchange, uid: int, name: str = "uid") -> Account:
    """Return the user's account; 40034 if there is none, or if it is one of the market's own."""
    account = exchange.accounts.get(uid)
    if account is None or uid < FIRST_USER:
        raise Rejected(errors.PARAMETER_DOES_NOT_EXIST.of(name))
    return account


def rows(limit: int | None) -> int:
    """Tell how many rows a list of the control plane has; 40020 for a limit outside 1 to 500."""
    wanted = ROWS if limit is None else limit
    if not 1 <= wanted <= MOST_ROWS:
        raise Rejected(errors.PARAMETER_ERROR.of("limit"))
    return wanted


def _free_uid(exchange: Exchange) -> int:
    return max((uid for uid in exchange.accounts if uid >= FIRST_USER), default=FIRST_USER - 1) + 1


def _user(account: Account) -> User:
    return User(
        uid=account.uid,
        name=account.name,
        parent_uid=account.parent,
        vip_level=account.vip_level,
        frozen=account.frozen,
        registered=account.registered,
    )


def _check_name(text: str) -> None:
    if len(text) > LONGEST_NAME or not (text == "" or text.isprintable()):
        raise Rejected(errors.PARAMETER_ERROR.of("name"))


def _check_vip_level(level: int) -> None:
    if not 0 <= level <= HIGHEST_VIP_LEVEL:
        raise Rejected(errors.OUT_OF_RANGE.of("vipLevel", f"0 and {HIGHEST_VIP_LEVEL}"))


def _check_key(request: CreateKey) -> None:
    """Refuse a key that cannot be, before its secrets are sealed."""
    if request.key is not None and not re.fullmatch("[A-Za-z0-9_-]{8,64}", request.key):
        raise Rejected(errors.PARAMETER_ERROR.of("key"))
    if request.secret is not None and not re.fullmatch("[!-~]{16,128}", request.secret):
        raise Rejected(errors.PARAMETER_ERROR.of("secret"))
    if request.passphrase is not None:
        check_passphrase(request.passphrase)
    if request.kind == "rsa" and request.public_key is None:
        raise Rejected(errors.PARAMETER_EMPTY.of("publicKey"))
    if request.kind == "rsa" and request.public_key is not None and not is_public_key(request.public_key):
        raise Rejected(errors.PARAMETER_ERROR.of("publicKey"))
    check_label(request.label)
    checked_ips(request.ips, "ips")
