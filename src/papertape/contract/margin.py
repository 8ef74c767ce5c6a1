"""Margin trading: what can be traded on margin. Source: documentation, "Margin / Support currencies"."""

from __future__ import annotations

from typing import Annotated

import msgspec

from papertape.contract.protocol.declaring import public_get
from papertape.contract.protocol.endpoint import Group, Limit, T
from papertape.contract.protocol.wire import Amount, Count, Nothing, Reply, words


class MarginCurrency(Reply):
    """An instrument's margin terms; the borrow flags are JSON booleans on the wire. Status 1 is open."""

    symbol: str
    base_coin: str
    quote_coin: str
    maximum_crossed_leverage: Amount = msgspec.field(name="maxCrossedLeverage")
    maximum_isolated_leverage: Amount = msgspec.field(name="maxIsolatedLeverage")
    warning_risk_ratio: Amount
    liquidation_risk_ratio: Amount
    minimum_size: Amount = msgspec.field(name="minTradeAmount")
    maximum_size: Amount = msgspec.field(name="maxTradeAmount")
    taker_fee_rate: Amount
    maker_fee_rate: Amount
    price_places: Count = msgspec.field(name="pricePrecision")
    size_places: Count = msgspec.field(name="quantityPrecision")
    minimum_usdt: Amount = msgspec.field(name="minTradeUSDT")
    is_borrowable: bool
    minimum_borrow: Amount = msgspec.field(name="userMinBorrow")
    status: Annotated[str, words("1", "2")]
    is_isolated_base_borrowable: bool
    is_isolated_quote_borrowable: bool
    is_cross_borrowable: bool


class MarginPublic(Group[T]):
    """What can be traded on margin, open to everyone."""

    currencies = public_get(
        "/api/v2/margin/currencies",
        Nothing,
        list[MarginCurrency],
        "List the instruments for margin trading.",
        Limit(10, "ip"),
    )
