"""``papertape migrate``: what it prints, what it writes, and its exit codes."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from rich.console import Console

from papertape.cli import migrate
from tests.cli.conftest import Run

CODE = """import requests

def balance():
    return requests.get("https://api.bitget.com/api/spot/v1/account/assets")

def orders(pageNo):
    return requests.post("/api/spot/v1/trade/history", {"symbol": "BTCUSDT_SPBL", "pageNo": pageNo})
"""


@pytest.fixture
def client(tmp_path: Path) -> Path:
    """A client of V1."""
    path = tmp_path / "client.py"
    path.write_text(CODE)
    return path


def test_findings_are_told_with_file_line_and_replacement(run: Run, client: Path) -> None:
    code, out, _ = run("migrate", str(client.parent))
    assert code == 1
    assert f"{client}:4:48: endpoint /api/spot/v1/account/assets -> GET /api/v2/spot/account/assets [mechanical]" in out
    assert (
        f"{client}:7:27: endpoint /api/spot/v1/trade/history -> GET /api/v2/spot/trade/history-orders [by hand]" in out
    )
    assert "POST becomes GET" in out
    assert f"{client}:7:68: symbol BTCUSDT_SPBL -> BTCUSDT [mechanical]" in out
    assert out.splitlines()[-1].startswith("5 of V1 in 1 of 1 files")
    assert client.read_text() == CODE


def test_json_has_every_finding(run: Run, client: Path) -> None:
    code, out, _ = run("migrate", str(client), "--json")
    told = json.loads(out)
    assert code == 1
    assert (told["files"], told["mechanical"], told["rewritten"], told["skipped"]) == (1, 2, 0, [])
    first = told["findings"][0]
    assert (first["file"], first["line"], first["column"]) == (str(client), 4, 48)
    assert first["replacements"] == ["GET /api/v2/spot/account/assets"]
    assert [each["kind"] for each in told["findings"]] == ["endpoint", "pagination", "endpoint", "symbol", "pagination"]


def test_writing_does_what_is_mechanical_and_tells_the_rest(run: Run, client: Path) -> None:
    code, out, _ = run("migrate", str(client.parent), "--write")
    assert code == 1
    assert "2 rewritten, 3 left to do by hand" in out
    assert '"https://api.bitget.com/api/v2/spot/account/assets"' in client.read_text()
    assert '{"symbol": "BTCUSDT", ' in client.read_text()
    after = client.read_text()
    assert run("migrate", str(client.parent), "--write")[0] == 1
    assert client.read_text() == after


def test_nothing_left_is_success(run: Run, client: Path) -> None:
    client.write_text('get("/api/spot/v1/market/tickers")\n')
    assert run("migrate", str(client), "--write")[0] == 0
    assert run("migrate", str(client)) == (0, "Nothing of V1 in 1 files.\n", "")


def test_a_path_that_is_not_there_is_a_usage_error(run: Run, tmp_path: Path) -> None:
    code, out, err = run("migrate", str(tmp_path / "nowhere"))
    assert (code, out) == (2, "")
    assert "does not exist" in err


def test_a_file_that_cannot_be_written_is_one_line(run: Run, client: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client.with_name("other.py").write_text('get("/api/spot/v1/market/tickers")\n')
    monkeypatch.setattr("tempfile.mkstemp", _refused)
    code, _, err = run("migrate", str(client), "--write")
    assert (code, err) == (1, f"papertape: {client}: No space left on device\n")
    assert client.read_text() == CODE


def _refused(**_: object) -> tuple[int, str]:
    raise OSError(28, "No space left on device")


def test_what_is_not_read_is_told(run: Run, client: Path) -> None:
    client.with_name("blob.py").write_bytes(b"\0")
    assert "not read" in run("migrate", str(client.parent))[1]


def test_a_rewriting_that_makes_another_one_plain_is_followed(run: Run, tmp_path: Path) -> None:
    text = "P = '/order'\nP = 'mix_usd'\nget('/api/mix/v1' + P + '/detail')\n"
    (tmp_path / "bitget.py").write_text(text)
    run("migrate", str(tmp_path), "--write")
    _, out, _ = run("migrate", str(tmp_path), "--json")
    assert json.loads(out)["mechanical"] == 0
    assert "'coin_futures'" in (tmp_path / "bitget.py").read_text()


def test_a_terminal_gets_a_table_in_colour(run: Run, client: Path) -> None:
    rows = json.loads(run("migrate", str(client), "--json")[1])["findings"]
    file = io.StringIO()
    console = Console(force_terminal=True, width=80, file=file, color_system="standard")
    migrate.show_file(console, str(client), [migrate.Row(**row) for row in rows])
    shown = file.getvalue()
    assert "\x1b[32mauto" in shown
    assert "\x1b[33mhand" in shown
    assert max(map(len, re.sub(r"\x1b\[[\d;]*m", "", shown).splitlines())) <= 80
