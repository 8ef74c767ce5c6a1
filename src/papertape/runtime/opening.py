"""The first entry of every log: which coins, instruments, accounts and balances an exchange opens with."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from papertape.config import DEVELOPER_KEY, Config, DeveloperCredentials
from papertape.contract.internal import OpenExchange, OpeningAccount, OpeningBalance, OpeningHour, OpeningKey
from papertape.data import load
from papertape.data.announcements import opening_announcements
from papertape.engine.spot.instruments import SpotInstrument
from papertape.operations.ports import Vault
from papertape.simulator.history import hour_candles
from papertape.simulator.p2p import desk_accounts
from papertape.simulator.profiles import opening_values
from papertape.simulator.traders import trader_accounts

DEVELOPER = 1_000_000_001
TRADER = 1_000_000_002
DEMO_KEY = "papertape-demo-key"
SECOND_KEY_SUFFIX = "-2"
ALL_PERMISSIONS = ["read", "spot_trade", "margin_trade", "contract_trade", "transfer", "withdraw"]
LOOPBACK = ["127.0.0.0/8", "::1/128"]
"""The built-in keys are bound to this machine, so that they may withdraw and move sub-accounts' funds."""

OPENING_BALANCES = (
    ("spot", "USDT", "100000"),
    ("spot", "BTC", "10"),
    ("spot", "ETH", "100"),
    ("spot", "USDC", "10000"),
    ("spot", "BGB", "1000"),
    ("usdt_futures", "USDT", "100000"),
    ("funding", "USDT", "10000"),
)

DEMO_BALANCES = (
    *OPENING_BALANCES,
    ("susdt_futures", "SUSDT", "100000"),
    ("scoin_futures", "SBTC", "10"),
    ("scoin_futures", "SETH", "100"),
    ("susdc_futures", "SUSDC", "100000"),
)
"""What the same accounts have to trade with in demo."""


def opening(config: Config, credentials: DeveloperCredentials, vault: Vault, opened: int) -> OpenExchange:
    """The request that opens the exchange at market time ``opened``; secrets in it are sealed.

    Raises ``InstrumentsError`` for a file of instruments that cannot be used.
    """
    coins, instruments = load(config.instruments_file)
    simulated = config.market == "simulated"
    traders = trader_accounts(config.seed, instruments) if simulated else []
    desk = desk_accounts(coins, opening_values(instruments)) if simulated else []
    return OpenExchange(
        seed=config.seed,
        coins=[msgspec.to_builtins(coin) for coin in coins],
        instruments=[msgspec.to_builtins(instrument) for instrument in instruments],
        accounts=[
            _developer(credentials, vault),
            _second_trader(credentials, vault),
            *(
                OpeningAccount(uid=uid, name=name, balances=[_balance("spot", *held) for held in balances])
                for uid, name, balances in traders
            ),
            *(
                OpeningAccount(uid=uid, name=name, balances=[_balance("funding", *held) for held in balances])
                for uid, name, balances in desk
            ),
        ],
        hours=[hour for instrument in instruments for hour in _hours(config.seed, instrument, opened)],
        announcements=opening_announcements(opened),
    )


def _developer(credentials: DeveloperCredentials, vault: Vault) -> OpeningAccount:
    live = _key(credentials.key, credentials, vault)
    demo = msgspec.structs.replace(_key(DEMO_KEY, credentials, vault), demo=True, label="demo")
    return OpeningAccount(
        uid=DEVELOPER,
        name="developer",
        keys=[live, demo],
        balances=_balances(OPENING_BALANCES),
        demo_balances=_balances(DEMO_BALANCES),
    )


def _second_trader(credentials: DeveloperCredentials, vault: Vault) -> OpeningAccount:
    key = _key(credentials.key + SECOND_KEY_SUFFIX, credentials, vault)
    return OpeningAccount(
        uid=TRADER,
        name="second trader",
        keys=[key],
        balances=_balances(OPENING_BALANCES),
        demo_balances=_balances(DEMO_BALANCES),
    )


def _key(name: str, credentials: DeveloperCredentials, vault: Vault) -> OpeningKey:
    built_in = name.startswith(DEVELOPER_KEY) or name == DEMO_KEY
    return OpeningKey(
        key=name,
        secret=vault.seal(credentials.secret),
        passphrase=vault.seal(credentials.passphrase),
        permissions=ALL_PERMISSIONS,
        ips=LOOPBACK if built_in else [],
        label="built in",
    )


def _account(uid: int, name: str, keys: list[OpeningKey]) -> OpeningAccount:
    held, demo = _balances(OPENING_BALANCES), _balances(DEMO_BALANCES)
    return OpeningAccount(uid=uid, name=name, keys=keys, balances=held, demo_balances=demo)


def _balances(rows: tuple[tuple[str, str, str], ...]) -> list[OpeningBalance]:
    return [_balance(wallet, coin, Decimal(amount)) for wallet, coin, amount in rows]


def _balance(wallet: str, coin: str, amount: Decimal) -> OpeningBalance:
    return OpeningBalance(wallet=wallet, coin=coin, amount=amount)


def _hours(seed: int, instrument: SpotInstrument, opened: int) -> list[OpeningHour]:
    return [msgspec.convert(hour, OpeningHour, from_attributes=True) for hour in hour_candles(seed, instrument, opened)]
