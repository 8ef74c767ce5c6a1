"""The client against a running exchange: every read has its declared type, trading moves what it should."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

import papertape
from papertape import AsyncClient, Client
from papertape.contract.assets import Assets
from papertape.contract.convert import Convert
from papertape.contract.p2p.desk import P2P
from papertape.contract.protocol.endpoint import Endpoint, endpoints_of
from papertape.contract.public import Public
from papertape.contract.spot.account import SpotAccount
from papertape.contract.spot.market import SpotMarket
from papertape.contract.spot.plan import SpotPlan
from papertape.contract.spot.trade import SpotTrade
from papertape.contract.spot.wallet import SpotWallet
from papertape.sdk.environment import at
from tests.cli.serving import Served

READS = [
    endpoint
    for group in (Public, SpotMarket, SpotTrade, SpotPlan, SpotAccount, SpotWallet, Assets, Convert, P2P)
    for endpoint in endpoints_of(group)
    if endpoint.method == "GET"
]
FIELDS: dict[str, Any] = {
    "symbol": "BTCUSDT",
    "business_type": "spot",
    "language": "en_US",
    "granularity": "1min",
    "coin": "USDT",
    "from_type": "spot",
    "to_type": "p2p",
    "plan_order_id": "1",
    "sub_uid": "1000000002",
    "from_coin": "USDT",
    "to_coin": "BTC",
    "from_coin_size": Decimal(100),
    "status": "online",
    "side": "sell",
    "fiat": "USD",
    "source_type": "competitior",
}
DAY = 86_400_000


@pytest.fixture
def trader(exchange: Served) -> Iterator[Client]:
    """The developer's client of the running exchange."""
    with Client(at(exchange.rest, exchange.ws)) as client:
        yield client


def buy(client: Client, usdt: int) -> str:
    return client.spot.trade.place_order(
        symbol="BTCUSDT", side="buy", order_type="market", force="gtc", size=Decimal(usdt)
    ).order_id


def test_a_market_order_is_filled_and_paid(trader: Client) -> None:
    before = {asset.coin: asset.available for asset in trader.spot.account.assets()}
    fills = trader.spot.trade.fills(order_id=buy(trader, 50))
    after = {asset.coin: asset.available for asset in trader.spot.account.assets()}
    assert before["USDT"] - after["USDT"] == sum(fill.amount for fill in fills)
    assert after["BTC"] - before["BTC"] == sum(fill.size + fill.fee_detail.total_fee for fill in fills)


def test_what_the_exchange_refuses_is_an_exception(trader: Client) -> None:
    with pytest.raises(papertape.InsufficientBalance):
        buy(trader, 400_000)
    with pytest.raises(papertape.OrderNotFound):
        trader.spot.trade.cancel_order(symbol="BTCUSDT", order_id="1")
    with pytest.raises(papertape.EndpointNotFound):
        trader.request("GET", "/api/v2/spot/nowhere")


def test_a_wrong_secret_is_an_authentication_error(exchange: Served) -> None:
    with Client(at(exchange.rest), secret="wrong") as client, pytest.raises(papertape.AuthenticationError):
        client.spot.account.assets()


def test_async_reads_what_sync_wrote(exchange: Served, trader: Client) -> None:
    placed = buy(trader, 20)

    async def read() -> str:
        async with AsyncClient(at(exchange.rest)) as client:
            orders = await client.spot.trade.order_info(order_id=placed)
            return orders[0].status

    assert asyncio.run(read()) == "filled"


def test_text_with_signs_survives_query_and_signature(trader: Client) -> None:
    placed = trader.spot.trade.place_order(
        symbol="BTCUSDT", side="buy", order_type="market", force="gtc", size=Decimal(10), client_oid="a-b_c#1+2"
    )
    assert trader.spot.trade.order_info(client_oid="a-b_c#1+2")[0].order_id == placed.order_id


@pytest.mark.parametrize("endpoint", READS, ids=lambda endpoint: f"{endpoint.group}.{endpoint.name}")
def test_every_read_comes_as_declared(trader: Client, endpoint: Endpoint[..., Any, Any]) -> None:
    now = trader.public.time().server_time
    fields = {**FIELDS, "start_time": now - DAY, "end_time": now}
    known = set(endpoint.request.__struct_fields__)
    given = {name: value for name, value in fields.items() if name in known}
    if endpoint.name == "order_info":
        given = {"order_id": buy(trader, 10)}
    if endpoint is P2P.orders:
        asked = {"status": "online", "side": "sell", "coin": "USDT", "fiat": "USD", "source_type": "competitior"}
        offers = trader.p2p.advertisements(start_time=now - DAY, **asked).advertisements
        given |= {"advertisement_number": offers[0].advertisement_number, "language": "en-US", "status": "Paid"}
    assert _read(trader, endpoint, given) is None


def _read(client: Client, endpoint: Endpoint[..., Any, Any], given: dict[str, Any]) -> str | None:
    """What is wrong with the reply; a refusal of these parameters is a reply too."""
    try:
        reply = client._transport.call(endpoint, endpoint.request(**given))
    except (papertape.InvalidRequest, papertape.PermissionDenied):
        return None
    wanted = getattr(endpoint.reply, "__origin__", endpoint.reply)
    return None if isinstance(reply, wanted) else f"{reply!r} is no {endpoint.reply}"
