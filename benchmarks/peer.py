"""The ``matching-engine`` package's gateway, in an environment of its own: it wants Python 3.12 or newer."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from benchmarks.servers import Server, free_port, listening

PROJECT = Path(__file__).resolve().parents[1]
FOLDER = PROJECT / ".venv-peer"
LOCK = PROJECT / "requirements" / "bench.lock"
NEWER = ("3.12", "3.13", "3.14")


@cache
def python() -> Path | None:
    """The interpreter that has the package, or None where no Python 3.12 is found or the package does not install."""
    if _has_package(Path(sys.executable)):
        return Path(sys.executable)
    made = FOLDER / "bin" / "python"
    if _has_package(made):
        return made
    found = next((candidate for candidate in _candidates() if _runs(candidate)), None)
    if found is None or not _install(found):
        return None
    return made


def description() -> str:
    """What the reader should know of the peer's column."""
    if python() is None:
        return "matching-engine, not measured: no Python 3.12 with it found (name one by PAPERTAPE_PEER_PYTHON)"
    return "the matching-engine package's gateway: its own durable log, no signatures, no balances"


@contextmanager
def gateway(interpreter: Path, folder: Path) -> Iterator[Server]:
    """Its gateway with one market, syncing every batch to disk."""
    port = free_port()
    environment = {"ME_DATA_DIR": str(folder), "ME_MARKETS": "BTC-USDT:0.01:0.000001", "ME_FSYNC": "1"}
    command = [str(interpreter), "-m", "matching_engine", "serve", "--port", str(port)]
    with listening(command, port, environment) as server:
        yield server


def _candidates() -> Iterator[str]:
    if named := os.environ.get("PAPERTAPE_PEER_PYTHON"):
        yield named
    yield from (path for version in NEWER if (path := shutil.which(f"python{version}")))
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    yield from (str(path) for version in NEWER for path in sorted(versions.glob(f"{version}.*/bin/python")))


def _runs(candidate: str) -> bool:
    done = subprocess.run([candidate, "-c", "import sys, venv"], capture_output=True, check=False)
    return done.returncode == 0


def _has_package(interpreter: Path) -> bool:
    if not interpreter.exists():
        return False
    done = subprocess.run([interpreter, "-c", "import matching_engine.gateway"], capture_output=True, check=False)
    return done.returncode == 0


def _install(found: str) -> bool:
    made = FOLDER / "bin" / "python"
    install = [made, "-m", "pip", "install", "--quiet", "--require-hashes", "--requirement", LOCK]
    for command in ([found, "-m", "venv", FOLDER], install):
        if subprocess.run([str(part) for part in command], capture_output=True, check=False).returncode:
            return False
    return _has_package(made)
