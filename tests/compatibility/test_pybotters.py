"""pybotters signs by host and sends queries in the order in which they were written."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.cli.serving import Served
from tests.compatibility.clients import DEVELOPER, PASSPHRASE, SECRET

pybotters = pytest.importorskip("pybotters", reason="pybotters is not installed")
auth = pytest.importorskip("pybotters.auth")

# It hands its signature to aiohttp in a way that aiohttp is giving up.
pytestmark = pytest.mark.filterwarnings("ignore:The 'auth' parameter:DeprecationWarning")

ORDER = {"symbol": "BTCUSDT", "side": "buy", "orderType": "limit", "force": "gtc", "price": "84000", "size": "0.01"}


@pytest.fixture
async def client(still: Served, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    """A pybotters client with the developer's key."""
    host = still.rest.removeprefix("http://")
    for name in (host, host.partition(":")[0]):
        monkeypatch.setitem(auth.Hosts.items, name, auth.Item("bitget", auth.Auth.bitget))
    keys = {"bitget": [DEVELOPER, SECRET, PASSPHRASE]}
    async with pybotters.Client(apis=keys, base_url=still.rest) as client:
        yield client


async def ask(client: Any, method: str, path: str, **more: Any) -> Any:
    answer = await client.fetch(method, path, **more)
    assert (answer.response.status, answer.data["code"]) == (200, "00000")
    return answer.data["data"]


async def test_an_order_from_placing_to_cancelling(client: Any) -> None:
    placed = await ask(client, "POST", "/api/v2/spot/trade/place-order", data=ORDER)
    query = {"symbol": "BTCUSDT", "limit": "10", "idLessThan": str(int(placed["orderId"]) + 1)}
    listed = await ask(client, "GET", "/api/v2/spot/trade/unfilled-orders", params=query)
    assert [order["orderId"] for order in listed] == [placed["orderId"]]
    gone = {"symbol": "BTCUSDT", "orderId": placed["orderId"]}
    assert await ask(client, "POST", "/api/v2/spot/trade/cancel-order", data=gone) == placed
    assert await ask(client, "GET", "/api/v2/spot/trade/unfilled-orders") == []


async def test_public_and_private_reads(client: Any) -> None:
    [ticker] = await ask(client, "GET", "/api/v2/spot/market/tickers", params={"symbol": "BTCUSDT"})
    assert ticker["symbol"] == "BTCUSDT"
    [asset] = await ask(client, "GET", "/api/v2/spot/account/assets", params={"coin": "USDT"})
    assert asset["available"] == "100000"
