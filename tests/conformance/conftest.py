"""The exchange that the walk goes through: built once, since what is refused must leave it as it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from inspect import iscoroutinefunction

import pytest
import pytest_asyncio

from papertape.runtime.local_exchange import LocalExchange
from tests.conformance.history import live_through
from tests.conformance.world import CONFIG, World, open_world


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of this folder runs on one event loop, the exchange's."""
    for item in items:
        if item.path.parent.name == "conformance" and iscoroutinefunction(getattr(item, "function", None)):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def world() -> AsyncIterator[World]:
    """An exchange with three days of history."""
    async with LocalExchange(CONFIG) as exchange:
        world = await open_world(exchange)
        try:
            await live_through(world)
            yield world
        finally:
            await world.close()
