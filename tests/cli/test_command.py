"""The command as a whole: its help, its manners, its start."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run

COMMANDS = ("serve", "call", "watch", "book", "export", "keys", "replay", "openapi", "migrate")
SERVE_FLAGS = (
    "--host", "--port", "--ws-port", "--data", "--seed", "--market", "--limits", "--clock", "--journal", "--history",
)  # fmt: skip


def test_help_names_every_command(run: Run) -> None:
    code, out, _ = run("--help")
    assert code == 0
    assert [name for name in COMMANDS if f" {name} " not in out] == []


def test_serve_has_every_flag(run: Run) -> None:
    _, out, _ = run("serve", "--help")
    assert [flag for flag in SERVE_FLAGS if flag not in out] == []


@pytest.mark.parametrize("arguments", [["serve", "--port", "99999"], ["serve", "--prot", "1"], ["sing"]])
def test_a_wrong_flag_is_told_without_traceback(run: Run, arguments: list[str]) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert arguments[1 if len(arguments) > 1 else 0] in err
    assert "Traceback" not in err


def test_the_version_is_told(run: Run) -> None:
    assert run("--version") == (0, "papertape 0.1.0\n", "")


def test_replaying_a_folder_without_journal_is_one_line(run: Run, tmp_path: Path) -> None:
    assert run("replay", str(tmp_path)) == (1, "", f"papertape: {tmp_path} holds no journal\n")


def test_the_module_is_the_command() -> None:
    done = subprocess.run([sys.executable, "-m", "papertape", "--version"], text=True, capture_output=True, check=True)
    assert done.stdout == "papertape 0.1.0\n"


def test_the_command_starts_without_the_server(project: Path) -> None:
    code = "import papertape.cli.app, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True, check=True)
    modules = set(done.stdout.split())
    assert not modules & {
        "papertape.runtime.local_exchange", "papertape.engine", "papertape.sdk.rest.client",
        "papertape.sdk.streams.stream",
        "uvicorn", "aiohttp", "picows", "asyncio", "sqlite3", "pyarrow", "rich.live", "tomllib",
    }  # fmt: skip


@pytest.mark.parametrize("command", ["call", "watch", "book", "export"])
def test_help_has_examples_and_no_secrets(run: Run, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    for name in ("KEY", "SECRET", "PASSPHRASE"):
        monkeypatch.setenv(f"PAPERTAPE_API_{name}", "hush")
    code, out, _ = run(command, "--help")
    assert code == 0
    assert f"papertape {command} " in out.split("Options")[0]
    assert "hush" not in out
