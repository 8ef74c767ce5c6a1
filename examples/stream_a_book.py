"""Keep the live order book of an instrument: verified at every push, repaired when it breaks."""

from __future__ import annotations

import asyncio
from decimal import Decimal

from papertape import Stream

CHANGES = 5


async def main() -> None:
    """Prints the best prices at each change, and what buying one Bitcoin would cost."""
    async with Stream() as stream:
        seen = 0
        async for book in stream.spot.order_book("BTCUSDT"):
            bid, ask = book.best_bid, book.best_ask
            if bid is None or ask is None:
                continue
            cost = book.buying(Decimal(1))
            print(f"{bid.size} @ {bid.price} | {ask.price} @ {ask.size}, verified by {book.verified_by}")
            print(f"  {cost.size} BTC would cost {cost.amount} USDT")
            seen += 1
            if seen == CHANGES:
                break


asyncio.run(main())
