"""What the command's tests share: the command run in this process, and a server that records."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from typer.testing import CliRunner

from papertape.cli.app import app
from tests.cli.serving import Served, serving
from tests.sdk.conftest import VARIABLES
from tests.sdk.recording import RecordingServer, recording

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The developer's own environment variables and files of keys do not reach the tests."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("settings")))


@pytest.fixture
def server() -> Iterator[RecordingServer]:
    """A server that records what is sent to it."""
    with recording() as server:
        yield server


@pytest.fixture(scope="session")
def exchange() -> Iterator[Served]:
    """An exchange with a moving market, in a process of its own."""
    with serving("--limits", "off") as served:
        yield served


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs ``papertape`` with these arguments; tells exit code, stdout and stderr."""
    monkeypatch.setenv("COLUMNS", "200")

    def command(*arguments: str, stdin: str | None = None) -> tuple[int, str, str]:
        done = CliRunner().invoke(app, arguments, input=stdin)
        return done.exit_code, done.stdout, done.stderr

    return command
