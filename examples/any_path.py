"""Call a path that has no method yet: signed like any other, answered as plain data with its headers."""

from __future__ import annotations

from papertape import BitgetError, Client

with Client() as client:
    response = client.request("GET", "/api/v2/spot/market/tickers", {"symbol": "BTCUSDT"})
    print(response.data[0]["lastPr"], "calls left this second:", response.remaining)

    try:
        client.request("POST", "/api/v2/spot/trade/cancel-order", body={"symbol": "BTCUSDT", "orderId": "1"})
    except BitgetError as error:
        print(type(error).__name__, error.code, error.message)
