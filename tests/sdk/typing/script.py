"""A user's script, for the type checker only; a comment at a line's end says what the checker must answer."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import reveal_type

from papertape import AsyncClient, Client, Environment, OrderNotFound, Stream

client = Client()
reveal_type(client.public.time().server_time)  # Timestamp
reveal_type(client.spot.market.tickers())  # list[Ticker]
reveal_type(client.spot.trade.cancel_order(symbol="BTCUSDT", order_id="1"))  # OrderReference
reveal_type(client.control.keys())  # list[Key]
reveal_type(client.request("GET", "/api/v2/x"))  # Response[Any]
reveal_type(client.with_options(timeout=1, retries=0, limits="fail"))  # Client
reveal_type(client.raw.spot.market.tickers())  # Response[list[Ticker]]
reveal_type(client.raw.public.time().remaining)  # int | None
reveal_type(client.raw.spot.trade.fills())  # Response[list[Fill]]
client.with_options(limits="never")  # arg-type
client.raw.spot.trade.cancel_order(order="1")  # call-arg

for order in client.spot.trade.history_orders.iterate(symbol="BTCUSDT", start_time=1):
    reveal_type(order)  # OrderInformation
for page in client.spot.plan.history_plan_orders.pages():
    reveal_type(page.rows)  # list[PlanOrder]
    reveal_type(page.cursor)  # str
for merchant in client.p2p.merchants.resume("cursor"):
    reveal_type(merchant)  # MerchantRow
reveal_type(client.spot.trade.history_orders(symbol="BTCUSDT"))  # list[OrderInformation]
reveal_type(client.spot.plan.history_plan_orders())  # PlanOrderPage
client.spot.trade.history_orders.iterate(symbol=1)  # arg-type
client.tax.spot_records.pages(start_time=1)  # call-arg
client.spot.market.tickers.iterate()  # attr-defined

client.spot.trade.place_order(
    symbol="BTCUSDT", side="buy", order_type="limit", force="gtc", size=Decimal(1), price=Decimal(2)
)
client.spot.trade.place_order(symbol="X", side="long", order_type="market", force="gtc", size=Decimal(1))  # arg-type
client.spot.trade.place_order(side="buy", order_type="market", force="gtc", size=Decimal(1))  # call-arg
client.spot.trade.place_order(symbol="X", side="buy", order_type="market", force="gtc", size=0.1)  # arg-type
client.spot.market.ticker()  # attr-defined
Client("production")  # arg-type
Client(Environment(rest="http://127.0.0.1:1", ws="ws://127.0.0.1:2"), timeout=3)

try:
    client.spot.account.assets(coin="BTC")
except OrderNotFound as error:
    reveal_type(error.code)  # str

with Stream() as stream:
    reveal_type(stream.spot.ticker("BTCUSDT"))  # BlockingSubscription[TickerMessage]
    for event in stream.spot.trade("BTCUSDT"):
        reveal_type(event)  # TradeMessage | Gap | Reconnected
    for book in stream.spot.order_book("BTCUSDT"):
        reveal_type(book)  # OrderBook
    reveal_type(stream.spot.cancel_order(symbol="BTCUSDT", order_id="1"))  # OrderReference
    stream.spot.candles("BTCUSDT", "2min")  # arg-type
    stream.spot.ticker()  # call-arg


async def main() -> None:
    """The same calls, awaited."""
    async with AsyncClient("live") as live:
        reveal_type(await live.spot.market.tickers(symbol="BTCUSDT"))  # list[Ticker]
        reveal_type(await live.spot.trade.cancel_order(symbol="BTCUSDT", order_id="1"))  # OrderReference
        reveal_type(await live.request("GET", "/api/v2/x"))  # Response[Any]
        reveal_type(await live.raw.public.time())  # Response[ServerTime]
        async for fill in live.spot.trade.fills.iterate(symbol="BTCUSDT"):
            reveal_type(fill)  # Fill
        async for page in live.spot.market.candles.pages(symbol="BTCUSDT", granularity="1min"):
            reveal_type(page.rows)  # list[Candle]
        async for record in live.tax.spot_records.resume("cursor"):
            reveal_type(record)  # SpotTaxRecord
        reveal_type(await live.spot.trade.fills())  # list[Fill]
        task = asyncio.create_task(live.spot.market.tickers())
        reveal_type(await task)  # list[Ticker]
        live.spot.market.tickers().sort()  # attr-defined
    async with Stream("live") as pushed:
        reveal_type(pushed.spot.ticker(symbol="BTCUSDT"))  # Subscription[TickerMessage]
        async for change in pushed.spot.orders():
            reveal_type(change)  # OrderMessage | Gap | Reconnected
        reveal_type(await pushed.spot.cancel_order(symbol="BTCUSDT", order_id="1"))  # OrderReference
        pushed.spot.account("USDT")  # call-arg
