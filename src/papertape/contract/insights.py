"""Insights: who moves the market, from real trades of spot instruments.

Source: documentation, "Common / Trading Insights". Insights on futures and margin are served once those trade.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from papertape.contract.protocol.declaring import public_get
from papertape.contract.protocol.endpoint import Group, Limit, T
from papertape.contract.protocol.wire import Amount, Nothing, Reply, Request, Timestamp

FlowPeriod = Literal["15m", "30m", "1h", "2h", "4h", "1d"]


class OfInstrument(Request):
    """One instrument."""

    symbol: str


class AskFundFlow(Request):
    """One instrument and how far back to look, 15 minutes unless told."""

    symbol: str
    period: FlowPeriod | None = None


class FundFlow(Reply):
    """What takers bought and sold, by the size of their orders, in the base coin; ratios are shares of it all."""

    whale_buy_volume: Amount
    dolphin_buy_volume: Amount
    fish_buy_volume: Amount
    whale_sell_volume: Amount
    dolphin_sell_volume: Amount
    fish_sell_volume: Amount
    whale_buy_ratio: Amount
    dolphin_buy_ratio: Amount
    fish_buy_ratio: Amount
    whale_sell_ratio: Amount
    dolphin_sell_ratio: Amount
    fish_sell_ratio: Amount


class WhaleNetFlow(Reply):
    """What whales bought less what they sold in the day that began at ``day`` (UTC), in the base coin."""

    volume: Amount
    day: Timestamp = msgspec.field(name="date")


class FundNetFlow(Reply):
    """What all takers bought less what they sold in the day that began at ``day`` (UTC), in the base coin."""

    net_flow: Amount
    day: Timestamp = msgspec.field(name="ts")


class SupportedSymbols(Reply):
    """The instruments that there are insights on."""

    spot: list[str] = msgspec.field(name="spotList")
    futures: list[str] = msgspec.field(name="futureList")


class Insights(Group[T]):
    """Who moves the market; open to everyone."""

    fund_flow = public_get(
        "/api/v2/spot/market/fund-flow",
        AskFundFlow,
        FundFlow,
        "Get what whales, dolphins and fish bought and sold.",
        Limit(1, "ip"),
    )
    whale_net_flow = public_get(
        "/api/v2/spot/market/whale-net-flow",
        OfInstrument,
        list[WhaleNetFlow],
        "List whales' net flow by day.",
        Limit(1, "ip"),
    )
    fund_net_flow = public_get(
        "/api/v2/spot/market/fund-net-flow",
        OfInstrument,
        list[FundNetFlow],
        "List the net flow by day.",
        Limit(1, "ip"),
    )
    supported_symbols = public_get(
        "/api/v2/spot/market/support-symbols",
        Nothing,
        SupportedSymbols,
        "List the symbols with insights.",
        Limit(1, "ip"),
    )
