"""Demo trading: an environment of its own. Nothing that is done there shows in the live one, nor the other way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest_asyncio

from papertape import AsyncClient, Stream
from papertape.config import Config
from papertape.engine.audit import audit
from papertape.engine.exchange.exchange import FIRST_ID
from papertape.engine.spot.markets import spot_markets
from papertape.runtime.local_exchange import LocalExchange
from papertape.sdk.environment import at

LIMIT = {"symbol": "BTCUSDT", "order_type": "limit", "force": "gtc", "price": Decimal(84_000), "size": Decimal("0.1")}


class Two:
    """An exchange without a market, and two clients of the developer: a live and a demo one."""

    def __init__(self, exchange: LocalExchange, live: AsyncClient, demo: AsyncClient) -> None:
        self.exchange, self.live, self.demo = exchange, live, demo


@pytest_asyncio.fixture
async def two() -> AsyncIterator[Two]:
    config = Config(port=0, ws_port=0, data=":memory:", clock="manual", market="still")
    async with LocalExchange(config) as exchange:
        signed: dict[str, Any] = {"secret": "papertape-secret", "passphrase": "papertape"}
        live = AsyncClient(at(exchange.url, exchange.ws_url), key="papertape-key", **signed)
        demo = AsyncClient(at(exchange.url, exchange.ws_url, demo=True), key="papertape-demo-key", **signed)
        async with live, demo:
            yield Two(exchange, live, demo)
        assert audit(exchange.sequencer.exchange) == []


async def usdt(client: AsyncClient) -> tuple[Decimal, Decimal]:
    (asset,) = await client.spot.account.assets(coin="USDT")
    return asset.available, asset.frozen


async def trade(client: AsyncClient, name: str = "", size: str = "0.1") -> None:
    """The developer trades with themselves at 84,000; the orders are named after where."""
    for side in ("sell", "buy"):
        terms = LIMIT | {"size": Decimal(size), "client_oid": f"{name}-{side}" if name else None}
        await client.spot.trade.place_order(side=side, **terms)


async def test_an_order_with_the_demo_key_spends_demo_money_only(two: Two) -> None:
    await two.demo.spot.trade.place_order(side="buy", **LIMIT)
    assert await usdt(two.demo) == (91_600, 8_400)
    assert await usdt(two.live) == (100_000, 0)
    assert await two.live.spot.trade.unfilled_orders() == []


async def test_orders_trades_and_history_stay_where_they_were_made(two: Two) -> None:
    await trade(two.demo)
    for client, count in ((two.demo, 2), (two.live, 0)):
        assert len(await client.spot.trade.fills(symbol="BTCUSDT")) == count
        assert len(await client.spot.trade.history_orders()) == count
        assert len(await client.spot.account.bills(group_type="transaction")) == 2 * count
        public = [row for row in await client.spot.market.fills(symbol="BTCUSDT") if int(row.trade_id) > FIRST_ID]
        assert len(public) == count // 2
        (ticker,) = await client.spot.market.tickers(symbol="BTCUSDT")
        assert (ticker.last_price == 84_000) is bool(count)
        (flow,) = await client.insights.fund_net_flow(symbol="BTCUSDT")
        assert bool(flow.net_flow) is bool(count)


async def test_choices_and_transfers_are_of_one_environment(two: Two) -> None:
    await two.demo.spot.account.switch_deduct(deduct="on")
    await two.demo.spot.wallet.transfer(
        from_type="spot", to_type="p2p", coin="USDT", amount=Decimal(500), client_oid="mine"
    )
    assert (await two.live.spot.account.deduct_info()).deduct == "off"
    assert await usdt(two.live) == (100_000, 0)
    await two.live.spot.wallet.transfer(
        from_type="spot", to_type="p2p", coin="USDT", amount=Decimal(700), client_oid="mine"
    )
    assert await usdt(two.live) == (99_300, 0)
    assert await usdt(two.demo) == (99_500, 0)


async def test_streams_tell_of_their_own_environment(two: Two) -> None:
    signed: dict[str, Any] = {"secret": "papertape-secret", "passphrase": "papertape"}
    live = Stream(at(two.exchange.url, two.exchange.ws_url), key="papertape-key", **signed)
    demo = Stream(at(two.exchange.url, two.exchange.ws_url, demo=True), key="papertape-demo-key", **signed)
    async with live, demo, asyncio.timeout(10):
        heard = {}
        for name, stream in (("live", live), ("demo", demo)):
            heard[name] = stream.spot.orders("BTCUSDT"), stream.spot.trade("BTCUSDT")
            for subscription in heard[name]:
                await subscription.ready()
        await trade(two.demo, "demo", "0.2")
        await trade(two.live, "live", "0.1")
        for name, size in (("live", "0.1"), ("demo", "0.2")):
            orders, trades = heard[name]
            changes = [await anext(orders) for _ in range(4)]
            assert {order.client_oid for order in changes} == {f"{name}-sell", f"{name}-buy"}
            assert (await anext(trades)).size == Decimal(size)


async def test_the_control_plane_goes_where_the_header_says(two: Two) -> None:
    await two.demo.control.fund(uid=1_000_000_001, wallet="spot", coin="USDT", amount=Decimal(1))
    assert await usdt(two.demo) == (100_001, 0)
    assert await usdt(two.live) == (100_000, 0)


async def test_demo_has_coins_of_its_own(two: Two) -> None:
    ledgers = {name: view.ledger for name, view in two.exchange.sequencer.exchange.environments.items()}
    assert ledgers["demo"].balance(1_000_000_001, "susdt_futures", "SUSDT").available == 100_000
    assert ledgers["live"].balance(1_000_000_001, "susdt_futures", "SUSDT").available == 0


async def test_the_demo_market_is_quoted_and_trades() -> None:
    config = Config(port=0, ws_port=0, data=":memory:", clock="manual")
    async with LocalExchange(config) as exchange:
        await exchange.administration.advance_market(60_000)
        live, demo = exchange.sequencer.exchange.environments.values()
        trades = {name: [t for m in spot_markets(view).values() for t in m.data.recent] for name, view in
                  (("live", live), ("demo", demo))}  # fmt: skip
        assert 0 < len(trades["demo"]) < len(trades["live"])
        for symbol, market in spot_markets(demo).items():
            assert abs(float(market.last) / float(spot_markets(live)[symbol].last) - 1) < 0.01
            assert market.book.best_bid() is not None
        assert audit(live) == []
