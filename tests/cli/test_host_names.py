"""A web page whose name leads to this machine is refused, over REST and on the streams; programs here are not."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.cli.serving import Served, serving

HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
CONTROL = {"Authorization": "Bearer papertape"}


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving("--market", "still", "--allow-host", "exchange.test", "--allow-host", "bots.test") as served:
        yield served


def status(address: str, path: str, method: str = "GET", **headers: str) -> tuple[int, bytes]:
    """The status of a request with exactly these headers, and the answer's body."""
    place = urlsplit(address)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=10)
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, b"" if answer.status == 101 else answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("headers", "admitted"),
    [
        ({"Host": "127.0.0.1:7070"}, True),
        ({"Host": "localhost"}, True),
        ({"Host": "LOCALHOST:7070"}, True),
        ({"Host": "[::1]:7070"}, True),
        ({"Host": "desk.localhost:7070"}, True),
        ({"Host": "exchange.test:7070"}, True),
        ({"Host": "bots.test"}, True),
        ({"Host": "127.0.0.1", "Origin": "http://localhost:3000"}, True),
        ({"Host": "rebound.example:7070"}, False),
        ({"Host": "127.0.0.1.example"}, False),
        ({"Host": "localhost.example"}, False),
        ({"Host": "[::1"}, False),
        ({"Host": "127.0.0.1", "Origin": "https://page.example"}, False),
        ({"Host": "127.0.0.1", "Origin": "null"}, False),
    ],
)
def test_only_names_of_this_machine_are_admitted(served: Served, headers: dict[str, str], admitted: bool) -> None:
    for path in ("/api/v2/public/time", "/papertape/v1/health", "/metrics"):
        assert status(served.rest, path, **headers)[0] == (200 if admitted else 403)
    expected = 101 if admitted else 403
    assert status(served.ws, "/v2/ws/public", **HANDSHAKE, **headers)[0] == expected


def test_a_foreign_page_changes_nothing_though_it_knows_the_token(served: Served) -> None:
    before = status(served.rest, "/papertape/v1/state-hash", Host="localhost", **CONTROL)
    code, body = status(served.rest, "/papertape/v1/reset", "POST", Host="rebound.example", **CONTROL)
    assert (code, b'"403"' in body) == (403, True)
    assert status(served.rest, "/papertape/v1/state-hash", Host="localhost", **CONTROL) == before
    assert status(served.rest, "/nowhere", Host="rebound.example")[0] == 403
    assert status(served.ws, "/nowhere", Host="rebound.example", **HANDSHAKE)[0] == 403


def test_beyond_this_machine_names_are_the_users_affair() -> None:
    keys = {f"PAPERTAPE_API_{name}": f"of-ones-own-{name}" for name in ("KEY", "SECRET", "PASSPHRASE")}
    with serving(
        "--market", "still", "--host", "0.0.0.0", variables=keys | {"PAPERTAPE_CONTROL_TOKEN": "secret of ours"}
    ) as served:
        port = urlsplit(served.rest).port
        assert status(f"http://127.0.0.1:{port}", "/api/v2/public/time", Host="exchange:7070")[0] == 200
