"""A real exchange for the streams: a process of its own in which nobody trades by himself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from papertape import AsyncClient, Environment
from tests.cli.serving import Served, serving
from tests.sdk.streams.road import Road, road
from tests.sdk.streams.scripted import ScriptedExchange, scripted


@pytest.fixture(scope="session")
def still() -> Iterator[Served]:
    """An exchange without a market, with limits."""
    with serving("--market", "still") as served:
        yield served


@pytest_asyncio.fixture
async def client(still: Served) -> AsyncIterator[AsyncClient]:
    """The developer over REST; no fault outlives the story."""
    async with AsyncClient(Environment(rest=still.rest, ws=still.ws)) as client:
        yield client
        await client.control.faults.remove()
        await client.spot.trade.cancel_symbol_order(symbol="BTCUSDT")


@pytest_asyncio.fixture
async def way(still: Served) -> AsyncIterator[Road]:
    """A road to the exchange's streams that can be cut."""
    async with road(still.ws) as way:
        yield way


@pytest.fixture
def place(still: Served, way: Road) -> Environment:
    """The exchange, its streams at the end of the road."""
    return Environment(rest=still.rest, ws=way.address)


@pytest_asyncio.fixture
async def venue() -> AsyncIterator[ScriptedExchange]:
    """A server that does as the story says."""
    async with scripted() as venue:
        yield venue
