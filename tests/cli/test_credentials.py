"""Where a command's key comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from papertape.cli.connection import access
from papertape.sdk.credentials import Credentials
from papertape.sdk.credentials_file import default_path
from tests.cli.conftest import Run
from tests.sdk.recording import RecordingServer

KEYS = """
[local]
key = "local-key"
secret = "local-secret"
passphrase = "local-words"

[demo]
key = "demo-key"
secret = "demo-secret"
passphrase = "demo-words"
"""


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """A file of keys."""
    return written(tmp_path / "keys.toml")


def written(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(KEYS)
    path.chmod(0o600)
    return path


def test_a_file_of_keys_is_an_option(server: RecordingServer, run: Run, keys: Path) -> None:
    url = server.environment.rest
    code, _, err = run("call", "GET", "/api/v2/x", "--url", url, "--credentials", str(keys))
    assert (code, err, server.last.headers["access-key"]) == (0, "", "local-key")


def test_a_file_that_others_can_open_is_one_line(run: Run, keys: Path) -> None:
    keys.chmod(0o644)
    code, out, err = run("call", "GET", "/api/v2/x", "--credentials", str(keys))
    assert (code, out) == (1, "")
    assert err == f"papertape: {keys} holds secrets and is open to other users: chmod 600 {keys}\n"


def test_a_file_without_the_environment_is_one_line(run: Run, keys: Path) -> None:
    code, _, err = run("call", "GET", "/api/v2/x", "-e", "live", "--credentials", str(keys))
    assert (code, err) == (1, f"papertape: {keys} has no table [live]\n")


def test_a_key_comes_from_one_place(run: Run, keys: Path) -> None:
    code, _, err = run("call", "GET", "/api/v2/x", "--credentials", str(keys), "--key", "mine")
    assert code == 1
    assert err.startswith("papertape: --credentials does not go with --key")


def test_the_default_file_is_for_bitget_only() -> None:
    assert access("demo").credentials is None
    written(default_path())
    assert access("demo").credentials == Credentials("demo-key", "demo-secret", "demo-words")
    assert access("local").credentials == Credentials("papertape-key", "papertape-secret", "papertape")
    assert access("demo", "http://exchange.example").credentials is None


def test_the_option_goes_before_variables_and_these_before_the_default_file(
    keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(default_path())
    for name in ("KEY", "SECRET", "PASSPHRASE"):
        monkeypatch.setenv(f"PAPERTAPE_API_{name}", "variable")
    assert access("demo").credentials == Credentials("variable", "variable", "variable")
    assert access("demo", credentials=keys).credentials == Credentials("demo-key", "demo-secret", "demo-words")
