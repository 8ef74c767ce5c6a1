"""Make a local Papertape fail on purpose, and see what your program does about it."""

from decimal import Decimal

from papertape import Client, RateLimited

client = Client()
faults = client.control.faults
faults.remove()

faults.add(kind="lost_answer", path="/api/v2/spot/trade/place-order", times=1)
placed = client.spot.trade.place_order(
    symbol="BTCUSDT", side="buy", order_type="limit", force="gtc", price=Decimal(50000), size=Decimal("0.001")
)
found = [order for order in client.spot.trade.unfilled_orders() if order.client_oid == placed.client_oid]
print(f"the answer was lost, and there is {len(found)} order all the same")
client.spot.trade.cancel_order(symbol="BTCUSDT", order_id=placed.order_id)

faults.add(kind="rate_limit", path="/api/v2/spot/account/*", uid=1_000_000_001, times=1)
try:
    client.with_options(retries=0).spot.account.assets()
except RateLimited as limited:
    print(f"HTTP {limited.status}: {limited.message}")

for fault in faults.list():
    print(f"{fault.kind} struck {fault.hits} time, {fault.left} left")
faults.remove()
