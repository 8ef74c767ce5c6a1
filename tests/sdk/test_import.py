"""Importing the package is quick: what is not used is not loaded."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import papertape


def loaded(project: Path, code: str) -> set[str]:
    """The modules that a fresh interpreter has after this code."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
        env={**os.environ, "PYTHONPATH": str(project / "src")},
        text=True,
        capture_output=True,
        check=True,
    )
    return set(done.stdout.split())


def test_the_package_alone_loads_nothing(project: Path) -> None:
    modules = loaded(project, "import papertape")
    assert not modules & {"msgspec", "papertape.sdk", "papertape.contract"}


def test_the_clients_load_no_http_library_before_the_first_call(project: Path) -> None:
    modules = loaded(project, "from papertape import AsyncClient, Client\nClient(), AsyncClient('live')")
    assert "papertape.sdk.rest.async_client" in modules
    assert not modules & {"aiohttp", "asyncio", "http.client", "ssl", "cryptography", "papertape.engine", "typer"}


def test_a_client_loads_no_product_before_its_first_use(project: Path) -> None:
    products = {"papertape.contract.p2p.desk", "papertape.contract.subaccounts", "papertape.contract.control"}
    assert not loaded(project, "from papertape import Client\nClient()") & products
    assert loaded(project, "from papertape import Client\nClient().p2p, Client().control.p2p") & products == {
        "papertape.contract.p2p.desk", "papertape.contract.control"
    }  # fmt: skip


def test_every_name_that_is_offered_exists() -> None:
    assert [name for name in papertape.__all__ if not callable(getattr(papertape, name))] == []
    assert set(papertape.__all__) <= set(dir(papertape))


def test_the_version_is_the_projects(project: Path) -> None:
    stated = tomllib.loads((project / "pyproject.toml").read_text())
    assert papertape.__version__ == stated["project"]["version"]
