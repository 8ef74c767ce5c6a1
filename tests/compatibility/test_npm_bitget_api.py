"""npm's bitget-api, where there is node: it signs public calls too and wants HTTP 200 for exactly what succeeded."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli.serving import Served
from tests.compatibility.clients import control

HERE = Path(__file__).parent / "npm"
REFUSED = {"too expensive": "43012"}


@pytest.fixture(scope="module")
def installed(request: pytest.FixtureRequest) -> Path:
    """A folder with the locked packages; it is kept between runs."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("node and npm are not installed")
    folder = Path(request.config.cache.mkdir("npm"))
    lock = (HERE / "package-lock.json").read_bytes()
    done = folder / "installed-lock.json"
    if not done.exists() or done.read_bytes() != lock:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, folder)
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        made = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
        if made.returncode:
            pytest.skip(f"npm cannot install bitget-api: {made.stderr.strip().splitlines()[-1:]}")
        done.write_bytes(lock)
    shutil.copy(HERE / "session.js", folder)
    return folder


@pytest.fixture(scope="module")
def answers(installed: Path, still_exchange: Served) -> dict[str, Any]:
    """What a session was answered, call by call."""
    control(still_exchange, "reset")
    command = ["node", "session.js", still_exchange.rest]
    done = subprocess.run(command, cwd=installed, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_every_call_is_answered_as_it_should_be(answers: dict[str, Any]) -> None:
    assert {name: answer["code"] for name, answer in answers.items()} == {
        name: REFUSED.get(name, "00000") for name in answers
    }
    assert len(answers) == 44


def test_the_session_did_what_it_asked_for(answers: dict[str, Any]) -> None:
    data = {name: answer["data"] for name, answer in answers.items()}
    assert [order["clientOid"] for order in data["open orders"]] == ["npm-1"]
    assert [order["status"] for order in data["past orders"]] == ["cancelled"] * 4
    assert [row["orderId"] for row in data["cancel several"]["successList"]] == [
        data["place several"]["successList"][0]["orderId"]
    ]
    assert [plan["orderId"] for plan in data["past plans"]["orderList"]] == [data["place plan"]["orderId"]]
    assert [move["transferId"] for move in data["transfers"]] == [data["transfer"]["transferId"]]
    assert [asked["orderId"] for asked in data["withdrawals"]] == [data["withdraw"]["orderId"]]
    assert data["assets"][0]["available"].rstrip("0").rstrip(".") == "100000"
    assert data["fees in BGB"] == {"deduct": "on"}
