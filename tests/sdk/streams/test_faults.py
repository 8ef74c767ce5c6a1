"""Streams of a real exchange that is made to fail on purpose."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from papertape import AsyncClient, AuthenticationError, Environment, Reconnected, Stream
from papertape.contract.spot.streams import OrderMessage
from tests.sdk.streams.road import Road
from tests.sdk.streams.scripted import soon


async def strike(client: AsyncClient, **fault: Any) -> str:
    return (await client.control.faults.add(**fault)).id


async def hits(client: AsyncClient) -> int:
    return sum(fault.hits for fault in await client.control.faults.list())


async def test_a_login_with_a_wrong_clock_sets_it_right_and_is_tried_again(
    place: Environment, client: AsyncClient
) -> None:
    await strike(client, kind="login_error", code="30014", times=1)
    async with Stream(place) as stream:
        await soon(stream.spot.orders().ready())
        assert await hits(client) == 1


async def test_a_login_that_goes_on_failing_for_its_clock_is_raised(place: Environment, client: AsyncClient) -> None:
    await strike(client, kind="login_error", code="30014")
    async with Stream(place) as stream:
        with pytest.raises(AuthenticationError, match="30014"):
            await soon(anext(stream.spot.orders()))
        assert await hits(client) == 2


async def test_a_private_stream_that_is_dropped_comes_back_logged_in(place: Environment, client: AsyncClient) -> None:
    async with Stream(place) as stream:
        orders = stream.spot.orders()
        await soon(orders.ready())
        await strike(client, kind="stream_drop", private=True, times=1)
        event = await soon(anext(orders))
        assert isinstance(event, Reconnected)
        assert event.recovered == 0


async def test_a_stream_that_is_dropped_before_it_is_ready_begins_anew(place: Environment, client: AsyncClient) -> None:
    """Nothing was told and nobody was told that all would be: there is no gap to tell of."""
    async with Stream(place) as stream:
        await strike(client, kind="latency", path="/api/v2/spot/trade/*", milliseconds=300, times=2)
        orders = stream.spot.orders()
        while not await hits(client):
            await asyncio.sleep(0.01)
        await strike(client, kind="stream_drop", private=True, times=1)
        await soon(orders.ready())
        await client.spot.trade.place_order(
            symbol="BTCUSDT", side="buy", order_type="limit", force="gtc", price=Decimal(82_000), size=Decimal("0.01")
        )
        event = await soon(anext(orders))
        assert isinstance(event, OrderMessage)
        assert event.status == "live"


async def test_a_pong_later_than_a_second_drops_no_healthy_socket(
    place: Environment, way: Road, client: AsyncClient
) -> None:
    await strike(client, kind="late_pong", milliseconds=1100)
    async with Stream(place, ping_every=0.3, silence=4) as stream:
        fills = stream.spot.fill()
        await soon(fills.ready())
        while await hits(client) < 5:
            await asyncio.sleep(0.05)
        assert (way.passed, fills.waiting) == (1, 0)


async def test_a_silent_stream_is_given_up(place: Environment, client: AsyncClient) -> None:
    async with Stream(place, ping_every=0.1, silence=0.4) as stream:
        fills = stream.spot.fill()
        await soon(fills.ready())
        await strike(client, kind="stream_silence", private=True, times=1)
        event = await soon(anext(fills))
        assert isinstance(event, Reconnected)
        assert "said nothing" in event.reason
