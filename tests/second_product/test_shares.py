"""A second product beside spot, through a whole exchange: BTCUSDT is in both, without a trace of one in the other."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from decimal import Decimal
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from papertape import AsyncClient
from papertape.config import Config
from papertape.engine.audit import audit
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.spot.markets import spot_market
from papertape.engine.state import dump, load
from papertape.journal.recovery import outputs, replaying
from papertape.runtime.local_exchange import LocalExchange
from papertape.sdk.environment import at
from tests.second_product.engine import SHARES, Holdings, share_market
from tests.second_product.installed import shares

OWNER, BUYER = 1_000_000_001, 1_000_000_002


@pytest.fixture(autouse=True)
def installed() -> Iterator[None]:
    with shares():
        yield


class Floor:
    """An exchange without a market that has the share BTCUSDT at 50; the owner and the buyer over REST."""

    def __init__(self, exchange: LocalExchange, owner: AsyncClient, buyer: AsyncClient) -> None:
        self.exchange, self.owner, self.buyer = exchange, owner, buyer

    async def ask(self, who: AsyncClient, path: str, **parameters: str) -> Any:
        return (await who.request("GET", f"/api/v2/{path}", parameters)).data

    async def order(self, who: AsyncClient, side: str, size: str, price: str = "50", **more: str) -> str:
        body = {"symbol": "BTCUSDT", "side": side, "size": size, "price": price} | more
        return str((await who.request("POST", "/api/v2/shares/place", body=body)).data["orderId"])

    async def sold(self) -> None:
        """The owner sells ten shares to the buyer, of whom five more are wanted."""
        await self.order(self.owner, "sell", "10")
        await self.order(self.buyer, "buy", "15", "51")


@pytest_asyncio.fixture
async def floor(tmp_path: Any) -> AsyncIterator[Floor]:
    async with LocalExchange(config(str(tmp_path / "data"))) as exchange:
        signed = {"secret": "papertape-secret", "passphrase": "papertape"}
        where = at(exchange.url, exchange.ws_url)
        async with (
            AsyncClient(where, key="papertape-key", **signed) as owner,
            AsyncClient(where, key="papertape-key-2", **signed) as buyer,
        ):
            issue = {"symbol": "BTCUSDT", "price": "50", "owner": OWNER, "buyer": BUYER, "cash": "5000"}
            await owner.request("POST", "/papertape/v1/shares/issue", body=issue)
            yield Floor(exchange, owner, buyer)
        assert audit(exchange.sequencer.exchange) == []


def config(data: str) -> Config:
    return Config(port=0, ws_port=0, data=data, clock="manual", market="still", limits="off")


async def test_the_product_trades_by_its_own_terms(floor: Floor) -> None:
    await floor.sold()
    assert await floor.ask(floor.buyer, "shares/holding", symbol="BTCUSDT") == {
        "symbol": "BTCUSDT", "held": "10", "offered": "0",
    }  # fmt: skip
    wallet = floor.exchange.sequencer.exchange.ledger.balance(BUYER, SHARES, "USDT")
    assert (wallet.available, wallet.frozen) == (5000 - 500 - 255, 255)
    (rest,) = await floor.ask(floor.buyer, "shares/open", symbol="BTCUSDT")
    assert (rest["size"], rest["filled"], rest["status"]) == ("15", "10", "partially_filled")
    (past,) = await floor.ask(floor.owner, "shares/past", symbol="BTCUSDT")
    assert (past["side"], past["status"]) == ("sell", "filled")


async def test_spot_of_the_same_symbol_shows_no_trace_of_it(floor: Floor) -> None:
    spot = ("tickers", "fills", "orderbook", "candles", "fund-net-flow", "fills-history")
    asked = [(f"spot/market/{name}", {"symbol": "BTCUSDT"}) for name in spot]
    asked[3][1]["granularity"] = "1min"
    private = [f"spot/trade/{name}" for name in ("unfilled-orders", "history-orders", "fills")]
    asked += [(path, {}) for path in (*private, "spot/account/assets", "spot/account/bills")]
    before = [without_time(await floor.ask(floor.buyer, path, **parameters)) for path, parameters in asked]
    await floor.sold()
    assert [without_time(await floor.ask(floor.buyer, path, **parameters)) for path, parameters in asked] == before
    exchange = floor.exchange.sequencer.exchange
    assert spot_market(exchange, "BTCUSDT").last == 84_250
    assert share_market(exchange, "BTCUSDT").last == 50


async def test_spot_trades_leave_no_trace_in_it(floor: Floor) -> None:
    await floor.owner.spot.trade.place_order(
        symbol="BTCUSDT", side="buy", order_type="limit", force="gtc", price=Decimal(84_000), size=Decimal("0.1"),
        client_oid="mine",
    )  # fmt: skip
    await floor.buyer.spot.trade.place_order(
        symbol="BTCUSDT", side="sell", order_type="market", force="gtc", size=Decimal("0.1")
    )
    ticker = await floor.ask(floor.buyer, "shares/ticker", symbol="BTCUSDT")
    assert (ticker["symbol"], ticker["volume"]) == ("BTCUSDT", "0")
    assert await floor.ask(floor.owner, "shares/open", symbol="BTCUSDT") == []
    assert await floor.ask(floor.owner, "shares/past", symbol="BTCUSDT") == []
    # Client ids are each product's own.
    await floor.order(floor.owner, "sell", "1", clientOid="mine")


async def test_streams_of_both_products_tell_their_own_trades(floor: Floor) -> None:
    async with aiohttp.ClientSession() as session, asyncio.timeout(10):
        socket = await session.ws_connect(f"{floor.exchange.ws_url}/v2/ws/public")
        arguments = [{"instType": kind, "channel": "trade", "instId": "BTCUSDT"} for kind in ("SHARES", "SPOT")]
        await socket.send_json({"op": "subscribe", "args": arguments})
        said = [json.loads((await socket.receive()).data) for _ in range(3)]
        assert [message["event"] for message in said if "event" in message] == ["subscribe", "subscribe"]
        await floor.sold()
        push = json.loads((await socket.receive()).data)
        assert (push["arg"]["instType"], push["data"][0]["price"], push["data"][0]["size"]) == ("SHARES", "50.0", "10")
        await floor.owner.spot.trade.place_order(
            symbol="BTCUSDT", side="buy", order_type="limit", force="gtc", price=Decimal(84_000), size=Decimal("0.1")
        )
        await floor.buyer.spot.trade.place_order(
            symbol="BTCUSDT", side="sell", order_type="market", force="gtc", size=Decimal("0.1")
        )
        push = json.loads((await socket.receive()).data)
        assert (push["arg"]["instType"], push["data"][0]["price"]) == ("SPOT", "84000.00")
        await socket.close()


async def test_what_it_keeps_outlives_a_restart_and_a_replay(floor: Floor, tmp_path: Any) -> None:
    await floor.sold()
    exchange = floor.exchange.sequencer.exchange
    kept = load(dump(exchange))
    assert dump(kept) == dump(exchange)
    replayed = Exchange()
    with replaying():
        for _ in outputs(replayed, floor.exchange.storage.log.read(1)):
            pass
    assert dump(replayed) == dump(exchange)
    assert kept.part(Holdings).held == {(OWNER, "BTCUSDT"): 990, (BUYER, "BTCUSDT"): 10}
    assert [order.line for order in kept.orders.by_id.values()] == [SHARES]
    assert audit(kept) == []


async def test_its_timers_fire_and_its_checks_find(floor: Floor) -> None:
    await floor.sold()
    await floor.exchange.administration.advance_market(3_600_001)
    assert await floor.ask(floor.buyer, "shares/open", symbol="BTCUSDT") == []
    exchange = floor.exchange.sequencer.exchange
    exchange.part(Holdings).held[OWNER, "BTCUSDT"] -= 1
    assert audit(exchange) == ["999 of 1000 BTCUSDT are held"]
    exchange.part(Holdings).held[OWNER, "BTCUSDT"] += 1


def without_time(data: Any) -> Any:
    """The answer without the times that it was given at."""
    if isinstance(data, dict):
        return {key: without_time(value) for key, value in data.items() if key != "ts"}
    return [without_time(item) for item in data] if isinstance(data, list) else data
