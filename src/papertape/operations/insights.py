"""Insights on spot: taker flow by the size of orders, made from every order that traded.

Minutes and days that are closed come from history, the running ones from the engine. The last 15 minutes are the
running minute and the 14 before it, as the last 24 hours of a ticker are 1440 minutes.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, get_args

from papertape.contract.futures.market import ListContracts
from papertape.contract.insights import (
    AskFundFlow,
    FlowPeriod,
    FundFlow,
    FundNetFlow,
    Insights,
    OfInstrument,
    SupportedSymbols,
    WhaleNetFlow,
)
from papertape.contract.protocol.enums import ProductType
from papertape.contract.protocol.wire import Amount, Nothing, Timestamp
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.money import ZERO, ratio
from papertape.engine.spot.instruments import SpotInstrument
from papertape.engine.spot.markets import spot_market, spot_markets
from papertape.engine.trading.flows import SPANS
from papertape.engine.trading.market import Market
from papertape.engine.trading.market_id import MarketId
from papertape.engine.trading.records import FlowRecord, FlowSpan
from papertape.operations.futures.market import contracts
from papertape.operations.ports import History
from papertape.operations.registry import Caller, history, query

PERIOD_MINUTES: dict[FlowPeriod, int] = {"15m": 15, "30m": 30, "1h": 60, "2h": 120, "4h": 240, "1d": 1440}
NET_FLOW_DAYS = 30
"""Days that the net flows go back, today included; no further than the exchange has been open."""
RATIO_PLACES = 6
PLACES = ("whale_buy", "dolphin_buy", "fish_buy", "whale_sell", "dolphin_sell", "fish_sell")


@history(Insights.fund_flow)
async def fund_flow(exchange: Exchange, past: History, caller: Caller, request: AskFundFlow) -> FundFlow:
    """Tell what takers bought and sold in the last minutes, by whale, dolphin and fish."""
    market = spot_market(exchange, request.symbol)
    minutes = PERIOD_MINUTES[request.period or "15m"]
    flows = await _flows(exchange, past, market, "minute", minutes)
    volumes = {name: sum((getattr(flow, name) for flow in flows), ZERO) for name in PLACES}
    total = sum(volumes.values(), ZERO)
    ratios = {name: ratio(volume, total, RATIO_PLACES) if total else ZERO for name, volume in volumes.items()}
    return FundFlow(
        whale_buy_volume=Amount(volumes["whale_buy"]),
        dolphin_buy_volume=Amount(volumes["dolphin_buy"]),
        fish_buy_volume=Amount(volumes["fish_buy"]),
        whale_sell_volume=Amount(volumes["whale_sell"]),
        dolphin_sell_volume=Amount(volumes["dolphin_sell"]),
        fish_sell_volume=Amount(volumes["fish_sell"]),
        whale_buy_ratio=Amount(ratios["whale_buy"]),
        dolphin_buy_ratio=Amount(ratios["dolphin_buy"]),
        fish_buy_ratio=Amount(ratios["fish_buy"]),
        whale_sell_ratio=Amount(ratios["whale_sell"]),
        dolphin_sell_ratio=Amount(ratios["dolphin_sell"]),
        fish_sell_ratio=Amount(ratios["fish_sell"]),
    )


@history(Insights.whale_net_flow)
async def whale_net_flow(
    exchange: Exchange, past: History, caller: Caller, request: OfInstrument
) -> list[WhaleNetFlow]:
    """Tell what whales bought less what they sold, day by day, today last."""
    days = await _days(exchange, past, request.symbol)
    return [WhaleNetFlow(volume=Amount(flow.whale_buy - flow.whale_sell), day=Timestamp(flow.start)) for flow in days]


@history(Insights.fund_net_flow)
async def fund_net_flow(exchange: Exchange, past: History, caller: Caller, request: OfInstrument) -> list[FundNetFlow]:
    """Tell what all takers bought less what they sold, day by day, today last."""
    days = await _days(exchange, past, request.symbol)
    return [FundNetFlow(net_flow=Amount(_net(flow)), day=Timestamp(flow.start)) for flow in days]


@query(Insights.supported_symbols)
def supported_symbols(exchange: Exchange, caller: Caller, request: Nothing) -> SupportedSymbols:
    """Return every instrument that is not offline, and every contract that is listed."""
    lines: tuple[ProductType, ...] = get_args(ProductType)
    return SupportedSymbols(
        spot=[symbol for symbol, market in spot_markets(exchange).items() if market.instrument.status != "offline"],
        futures=[
            contract.symbol
            for line in lines
            for contract in contracts(exchange, caller, ListContracts(product_type=line))
        ],
    )


async def _days(exchange: Exchange, past: History, asked: str) -> list[FlowRecord]:
    """Return each of the last days, those without trades too, from the one in which the exchange opened."""
    market, length = spot_market(exchange, asked), SPANS["day"]
    last = exchange.now - exchange.now % length
    first = max(last - (NET_FLOW_DAYS - 1) * length, exchange.opened - exchange.opened % length)
    traded = {flow.start: flow for flow in await _flows(exchange, past, market, "day", NET_FLOW_DAYS)}
    return [traded.get(start) or _nothing(market.id, start) for start in range(first, last + 1, length)]


async def _flows(
    exchange: Exchange, past: History, market: Market[SpotInstrument], span: FlowSpan, count: int
) -> list[FlowRecord]:
    """Return the last ``count`` minutes or days, those without trades left out; the running one is the last.

    The running one is read before history is, so that one that closes meanwhile is counted once.
    """
    length = SPANS[span]
    first = exchange.now - exchange.now % length - (count - 1) * length
    flow = market.flows.running.get(span)
    if flow is None or flow.start < first:
        return []
    running = flow.record(market.id.product, market.id.symbol, span)
    return [*await past.flows(market.id, span, first, running.start), running]


def _nothing(market: MarketId, start: int) -> FlowRecord:
    volumes: dict[str, Any] = dict.fromkeys(PLACES, ZERO)
    return FlowRecord(product=market.product, symbol=market.symbol, span="day", start=start, **volumes)


def _net(flow: FlowRecord) -> Decimal:
    bought = flow.whale_buy + flow.dolphin_buy + flow.fish_buy
    return bought - flow.whale_sell - flow.dolphin_sell - flow.fish_sell
