"""The desk that stories of the gateway are told at. One exchange serves them all, reset before each."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from papertape.runtime.local_exchange import LocalExchange
from tests.gateway.desk import Desk, quiet


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All stories of this folder run on one event loop, the exchange's."""
    for item in items:
        if item.path.parent.name == "gateway":
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def running() -> AsyncIterator[LocalExchange]:
    """A whole exchange in memory, served on a free port."""
    async with LocalExchange(quiet(limits="off")) as exchange:
        yield exchange


@pytest_asyncio.fixture(loop_scope="session")
async def exchange(running: LocalExchange) -> LocalExchange:
    """That exchange as on its first day."""
    await running.administration.reset()
    return running


@pytest_asyncio.fixture(loop_scope="session")
async def desk(exchange: LocalExchange) -> Desk:
    """A gateway of its own before the exchange, with limits and a clock that stands at noon."""
    return Desk(exchange)
