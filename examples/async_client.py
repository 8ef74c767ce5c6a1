"""Ask for several things at once with the asynchronous client."""

from __future__ import annotations

import asyncio

from papertape import AsyncClient

SYMBOLS = ("BTCUSDT", "ETHUSDT", "SOLUSDT")


async def main() -> None:
    """Prints the best prices of some symbols and what the account holds."""
    async with AsyncClient() as client:
        books = await asyncio.gather(*(client.spot.market.order_book(symbol=symbol, limit=5) for symbol in SYMBOLS))
        for symbol, book in zip(SYMBOLS, books, strict=True):
            print(f"{symbol:8} bid {book.bids[0][0]:>10} ask {book.asks[0][0]:>10}")
        for asset in await client.spot.account.assets():
            print(f"{asset.coin:5} {asset.available}")


asyncio.run(main())
