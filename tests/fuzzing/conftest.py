"""What fuzzing shares: one exchange as users run it, without a market, limits or a clock that moves by itself."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from papertape import Client
from papertape.sdk.environment import at
from tests.cli.serving import Served, serving
from tests.fuzzing.doorstep import Stranger


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    with serving("--market", "still", "--limits", "off", "--clock", "manual") as served:
        yield served


@pytest.fixture(scope="session")
def stranger(served: Served) -> Stranger:
    set_the_scene(served)
    return Stranger(served)


def set_the_scene(served: Served) -> None:
    """Something of everything, so that no list is empty: trades, open orders, plan orders, coins on their way."""
    place = at(served.rest, served.ws)
    order = {"symbol": "BTCUSDT", "order_type": "limit", "force": "gtc", "size": Decimal("0.01")}
    with Client(place) as client, Client(place, key="papertape-key-2") as other:
        for price in (84_250, 84_300, 84_350):
            other.spot.trade.place_order(side="sell", price=Decimal(price), **order)
        for price in (84_250, 84_300, 84_000):
            client.spot.trade.place_order(side="buy", price=Decimal(price), **order)
        for trigger in (80_000, 90_000):
            client.spot.plan.place_plan_order(
                symbol="BTCUSDT", side="buy", trigger_price=Decimal(trigger), order_type="market",
                size=Decimal("0.01"), trigger_type="fill_price",
            )  # fmt: skip
        client.spot.wallet.transfer(from_type="spot", to_type="p2p", coin="USDT", amount=Decimal(1000))
        client.spot.wallet.withdraw(
            coin="USDT", transfer_type="on_chain", address="0x" + "52" * 20, chain="BEP20", size=Decimal(20)
        )
        control = client.control
        control.create_user(uid=1_000_000_003, parent_uid=1_000_000_001)
        for uid in (1_000_000_001, 1_000_000_003):
            control.fund(uid=uid, coin="XRP", amount=Decimal(100))
            control.start_deposit(uid=uid, coin="USDT", amount=Decimal(50))
