"""``papertape call`` signs, sends, and prints what came."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from papertape.contract.protocol.signing import prehash, verify_hmac
from tests.cli.conftest import Run
from tests.sdk.recording import Answer, RecordingServer

REFUSED = b'{"code":"43012","msg":"Insufficient balance","requestTime":1700000000000,"data":null}'


@pytest.fixture
def url(server: RecordingServer) -> str:
    """The recording server's address."""
    return server.environment.rest


def test_a_get_sends_its_parameters_in_the_query(server: RecordingServer, url: str, run: Run) -> None:
    code, out, err = run("call", "get", "/api/v2/spot/market/tickers", "symbol=BTCUSDT", "b=1", "--url", url)
    assert (code, err) == (0, "")
    assert server.last.target == "/api/v2/spot/market/tickers?b=1&symbol=BTCUSDT"
    assert json.loads(out)["data"] == {"serverTime": "1700000000123"}


def test_a_post_sends_its_parameters_as_signed_json(server: RecordingServer, url: str, run: Run) -> None:
    run("call", "POST", "/api/v2/x", "symbol=BTCUSDT", 'list:=[{"size":"1"}]', "note=a=b", "--url", url)
    sent = server.last
    assert json.loads(sent.body) == {"symbol": "BTCUSDT", "list": [{"size": "1"}], "note": "a=b"}
    signed = prehash(sent.headers["access-timestamp"], "POST", "/api/v2/x", sent.body)
    assert verify_hmac("papertape-secret", signed, sent.headers["access-sign"])


def test_a_body_is_sent_as_it_is(server: RecordingServer, url: str, run: Run, tmp_path: Path) -> None:
    body = '{ "a" : 1 }'
    (tmp_path / "body.json").write_text(body)
    run("call", "POST", "/api/v2/x", "--body", body, "--url", url)
    run("call", "POST", "/api/v2/x", "--body", f"@{tmp_path / 'body.json'}", "--url", url)
    run("call", "POST", "/api/v2/x", "--body", "-", "--url", url, stdin=body)
    assert [sent.body for sent in server.received] == [body.encode()] * 3


def test_numbers_are_printed_as_they_came(server: RecordingServer, url: str, run: Run) -> None:
    server.answers = [Answer(b'{"code":"00000","msg":"success","data":[1.10,10000000000000000001,"0.00"]}')]
    _, out, _ = run("call", "GET", "/api/v2/x", "--url", url)
    assert "1.10" in out
    assert "10000000000000000001" in out


def test_an_error_is_printed_and_is_exit_code_1(server: RecordingServer, url: str, run: Run) -> None:
    server.answers = [Answer(REFUSED, 400)]
    code, out, err = run("call", "POST", "/api/v2/spot/wallet/transfer", "coin=BTC", "--url", url)
    assert code == 1
    assert json.loads(out) == json.loads(REFUSED)
    assert err == "papertape: 43012 Insufficient balance (POST /api/v2/spot/wallet/transfer)\n"


def test_headers_are_shown_on_request(server: RecordingServer, url: str, run: Run) -> None:
    server.answers = [Answer(headers={"x-mbx-used-remain-limit": "9"})]
    _, _, err = run("call", "GET", "/api/v2/x", "-i", "--public", "--url", url)
    assert "HTTP 200" in err
    assert "x-mbx-used-remain-limit: 9" in err
    assert "access-key" not in server.last.headers


def test_a_key_of_ones_own_is_used(
    server: RecordingServer, url: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAPERTAPE_URL", url)
    run("call", "GET", "/api/v2/x", "--key", "mine", "--secret", "s", "--passphrase", "p")
    assert (server.last.headers["access-key"], server.last.headers["access-passphrase"]) == ("mine", "p")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["GET", "/x", "symbol"], "papertape: not a parameter: 'symbol'; wanted KEY=VALUE or KEY:=JSON"),
        (["GET", "/x", "a:=[1"], "papertape: a is not JSON: Input data was truncated"),
        (["FETCH", "/x"], "papertape: FETCH is not a method: one of GET, POST, PUT, DELETE"),
        (["GET", "x"], "papertape: a path starts with /, this one does not: 'x'"),
        (["GET", "/x", "-e", "prod"], "papertape: unknown environment 'prod': one of local, demo, live"),
        (["GET", "/x", "--url", "there"], "papertape: not an address of an exchange: 'there'; wanted http://HOST:PORT"),
        (["POST", "/x", "--body", "@missing"], "papertape: cannot read missing: No such file or directory"),
    ],
)
def test_a_mistake_is_one_line(run: Run, arguments: list[str], line: str) -> None:
    assert run("call", *arguments) == (1, "", line + "\n")


def test_nobody_there_is_one_line_that_says_what_to_do(run: Run) -> None:
    code, out, err = run("call", "GET", "/api/v2/public/time", "--url", "http://127.0.0.1:1")
    assert (code, out) == (1, "")
    assert err.startswith("papertape: cannot reach 127.0.0.1:1")
    assert err.endswith("is it running? (papertape serve)\n")


def test_a_terminal_sees_colours_and_a_pipe_does_not(server: RecordingServer, url: str) -> None:
    command = [sys.executable, "-m", "papertape", "call", "GET", "/api/v2/x", "--url", url]
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command, stdout=theirs, env={**os.environ, "TERM": "xterm-256color", "NO_COLOR": ""}
    ) as process:
        os.close(theirs)
        assert process.wait(30) == 0
    with open(ours, "rb") as terminal:
        shown = terminal.read1(4096)
    assert b"\x1b[" in shown
    assert b'"00000"' in shown
    piped = subprocess.run(command, capture_output=True, check=True).stdout
    assert json.loads(piped)["code"] == "00000"
