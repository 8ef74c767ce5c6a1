"""Which account a caller may act for, and with which key."""

from __future__ import annotations

from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected
from papertape.engine.accounts.accounts import FIRST_USER, Account, allows_ip
from papertape.engine.exchange.exchange import Exchange


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
