"""The pushes of the spot channels, one module a family of channels."""

from __future__ import annotations

from papertape.operations.spot.feeds import (
    accounts,
    auctions,
    books,
    candles,
    fills,
    orders,
    plan_orders,
    tickers,
    trades,
)

FAMILIES = (accounts, auctions, books, candles, fills, orders, plan_orders, tickers, trades)
