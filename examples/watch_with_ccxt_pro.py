"""An unmodified ccxt.pro watches the market and your own orders on Papertape: only the addresses change."""

import asyncio
import os

import ccxt.pro

address = os.environ.get("PAPERTAPE_URL", "http://127.0.0.1:7070")
streams = os.environ.get("PAPERTAPE_WS_URL", "ws://127.0.0.1:7071")


async def main() -> None:
    """Looks at the book, buys, and is told of the order."""
    exchange = ccxt.pro.bitget({"apiKey": "papertape-key", "secret": "papertape-secret", "password": "papertape"})
    exchange.urls["api"] |= {area: address for area in exchange.urls["api"] if area != "ws"}
    exchange.urls["api"]["ws"] = {"public": f"{streams}/v2/ws/public", "private": f"{streams}/v2/ws/private"}
    try:
        book = await exchange.watch_order_book("BTC/USDT")
        print("best bid", book["bids"][0][0], "best ask", book["asks"][0][0])
        orders = asyncio.create_task(exchange.watch_orders("BTC/USDT"))
        await exchange.watch_balance()
        await exchange.create_order("BTC/USDT", "limit", "buy", 0.001, book["asks"][0][0] * 1.001)
        for order in await orders:
            print("pushed:", order["side"], order["amount"], order["status"])
    finally:
        await exchange.close()


asyncio.run(main())
