"""An unmodified ccxt trades on Papertape: only the addresses change."""

import os

import ccxt

address = os.environ.get("PAPERTAPE_URL", "http://127.0.0.1:7070")
exchange = ccxt.bitget({"apiKey": "papertape-key", "secret": "papertape-secret", "password": "papertape"})
exchange.urls["api"] |= {area: address for area in exchange.urls["api"] if area != "ws"}

price = exchange.fetch_ticker("BTC/USDT")["ask"] * 1.001
placed = exchange.create_order("BTC/USDT", "limit", "buy", 0.01, price)
order = exchange.fetch_order(placed["id"], "BTC/USDT")
print((order["side"], order["filled"], order["average"], order["status"]))
print(exchange.fetch_balance()["USDT"])
