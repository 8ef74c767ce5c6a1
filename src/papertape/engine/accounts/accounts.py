"""Accounts and API keys."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Literal

import msgspec

from papertape.engine.exchange.environments import Environment

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

    An account may withdraw to any address while its ``address_book`` is empty,
    and only to those in it from the first entry on. ``demo_claims`` says when each demo coin was last claimed.
    """

    uid: int
    name: str = ""
    parent: int = 0
    registered: int = 0
    vip_level: int = 0
    frozen: bool = False
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

    @property
    def environment(self) -> Environment:
        """Where the key may be used."""
        return "demo" if self.demo else "live"


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
