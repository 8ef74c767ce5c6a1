"""Ask for the price, buy some Bitcoin at it, see what it cost and what is held now."""

from decimal import Decimal

from papertape import Client

client = Client()
ticker = client.spot.market.tickers(symbol="BTCUSDT")[0]
print(f"BTCUSDT bid {ticker.bid_price}, ask {ticker.ask_price}")
order = client.spot.trade.place_order(symbol="BTCUSDT", side="buy", order_type="market", force="gtc", size=Decimal(500))
for fill in client.spot.trade.fills(order_id=order.order_id):
    print(f"bought {fill.size} at {fill.price}, fee {fill.fee_detail.total_fee} {fill.fee_detail.fee_coin}")
print(f"now holding {client.spot.account.assets(coin='BTC')[0].available} BTC")
