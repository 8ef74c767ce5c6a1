"""What an account holds in its funding and bot wallets, and all of it in USDT at the exchange's last prices."""

from __future__ import annotations

from decimal import Decimal

from papertape.contract.assets import AccountBalance, Assets, BotAsset, FundingAsset, ListBotAssets, ListFundingAssets
from papertape.contract.protocol.wire import Amount, Nothing
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.money import ZERO, nearest, trimmed
from papertape.engine.funds.ledger import Balance
from papertape.engine.funds.transfers import find_coin
from papertape.engine.spot.markets import spot_markets
from papertape.engine.spot.valuation import usdt_price
from papertape.operations.registry import Caller, query
from papertape.operations.wallet_words import BOT_WALLETS

VALUE_PLACES = 8
"""Decimals of a value in USDT."""
ACCOUNTS: dict[str, tuple[str, ...]] = {
    "spot": ("spot",),
    "futures": ("usdt_futures", "coin_futures", "usdc_futures"),
    "funding": ("funding",),
    "earn": ("earn",),
    "bots": tuple(BOT_WALLETS.values()),
    "margin": ("crossed_margin",),
}
"""The wallets of each kind of account; margin has an isolated one for each instrument besides."""


@query(Assets.funding)
def funding(exchange: Exchange, caller: Caller, request: ListFundingAssets) -> list[FundingAsset]:
    """Return one coin's balance, or those held; an unknown coin is 41104."""
    if request.coin is not None:
        return [_funding_asset(exchange, caller.uid, find_coin(exchange, request.coin).name)]
    held = exchange.ledger.coins(caller.uid, "funding")
    return [_funding_asset(exchange, caller.uid, name) for name in exchange.coins if name in held and held[name].total]


@query(Assets.bots)
def bots(exchange: Exchange, caller: Caller, request: ListBotAssets) -> list[BotAsset]:
    """Tell what futures bots, spot bots or both hold. A trading bonus is locked: it trades but never leaves."""
    wallets = [BOT_WALLETS[request.kind]] if request.kind else list(BOT_WALLETS.values())
    held = {name: [exchange.ledger.balance(caller.uid, wallet, name) for wallet in wallets] for name in exchange.coins}
    return [
        _bot_asset(exchange, name, balances)
        for name, balances in held.items()
        if any(balance.total for balance in balances)
    ]


@query(Assets.overview)
def overview(exchange: Exchange, caller: Caller, request: Nothing) -> list[AccountBalance]:
    """Return all that each kind of account holds, frozen and locked included."""
    rows = []
    for kind, wallets in ACCOUNTS.items():
        if kind == "margin":
            wallets += tuple(f"isolated_margin:{symbol}" for symbol in spot_markets(exchange))
        value = sum((_value(exchange, exchange.ledger.coins(caller.uid, wallet)) for wallet in wallets), ZERO)
        rows.append(AccountBalance(account_type=kind, usdt_balance=Amount(trimmed(value))))
    return rows


def _funding_asset(exchange: Exchange, uid: int, name: str) -> FundingAsset:
    balance = exchange.ledger.balance(uid, "funding", name)
    return FundingAsset(
        coin=name,
        available=Amount(balance.available),
        frozen=Amount(balance.frozen + balance.locked),
        usdt_value=Amount(_value(exchange, {name: balance})),
    )


def _bot_asset(exchange: Exchange, name: str, balances: list[Balance]) -> BotAsset:
    value = sum((_value(exchange, {name: balance}) for balance in balances), ZERO)
    return BotAsset(
        coin=name,
        available=Amount(sum((balance.available for balance in balances), ZERO)),
        equity=Amount(sum((balance.total for balance in balances), ZERO)),
        bonus=Amount(sum((balance.locked for balance in balances), ZERO)),
        frozen=Amount(sum((balance.frozen for balance in balances), ZERO)),
        usdt_value=Amount(trimmed(value)),
    )


def _value(exchange: Exchange, held: dict[str, Balance]) -> Decimal:
    """Tell what the balances are worth in USDT; coins without a price count nothing."""
    value = sum((balance.total * usdt_price(exchange, name) for name, balance in held.items()), ZERO)
    return trimmed(nearest(value, VALUE_PLACES))
