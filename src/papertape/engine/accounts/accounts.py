"""Accounts and API keys."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Literal

import msgspec

from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected

if TYPE_CHECKING:
    from papertape.engine.exchange.exchange import Exchange

FIRST_USER = 1_000_000_001
"""UIDs below are reserved: 0 is the exchange itself, the rest are the market's own traders."""


def keeps_history(uid: int) -> bool:
    """Whether orders, fills and bills of this account are kept; the market's own traders have none."""
    return uid >= FIRST_USER


LAST_UID = 9_999_999_999
MOST_ACCOUNTS = 100_000
MOST_BOOKED_ADDRESSES = 500
"""Entries of one account's address book."""


class BookedAddress(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the address book: where one coin may be withdrawn to on one chain."""

    coin: str
    chain: str
    address: str
    tag: str = ""
    label: str = ""


class Account(msgspec.Struct, kw_only=True):
    """A main account or, with ``parent``, a sub-account. Times are Unix milliseconds.

    A ``virtual`` sub-account was made by its main account: its ``name`` is its alias, its ``permissions`` bound
    those of its keys.

    ``upgraded`` is when the unified account was asked for, 0 if never; ``deposit_wallets`` says per coin where
    deposits land when not in spot. An account may withdraw to any address while its ``address_book`` is empty,
    and only to those in it from the first entry on. ``demo_claims`` says when each demo coin was last claimed.
    """

    uid: int
    name: str = ""
    parent: int = 0
    registered: int = 0
    vip_level: int = 0
    deducts_bgb: bool = False
    frozen: bool = False
    upgraded: int = 0
    deposit_wallets: dict[str, str] = msgspec.field(default_factory=dict)
    address_book: list[BookedAddress] = msgspec.field(default_factory=list)
    demo_claims: dict[str, int] = msgspec.field(default_factory=dict)
    virtual: bool = False
    permissions: tuple[str, ...] = ()
    label: str = ""
    updated: int = 0


class ApiKey(msgspec.Struct, kw_only=True):
    """An API key. ``secret`` is sealed (HMAC) or a public key in PEM (RSA); ``passphrase`` is sealed."""

    key: str
    uid: int
    kind: Literal["hmac", "rsa"] = "hmac"
    secret: str
    passphrase: str
    permissions: tuple[str, ...]
    ips: tuple[str, ...] = ()
    label: str = ""
    demo: bool = False
    created: int = 0


TRADING: dict[str, tuple[str, ...]] = {
    "spot_trade": ("spot_trade", "margin_trade", "transfer"),
    "contract_trade": ("contract_trade", "transfer"),
}
"""What a virtual sub-account's permission lets its keys do besides reading; margin trading is of the spot kind."""


def permitted(account: Account, permission: str) -> bool:
    """Whether the account's keys may have the permission; only virtual sub-accounts are bounded."""
    if not account.virtual:
        return True
    if permission == "read":
        return bool(account.permissions)
    return any(permission in TRADING.get(word, ()) for word in account.permissions)


def permits(account: Account, key: ApiKey, permission: str) -> bool:
    """Whether the key may be used for what needs the permission; any permission lets it read."""
    held = permission in key.permissions or (permission == "read" and bool(key.permissions))
    return held and permitted(account, permission)


def allows_ip(key: ApiKey, ip: str) -> bool:
    """Whether the key may be used from this address; an empty list allows all, entries may be networks."""
    return not key.ips or ip in key.ips or _in_networks(key.ips, ip)


@lru_cache(maxsize=4096)
def _in_networks(entries: tuple[str, ...], ip: str) -> bool:
    """Parsing networks costs more than the rest of a request's checks, so it is remembered."""
    networks = [ip_network(entry, strict=False) for entry in entries if "/" in entry]
    return bool(networks) and any(ip_address(ip) in network for network in networks)


def require_bound_key(exchange: Exchange, uid: int, key: str, ip: str) -> None:
    """Refuses a key without an IP list (22010), and an address outside its list (40038).

    The gateway has checked the address already; it is checked again where the log has kept it. Callers without
    a key are the control plane and the exchange itself.
    """
    used = exchange.keys.get(key)
    if not key:
        return
    if used is None or used.uid != uid:
        raise Rejected(errors.KEY_DOES_NOT_EXIST)
    if not used.ips:
        raise Rejected(errors.IP_LIST_MISSING)
    if ip and not allows_ip(used, ip):
        raise Rejected(errors.IP_NOT_WHITELISTED)


def sub_accounts(exchange: Exchange, main: int) -> list[Account]:
    """The sub-accounts of a main account, by UID."""
    return sorted((a for a in exchange.accounts.values() if a.parent == main), key=lambda account: account.uid)


def require_sub_account(exchange: Exchange, main: int, uid: int) -> Account:
    """The account if it is a sub-account of ``main``; 40028 if not."""
    account = exchange.accounts.get(uid)
    if account is None or account.parent != main or main < FIRST_USER:
        raise Rejected(errors.SUBACCOUNT_FOREIGN)
    return account
