"""Spot market data: instruments, coins, tickers, depth, trades, candles.

Source: documentation, "Spot / Market".
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from papertape.contract.protocol.declaring import public_get, public_list
from papertape.contract.protocol.endpoint import Group, Limit, T
from papertape.contract.protocol.enums import Granularity, MergeScale, MergeStep, SideWord, TrueFalseWord, YesNoWord
from papertape.contract.protocol.paging import Paging
from papertape.contract.protocol.wire import Amount, Count, Nothing, Number, Reply, Request, Timestamp, words


class OfSymbol(Request):
    """One symbol."""

    symbol: str


class OfAnySymbol(Request):
    """One symbol, or all of them."""

    symbol: str | None = None


class ListCoins(Request):
    """One coin, or all of them."""

    coin: str | None = None


class ChainInformation(Reply):
    """A chain that a coin moves on; amounts are in the coin, the extra fee is a fraction."""

    chain: str
    need_tag: TrueFalseWord
    withdrawable: TrueFalseWord
    depositable: TrueFalseWord = msgspec.field(name="rechargeable")
    withdrawal_fee: Amount = msgspec.field(name="withdrawFee")
    extra_withdrawal_fee: Amount = msgspec.field(name="extraWithdrawFee")
    deposit_confirmations: Count = msgspec.field(name="depositConfirm")
    withdrawal_confirmations: Count = msgspec.field(name="withdrawConfirm")
    minimum_deposit: Amount = msgspec.field(name="minDepositAmount")
    minimum_withdrawal: Amount = msgspec.field(name="minWithdrawAmount")
    browser_url: str
    contract_address: str | None
    withdrawal_step: Amount = msgspec.field(name="withdrawStep")
    withdrawal_places: Count = msgspec.field(name="withdrawMinScale")
    congestion: Annotated[str, words("normal", "congested")]


class CoinInformation(Reply):
    """A coin and its chains."""

    coin_id: str
    coin: str
    transferable: TrueFalseWord = msgspec.field(name="transfer")
    chains: list[ChainInformation]


class SymbolInformation(Reply):
    """An instrument: decimals, bounds and default fee rates (fractions)."""

    symbol: str
    base_coin: str
    quote_coin: str
    minimum_size: Amount = msgspec.field(name="minTradeAmount")
    maximum_size: Amount = msgspec.field(name="maxTradeAmount")
    taker_fee_rate: Amount
    maker_fee_rate: Amount
    price_places: Count = msgspec.field(name="pricePrecision")
    size_places: Count = msgspec.field(name="quantityPrecision")
    quote_places: Count = msgspec.field(name="quotePrecision")
    minimum_usdt: Amount = msgspec.field(name="minTradeUSDT")
    maximum_limit_value: Amount = msgspec.field(name="maxLimitOrderValue")
    maximum_market_value: Amount = msgspec.field(name="maxMarketOrderValue")
    status: Annotated[str, words("offline", "gray", "online", "halt")]
    buy_limit_price_ratio: Amount
    sell_limit_price_ratio: Amount
    open_orders: Count = msgspec.field(name="orderQuantity")
    area_symbol: YesNoWord
    open_time: Timestamp
    off_time: Timestamp
    """-1 where no delisting is planned."""


class VipLevel(Reply):
    """A fee tier: what it takes (30-day volume and assets in USDT) and what it gives."""

    level: int
    deal_amount: Amount
    asset_amount: Amount
    taker_fee_rate: Amount
    maker_fee_rate: Amount
    btc_withdraw_amount: Amount
    usdt_withdraw_amount: Amount


class Ticker(Reply):
    """An instrument's last 24 hours; changes are fractions."""

    symbol: str
    open: Amount
    high: Amount = msgspec.field(name="high24h")
    low: Amount = msgspec.field(name="low24h")
    last_price: Amount = msgspec.field(name="lastPr")
    quote_volume: Amount
    base_volume: Amount
    usdt_volume: Amount
    bid_price: Amount = msgspec.field(name="bidPr")
    ask_price: Amount = msgspec.field(name="askPr")
    bid_size: Amount = msgspec.field(name="bidSz")
    ask_size: Amount = msgspec.field(name="askSz")
    open_utc: Amount = msgspec.field(name="openUtc")
    change_since_utc: Amount = msgspec.field(name="changeUtc24h")
    change: Amount = msgspec.field(name="change24h")
    time: Timestamp = msgspec.field(name="ts")


class AskMergeDepth(Request):
    """Depth merged by ``precision``; 100 levels a side unless told (a number, or ``max``)."""

    symbol: str
    precision: MergeScale | None = None
    limit: int | Literal["max"] | None = None


class MergeDepth(Reply):
    """Levels of price and size, best first, as JSON numbers; ``scale`` is the price step used."""

    asks: list[tuple[Number, Number]]
    bids: list[tuple[Number, Number]]
    precision: Annotated[str, words("scale0", "scale1", "scale2", "scale3")]
    scale: Amount
    is_max_precision: Annotated[str, words("YES", "NO")]
    time: Timestamp = msgspec.field(name="ts")


class AskOrderBook(Request):
    """The order book; 150 levels a side unless told, at most 150."""

    symbol: str
    type: MergeStep | None = None
    limit: int | None = None


class OrderBookLevels(Reply):
    """Levels of price and size, best first."""

    asks: list[tuple[Amount, Amount]]
    bids: list[tuple[Amount, Amount]]
    time: Timestamp = msgspec.field(name="ts")


class AskCandles(Request):
    """Candles of a window, ascending; 100 unless told, at most 1000."""

    symbol: str
    granularity: Granularity
    start_time: int | None = None
    end_time: int | None = None
    limit: int | None = None


class AskHistoryCandles(Request):
    """Candles that end before ``end_time``; 100 unless told, at most 200."""

    symbol: str
    granularity: Granularity
    end_time: int
    limit: int | None = None


class Candle(Reply, array_like=True):
    """One candle, on the wire a list of eight strings."""

    start: Timestamp
    open: Amount
    high: Amount
    low: Amount
    close: Amount
    base_volume: Amount
    usdt_volume: Amount
    quote_volume: Amount


class AskTrades(Request):
    """The newest trades; 100 unless told, at most 500."""

    symbol: str
    limit: int | None = None


class AskTradeHistory(Request):
    """Trades of the last 90 days, a window of at most 7; 500 unless told, at most 1000."""

    symbol: str
    limit: int | None = None
    id_less_than: str | None = None
    start_time: int | None = None
    end_time: int | None = None


class Trade(Reply):
    """A public trade; ``side`` is the taker's (capitalised in the trade history, as on the wire)."""

    symbol: str
    trade_id: str
    side: SideWord
    price: Amount
    size: Amount
    time: Timestamp = msgspec.field(name="ts")


class Auction(Reply):
    """A call auction's stage; what is not known is null."""

    stage: Annotated[str, words("pre_market", "stage_1", "stage_2", "stage_3", "success", "failure")] | None
    stage_end_time: Timestamp | None
    estimated_opening_price: Amount | None = msgspec.field(name="estOpeningPrice")
    matched_volume: Amount | None
    auction_end_time: Timestamp | None


class SpotMarket(Group[T]):
    """Spot market data, open to everyone."""

    coins = public_get(
        "/api/v2/spot/public/coins", ListCoins, list[CoinInformation], "List coins and their chains.", Limit(3, "ip")
    )
    symbols = public_get(
        "/api/v2/spot/public/symbols", OfAnySymbol, list[SymbolInformation], "List instruments.", Limit(20, "ip")
    )
    vip_fee_rates = public_get(
        "/api/v2/spot/market/vip-fee-rate", Nothing, list[VipLevel], "List the fee tiers.", Limit(10, "ip")
    )
    tickers = public_get("/api/v2/spot/market/tickers", OfAnySymbol, list[Ticker], "Get tickers.", Limit(20, "ip"))
    merge_depth = public_get(
        "/api/v2/spot/market/merge-depth",
        AskMergeDepth,
        MergeDepth,
        "Get the depth, merged by price step.",
        Limit(20, "ip"),
    )
    order_book = public_get(
        "/api/v2/spot/market/orderbook", AskOrderBook, OrderBookLevels, "Get the order book.", Limit(20, "ip")
    )
    candles = public_list(
        "/api/v2/spot/market/candles",
        AskCandles,
        list[Candle],
        "Get candles.",
        Limit(20, "ip"),
        item=Candle,
        pages=Paging(by="time", field="end_time", key="start", largest=1000),
    )
    history_candles = public_list(
        "/api/v2/spot/market/history-candles",
        AskHistoryCandles,
        list[Candle],
        "Get older candles.",
        Limit(20, "ip"),
        item=Candle,
        pages=Paging(by="time", field="end_time", key="start", largest=200),
    )
    fills = public_get("/api/v2/spot/market/fills", AskTrades, list[Trade], "Get the newest trades.", Limit(10, "ip"))
    fills_history = public_list(
        "/api/v2/spot/market/fills-history",
        AskTradeHistory,
        list[Trade],
        "Get older trades.",
        Limit(10, "ip"),
        item=Trade,
        pages=Paging(key="trade_id", largest=1000, days=7),
    )
    auction = public_get(
        "/api/v2/spot/market/auction", OfSymbol, Auction, "Get a call auction's stage.", Limit(20, "ip")
    )
