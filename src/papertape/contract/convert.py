"""Convert: one coin for another at a quoted price, and small balances for BGB.

Source: documentation, "Common / Convert".
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

import msgspec

from papertape.contract.protocol.declaring import signed_get, signed_list, signed_post
from papertape.contract.protocol.endpoint import Group, Limit, T
from papertape.contract.protocol.paging import Paging
from papertape.contract.protocol.wire import Amount, Count, Nothing, Reply, Request, Timestamp, spelled, words


class ConvertCoin(Reply):
    """A coin that can be converted: what the spot wallet has of it, and how much one quote may be for."""

    coin: str
    available: Amount
    maximum: Amount = msgspec.field(name="maxAmount")
    minimum: Amount = msgspec.field(name="minAmount")


class AskQuote(Request):
    """A price for selling ``from_coin`` and buying ``to_coin``; exactly one of the two sizes is given."""

    from_coin: str
    to_coin: str
    from_coin_size: Annotated[Decimal | None, spelled("fromCoinSz")] = None
    to_coin_size: Annotated[Decimal | None, spelled("toCoinSz")] = None


class Quote(Reply):
    """A price that holds for 8 seconds: ``price`` is what one ``from_coin`` buys of ``to_coin``."""

    fee: Amount
    from_coin_size: Amount
    from_coin: str
    price: Amount = msgspec.field(name="cnvtPrice")
    to_coin_size: Amount
    to_coin: str
    trace_id: str


class TakeQuote(Request):
    """Takes a quote, in its own words."""

    from_coin: str
    from_coin_size: Annotated[Decimal, spelled("fromCoinSz")]
    price: Decimal = msgspec.field(name="cnvtPrice")
    to_coin: str
    to_coin_size: Annotated[Decimal, spelled("toCoinSz")]
    trace_id: str


class Converted(Reply):
    """A conversion done at ``time`` (Unix milliseconds)."""

    time: Timestamp = msgspec.field(name="ts")
    price: Amount = msgspec.field(name="cnvtPrice")
    to_coin_size: Amount
    to_coin: str


class ListConversions(Request):
    """Conversions, newest first; 20 unless told, at most 100, a window of at most 90 days."""

    start_time: int
    end_time: int
    limit: int | None = None
    id_less_than: str | None = None


class Conversion(Reply):
    """A conversion that was made."""

    id: str
    time: Timestamp = msgspec.field(name="ts")
    price: Amount = msgspec.field(name="cnvtPrice")
    fee: Amount
    from_coin_size: Amount
    from_coin: str
    to_coin_size: Amount
    to_coin: str


class ConversionPage(Reply):
    """A page of conversions; ``end_id`` is the cursor of the next one, empty when there are no rows."""

    data_list: list[Conversion]
    end_id: str


class SmallBalanceFee(Reply):
    """What converting a small balance costs: a share of the BGB, and that in BGB."""

    fee_rate: Amount
    fee: Amount


class SmallBalance(Reply):
    """A balance small enough to be swept into BGB; ``estimate`` is the BGB before the fee, ``time`` is now."""

    coin: str
    available: Amount
    estimate: Amount = msgspec.field(name="bgbEstAmount")
    precision: Count
    fee_detail: list[SmallBalanceFee]
    time: Timestamp = msgspec.field(name="cTime")


class SmallBalances(Reply):
    """The caller's small balances."""

    coin_list: list[SmallBalance]


class ConvertSmallBalances(Request):
    """The coins whose small balances become BGB."""

    coin_list: list[str]


class SmallBalanceOrder(Reply):
    """The order that swept one coin."""

    coin: str
    order_id: str


class SmallBalanceOrders(Reply):
    """One order for each coin, in the order asked."""

    order_list: list[SmallBalanceOrder]


class ListSmallBalanceConversions(Request):
    """Small balances that became BGB, newest first; 20 unless told, at most 100, a window of at most 90 days."""

    order_id: str | None = None
    start_time: int | None = None
    end_time: int | None = None
    limit: int | None = None
    id_less_than: str | None = None


class ConversionFee(Reply):
    """A fee that was charged."""

    fee_coin: str
    fee: Amount


class SmallBalanceConversion(Reply):
    """A small balance that became BGB: prices in USDT, ``to_amount`` before the fee. Both times are the same one."""

    order_id: str
    from_coin: str
    from_amount: Amount
    from_coin_price: Amount
    to_coin: str
    to_amount: Amount
    to_coin_price: Amount
    fee_detail: list[ConversionFee]
    status: Annotated[str, words("success")]
    time: Timestamp = msgspec.field(name="ts")
    created: Timestamp = msgspec.field(name="ctime")


class Convert(Group[T]):
    """Convert: one coin for another at a quoted price, and small balances for BGB."""

    currencies = signed_get(
        "/api/v2/convert/currencies",
        Nothing,
        list[ConvertCoin],
        "List the coins that can be converted.",
        "read",
        Limit(10, "uid"),
    )
    quoted_price = signed_get(
        "/api/v2/convert/quoted-price",
        AskQuote,
        Quote,
        "Get a price that holds for 8 seconds.",
        "read",
        Limit(10, "uid"),
    )
    trade = signed_post(
        "/api/v2/convert/trade", TakeQuote, Converted, "Convert at a quoted price.", "spot_trade", Limit(5, "uid")
    )
    records = signed_list(
        "/api/v2/convert/convert-record",
        ListConversions,
        ConversionPage,
        "List your conversions.",
        "read",
        Limit(10, "uid"),
        item=Conversion,
        pages=Paging(key="id", rows="data_list", next="end_id", largest=100, days=90),
    )
    small_balances = signed_get(
        "/api/v2/convert/bgb-convert-coin-list",
        Nothing,
        SmallBalances,
        "List the small balances that can become BGB.",
        "read",
        Limit(10, "uid"),
    )
    convert_small_balances = signed_post(
        "/api/v2/convert/bgb-convert",
        ConvertSmallBalances,
        SmallBalanceOrders,
        "Convert small balances to BGB.",
        "spot_trade",
        Limit(10, "uid"),
    )
    small_balance_records = signed_list(
        "/api/v2/convert/bgb-convert-records",
        ListSmallBalanceConversions,
        list[SmallBalanceConversion],
        "List the small balances that became BGB.",
        "read",
        Limit(10, "uid"),
        item=SmallBalanceConversion,
        pages=Paging(key="order_id", one="order_id", largest=100, days=90),
    )
