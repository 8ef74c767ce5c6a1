"""Place an order over the socket and follow it; after a disconnect nothing of it is missed."""

from __future__ import annotations

import asyncio
from decimal import Decimal

from papertape import Gap, Reconnected, Stream


async def main() -> None:
    """Buys far below the market, cancels, and prints what is pushed of it."""
    async with Stream() as stream:
        orders = stream.spot.orders("BTCUSDT")
        await orders.ready()
        placed = await stream.spot.place_order(
            symbol="BTCUSDT", side="buy", order_type="limit", force="gtc", price=Decimal(50_000), size=Decimal("0.001")
        )
        await stream.spot.cancel_order(symbol="BTCUSDT", order_id=placed.order_id)
        async for order in orders:
            if isinstance(order, Reconnected):
                print(f"back after {order.seconds:.1f} s, {order.recovered} changes were fetched")
            elif isinstance(order, Gap):
                print("changes are missing: look at the open orders over REST")
            elif order.order_id == placed.order_id:
                print("the order is", order.status)
                if order.status == "cancelled":
                    break


asyncio.run(main())
