"""What every test shares: where the project lies, and property tests that draw the same examples on every run."""

from __future__ import annotations

import decimal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "papertape", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("papertape")


@pytest.fixture(scope="session")
def project() -> Path:
    """The folder that holds pyproject.toml."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def own_arithmetic() -> Iterator[None]:
    """The money context that a test asks for ends with the test."""
    with decimal.localcontext(decimal.DefaultContext):
        yield
