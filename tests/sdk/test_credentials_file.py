"""Keys from a file: a table for each environment, for its owner's eyes alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from papertape import AsyncClient, Client, Credentials
from papertape.sdk.credentials import credentials_for
from papertape.sdk.credentials_file import default_path
from papertape.sdk.environment import DEMO, LIVE, at, local

KEYS = """
[live]
key = "live-key"
secret = "live-secret"
passphrase = "live-words"

[demo]
key = "demo-key"
secret_file = "demo.pem"
passphrase = "demo-words"
"""
PEM = "-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----"


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """A file of keys with all that belongs to it."""
    written(tmp_path / "demo.pem", PEM + "\n")
    return written(tmp_path / "keys.toml", KEYS)


def written(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o600)
    return path


def test_each_environment_has_its_table(keys: Path) -> None:
    assert Credentials.from_file(keys) == Credentials("live-key", "live-secret", "live-words")
    assert Credentials.from_file(str(keys), "demo") == Credentials("demo-key", PEM, "demo-words")
    with pytest.raises(ValueError, match=r"has no table \[local\]"):
        Credentials.from_file(keys, "local")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644])
def test_a_file_that_others_can_open_is_refused(keys: Path, mode: int) -> None:
    keys.chmod(mode)
    with pytest.raises(ValueError, match=f"chmod 600 {keys}$"):
        Credentials.from_file(keys)


def test_a_private_key_that_others_can_open_is_refused(keys: Path) -> None:
    (keys.parent / "demo.pem").chmod(0o644)
    with pytest.raises(ValueError, match=r"chmod 600 .*demo\.pem$"):
        Credentials.from_file(keys, "demo")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[live\nkey = 'hush'", "is not TOML"),
        ("[live]\nkey = 'hush'\nsecret = 'hush'", "missing required field `passphrase`"),
        ("[live]\nkey = 'hush'\npassphrase = 'hush'", "either secret or secret_file"),
        ("[live]\nkey = 'hush'\npassphrase = 'hush'\nsecret = 'hush'\nsecret_file = 'hush'", "either secret or"),
        ("[live]\nkey = 'hush'\npassphrase = ''\nsecret = 'hush'", "an empty part"),
        ("[live]\nkey = 'hush'\npassword = 'hush'", "unknown field `password`"),
        ("[live]\nkey = 5\npassphrase = 'hush'", "Expected `str`"),
        ("live = 'hush'", "Expected `object`"),
        ("key = '" + "hush" * 20_000 + "'", "too large"),
    ],
)
def test_what_does_not_fit_is_told_without_telling_any_of_it(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why) as refused:
        Credentials.from_file(written(tmp_path / "keys.toml", text))
    assert "hush" not in str(refused.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"cannot read .*none\.toml: No such file"):
        Credentials.from_file(tmp_path / "none.toml")


def test_arguments_go_before_variables_and_these_before_the_file(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERTAPE_CREDENTIALS", str(keys))
    assert credentials_for(LIVE) == Credentials("live-key", "live-secret", "live-words")
    assert credentials_for(DEMO) == Credentials("demo-key", PEM, "demo-words")
    for name in ("KEY", "SECRET", "PASSPHRASE"):
        monkeypatch.setenv(f"PAPERTAPE_API_{name}", "variable")
    assert credentials_for(LIVE) == Credentials("variable", "variable", "variable")
    assert credentials_for(LIVE, key="mine") == Credentials("mine", "variable", "variable")


def test_parts_of_two_keys_are_never_put_together(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERTAPE_CREDENTIALS", str(keys))
    with pytest.raises(ValueError, match="incomplete credentials"):
        credentials_for(LIVE, key="mine")


def test_the_developers_key_is_there_when_the_file_has_none(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERTAPE_CREDENTIALS", str(keys))
    assert credentials_for(local()) == Credentials("papertape-key", "papertape-secret", "papertape")
    assert credentials_for(at("https://exchange.example")) is None


def test_clients_read_the_file_that_is_named_and_no_other(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(keys.parent))
    default_path().parent.mkdir()
    keys.rename(default_path())
    assert credentials_for(LIVE) is None
    monkeypatch.setenv("PAPERTAPE_CREDENTIALS", str(default_path()))
    default_path().chmod(0o644)
    for kind in (Client, AsyncClient):
        with pytest.raises(ValueError, match="chmod 600"):
            kind("live")


def test_the_default_path_is_in_the_users_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/dora")
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    assert default_path() == Path("/home/dora/.config/papertape/credentials.toml")
    monkeypatch.setenv("XDG_CONFIG_HOME", "/settings")
    assert default_path() == Path("/settings/papertape/credentials.toml")
    monkeypatch.setenv("XDG_CONFIG_HOME", "not/absolute")
    assert default_path() == Path("/home/dora/.config/papertape/credentials.toml")
