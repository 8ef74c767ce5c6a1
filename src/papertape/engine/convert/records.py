"""What conversions leave, as records."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from papertape.engine.exchange.records import Record


class ConversionRecord(Record, frozen=True, kw_only=True):
    """A conversion at a quote: ``price`` is ``to_size`` for one ``from_coin``."""

    conversion_id: int
    uid: int
    from_coin: str
    from_size: Decimal
    to_coin: str
    to_size: Decimal
    price: Decimal
    fee: Decimal
    created: int


class SmallBalanceRecord(Record, frozen=True, kw_only=True):
    """A small balance that became BGB: ``to_amount`` is before ``fee``, prices are in USDT."""

    order_id: int
    uid: int
    from_coin: str
    from_amount: Decimal
    from_price: Decimal
    to_coin: str
    to_amount: Decimal
    to_price: Decimal
    fee_coin: str
    fee: Decimal
    status: Literal["success"]
    created: int
