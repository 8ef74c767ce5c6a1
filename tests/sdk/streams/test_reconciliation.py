"""What happens while the socket is down is told once, fetched over REST."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest_asyncio

from papertape import AsyncClient, Environment, Gap, Reconnected, Stream, Subscription
from tests.cli.serving import serving
from tests.sdk.streams.road import Road, road
from tests.sdk.streams.scripted import eventually, soon

LIMIT = {"symbol": "BTCUSDT", "order_type": "limit", "force": "gtc"}
SIZE = Decimal("0.01")
PAR = 84_000
"""Prices of the stories count from here."""


@pytest_asyncio.fixture
async def other(place: Environment) -> AsyncIterator[AsyncClient]:
    """A second trader."""
    async with AsyncClient(place, key="papertape-key-2") as other:
        yield other
        await other.spot.trade.cancel_symbol_order(symbol="BTCUSDT")


async def buy(trader: AsyncClient, price: int, **more: Any) -> str:
    order: dict[str, Any] = {**LIMIT, "side": "buy", "price": Decimal(PAR + price), "size": SIZE, **more}
    return (await trader.spot.trade.place_order(**order)).order_id


async def trade(buyer: AsyncClient, seller: AsyncClient, price: int = 100) -> str:
    """One trade; the buyer's order id."""
    order = await buy(buyer, price)
    await buy(seller, price, side="sell")
    return order


async def until_back(subscription: Subscription[Any]) -> tuple[list[Any], Reconnected]:
    """What comes up to the reconnection, and that."""
    items: list[Any] = []
    while not isinstance(item := await soon(anext(subscription)), Reconnected):
        items.append(item)
    return items, item


async def quiet(subscription: Subscription[Any]) -> bool:
    """Whether nothing more comes."""
    await asyncio.sleep(0.1)
    return subscription.waiting == 0


async def down(way: Road) -> None:
    """The road is cut and closed."""
    way.closed = True
    way.cut()
    await asyncio.sleep(0.05)


async def test_fills_that_were_missed_are_told_once(
    place: Environment, way: Road, client: AsyncClient, other: AsyncClient
) -> None:
    async with Stream(place) as stream:
        fills = stream.spot.fill()
        await soon(fills.ready())
        known = await trade(client, other)
        assert (await soon(anext(fills))).order_id == known
        await down(way)
        missed = [await trade(client, other) for _ in range(3)]
        way.closed = False
        items, back = await until_back(fills)
        assert [fill.order_id for fill in items] == missed
        assert (back.recovered, back.reason) == (3, "the socket broke")
        later = await trade(client, other)
        assert (await soon(anext(fills))).order_id == later
        assert await quiet(fills)


async def test_nothing_is_lost_where_trades_are_stamped_by_another_clock() -> None:
    with serving("--market", "still") as served:
        exchange = Environment(rest=served.rest, ws=served.ws)
        async with (
            road(served.ws) as way,
            AsyncClient(exchange) as client,
            AsyncClient(exchange, key="papertape-key-2") as other,
            Stream(Environment(rest=served.rest, ws=way.address)) as stream,
        ):
            await client.control.advance_clock(milliseconds=3_600_000, clock="gateway")
            fills, orders = stream.spot.fill(), stream.spot.orders()
            await soon(fills.ready())
            await soon(orders.ready())
            await trade(client, other)
            await soon(anext(fills))
            await soon(anext(orders))
            await down(way)
            missed = await trade(client, other)
            way.closed = False
            assert missed in [fill.order_id for fill in (await until_back(fills))[0]]
            assert missed in [order.order_id for order in (await until_back(orders))[0]]


async def test_orders_that_changed_meanwhile_are_told_with_their_last_state(
    place: Environment, way: Road, client: AsyncClient, other: AsyncClient
) -> None:
    resting, doomed, untouched = [await buy(client, price) for price in (90, 80, 70)]
    async with Stream(place) as stream:
        orders = stream.spot.orders()
        await soon(orders.ready())
        seen = await buy(client, 60)
        assert (await soon(anext(orders))).order_id == seen
        await eventually(lambda: way.passed == 1)
        await asyncio.sleep(0.3)
        await down(way)
        await client.spot.trade.cancel_order(symbol="BTCUSDT", order_id=doomed)
        await client.spot.trade.cancel_order(symbol="BTCUSDT", order_id=seen)
        await buy(other, 90, side="sell")
        brief = await trade(client, other)
        new = await buy(client, 50)
        way.closed = False
        items, back = await until_back(orders)
        assert {order.order_id: order.status for order in items} == {
            doomed: "cancelled", seen: "cancelled", resting: "filled", brief: "filled", new: "live",
        }  # fmt: skip
        assert back.recovered == len(items) == 5
        assert [order.updated for order in items] == sorted(order.updated for order in items)
        await client.spot.trade.cancel_order(symbol="BTCUSDT", order_id=untouched)
        assert (await soon(anext(orders))).status == "cancelled"
        assert await quiet(orders)


async def test_what_is_told_of_an_order_over_rest_is_what_the_push_would_have_told(
    place: Environment, way: Road, client: AsyncClient, other: AsyncClient
) -> None:
    async with Stream(place) as stream, Stream(client.environment) as steady:
        orders, pushed = stream.spot.orders(), steady.spot.orders()
        await soon(orders.ready())
        await soon(pushed.ready())
        await asyncio.sleep(0.3)
        await down(way)
        await trade(client, other)
        way.closed = False
        (order,), _ = await until_back(orders)
        last = [await soon(anext(pushed)) for _ in range(2)][-1]
        assert not isinstance(order, Gap | Reconnected) and not isinstance(last, Gap | Reconnected)
        for name in (
            "order_id",
            "status",
            "price",
            "size",
            "stated_size",
            "base_volume",
            "average_price",
            "fee_detail",
            "updated",
        ):
            assert getattr(order, name) == getattr(last, name), name


async def test_balances_that_changed_meanwhile_are_told_and_no_others(
    place: Environment, way: Road, client: AsyncClient, other: AsyncClient
) -> None:
    async with Stream(place) as stream:
        account = stream.spot.account()
        coins = {asset.coin for asset in await client.spot.account.assets()}
        before = [await soon(anext(account)) for _ in coins]
        assert {getattr(asset, "coin", "") for asset in before} == coins
        await down(way)
        await buy(client, 100)
        way.closed = False
        items, back = await until_back(account)
        assert [asset.coin for asset in items] == ["USDT"]
        assert back.recovered == 1
        assert await quiet(account)


async def test_public_trades_are_refilled(
    place: Environment, way: Road, client: AsyncClient, other: AsyncClient
) -> None:
    async with Stream(place) as stream:
        await trade(client, other)
        trades = stream.spot.trade("BTCUSDT")
        first = await soon(anext(trades))
        while trades.waiting:
            await anext(trades)
        await down(way)
        for price in (101, 102, 103):
            await trade(client, other, price)
        way.closed = False
        items, back = await until_back(trades)
        assert [int(item.price) - PAR for item in items] == [101, 102, 103]
        assert back.recovered == 3
        assert getattr(first, "trade_id", "")
        await trade(client, other, 104)
        assert getattr(await soon(anext(trades)), "price", 0) == PAR + 104
        assert await quiet(trades)


async def test_trigger_orders_that_changed_meanwhile_are_told(
    place: Environment, way: Road, client: AsyncClient, other: AsyncClient
) -> None:
    await trade(client, other)
    plan: dict[str, Any] = {
        "symbol": "BTCUSDT", "side": "buy", "order_type": "limit", "trigger_price": Decimal(PAR - 50), "size": SIZE,
        "execute_price": Decimal(PAR - 60), "trigger_type": "fill_price",
    }  # fmt: skip
    doomed = (await client.spot.plan.place_plan_order(**plan)).order_id
    async with Stream(place) as stream:
        plans = stream.spot.plan_orders()
        await soon(plans.ready())
        await asyncio.sleep(0.3)
        await down(way)
        await client.spot.plan.cancel_plan_order(order_id=doomed)
        new = (await client.spot.plan.place_plan_order(**plan)).order_id
        way.closed = False
        items, back = await until_back(plans)
        assert {item.order_id: item.status for item in items} == {doomed: "cancelled", new: "live"}
        assert back.recovered == 2
        await client.spot.plan.cancel_plan_order(order_id=new)
        assert getattr(await soon(anext(plans)), "status", "") == "cancelled"


async def test_what_cannot_be_fetched_is_admitted(place: Environment, way: Road, client: AsyncClient) -> None:
    async with Stream(place) as stream:
        fills = stream.spot.fill()
        await soon(fills.ready())
        await client.control.faults.add(kind="error", code="40015", path="/api/v2/spot/trade/fills")
        await down(way)
        way.closed = False
        (gap,), back = await until_back(fills)
        assert isinstance(gap, Gap)
        assert (gap.lost, gap.reason, back.recovered) == (None, "disconnected", 0)
