"""Read a year of fills, stop in the middle, and go on from where it stopped."""

from __future__ import annotations

from decimal import Decimal

from papertape import Client

DAY_MS = 86_400_000

client = Client()
for _ in range(5):
    client.spot.trade.place_order(symbol="BTCUSDT", side="buy", order_type="market", force="gtc", size=Decimal(20))

now = client.public.time().server_time
fills = client.spot.trade.fills
for fill in fills.iterate(symbol="BTCUSDT", start_time=now - 365 * DAY_MS, end_time=now):
    print(f"{fill.created} bought {fill.size} at {fill.price}")

read, cursor = 0, ""
for page in fills.pages(symbol="BTCUSDT", limit=2):
    read, cursor = read + len(page.rows), page.cursor
    if read >= 4:
        break
rest = list(fills.resume(cursor))
print(f"{read} fills, then {len(rest)} more")
