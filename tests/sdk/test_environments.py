"""Where a client goes and what it signs with, by arguments, by variables, by default."""

from __future__ import annotations

import pytest

from papertape import AsyncClient, Client, Credentials, Environment
from papertape.sdk.credentials import control_token_for, credentials_for
from papertape.sdk.environment import DEMO, LIVE, at, local


def test_the_default_is_the_exchange_on_this_machine() -> None:
    with Client() as client:
        assert client.environment == local()
        assert client.environment.rest == "http://127.0.0.1:7070"
        assert client.environment.ws == "ws://127.0.0.1:7071"


def test_live_and_demo_are_bitgets() -> None:
    assert Client("live").environment.rest == AsyncClient("demo").environment.rest == "https://api.bitget.com"
    assert not LIVE.demo
    assert DEMO.demo
    assert not LIVE.is_local


def test_a_variable_moves_the_local_exchange(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERTAPE_URL", "http://127.0.0.1:8000/")
    assert (local().rest, local().ws) == ("http://127.0.0.1:8000", "ws://127.0.0.1:8001")
    monkeypatch.setenv("PAPERTAPE_WS_URL", "ws://127.0.0.1:9000")
    assert local().ws == "ws://127.0.0.1:9000"


@pytest.mark.parametrize("address", ["127.0.0.1:7070", "ftp://host", "http://", ""])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="not an address"):
        at(address, "ws://127.0.0.1:1")


def test_an_unknown_environment_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown environment 'prod'"):
        Client("prod")


def test_credentials_come_from_arguments_then_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KEY", "SECRET", "PASSPHRASE"):
        monkeypatch.setenv(f"PAPERTAPE_API_{name}", f"variable-{name.lower()}")
    assert credentials_for(LIVE) == Credentials("variable-key", "variable-secret", "variable-passphrase")
    assert credentials_for(LIVE, key="mine") == Credentials("mine", "variable-secret", "variable-passphrase")


def test_the_developers_key_is_for_this_machine_only() -> None:
    assert credentials_for(local()) == Credentials("papertape-key", "papertape-secret", "papertape")
    assert credentials_for(LIVE) is None
    assert control_token_for(local()) == "papertape"
    assert control_token_for(LIVE) is None
    elsewhere = Environment(rest="http://192.0.2.1:7070", ws="ws://192.0.2.1:7071")
    assert credentials_for(elsewhere) is None


def test_half_a_key_is_refused() -> None:
    with pytest.raises(ValueError, match="PAPERTAPE_API_SECRET, PAPERTAPE_API_PASSPHRASE"):
        Client("live", key="only")
