"""The answer to an order is lost on its way; the order is placed once all the same, and its id is known."""

from __future__ import annotations

from decimal import Decimal

from papertape import Client, OutcomeUnknown

with Client() as client:
    # Only a Papertape can be told to fail: the next order is executed, then its connection is cut.
    client.control.faults.add(kind="lost_answer", path="/api/v2/spot/trade/place-order", times=1)

    bid = client.spot.market.tickers(symbol="ETHUSDT")[0].bid_price
    price = round(bid * Decimal("0.98"), 2)
    try:
        placed = client.spot.trade.place_order(
            symbol="ETHUSDT", side="buy", order_type="limit", force="gtc", price=price, size=Decimal("0.5")
        )
    except OutcomeUnknown as error:
        # The lookup failed as well: nothing was sent again. Look for these yourself before you order anew.
        raise SystemExit(f"look for {error.client_oids}") from error

    found = client.spot.trade.order_info(client_oid=placed.client_oid)
    print(f"{len(found)} order {placed.client_oid}: {found[0].status}")
    client.spot.trade.cancel_order(symbol="ETHUSDT", order_id=placed.order_id)
