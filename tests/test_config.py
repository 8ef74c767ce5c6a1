"""The settings: what is refused, and what is never shown."""

from __future__ import annotations

import pytest
from rich.pretty import pretty_repr

from papertape.config import Config, ConfigError, DeveloperCredentials


def test_credentials_show_no_secret() -> None:
    held = DeveloperCredentials("my-key", "my-secret", "my-passphrase", "my-token")
    for shown in (repr(held), pretty_repr(held)):
        assert "my-key" in shown
        assert not any(secret in shown for secret in ("my-secret", "my-passphrase", "my-token"))


def test_the_built_in_credentials_stay_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KEY", "SECRET", "PASSPHRASE"):
        monkeypatch.delenv(f"PAPERTAPE_API_{name}", raising=False)
    with pytest.raises(ConfigError, match="can be reached by others"):
        Config(host="0.0.0.0").check()
