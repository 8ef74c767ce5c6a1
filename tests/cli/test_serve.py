"""``papertape serve`` and ``papertape replay``, as processes of their own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from papertape import Client
from papertape.sdk.environment import at
from tests.cli.conftest import Run
from tests.cli.serving import serving


def papertape(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the command to its end."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PAPERTAPE_")}
    command = [sys.executable, "-m", "papertape", *arguments]
    return subprocess.run(command, env=environment, text=True, capture_output=True, timeout=60, check=False)


def test_an_exchange_answers_stops_and_replays_to_the_same_state(tmp_path: Path) -> None:
    with serving("--market", "still", data=str(tmp_path)) as served:
        with Client(at(served.rest, served.ws)) as client:
            client.spot.trade.place_order(
                symbol="BTCUSDT", side="sell", order_type="limit", force="gtc", price=Decimal(90_000), size=Decimal(1)
            )
            state = client.control.state_hash()
        assert served.stop() == 0
    replayed = papertape("replay", str(tmp_path))
    assert (replayed.returncode, replayed.stderr) == (0, "")
    sequence, digest = (line.split()[1] for line in replayed.stdout.splitlines())
    assert int(sequence) >= state.sequence
    if int(sequence) == state.sequence:
        assert digest == state.state_hash


def test_a_taken_port_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = papertape("serve", "--port", port, "--ws-port", "0", "--data", ":memory:", "--market", "still")
    assert done.returncode == 1
    assert done.stderr.startswith(f"papertape: port {port}")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("flags", "word"),
    [
        (["--market", "wild"], "--market wild"),
        (["--limits", "some"], "--limits some"),
        (["--clock", "fast"], "clock"),
        (["--host", "0.0.0.0"], "PAPERTAPE_API_KEY"),
        (["--journal", "paper"], "--journal paper"),
        (["--history", "paper"], "--history paper"),
    ],
)
def test_a_setting_that_cannot_be_used_is_one_line(run: Run, flags: list[str], word: str) -> None:
    code, out, err = run("serve", "--port", "0", "--ws-port", "0", "--data", ":memory:", *flags)
    assert (code, out) == (1, "")
    assert err.startswith("papertape: ")
    assert word in err
    assert err.count("\n") == 1


def test_a_missing_file_of_instruments_is_one_line() -> None:
    done = papertape("serve", "--port", "0", "--ws-port", "0", "--data", ":memory:", "--instruments", "/no/such/file")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "papertape: /no/such/file: No such file or directory\n"


def test_a_folder_in_use_is_one_line(tmp_path: Path) -> None:
    with serving("--market", "still", data=str(tmp_path)):
        done = papertape("serve", "--port", "0", "--ws-port", "0", "--data", str(tmp_path))
    assert done.returncode == 1
    assert "in use by process" in done.stderr
    assert done.stderr.count("\n") == 1
