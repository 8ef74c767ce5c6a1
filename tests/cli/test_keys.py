"""``papertape keys`` speaks to the control plane."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import Run
from tests.sdk.recording import Answer, RecordingServer

KEY = (
    b'"key":"pt-1","uid":1000000001,"kind":"hmac","permissions":["read","spot_trade"],"ips":[],"label":"bot",'
    b'"demo":false,"created":1700000000000'
)


def test_keys_are_listed_as_a_table(server: RecordingServer, run: Run) -> None:
    server.answers = [Answer(b"[{" + KEY + b"}]")]
    code, out, _ = run("keys", "list", "--url", server.environment.rest, "--token", "open-sesame")
    assert code == 0
    assert out.splitlines() == [
        "key\tuid\tlabel\tkind\tpermissions\taddresses\tenvironment",
        "pt-1\t1000000001\tbot\thmac\tread spot_trade\tany\tlive",
    ]
    assert server.last.headers["authorization"] == "Bearer open-sesame"


def test_a_narrow_terminal_shows_keys_whole(server: RecordingServer) -> None:
    long = "pt_" + "Aa1" * 11
    server.answers = [Answer(b"[{" + KEY.replace(b"pt-1", long.encode()) + b"}]")]
    terminal, screen = os.openpty()
    command = [sys.executable, "-m", "papertape", "keys", "list", "--url", server.environment.rest]
    subprocess.run(command, stdout=screen, env=os.environ | {"COLUMNS": "80", "TERM": "dumb"}, check=True)
    os.close(screen)
    assert long in os.read(terminal, 65536).decode()
    os.close(terminal)


def test_keys_are_listed_as_json(server: RecordingServer, run: Run) -> None:
    server.answers = [Answer(b"[{" + KEY + b"}]")]
    _, out, _ = run("keys", "list", "--uid", "1000000001", "--json", "--url", server.environment.rest)
    assert json.loads(out)[0]["key"] == "pt-1"
    assert server.last.target == "/papertape/v1/keys?uid=1000000001"


def test_a_new_keys_secrets_are_printed(server: RecordingServer, run: Run) -> None:
    server.answers = [Answer(b"{" + KEY + b',"secret":"hush","passphrase":"quiet"}')]
    arguments = ("--label", "bot", "--permissions", "read, transfer", "--ip", "10.0.0.1")
    code, out, _ = run("keys", "create", *arguments, "--url", server.environment.rest)
    assert code == 0
    assert out.splitlines() == ["part\tvalue", "key\tpt-1", "secret\thush", "passphrase\tquiet"]
    sent = json.loads(server.last.body)
    assert (sent["label"], sent["permissions"], sent["ips"]) == ("bot", ["read", "transfer"], ["10.0.0.1"])


def test_a_key_is_deleted(server: RecordingServer, run: Run) -> None:
    server.answers = [Answer(b'{"done":true}')]
    assert run("keys", "delete", "pt-1", "--url", server.environment.rest) == (0, "deleted pt-1\n", "")
    assert json.loads(server.last.body) == {"key": "pt-1"}


def test_a_refusal_is_one_line(server: RecordingServer, run: Run) -> None:
    refused = b'{"code":"40037","msg":"Apikey does not exist","requestTime":1,"data":null}'
    server.answers = [Answer(refused, 400)]
    code, _, err = run("keys", "delete", "none", "--url", server.environment.rest)
    assert (code, err) == (1, "papertape: 40037 Apikey does not exist (POST /papertape/v1/keys/delete)\n")


def test_mistakes_are_one_line(run: Run, tmp_path: Path) -> None:
    unknown = run("keys", "create", "--permissions", "read,fly")
    assert unknown[0] == 1
    assert unknown[2].startswith("papertape: unknown permission 'fly': one of read, spot_trade")
    missing = run("keys", "create", "--public-key", str(tmp_path / "none.pem"))
    assert missing[0] == 1
    assert missing[2].startswith("papertape: cannot read ")
