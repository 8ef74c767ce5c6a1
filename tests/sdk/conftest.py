"""What the client's tests share: a server that records, and an environment without the machine's own keys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from papertape import Client
from tests.cli.serving import Served, serving
from tests.sdk.recording import RecordingServer, recording

VARIABLES = (
    "PAPERTAPE_API_KEY",
    "PAPERTAPE_API_SECRET",
    "PAPERTAPE_API_PASSPHRASE",
    "PAPERTAPE_CONTROL_TOKEN",
    "PAPERTAPE_URL",
    "PAPERTAPE_WS_URL",
    "PAPERTAPE_CREDENTIALS",
    "PAPERTAPE_ENVIRONMENT",
)


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """The developer's own environment variables do not reach the tests."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server() -> Iterator[RecordingServer]:
    """A server that records what is sent to it."""
    with recording() as server:
        yield server


@pytest.fixture
def client(server: RecordingServer) -> Iterator[Client]:
    """A client of the recording server, with the developer's key, that gives up at once."""
    with Client(server.environment, timeout=5, retries=0, limits="off") as client:
        yield client


@pytest.fixture(scope="session")
def exchange() -> Iterator[Served]:
    """An exchange with a moving market, in a process of its own."""
    with serving("--limits", "off") as served:
        yield served
