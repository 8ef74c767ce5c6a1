"""The control plane's token, clocks, checkpoints, request log and metrics."""

from __future__ import annotations

from decimal import Decimal

import pytest

from papertape.gateway.control import FARTHEST_MS
from tests.gateway.desk import ASSETS, LIMIT_BUY, NOON, ORDER, TIME, Desk


async def test_health_needs_no_token_and_no_envelope(desk: Desk) -> None:
    answer = await desk.send("GET", "/papertape/v1/health")
    assert (answer.json["status"], answer.json["sequence"]) == ("ok", 1)


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer wrong", "Basic open sesame", "open sesame", "é"])
async def test_everything_else_needs_the_token(desk: Desk, authorization: str) -> None:
    answer = await desk.send("GET", "/papertape/v1/clock", authorization=authorization)
    assert (answer.status, answer.code) == (401, "401")


async def test_the_clocks_are_told_and_moved_apart(desk: Desk) -> None:
    before = (await desk.control("GET", "clock")).json
    moved = (await desk.control("POST", "clock/advance", milliseconds=60_000, clock="gateway")).json
    assert moved["gatewayTime"] == before["gatewayTime"] + 60_000 == NOON + 60_000
    moved = (await desk.control("POST", "clock/advance", milliseconds=3_600_000)).json
    assert moved["marketTime"] >= before["marketTime"] + 3_600_000
    assert moved["gatewayTime"] == NOON + 60_000


async def test_jumping_the_market_breaks_no_signature(desk: Desk) -> None:
    await desk.control("POST", "clock/advance", milliseconds=8 * 3_600_000)
    assert (await desk.signed("GET", ASSETS)).code == "00000"


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("clock/advance", {"milliseconds": -1}),
        ("clock/advance", {"milliseconds": 10**30}),
        ("clock/set", {"time": 0}),
        ("clock/set", {"time": NOON - 1, "clock": "gateway"}),
        ("clock/set", {"time": 10**20, "clock": "both"}),
    ],
)
async def test_a_clock_goes_neither_back_nor_off_the_calendar(desk: Desk, path: str, fields: dict[str, object]) -> None:
    assert (await desk.control("POST", path, **fields)).code == "40020"
    assert desk.clock.now() == NOON


@pytest.mark.parametrize("granularity", ["1week", "1M", "1Wutc", "1Mutc"])
async def test_candles_are_told_at_the_last_moment_that_a_clock_can_be_set_to(desk: Desk, granularity: str) -> None:
    moved = await desk.control("POST", "clock/set", time=FARTHEST_MS)
    assert 0 <= moved.json["marketTime"] - FARTHEST_MS < 60_000
    answer = await desk.send("GET", f"/api/v2/spot/market/candles?symbol=BTCUSDT&granularity={granularity}&limit=1")
    assert answer.data[0][4] == "84250.00"


async def test_a_restore_brings_balances_and_hash_back(desk: Desk) -> None:
    kept = (await desk.control("POST", "checkpoint", name="before")).json
    await desk.signed("POST", ORDER, LIMIT_BUY)
    later = (await desk.control("GET", "state-hash")).json
    assert later["stateHash"] != kept["stateHash"]
    restored = (await desk.control("POST", "restore", name="before")).json
    assert (restored["stateHash"], restored["sequence"]) == (kept["stateHash"], kept["sequence"])
    assert [each["name"] for each in (await desk.control("GET", "checkpoints")).json] == ["before"]


async def test_a_reset_starts_over(desk: Desk) -> None:
    first = (await desk.control("GET", "state-hash")).json["stateHash"]
    await desk.signed("POST", ORDER, LIMIT_BUY)
    assert (await desk.control("POST", "reset")).json["stateHash"] == first


async def test_a_reset_takes_the_volume_of_long_candles_back(desk: Desk) -> None:
    await _trade(desk)
    with_first_trade = await _volume_after_a_day(desk)
    await desk.control("POST", "reset")
    assert with_first_trade - await _volume_after_a_day(desk) == Decimal("0.01")


async def _volume_after_a_day(desk: Desk) -> Decimal:
    await desk.control("POST", "clock/advance", milliseconds=24 * 3_600_000)
    await _trade(desk)
    await desk.control("POST", "clock/advance", milliseconds=120_000)
    await _trade(desk)
    now = desk.exchange.market_clock.now()
    target = f"/api/v2/spot/market/history-candles?symbol=BTCUSDT&granularity=4h&limit=8&endTime={now}"
    return sum((Decimal(row[5]) for row in (await desk.send("GET", target)).data), Decimal(0))


async def _trade(desk: Desk) -> None:
    buy = LIMIT_BUY.replace(b"50000", b"84250")
    for body, key in ((buy, "papertape-key"), (buy.replace(b"buy", b"sell"), "papertape-key-2")):
        headers = desk.signature("POST", ORDER, body) | {"access_key": key}
        assert (await desk.send("POST", ORDER, body, **headers)).code == "00000"


async def test_an_audit_tells_what_is_wrong(desk: Desk) -> None:
    await desk.signed("POST", ORDER, LIMIT_BUY)
    assert (await desk.control("GET", "audit")).json == {"sequence": 2, "findings": []}
    (order,) = desk.exchange.sequencer.exchange.orders.by_id.values()
    order.filled = 1
    assert f"order {order.order_id} is live with 1 lots filled" in (await desk.control("GET", "audit")).json["findings"]


async def test_an_unknown_checkpoint_is_refused(desk: Desk) -> None:
    assert (await desk.control("POST", "restore", name="never made")).code == "40034"


async def test_the_last_thousand_requests_are_told_newest_first_without_secrets(desk: Desk) -> None:
    await desk.signed("GET", f"{ASSETS}?coin=BTC", peer="127.0.0.7")
    await desk.signed("GET", ASSETS, secret="guess")
    refused, served, *_ = (await desk.control("GET", "requests")).json
    assert (refused["code"], refused["status"], refused["uid"]) == ("40009", 400, 0)
    shown = {name: served[name] for name in ("time", "method", "path", "query", "uid", "key", "ip", "status", "code")}
    assert shown == {
        "time": NOON, "method": "GET", "path": ASSETS, "query": "coin=BTC", "uid": 1_000_000_001,
        "key": "papertape-key", "ip": "127.0.0.7", "status": 200, "code": "00000",
    }  # fmt: skip
    for _ in range(1100):
        await desk.send("GET", TIME, access_passphrase="papertape")
    answer = await desk.send("GET", "/papertape/v1/requests?limit=1000", authorization="Bearer open sesame")
    assert len(answer.json) == 1000
    assert b"papertape-secret" not in answer.body
    assert b"sesame" not in answer.body


async def test_requests_are_found_by_account_and_path(desk: Desk) -> None:
    await desk.signed("GET", ASSETS)
    await desk.send("GET", TIME)
    for query, path in ((f"path={TIME}", TIME), ("uid=1000000001", ASSETS)):
        answer = await desk.send("GET", f"/papertape/v1/requests?{query}", authorization="Bearer open sesame")
        assert [each["path"] for each in answer.json] == [path]


async def test_metrics_count_requests_by_endpoint_and_code(desk: Desk) -> None:
    await desk.signed("POST", ORDER, LIMIT_BUY)
    await desk.send("GET", "/some/where/else")
    text = (await desk.send("GET", "/metrics")).body.decode()
    assert f'papertape_requests_total{{endpoint="{ORDER}",code="00000"}} 1' in text
    assert 'papertape_requests_total{endpoint="",code="40404"} 1' in text
    assert f'papertape_request_seconds_bucket{{endpoint="{ORDER}",le="+Inf"}} 1' in text
    assert "papertape_sequence 2" in text
    assert "papertape_queue_depth 0" in text


async def test_the_api_describes_itself(desk: Desk) -> None:
    product = (await desk.send("GET", "/openapi.json")).json
    control = (await desk.send("GET", "/papertape/v1/openapi.json")).json
    assert product["openapi"] == control["openapi"] == "3.1.0"
    assert ORDER in product["paths"]
    assert not any(path.startswith("/papertape") for path in product["paths"])
    assert "/papertape/v1/fund" in control["paths"]
