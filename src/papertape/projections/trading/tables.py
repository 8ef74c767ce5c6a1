"""Tables of what happens on markets: orders, fills, trigger orders, trades, candles, flows."""

from __future__ import annotations

from typing import Any

from papertape.engine.trading.records import (
    CandleRecord,
    FillRecord,
    FlowRecord,
    OrderRecord,
    TradeRecord,
    TriggerRecord,
)
from papertape.projections.tables.table import Table

ORDERS = Table(
    "orders",
    OrderRecord,
    ("order_id",),
    indexes=(("uid", "order_id"), ("uid", "client_oid")),
    kept=lambda order: order.status in ("filled", "cancelled"),
)
FILLS = Table(
    "fills",
    FillRecord,
    ("trade_id", "order_id"),
    indexes=(("uid", "trade_id"), ("order_id",)),
)
TRIGGERS = Table(
    "triggers",
    TriggerRecord,
    ("order_id",),
    indexes=(("uid", "order_id"),),
    kept=lambda trigger: trigger.status != "live",
)
TRADES = Table("trades", TradeRecord, ("trade_id",), indexes=(("product", "symbol", "trade_id"),))
CANDLES = Table("candles", CandleRecord, ("product", "symbol", "start"))
FLOWS = Table("flows", FlowRecord, ("product", "symbol", "span", "start"))

TABLES: tuple[Table[Any], ...] = (ORDERS, FILLS, TRIGGERS, TRADES, CANDLES, FLOWS)
