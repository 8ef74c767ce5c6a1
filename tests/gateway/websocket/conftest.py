"""The streams that stories are told at: a server of its own for each, with limits and a clock that stands still."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from papertape.runtime.local_exchange import LocalExchange
from tests.gateway.websocket.sockets import Socket, Streams


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All stories of this folder run on one event loop, the exchange's."""
    for item in items:
        if item.path.parent.name == "websocket":
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(loop_scope="session")
async def streams(exchange: LocalExchange) -> AsyncIterator[Streams]:
    """Streams with limits."""
    async with Streams(exchange) as streams:
        yield streams


@pytest_asyncio.fixture(loop_scope="session")
async def boundless(exchange: LocalExchange) -> AsyncIterator[Streams]:
    """Streams with ``--limits off``."""
    async with Streams(exchange, limits=False) as streams:
        yield streams


@pytest_asyncio.fixture(loop_scope="session")
async def socket(streams: Streams) -> Socket:
    """A public connection."""
    return await streams.connect()
