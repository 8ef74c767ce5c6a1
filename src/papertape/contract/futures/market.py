"""Futures market data: the list of contracts. Source: documentation, "Future / Market / Contract config"."""

from __future__ import annotations

from typing import Annotated

import msgspec

from papertape.contract.protocol.declaring import public_get
from papertape.contract.protocol.endpoint import Group, Limit, T
from papertape.contract.protocol.enums import ProductType
from papertape.contract.protocol.wire import Amount, Count, Reply, Request, Timestamp, words


class ListContracts(Request):
    """The contracts of a product type, or one of them."""

    product_type: ProductType
    symbol: str | None = None


class Contract(Reply):
    """A futures contract: steps, bounds and default fee rates; what does not apply is an empty string."""

    symbol: str
    base_coin: str
    quote_coin: str
    buy_limit_price_ratio: Amount
    sell_limit_price_ratio: Amount
    fee_rate_up_ratio: Amount
    maker_fee_rate: Amount
    taker_fee_rate: Amount
    open_cost_up_ratio: Amount
    support_margin_coins: list[str]
    minimum_size: Amount = msgspec.field(name="minTradeNum")
    price_end_step: Count
    size_places: Count = msgspec.field(name="volumePlace")
    price_places: Count = msgspec.field(name="pricePlace")
    size_multiplier: Amount
    symbol_type: Annotated[str, words("perpetual", "delivery")]
    minimum_usdt: Amount = msgspec.field(name="minTradeUSDT")
    maximum_symbol_orders: Count = msgspec.field(name="maxSymbolOrderNum")
    maximum_product_orders: Count = msgspec.field(name="maxProductOrderNum")
    maximum_positions: Count = msgspec.field(name="maxPositionNum")
    symbol_status: Annotated[str, words("listed", "normal", "maintain", "limit_open", "restrictedAPI", "off")]
    off_time: Timestamp
    limit_open_time: Timestamp
    delivery_time: str
    delivery_start_time: str
    delivery_period: Annotated[str, words("this_quarter", "next_quarter")]
    launch_time: str
    funding_interval: str = msgspec.field(name="fundInterval")
    minimum_leverage: str = msgspec.field(name="minLever")
    maximum_leverage: str = msgspec.field(name="maxLever")
    position_limit: str = msgspec.field(name="posLimit")
    maintain_time: str
    maximum_market_size: Amount = msgspec.field(name="maxMarketOrderQty")
    maximum_limit_size: Amount = msgspec.field(name="maxOrderQty")
    is_rwa: Annotated[str, words("YES", "NO")]
    open_time: str


class FuturesMarket(Group[T]):
    """Futures market data, open to everyone."""

    contracts = public_get(
        "/api/v2/mix/market/contracts",
        ListContracts,
        list[Contract],
        "List the contracts of a product type.",
        Limit(20, "ip"),
    )
