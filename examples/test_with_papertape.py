"""A bot's own test: an exchange that says "too many requests" and answers late, and what the bot makes of it.

Run it with pytest while ``papertape serve`` runs, or as it stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from papertape import Client, InsufficientBalance, RateLimited


def buy_cheaply(client: Client) -> str:
    """The bot: bids 1 % below the best bid; the order's id."""
    bid = client.spot.market.tickers(symbol="BTCUSDT")[0].bid_price
    price = round(bid * Decimal("0.99"), 2)
    order = client.spot.trade.place_order(
        symbol="BTCUSDT", side="buy", order_type="limit", force="post_only", price=price, size=Decimal("0.01")
    )
    return order.order_id


@pytest.fixture
def client() -> Iterator[Client]:
    """A client of the exchange; whatever a test breaks is mended and whatever it does is undone."""
    with Client() as client:
        client.control.make_checkpoint(name="before")
        yield client
        client.control.faults.remove()
        client.control.restore(name="before")


def test_the_bot_survives_a_storm_of_429s(client: Client) -> None:
    client.control.faults.add(kind="rate_limit", path="/api/v2/spot/*", times=2)
    assert buy_cheaply(client)


def test_an_impatient_bot_hears_of_them(client: Client) -> None:
    client.control.faults.add(kind="rate_limit", path="/api/v2/spot/*")
    with pytest.raises(RateLimited):
        buy_cheaply(client.with_options(retries=0))


def test_a_bot_without_money_is_told(client: Client) -> None:
    poor = client.control.create_user(name="poor")
    key = client.control.create_key(uid=poor.uid, permissions=["read", "spot_trade"])
    with (
        Client(key=key.key, secret=key.secret, passphrase=key.passphrase) as theirs,
        pytest.raises(InsufficientBalance),
    ):
        buy_cheaply(theirs)


if __name__ == "__main__":
    raise SystemExit(pytest.main([__file__, "-q", "-p", "no:cacheprovider"]))
