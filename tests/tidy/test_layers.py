"""The import rules hold, and each is shown to fail: a small package is laid out, broken and checked."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

MODULES = (
    "__init__", "cli", "config", "runtime/__init__",
    "sdk/__init__", "migration/__init__", "gateway/__init__", "simulator/__init__",
    "journal/__init__", "projections/__init__", "operations/__init__", "engine/__init__", "contract/__init__",
    "contract/protocol/__init__", "contract/spot/__init__", "contract/p2p/__init__",
    "engine/exchange/__init__", "engine/trading/__init__", "engine/spot/__init__", "engine/convert/__init__",
    "engine/p2p/__init__", "operations/feeds/__init__", "operations/spot/__init__", "operations/p2p/__init__",
    "projections/tables/__init__", "projections/tables/table", "projections/convert/__init__",
    "projections/p2p/__init__",
)  # fmt: skip

CHECK = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def lint(project: Path, root: Path, **imports: str) -> subprocess.CompletedProcess[str]:
    """Run the project's import rules over a package whose modules hold only the given imports."""
    for module in MODULES:
        path = root / "papertape" / f"{module}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        imported = imports.get(module.removesuffix("/__init__"))
        path.write_text(f"import {imported}\n" if imported else "")
    command = [sys.executable, "-c", CHECK, "--no-cache", "--config", str(project / "pyproject.toml")]
    return subprocess.run(
        command, cwd=root, env={**os.environ, "PYTHONPATH": str(root)}, text=True, capture_output=True, check=False
    )


def test_the_layers_may_import_what_lies_below(project: Path, tmp_path: Path) -> None:
    done = lint(project, tmp_path, cli="papertape.sdk", gateway="papertape.journal", operations="papertape.engine")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("broken", "imports"),
    [
        ("Each layer", {"engine": "papertape.operations"}),
        ("Each layer", {"gateway": "papertape.simulator"}),
        ("Each layer", {"contract": "papertape.sdk"}),
        ("What trades", {"engine/trading": "papertape.engine.spot"}),
        ("What trades", {"operations/feeds": "papertape.contract.spot"}),
        ("The client", {"sdk": "papertape.engine"}),
        ("The exchange's rules", {"engine": "time"}),
        ("The exchange's rules", {"operations": "papertape.engine", "engine": "papertape.contract", "contract": "os"}),
    ],
)
def test_a_forbidden_import_breaks_a_rule(project: Path, tmp_path: Path, broken: str, imports: dict[str, str]) -> None:
    done = lint(project, tmp_path, **imports)
    assert done.returncode == 1, done.stdout + done.stderr
    assert [line for line in done.stdout.splitlines() if line.startswith(broken) and line.endswith("BROKEN")]


def test_a_module_that_is_in_no_layer_is_found(project: Path, tmp_path: Path) -> None:
    stray = tmp_path / "papertape" / "helpers.py"
    stray.parent.mkdir()
    stray.touch()
    done = lint(project, tmp_path)
    assert done.returncode == 1
    assert "helpers" in done.stdout
