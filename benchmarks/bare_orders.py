"""The floor for resting orders: the engine's order records alone, nothing that finds or holds them but a list."""

from __future__ import annotations

import os
import sys

from benchmarks.servers import resident
from papertape.engine.trading.market_id import MarketId
from papertape.engine.trading.orders import Order

BTCUSDT = MarketId("live", "spot", "BTCUSDT")


def main(count: int) -> None:
    """Print by how many bytes the process grows."""
    before = resident(os.getpid())
    orders = [
        Order(order_id=number, client_oid=str(number), uid=1, market=BTCUSDT, wallet="spot", side="buy",
              order_type="limit", price=number, size=1, created=0, updated=0)
        for number in range(count)
    ]  # fmt: skip
    print(resident(os.getpid()) - before)
    del orders


if __name__ == "__main__":
    main(int(sys.argv[1]))
