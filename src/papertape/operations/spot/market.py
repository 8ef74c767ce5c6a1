"""Spot market data: instruments, coins, fee tiers, tickers, depth, trades, candles."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from papertape.contract.protocol import errors
from papertape.contract.protocol.enums import Granularity
from papertape.contract.protocol.errors import Rejected
from papertape.contract.protocol.wire import Amount, Count, Nothing, Number, Timestamp
from papertape.contract.spot.market import (
    AskCandles,
    AskHistoryCandles,
    AskMergeDepth,
    AskOrderBook,
    AskTradeHistory,
    AskTrades,
    Auction,
    Candle,
    ChainInformation,
    CoinInformation,
    ListCoins,
    MergeDepth,
    OfAnySymbol,
    OfSymbol,
    OrderBookLevels,
    SpotMarket,
    SymbolInformation,
    Ticker,
    Trade,
    VipLevel,
)
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.money import ZERO, ratio
from papertape.engine.funds.coins import Chain, Coin
from papertape.engine.spot.fees import VIP_LEVELS
from papertape.engine.spot.instruments import SpotInstrument
from papertape.engine.spot.markets import spot_market, spot_markets
from papertape.engine.trading.candles import SPANS, CandleSeries
from papertape.engine.trading.depth import DEEPEST, levels, merge_step
from papertape.engine.trading.market import Market
from papertape.engine.trading.records import CandleRecord, Side, TradeRecord
from papertape.operations.paging import DAY_MS, HISTORY_DAYS, page
from papertape.operations.ports import History, HistoryPage
from papertape.operations.registry import Caller, history, query

MAXIMUM_SIZE = Amount(900_000_000_000_000_000_000)
"""Bitget's word for no bound: sizes are bounded by value."""
NOT_PLANNED = Timestamp(-1)
CHANGE_PLACES = 5
MOST_LEVELS, MERGED_LEVELS = 150, 100
MOST_CANDLES, MOST_HISTORY_CANDLES = 1000, 200
MOST_TRADES, MOST_OLD_TRADES, OLD_TRADES = 500, 1000, 500
TRADE_WINDOW_DAYS = 7
ANY_WINDOW = 1_000_000
"""Days: the window of candles is bounded by their number alone."""


@query(SpotMarket.coins)
def coins(exchange: Exchange, caller: Caller, request: ListCoins) -> list[CoinInformation]:
    """Return all coins, or one; 40034 if there is none of that name."""
    if request.coin is None:
        return [_coin(coin) for coin in exchange.coins.values()]
    found = exchange.coins.get(request.coin) or exchange.coins.get(request.coin.upper())
    if found is None:
        raise Rejected(errors.PARAMETER_DOES_NOT_EXIST.of(request.coin))
    return [_coin(found)]


@query(SpotMarket.symbols)
def symbols(exchange: Exchange, caller: Caller, request: OfAnySymbol) -> list[SymbolInformation]:
    """Return all instruments, or one; 40034 if there is none of that symbol."""
    return [_symbol(market.instrument) for market in _asked(exchange, request.symbol)]


@query(SpotMarket.vip_fee_rates)
def vip_fee_rates(exchange: Exchange, caller: Caller, request: Nothing) -> list[VipLevel]:
    """Return the fee tiers."""
    return [
        VipLevel(
            level=tier.level,
            deal_amount=Amount(tier.volume),
            asset_amount=Amount(tier.assets),
            taker_fee_rate=Amount(tier.taker),
            maker_fee_rate=Amount(tier.maker),
            btc_withdraw_amount=Amount(tier.btc_withdrawal),
            usdt_withdraw_amount=Amount(tier.usdt_withdrawal),
        )
        for tier in VIP_LEVELS
    ]


@query(SpotMarket.tickers)
def tickers(exchange: Exchange, caller: Caller, request: OfAnySymbol) -> list[Ticker]:
    """Return the last 24 hours of all instruments, or of one."""
    return [ticker(exchange, market) for market in _asked(exchange, request.symbol)]


@query(SpotMarket.merge_depth)
def merge_depth(exchange: Exchange, caller: Caller, request: AskMergeDepth) -> MergeDepth:
    """Return the depth merged into steps of 1, 10, 100 or 1000 ticks."""
    market = spot_market(exchange, request.symbol)
    precision = request.precision or "scale0"
    power = int(precision[-1])
    step = merge_step(power)
    limit = _depth_limit(request.limit)
    return MergeDepth(
        asks=_numbers(market, "sell", step, limit),
        bids=_numbers(market, "buy", step, limit),
        precision=precision,
        scale=Amount(Decimal(1).scaleb(power - market.instrument.price_places)),
        is_max_precision="YES" if step == 1 else "NO",
        time=Timestamp(exchange.now),
    )


@query(SpotMarket.order_book)
def order_book(exchange: Exchange, caller: Caller, request: AskOrderBook) -> OrderBookLevels:
    """Return the order book, its levels merged by powers of ten ticks when asked for."""
    market = spot_market(exchange, request.symbol)
    step = merge_step(int((request.type or "step0")[-1]))
    limit = page(limit=request.limit, most=MOST_LEVELS, default=MOST_LEVELS, capped=True).limit
    return OrderBookLevels(
        asks=_amounts(market, "sell", step, limit),
        bids=_amounts(market, "buy", step, limit),
        time=Timestamp(exchange.now),
    )


@history(SpotMarket.candles)
async def candles(exchange: Exchange, past: History, caller: Caller, request: AskCandles) -> list[Candle]:
    """Return the newest candles that begin in ``startTime <= start < endTime``, ascending; the running one too."""
    market = spot_market(exchange, request.symbol)
    wanted = page(
        limit=request.limit,
        most=MOST_CANDLES,
        start=request.start_time,
        end=request.end_time,
        days=ANY_WINDOW,
        capped=True,
    )
    span = SPANS[request.granularity]
    now = exchange.now
    end = now + 1 if wanted.end is None else min(wanted.end, now + 1)
    last = span.start(end - 1)
    first = span.before(last, wanted.limit - 1)
    if wanted.start is not None:
        first = max(first, span.ceiling(min(wanted.start, end)))
    if span.depth:
        first = max(first, span.start(now - span.depth * DAY_MS))
    return await _candles(past, market, request.granularity, first, span.after(last))


@history(SpotMarket.history_candles)
async def history_candles(
    exchange: Exchange, past: History, caller: Caller, request: AskHistoryCandles
) -> list[Candle]:
    """Return whole candles before ``endTime``, the newest of them, ascending."""
    market = spot_market(exchange, request.symbol)
    wanted = page(limit=request.limit, most=MOST_HISTORY_CANDLES, end=request.end_time, capped=True)
    span = SPANS[request.granularity]
    end = span.start(min(request.end_time, exchange.now))
    first = span.before(end, wanted.limit)
    return await _candles(past, market, request.granularity, first, end)


@history(SpotMarket.fills)
async def fills(exchange: Exchange, past: History, caller: Caller, request: AskTrades) -> list[Trade]:
    """Return the newest trades, newest first; as long as there have been few, those before the opening fill them up."""
    market = spot_market(exchange, request.symbol)
    limit = page(limit=request.limit, most=MOST_TRADES, capped=True).limit
    recent = market.data.recent
    newest = [trade for trade, _ in zip(reversed(recent), range(limit), strict=False)]
    if len(newest) < limit:
        older = HistoryPage(limit=limit - len(newest), before=newest[-1].trade_id if newest else None)
        newest += await past.trades(market.id, older)
    return [_trade(trade, trade.side) for trade in newest]


@history(SpotMarket.fills_history)
async def fills_history(exchange: Exchange, past: History, caller: Caller, request: AskTradeHistory) -> list[Trade]:
    """Return trades of the last 90 days, newest first; their side is capitalised."""
    market = spot_market(exchange, request.symbol)
    wanted = page(
        limit=request.limit,
        most=MOST_OLD_TRADES,
        default=OLD_TRADES,
        before=request.id_less_than,
        start=request.start_time,
        end=request.end_time,
        days=TRADE_WINDOW_DAYS,
        capped=True,
    )
    oldest = max(wanted.start or 0, exchange.now - HISTORY_DAYS * DAY_MS)
    rows = await past.trades(
        market.id, HistoryPage(limit=wanted.limit, before=wanted.before, start=oldest, end=wanted.end)
    )
    return [_trade(row, row.side.capitalize()) for row in rows]


@query(SpotMarket.auction)
def auction(exchange: Exchange, caller: Caller, request: OfSymbol) -> Auction:
    """Return the call auction's stage: nothing is known of an instrument that trades already."""
    spot_market(exchange, request.symbol)
    return Auction(
        stage=None, stage_end_time=None, estimated_opening_price=None, matched_volume=None, auction_end_time=None
    )


def _asked(exchange: Exchange, symbol: str | None) -> list[Market[SpotInstrument]]:
    return list(spot_markets(exchange).values()) if symbol is None else [spot_market(exchange, symbol)]


def _coin(coin: Coin) -> CoinInformation:
    return CoinInformation(
        coin_id=str(coin.coin_id),
        coin=coin.name,
        transferable=_word(coin.transferable),
        chains=[_chain(chain) for chain in coin.chains],
    )


def _chain(chain: Chain) -> ChainInformation:
    return ChainInformation(
        chain=chain.name,
        need_tag=_word(chain.needs_tag),
        withdrawable=_word(chain.withdrawable),
        depositable=_word(chain.depositable),
        withdrawal_fee=Amount(chain.withdrawal_fee),
        extra_withdrawal_fee=Amount(chain.extra_withdrawal_fee),
        deposit_confirmations=Count(chain.deposit_confirmations),
        withdrawal_confirmations=Count(chain.withdrawal_confirmations),
        minimum_deposit=Amount(chain.minimum_deposit),
        minimum_withdrawal=Amount(chain.minimum_withdrawal),
        browser_url=chain.browser_url,
        contract_address=chain.contract_address or None,
        withdrawal_step=Amount(chain.withdrawal_step),
        withdrawal_places=Count(chain.withdrawal_places),
        congestion="normal",
    )


def _word(flag: bool) -> str:
    return "true" if flag else "false"


def _symbol(instrument: SpotInstrument) -> SymbolInformation:
    return SymbolInformation(
        symbol=instrument.symbol,
        base_coin=instrument.base,
        quote_coin=instrument.quote,
        minimum_size=Amount(0),
        maximum_size=MAXIMUM_SIZE,
        taker_fee_rate=Amount(instrument.taker_fee),
        maker_fee_rate=Amount(instrument.maker_fee),
        price_places=Count(instrument.price_places),
        size_places=Count(instrument.size_places),
        quote_places=Count(instrument.quote_places),
        minimum_usdt=Amount(instrument.minimum_usdt),
        maximum_limit_value=Amount(instrument.maximum_limit_value),
        maximum_market_value=Amount(instrument.maximum_market_value),
        status=instrument.status,
        buy_limit_price_ratio=Amount(instrument.buy_limit_ratio),
        sell_limit_price_ratio=Amount(instrument.sell_limit_ratio),
        open_orders=Count(instrument.open_orders),
        area_symbol=instrument.area,
        open_time=Timestamp(instrument.opened),
        off_time=NOT_PLANNED,
    )


def ticker(exchange: Exchange, market: Market[SpotInstrument]) -> Ticker:
    """Return an instrument's last 24 hours."""
    day = market.data.day(exchange.now)
    last = market.last
    (bid, bid_size), (ask, ask_size) = (_best(market, side) for side in ("buy", "sell"))
    return Ticker(
        symbol=market.id.symbol,
        open=Amount(day.open),
        high=Amount(day.high),
        low=Amount(day.low),
        last_price=Amount(last),
        quote_volume=Amount(day.quote_volume),
        base_volume=Amount(day.base_volume),
        usdt_volume=Amount(day.usdt_volume),
        bid_price=bid,
        ask_price=ask,
        bid_size=bid_size,
        ask_size=ask_size,
        open_utc=Amount(day.open_utc),
        change_since_utc=Amount(ratio(last - day.open_utc, day.open_utc, CHANGE_PLACES)),
        change=Amount(ratio(last - day.open, day.open, CHANGE_PLACES)),
        time=Timestamp(exchange.now),
    )


def _best(market: Market[SpotInstrument], side: Side) -> tuple[Amount, Amount]:
    found = _amounts(market, side, 1, 1)
    return found[0] if found else (Amount(ZERO), Amount(ZERO))


def _amounts(market: Market[SpotInstrument], side: Side, step: int, limit: int) -> list[tuple[Amount, Amount]]:
    found = levels(market.book, market.instrument, side, step, limit)
    return [(Amount(price), Amount(size)) for price, size in found]


def _numbers(market: Market[SpotInstrument], side: Side, step: int, limit: int) -> list[tuple[Number, Number]]:
    found = levels(market.book, market.instrument, side, step, limit)
    return [(Number(price), Number(size)) for price, size in found]


def _depth_limit(limit: int | Literal["max"] | None) -> int:
    """Levels a side: the documented gears are 1, 5, 15, 50 and max; an example asks for 100, so any number goes."""
    if limit is None:
        return MERGED_LEVELS
    return DEEPEST if limit == "max" else page(limit=limit, most=DEEPEST, capped=True).limit


def _trade(trade: TradeRecord, side: str) -> Trade:
    return Trade(
        symbol=trade.symbol,
        trade_id=str(trade.trade_id),
        side=side,
        price=Amount(trade.price),
        size=Amount(trade.size),
        time=Timestamp(trade.created),
    )


async def _candles(
    past: History, market: Market[SpotInstrument], granularity: Granularity, first: int, end: int
) -> list[Candle]:
    """Return candles from ``first`` until before ``end``: closed minutes from history, then the minute that runs.

    The running minute is read before history is, so that a minute that closes meanwhile is counted once.
    """
    if first >= end:
        return []
    place = market.id.product, market.id.symbol
    minute = market.data.running
    running = None if minute is None else minute.record(*place)
    stop = end if running is None else min(end, running.start)
    found = await past.candles(market.id, first, stop, granularity) if first < stop else []
    series = CandleSeries(*place, SPANS[granularity])
    series.resume(found)
    if running is not None and first <= running.start < end:
        series.extend([running])
    elif running is not None and running.start < first:
        series = CandleSeries(*place, SPANS[granularity], running)
        series.begin(first)
    return [_candle(candle) for candle in series.finish(end)]


def _candle(candle: CandleRecord) -> Candle:
    return Candle(
        start=Timestamp(candle.start),
        open=Amount(candle.open),
        high=Amount(candle.high),
        low=Amount(candle.low),
        close=Amount(candle.close),
        base_volume=Amount(candle.base_volume),
        usdt_volume=Amount(candle.usdt_volume),
        quote_volume=Amount(candle.quote_volume),
    )
