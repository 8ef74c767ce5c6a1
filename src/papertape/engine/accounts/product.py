"""Accounts, as state and audit know them."""

from __future__ import annotations

from papertape.engine.accounts.settings import Settings
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.product import Findings, Part, Product
from papertape.engine.funds.demo_coins import COINS as DEMO_COINS


def accounts(exchange: Exchange) -> Findings:
    """Accounts and keys are kept under their own names, and each key, balance and sub-account has an owner."""
    for uid, account in exchange.accounts.items():
        if uid != account.uid or (account.parent and account.parent not in exchange.accounts):
            yield f"account {account.uid} is kept as {uid}, with parent {account.parent}"
    for name, key in exchange.keys.items():
        if name != key.key or key.uid not in exchange.accounts:
            yield f"key {key.key} is kept as {name}, for {key.uid}"
    for uid, wallet, coin, _ in exchange.ledger:
        if (uid and uid not in exchange.accounts) or not (coin in exchange.coins or coin in DEMO_COINS):
            yield f"{wallet} of {uid} holds {coin}"
    for uid in exchange.part(Settings).by_account:
        if uid not in exchange.accounts:
            yield f"settings of {uid} are nobody's"


ACCOUNTS = Product("accounts", parts=(Part("settings", Settings, Settings),), checks=(accounts,))
