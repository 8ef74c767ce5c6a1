"""Every answer, good or bad: envelope, status, language, secrets."""

from __future__ import annotations

import logging

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertape.contract.public import Public
from papertape.operations.registry import OPERATIONS, Operation
from tests.gateway.desk import ASSETS, LIMIT_BUY, NOON, ORDER, TIME, Desk


async def test_success_comes_in_the_envelope(desk: Desk) -> None:
    answer = await desk.send("GET", TIME)
    assert answer.json == {"code": "00000", "msg": "success", "requestTime": NOON, "data": answer.data}
    assert answer.headers["content-type"] == "application/json"


async def test_the_time_of_day_is_the_one_that_signatures_are_checked_against(desk: Desk) -> None:
    desk.clock.advance(90_000)
    assert (await desk.send("GET", TIME)).data == {"serverTime": str(NOON + 90_000)}


@pytest.mark.parametrize(
    ("method", "target", "body", "status", "code"),
    [
        ("GET", "/api/v2/nowhere", b"", 404, "40404"),
        ("GET", "/", b"", 404, "40404"),
        ("GET", "", b"", 404, "40404"),
        ("OPTIONS", "*", b"", 404, "40404"),
        ("GET", "/internal/tick", b"", 404, "40404"),
        ("POST", "internal/tick", b"", 404, "40404"),
        ("POST", TIME, b"", 405, "405"),
        ("HEAD", TIME, b"", 405, "405"),
        ("BREW", TIME, b"", 405, "405"),
    ],
)
async def test_what_is_not_there_is_refused_in_the_envelope(
    desk: Desk, method: str, target: str, body: bytes, status: int, code: str
) -> None:
    answer = await desk.send(method, target, body)
    assert (answer.status, answer.code, answer.json["data"]) == (status, code, None)
    assert answer.headers.get("allow") == ("GET" if status == 405 else None)


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b'"order"', b"[" * 100_000, b'{"symbol":NaN}'])
async def test_malformed_json_is_refused_and_nothing_changes(desk: Desk, body: bytes) -> None:
    before = await desk.exchange.administration.state_hash()
    answer = await desk.signed("POST", ORDER, body)
    assert (answer.status, answer.code) == (400, "400")
    assert await desk.exchange.administration.state_hash() == before


async def test_an_unreadable_parameter_comes_after_everything_else(desk: Desk) -> None:
    answer = await desk.signed("POST", ORDER, LIMIT_BUY.replace(b'"0.01"', b'"lots"'))
    assert (answer.code, answer.json["msg"]) == ("40020", "Parameter size error")


@pytest.mark.parametrize(
    ("path", "successor"),
    [
        ("/api/spot/v1/market/ticker", "GET /api/v2/spot/market/tickers"),
        ("/api/spot/v1/trade/orders", "POST /api/v2/spot/trade/place-order"),
        ("/api/mix/v1/market/contracts", "GET /api/v2/mix/market/contracts"),
        ("/api/mix/v1/never/was", "no successor"),
    ],
)
async def test_a_v1_path_names_the_v2_path(desk: Desk, path: str, successor: str) -> None:
    answer = await desk.send("GET", path)
    assert (answer.status, answer.code) == (400, "30032")
    assert successor in answer.json["msg"]


async def test_errors_speak_chinese_if_asked(desk: Desk) -> None:
    assert (await desk.send("GET", ASSETS, locale="zh-CN")).json["msg"] == "无效的ACCESS_KEY"
    assert (await desk.send("GET", ASSETS, locale="en-US")).json["msg"] == "Invalid ACCESS_KEY"


async def test_secrets_are_shown_once_and_in_clear(desk: Desk) -> None:
    made = (await desk.control("POST", "keys/create", uid=1_000_000_001, permissions=["read"])).json
    assert "sealed" not in made["secret"] + made["passphrase"]
    login = {"access_key": made["key"], "secret": made["secret"], "access_passphrase": made["passphrase"]}
    assert (await desk.signed("GET", ASSETS, **login)).code == "00000"
    listed = await desk.control("GET", "keys")
    assert made["secret"].encode() not in listed.body
    assert made["secret"] not in repr(desk.exchange.sequencer.exchange.keys)


async def test_a_defect_of_ours_is_logged_counted_and_survived(
    desk: Desk, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(OPERATIONS, Public.time.path, Operation("query", broken))
    with caplog.at_level(logging.ERROR):
        answer = await desk.send("GET", TIME)
    assert (answer.status, answer.code) == (500, "40015")
    assert "ZeroDivisionError" in caplog.text
    assert 'endpoint="/api/v2/public/time",code="40015"} 1' in desk.gateway.metrics.text()
    monkeypatch.undo()
    assert (await desk.send("GET", TIME)).status == 200


async def test_nothing_a_client_can_send_is_a_server_error(desk: Desk) -> None:
    targets = [path for _, path in desk.gateway._router.routes if not path.startswith("/papertape")]
    statuses = set()

    @given(
        st.sampled_from(["GET", "POST", "PUT"]),
        st.sampled_from(targets),
        st.text(max_size=40),
        st.dictionaries(
            st.sampled_from(["access-key", "access-sign", "access-timestamp", "access-passphrase", "locale"]),
            st.text(st.characters(codec="latin-1"), max_size=20) | st.just("papertape-key") | st.just(str(NOON)),
        ),
        st.binary(max_size=60),
    )
    def send(method: str, target: str, query: str, headers: dict[str, str], body: bytes) -> None:
        call = desk.gateway.handle(method, f"{target}?{query}", headers, body, "10.0.0.1")
        try:
            call.send(None)
        except StopIteration as answered:
            status, _, reply = answered.value
            statuses.add(status)
            assert msgspec.json.decode(reply)["code"]
        else:
            call.close()

    send()
    assert max(statuses) < 500
