"""Tables of conversions."""

from __future__ import annotations

from typing import Any

from papertape.engine.convert.records import ConversionRecord, SmallBalanceRecord
from papertape.projections.tables.table import Table

CONVERSIONS = Table("conversions", ConversionRecord, ("conversion_id",), indexes=(("uid", "conversion_id"),))
SMALL_BALANCES = Table("small_balances", SmallBalanceRecord, ("order_id",), indexes=(("uid", "order_id"),))

TABLES: tuple[Table[Any], ...] = (CONVERSIONS, SMALL_BALANCES)
