"""The same streams in a plain script: a thread in the background runs the event loop."""

from __future__ import annotations

from papertape import Gap, Reconnected, Stream

with Stream() as stream:
    stream.spot.ticker("ETHUSDT").on(lambda ticker: print("ETHUSDT", ticker.last_price))
    for number, trade in enumerate(stream.spot.trade("BTCUSDT"), 1):
        if isinstance(trade, Gap | Reconnected):
            print("something may be missing here:", trade)
        else:
            print(f"{trade.side} {trade.size} BTC at {trade.price}")
        if number == 5:
            break
