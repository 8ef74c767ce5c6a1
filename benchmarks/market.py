"""What the measurements need to know of a running exchange: a price and a size that the developer can afford."""

from __future__ import annotations

from decimal import ROUND_UP, Decimal

from benchmarks.servers import Server
from papertape import Client
from papertape.sdk.environment import at

SMALLEST_VALUE = Decimal("1.2")
"""USDT: a little above the smallest order, so that two accounts can trade many thousand times."""

CALL_SECONDS = 60


def client(
    server: Server, key: str = "papertape-key", secret: str = "papertape-secret", passphrase: str = "papertape"
) -> Client:
    """A client of a running exchange, by default the developer's."""
    place = at(f"http://127.0.0.1:{server.port}")
    return Client(place, key=key, secret=secret, passphrase=passphrase, control_token="papertape", timeout=CALL_SECONDS)


def affordable(server: Server) -> tuple[str, str]:
    """The last BTCUSDT price and the size of a small order at it."""
    with client(server) as trader:
        price = trader.spot.market.tickers(symbol="BTCUSDT")[0].last_price
    return str(price), str((SMALLEST_VALUE / price).quantize(Decimal("0.000001"), ROUND_UP))
