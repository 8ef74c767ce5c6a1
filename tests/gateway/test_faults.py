"""Faults on purpose: whom they strike and how often, and what each does to a request."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from papertape.contract.control.faults import MEANINGS
from papertape.gateway.faults.switchboard import MOST_FAULTS
from tests.gateway.desk import ASSETS, LIMIT_BUY, NOON, ORDER, TIME, Desk

OPEN_ORDERS = "/api/v2/spot/trade/unfilled-orders?symbol=BTCUSDT"
DEVELOPER, SECOND = 1_000_000_001, 1_000_000_002
LONG = 600_000
"""Milliseconds that nothing here waits for."""


async def add(desk: Desk, **fields: Any) -> Any:
    """Adds a fault; the control plane's answer."""
    return (await desk.control("POST", "faults/add", **fields)).json


async def faults(desk: Desk) -> list[Any]:
    found: list[Any] = (await desk.control("GET", "faults")).json
    return found


async def struck(desk: Desk, **request: Any) -> bool:
    """Whether an ``error`` with code 40725 strikes this request."""
    sent = desk.signed if "key" in request else desk.send
    named = {"access_key": request.pop("key")} if "key" in request else {}
    target = request.pop("target", TIME)
    return (await sent(request.pop("method", "GET"), target, **named)).code == "40725"


async def open_orders(desk: Desk) -> int:
    return len((await desk.signed("GET", OPEN_ORDERS)).data)


async def test_a_fault_is_listed_with_what_it_was_told_and_how_often_it_struck(desk: Desk) -> None:
    added = await add(desk, kind="error", code="40725", method="get", path="/api/v2/public/*", times=3, seed=7)
    for _ in range(2):
        await desk.send("GET", TIME)
    (listed,) = await faults(desk)
    assert (added["hits"], added["left"]) == (0, 3)
    assert (listed["hits"], listed["left"]) == (2, 1)
    told = {name: listed[name] for name in ("kind", "code", "method", "path", "times", "seed", "after", "probability")}
    assert told == {
        "kind": "error", "code": "40725", "method": "GET", "path": "/api/v2/public/*", "times": 3, "seed": 7,
        "after": 0, "probability": "1",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("aim", "request_", "strikes"),
    [
        ({}, {}, True),
        ({"method": "GET"}, {}, True),
        ({"method": "POST"}, {}, False),
        ({"path": TIME}, {}, True),
        ({"path": TIME}, {"target": f"{TIME}?x=1"}, True),
        ({"path": TIME[:-1]}, {}, False),
        ({"path": TIME[:-1] + "*"}, {}, True),
        ({"path": "/*"}, {"target": "/no/such/path"}, True),
        ({"path": ASSETS}, {}, False),
        ({"uid": DEVELOPER}, {"target": ASSETS, "key": "papertape-key"}, True),
        ({"uid": SECOND}, {"target": ASSETS, "key": "papertape-key"}, False),
        ({"uid": SECOND}, {"target": ASSETS, "key": "papertape-key-2"}, True),
        ({"uid": DEVELOPER}, {}, False),
        ({"key": "papertape-key-2"}, {"target": ASSETS, "key": "papertape-key-2"}, True),
        ({"key": "papertape-key-2"}, {"target": ASSETS, "key": "papertape-key"}, False),
    ],
)
async def test_a_fault_strikes_what_it_is_aimed_at(
    desk: Desk, aim: dict[str, Any], request_: dict[str, Any], strikes: bool
) -> None:
    await add(desk, kind="error", code="40725", **aim)
    assert await struck(desk, **request_) is strikes


async def test_a_fault_lets_some_pass_strikes_so_many_times_and_is_over(desk: Desk) -> None:
    await add(desk, kind="error", code="40725", after=2, times=2)
    assert [await struck(desk) for _ in range(6)] == [False, False, True, True, False, False]
    assert [(each["hits"], each["left"]) for each in await faults(desk)] == [(2, 0)]


async def test_chance_repeats_itself_by_its_seed(desk: Desk) -> None:
    runs = []
    for seed in (5, 5, 6):
        await add(desk, kind="error", code="40725", probability="0.5", seed=seed)
        runs.append([await struck(desk) for _ in range(64)])
        await desk.control("POST", "faults/remove")
    assert runs[0] == runs[1] != runs[2]
    assert 16 < sum(runs[0]) < 48


async def test_faults_are_removed_one_by_one_or_all_together(desk: Desk) -> None:
    first, second = [await add(desk, kind="error", code=code) for code in ("40725", "40015")]
    assert (await desk.control("POST", "faults/remove", id=first["id"])).status == 200
    assert (await desk.send("GET", TIME)).code == "40015"
    assert (await desk.control("POST", "faults/remove", id=first["id"])).code == "40034"
    await desk.control("POST", "faults/remove")
    assert (await desk.send("GET", TIME)).code == "00000"
    assert await faults(desk) == []
    assert second["id"] != first["id"]


async def test_a_reset_removes_faults_and_a_restore_does_not(desk: Desk) -> None:
    await desk.control("POST", "checkpoint", name="faultless")
    await add(desk, kind="error", code="40725")
    await desk.control("POST", "restore", name="faultless")
    assert len(await faults(desk)) == 1
    await desk.control("POST", "reset")
    assert await faults(desk) == []


async def test_there_are_so_many_faults_and_those_that_are_over_make_room(desk: Desk) -> None:
    for _ in range(MOST_FAULTS - 1):
        await add(desk, kind="lost_request", path="/nowhere")
    await add(desk, kind="error", code="40725", times=1)
    assert (await add(desk, kind="rate_limit"))["code"] == "40058"
    assert await struck(desk)
    assert (await add(desk, kind="rate_limit"))["kind"] == "rate_limit"
    assert len(await faults(desk)) == MOST_FAULTS


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, "40019"),
        ({"kind": "gremlins"}, "40020"),
        ({"kind": "latency"}, "40019"),
        ({"kind": "latency", "milliseconds": -1}, "40053"),
        ({"kind": "latency", "milliseconds": LONG + 1}, "40053"),
        ({"kind": "latency", "milliseconds": "soon"}, "40020"),
        ({"kind": "latency", "milliseconds": 1, "channel": "books"}, "40020"),
        ({"kind": "error"}, "40019"),
        ({"kind": "error", "code": "4 3"}, "40020"),
        ({"kind": "error", "code": "43012", "status": 100}, "40053"),
        ({"kind": "error", "code": "43012", "status": 204}, "40020"),
        ({"kind": "error", "code": "43012", "status": 599}, "40020"),
        ({"kind": "error", "code": "43012", "message": "x" * 121}, "40020"),
        ({"kind": "bad_gateway", "status": 400}, "40053"),
        ({"kind": "rate_limit", "code": "43012"}, "40020"),
        ({"kind": "rate_limit", "times": 0}, "40053"),
        ({"kind": "rate_limit", "after": -1}, "40053"),
        ({"kind": "rate_limit", "probability": "1.1"}, "40053"),
        ({"kind": "rate_limit", "probability": "NaN"}, "40020"),
        ({"kind": "rate_limit", "path": "api"}, "40020"),
        ({"kind": "rate_limit", "path": "/api/*/x"}, "40020"),
        ({"kind": "rate_limit", "path": "/papertape/v1/fund"}, "40020"),
        ({"kind": "rate_limit", "key": "k" * 129}, "40020"),
        ({"kind": "stream_drop", "path": TIME}, "40020"),
        ({"kind": "stream_refuse", "uid": DEVELOPER}, "40020"),
    ],
)
async def test_a_fault_that_makes_no_sense_is_refused(desk: Desk, fields: dict[str, Any], code: str) -> None:
    assert (await add(desk, **fields))["code"] == code
    assert await faults(desk) == []


@pytest.mark.parametrize("number", ["7", "x", "-1", "1" * 30])
async def test_removing_what_is_not_there_is_refused(desk: Desk, number: str) -> None:
    assert (await desk.control("POST", "faults/remove", id=number)).code in ("40020", "40034")


async def test_the_control_plane_and_the_documents_are_never_struck(desk: Desk) -> None:
    await add(desk, kind="lost_request")
    for path in ("/papertape/v1/health", "/metrics", "/openapi.json"):
        assert (await desk.send("GET", path)).status == 200
    assert (await desk.send("GET", TIME)).status == 0


async def test_an_error_is_bitgets_own_and_nothing_is_executed(desk: Desk) -> None:
    await add(desk, kind="error", code="43012", method="POST")
    answer = await desk.signed("POST", ORDER, LIMIT_BUY)
    assert (answer.status, answer.json["msg"], answer.json["data"]) == (400, "Insufficient balance", None)
    assert answer.json["requestTime"] == NOON
    assert await open_orders(desk) == 0


@pytest.mark.parametrize(
    ("wanted", "answered"),
    [
        ({"code": "40020"}, (400, "Parameter  error")),
        ({"code": "429"}, (429, "Too Many Requests")),
        ({"code": "40725"}, (400, "")),
        ({"code": "40725", "status": 500, "message": "service return an error"}, (500, "service return an error")),
        ({"code": "43012", "status": 200}, (200, "Insufficient balance")),
    ],
)
async def test_an_error_says_what_is_documented_or_what_it_is_told(
    desk: Desk, wanted: dict[str, Any], answered: tuple[int, str]
) -> None:
    await add(desk, kind="error", **wanted)
    answer = await desk.send("GET", TIME)
    assert (answer.status, answer.json["msg"], answer.code) == (*answered, wanted["code"])


async def test_a_rate_limit_is_told_as_bitget_tells_it(desk: Desk) -> None:
    await add(desk, kind="rate_limit")
    answer = await desk.signed("POST", ORDER, LIMIT_BUY)
    assert (answer.status, answer.code, answer.headers["x-mbx-used-remain-limit"]) == (429, "429", "0")
    await desk.control("POST", "faults/remove")
    assert await open_orders(desk) == 0


async def test_a_bad_gateway_answers_with_a_page(desk: Desk) -> None:
    await add(desk, kind="bad_gateway", times=1)
    await add(desk, kind="bad_gateway", times=1, status=504)
    first, second = [await desk.signed("POST", ORDER, LIMIT_BUY) for _ in range(2)]
    assert (first.status, first.headers["content-type"]) == (502, "text/html")
    assert b"<h1>502 Bad Gateway</h1>" in first.body
    assert (second.status, b"504 Gateway Timeout" in second.body) == (504, True)
    assert await open_orders(desk) == 0


async def test_a_garbled_answer_is_no_json_and_its_order_is_there(desk: Desk) -> None:
    await add(desk, kind="garbled", times=1)
    answer = await desk.signed("POST", ORDER, LIMIT_BUY)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(answer.body)
    assert await open_orders(desk) == 1


async def test_a_late_request_is_looked_at_when_its_time_has_come(desk: Desk) -> None:
    await add(desk, kind="latency", milliseconds=LONG, method="POST")
    waiting = asyncio.create_task(desk.signed("POST", ORDER, LIMIT_BUY))
    await asyncio.sleep(0)
    assert await open_orders(desk) == 0
    desk.clock.advance(60_000)
    await desk.control("POST", "faults/remove")
    assert (await waiting).code == "40008"
    assert await open_orders(desk) == 0


async def test_a_slow_answer_comes_long_after_its_order(desk: Desk) -> None:
    await add(desk, kind="slow_answer", milliseconds=LONG, method="POST")
    waiting = asyncio.create_task(desk.signed("POST", ORDER, LIMIT_BUY))
    while not await open_orders(desk):
        await asyncio.sleep(0.001)
    assert not waiting.done()
    await desk.control("POST", "faults/remove")
    assert (await waiting).code == "00000"


async def test_a_short_wait_ends_by_itself(desk: Desk) -> None:
    await add(desk, kind="latency", milliseconds=1)
    await add(desk, kind="slow_answer", milliseconds=1)
    assert (await desk.signed("GET", ASSETS)).code == "00000"


async def test_delays_add_to_the_first_of_the_others(desk: Desk) -> None:
    for fields in ({"kind": "rate_limit"}, {"kind": "latency", "milliseconds": 1}, {"kind": "bad_gateway"}):
        await add(desk, **fields)
    assert (await desk.send("GET", TIME)).status == 429
    assert [each["hits"] for each in await faults(desk)] == [1, 1, 0]


async def test_the_request_log_names_what_struck(desk: Desk) -> None:
    await add(desk, kind="latency", milliseconds=0, times=2)
    await add(desk, kind="garbled", times=1)
    await add(desk, kind="lost_request", times=1)
    for _ in range(3):
        await desk.signed("GET", ASSETS)
    logged = [each for each in (await desk.control("GET", "requests")).json if each["path"] == ASSETS]
    shown = [(each["status"], each["code"], each["uid"], each["fault"]) for each in reversed(logged)]
    assert shown == [
        (200, "00000", DEVELOPER, "latency,garbled"),
        (0, "", DEVELOPER, "latency,lost_request"),
        (200, "00000", DEVELOPER, ""),
    ]


async def test_strikes_are_counted_by_kind(desk: Desk) -> None:
    await add(desk, kind="error", code="40725", times=2)
    for _ in range(3):
        await desk.send("GET", TIME)
    text = (await desk.send("GET", "/metrics")).body.decode()
    assert 'papertape_fault_strikes_total{kind="error"} 2' in text


@pytest.mark.parametrize("kind", [kind for kind, meaning in MEANINGS.items() if meaning.where == "rest"])
async def test_who_is_not_struck_notices_nothing(desk: Desk, kind: str) -> None:
    given = {"latency": {"milliseconds": LONG}, "slow_answer": {"milliseconds": LONG}, "error": {"code": "40725"}}
    await add(desk, kind=kind, uid=SECOND, **given.get(kind, {}))
    assert (await desk.signed("POST", ORDER, LIMIT_BUY)).code == "00000"
    assert [each["hits"] for each in await faults(desk)] == [0]
