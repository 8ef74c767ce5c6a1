"""Coins: what can be held, and on which chains it comes and goes."""

from __future__ import annotations

from decimal import Decimal

import msgspec


class Chain(msgspec.Struct, frozen=True, kw_only=True):
    """A network that a coin can be deposited and withdrawn on; amounts are in the coin."""

    name: str
    needs_tag: bool = False
    withdrawable: bool = True
    depositable: bool = True
    withdrawal_fee: Decimal = Decimal(0)
    extra_withdrawal_fee: Decimal = Decimal(0)
    deposit_confirmations: int = 1
    withdrawal_confirmations: int = 1
    minimum_deposit: Decimal = Decimal(0)
    minimum_withdrawal: Decimal = Decimal(0)
    withdrawal_step: Decimal = Decimal(0)
    withdrawal_places: int = 8
    browser_url: str = ""
    contract_address: str = ""


class Coin(msgspec.Struct, frozen=True, kw_only=True):
    """A coin: its catalogue id, its decimals and its chains."""

    name: str
    coin_id: int
    places: int = 8
    transferable: bool = True
    chains: tuple[Chain, ...] = ()
