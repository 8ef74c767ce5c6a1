"""Rest a limit order below the market, look at it, cancel it; and what a refused order looks like."""

from __future__ import annotations

from decimal import Decimal

from papertape import Client, InsufficientBalance

with Client() as client:
    instrument = client.spot.market.symbols(symbol="ETHUSDT")[0]
    ticker = client.spot.market.tickers(symbol="ETHUSDT")[0]
    price = round(ticker.bid_price * Decimal("0.98"), instrument.price_places)

    placed = client.spot.trade.place_order(
        symbol="ETHUSDT", side="buy", order_type="limit", force="post_only", price=price, size=Decimal("0.5")
    )
    order = client.spot.trade.order_info(order_id=placed.order_id)[0]
    print(f"{order.side} {order.size} ETH at {order.price}: {order.status}")
    print("open orders:", len(client.spot.trade.unfilled_orders(symbol="ETHUSDT")))

    client.spot.trade.cancel_order(symbol="ETHUSDT", order_id=placed.order_id)
    print("cancelled:", client.spot.trade.order_info(order_id=placed.order_id)[0].status)

    try:
        client.spot.trade.place_order(
            symbol="ETHUSDT", side="buy", order_type="limit", force="gtc", price=price, size=Decimal(1000)
        )
    except InsufficientBalance as error:
        print(f"refused with code {error.code}: {error.message}")
