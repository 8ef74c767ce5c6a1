"""All history tables, put together from what each product keeps: one line a product."""

from __future__ import annotations

from typing import Any

from papertape.engine.exchange.records import Record
from papertape.projections.convert.tables import TABLES as CONVERT
from papertape.projections.funds.tables import TABLES as FUNDS
from papertape.projections.p2p.tables import TABLES as P2P
from papertape.projections.tables.table import Table
from papertape.projections.trading.tables import TABLES as TRADING

TABLES: dict[type[Record], Table[Any]] = {
    table.record: table
    for tables in (
        TRADING,
        FUNDS,
        CONVERT,
        P2P,
    )
    for table in tables
}
"""All tables by the type of their records."""

APPLIED = "CREATE TABLE IF NOT EXISTS applied (one INTEGER PRIMARY KEY CHECK (one = 1), sequence INTEGER NOT NULL)"
"""The sequence up to which history is complete: written in the transaction of the rows themselves."""
