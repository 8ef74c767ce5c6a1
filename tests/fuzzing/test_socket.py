"""Bytes at the socket: noise, and requests that were right until someone changed a few of their bytes."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import msgspec
import requests
from hypothesis import given
from hypothesis import strategies as st

from papertape.gateway.replies import ErrorReply
from tests.fuzzing.doorstep import Signed, Stranger
from tests.fuzzing.effort import effort

PATIENCE = 10.0
ORDER = b'{"symbol":"BTCUSDT","side":"buy","orderType":"limit","force":"gtc","price":"80000","size":"0.001"}'
PIECES = [
    b"GET /api/v2/public/time HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET ", b"POST ", b" HTTP/1.1\r\n", b"\r\n", b"\r\n\r\n", b"\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n", b"5\r\nhello\r\n0\r\n\r\n",
    b"Expect: 100-continue\r\n", b"Connection: close\r\n", b"Upgrade: websocket\r\nConnection: Upgrade\r\n",
    b"Authorization: Bearer \xff\r\n", b"ACCESS-KEY: papertape-key\r\n",
    b"/api/v2/spot/trade/place-order", b"/papertape/v1/reset", ORDER,
]  # fmt: skip
NOISE = st.lists(st.sampled_from(PIECES) | st.binary(max_size=30), max_size=10).map(b"".join)
CHANGES = st.lists(st.tuples(st.integers(0, 600), st.integers(0, 3), st.binary(max_size=3)), min_size=1, max_size=4)


def signed_order(url: str) -> bytes:
    """A signed order as the bytes that go over the wire."""
    request = requests.Request("POST", f"{url}/api/v2/spot/trade/place-order", data=ORDER, auth=Signed()).prepare()
    lines = [f"POST {request.path_url} HTTP/1.1", f"Host: {urlsplit(url).netloc}"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + ORDER


def changed(message: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    """The message with bytes cut out and others put in."""
    for place, length, inserted in changes:
        message = message[:place] + inserted + message[place + length :]
    return message


def said(url: str, message: bytes) -> bytes:
    """All that comes back for these bytes until the server has closed, too."""
    parts = urlsplit(url)
    answers = b""
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=PATIENCE) as client:
        try:
            client.sendall(message)
            client.shutdown(socket.SHUT_WR)
            while received := client.recv(65536):
                answers += received
        except ConnectionError:
            return answers
    return answers


def answered(received: bytes) -> Iterator[tuple[int, bytes]]:
    """Status and body of each answer."""
    while received:
        head, _, received = received.partition(b"\r\n\r\n")
        first = re.match(rb"HTTP/1\.1 (\d{3}) ", head)
        assert first is not None, head
        length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
        assert length is not None or first[1] == b"100", head
        size = int(length[1]) if length else 0
        yield int(first[1]), received[:size]
        received = received[size:]


def judge(stranger: Stranger, message: bytes) -> None:
    """No answer is a server error, each refusal is an envelope, and only a success changes anything."""
    statuses = []
    for status, body in answered(said(stranger.url, message)):
        statuses.append(status)
        assert status < 500, body
        if status >= 400 and body:
            assert msgspec.json.decode(body, type=ErrorReply).code != "00000"
    before, stranger.state = stranger.state, stranger.state_now()
    assert 200 in statuses or stranger.state == before, (message, statuses)


@effort(60)
@given(NOISE)
def test_noise_is_refused_without_a_trace(stranger: Stranger, message: bytes) -> None:
    judge(stranger, message)


@effort(60)
@given(CHANGES)
def test_a_changed_request_is_refused_or_done_but_never_half(
    stranger: Stranger, changes: list[tuple[int, int, bytes]]
) -> None:
    judge(stranger, changed(signed_order(stranger.url), changes))
