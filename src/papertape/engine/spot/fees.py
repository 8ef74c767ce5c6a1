"""Trading fees: the VIP schedule and what an account pays on an instrument."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from papertape.engine.accounts.accounts import Account, keeps_history
from papertape.engine.exchange.money import ZERO
from papertape.engine.trading.instruments import Instrument

BGB_DISCOUNT = Decimal("0.8")
"""Fees paid in BGB cost 80 % (documentation, BGB deduction)."""


class FeeTier(msgspec.Struct, frozen=True, kw_only=True):
    """A fee tier: 30-day volume and assets in USDT that earn it, its rates, its daily withdrawal caps."""

    level: int
    volume: Decimal
    assets: Decimal
    maker: Decimal
    taker: Decimal
    btc_withdrawal: Decimal
    usdt_withdrawal: Decimal


def _level(level: int, volume: str, assets: str, maker: str, taker: str, btc: str, usdt: str) -> FeeTier:
    return FeeTier(
        level=level,
        volume=Decimal(volume),
        assets=Decimal(assets),
        maker=Decimal(maker),
        taker=Decimal(taker),
        btc_withdrawal=Decimal(btc),
        usdt_withdrawal=Decimal(usdt),
    )


VIP_LEVELS = (
    _level(1, "1000000", "50000", "0.0006", "0.0008", "300", "5000000"),
    _level(2, "5000000", "500000", "0.0005", "0.0007", "400", "6000000"),
    _level(3, "10000000", "1000000", "0.00042", "0.0006", "500", "7000000"),
    _level(4, "15000000", "2000000", "0.00032", "0.0005", "600", "8000000"),
    _level(5, "30000000", "3000000", "0.00022", "0.00042", "700", "9000000"),
    _level(6, "60000000", "4000000", "0.00016", "0.00035", "800", "10000000"),
    _level(7, "120000000", "6000000", "0.00012", "0.0003", "900", "12000000"),
)
"""Level 0, everybody's, pays the instrument's own rates."""


def rates(account: Account, instrument: Instrument) -> tuple[Decimal, Decimal]:
    """The account's maker and taker rate on the instrument; the market's own traders pay nothing."""
    if not keeps_history(account.uid):
        return ZERO, ZERO
    if account.vip_level:
        tier = VIP_LEVELS[account.vip_level - 1]
        return min(tier.maker, instrument.maker_fee), min(tier.taker, instrument.taker_fee)
    return instrument.maker_fee, instrument.taker_fee
