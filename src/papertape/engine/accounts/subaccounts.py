"""Virtual sub-accounts: who may be made, what bounds their keys, and the keys' own rules.

Source: documentation, "Virtual Subaccount": 20 sub-accounts, 10 keys each, aliases of eight letters.
"""

from __future__ import annotations

import re

import msgspec

from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected
from papertape.engine.accounts.access import require_sub_account, sub_accounts
from papertape.engine.accounts.accounts import FIRST_USER, LAST_UID, MOST_ACCOUNTS, Account, ApiKey, permitted
from papertape.engine.accounts.key_rules import MOST_KEYS
from papertape.engine.exchange.exchange import Exchange

MOST_SUBACCOUNTS = 20
"""Virtual sub-accounts of one main account."""
ACCOUNT_PERMISSIONS = ("read", "spot_trade", "contract_trade")
"""What a sub-account may do from the start: all that can be granted to one."""

_ALIAS = re.compile("[A-Za-z]{8}", re.ASCII)


def virtual_sub_accounts(exchange: Exchange, main: int) -> list[Account]:
    """The virtual sub-accounts of a main account, by UID."""
    return [account for account in sub_accounts(exchange, main) if account.virtual]


def require_virtual(exchange: Exchange, main: int, uid: int) -> Account:
    """The account if it is a virtual sub-account of ``main``; 40028 for others' accounts, 40066 for another kind."""
    account = require_sub_account(exchange, main, uid)
    if not account.virtual:
        raise Rejected(errors.SUBACCOUNT_NOT_VIRTUAL)
    return account


def check_aliases(aliases: list[str]) -> None:
    """Refuses aliases that are not eight English letters (40055) or come twice in one request (40071)."""
    for alias in aliases:
        if not _ALIAS.fullmatch(alias):
            raise Rejected(errors.ALIAS_INVALID)
    if len({alias.lower() for alias in aliases}) < len(aliases):
        raise Rejected(errors.ALIAS_REPEATED)


def taken_aliases(exchange: Exchange) -> set[str]:
    """The aliases of all virtual sub-accounts, in lower case: two that differ in case only are the same."""
    return {account.name.lower() for account in exchange.accounts.values() if account.virtual}


def room(exchange: Exchange, main: int) -> int:
    """How many more virtual sub-accounts the main account may have."""
    return MOST_SUBACCOUNTS - len(virtual_sub_accounts(exchange, main))


def free_uids(exchange: Exchange, count: int) -> list[int]:
    """The next UIDs; 40067 where the exchange has no room for so many accounts."""
    first = max((uid for uid in exchange.accounts if uid >= FIRST_USER), default=FIRST_USER - 1) + 1
    if first + count - 1 > LAST_UID or len(exchange.accounts) + count > MOST_ACCOUNTS:
        raise Rejected(errors.ACCOUNT_CREATION_FAILED)
    return list(range(first, first + count))


def open_virtual(exchange: Exchange, main: int, uid: int, alias: str, label: str = "") -> Account:
    """Opens a virtual sub-account; everything about it has been checked. It trades at its main account's fee tier."""
    account = exchange.accounts[uid] = Account(
        uid=uid,
        name=alias,
        parent=main,
        registered=exchange.now,
        vip_level=exchange.account(main).vip_level,
        virtual=True,
        permissions=ACCOUNT_PERMISSIONS,
        label=label,
        updated=exchange.now,
    )
    return account


def keys_of(exchange: Exchange, uid: int) -> list[ApiKey]:
    """The account's keys in the order they were made."""
    return [key for key in exchange.keys.values() if key.uid == uid]


def require_key_of(exchange: Exchange, uid: int, name: str) -> ApiKey:
    """The key if it is this sub-account's; 40065 if not."""
    key = exchange.keys.get(name)
    if key is None or key.uid != uid:
        raise Rejected(errors.SUBACCOUNT_KEY_UNKNOWN)
    return key


def require_room_for_key(exchange: Exchange, uid: int) -> None:
    """Refuses an eleventh key of one account (40063)."""
    if len(keys_of(exchange, uid)) >= MOST_KEYS:
        raise Rejected(errors.TOO_MANY_KEYS)


def require_grantable(account: Account, permissions: tuple[str, ...]) -> None:
    """Refuses a key that is to do more than its account may (40040)."""
    if not all(permitted(account, word) for word in permissions):
        raise Rejected(errors.KEY_PERMISSIONS_REFUSED)


def modify_key(exchange: Exchange, key: ApiKey, **changes: object) -> ApiKey:
    """Puts a changed key in the place of an old one, so that it keeps its place in the order."""
    changed = exchange.keys[key.key] = msgspec.structs.replace(key, **changes)
    return changed
