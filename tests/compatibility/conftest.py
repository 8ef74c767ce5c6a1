"""Running exchanges for clients that no one here wrote, and those clients."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.cli.serving import Served, serving
from tests.compatibility.clients import DEVELOPER, SECOND_TRADER, control, trading


@pytest.fixture(scope="session")
def still_exchange() -> Iterator[Served]:
    """An exchange in which nobody trades by himself."""
    with serving("--market", "still", "--limits", "off") as served:
        yield served


@pytest.fixture
def still(still_exchange: Served) -> Served:
    """The same as on its first day."""
    control(still_exchange, "reset")
    return still_exchange


@pytest.fixture(scope="session")
def moving() -> Iterator[Served]:
    """An exchange with a moving market."""
    with serving("--limits", "off") as served:
        yield served


@pytest.fixture(scope="session")
def limited() -> Iterator[Served]:
    """An exchange that limits as Bitget does."""
    with serving("--market", "still") as served:
        yield served


@pytest.fixture(scope="session", params=["sync", "async"])
def kind(request: pytest.FixtureRequest) -> str:
    """Which ccxt."""
    return str(request.param)


@pytest.fixture(scope="session")
def loaded_developer(kind: str, still_exchange: Served) -> Iterator[Any]:
    """The developer's ccxt at the still exchange, markets loaded."""
    with trading(kind, still_exchange) as client:
        yield client


@pytest.fixture(scope="session")
def loaded_trader(kind: str, still_exchange: Served) -> Iterator[Any]:
    """The second trader's ccxt at the still exchange, markets loaded."""
    with trading(kind, still_exchange, SECOND_TRADER) as client:
        yield client


@pytest.fixture
def developer(loaded_developer: Any, still: Served) -> Any:
    """The developer with ccxt on the still exchange's first day."""
    return loaded_developer


@pytest.fixture
def trader(loaded_trader: Any, still: Served) -> Any:
    """The second trader with ccxt on the still exchange's first day."""
    return loaded_trader


@pytest.fixture(scope="session")
def visitor(kind: str, moving: Served) -> Iterator[Any]:
    """The developer's ccxt where the market moves."""
    with trading(kind, moving, DEVELOPER) as client:
        yield client
