"""What is safe to send twice is sent again after a failure that may pass; nothing else is."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import papertape
from papertape import AsyncClient, BitgetError, Client
from papertape.contract.spot.account import SpotAccount
from papertape.sdk.rest.steps import Course, Wait
from tests.sdk.recording import Answer, RecordingServer

BROKEN = Answer(status=None)
BUSY = Answer(b'{"code":"40015","msg":"System is abnormal","data":null}', 400)
GATEWAY = Answer(b"<html>bad gateway</html>", 502)
REFUSED = Answer(b'{"code":"43012","msg":"Insufficient balance","data":null}', 400)


@pytest.fixture
def patient(server: RecordingServer) -> Any:
    """A client with two retries."""
    with Client(server.environment, limits="off") as client:
        yield client


@pytest.mark.parametrize("failure", [BROKEN, BUSY, GATEWAY])
def test_a_read_is_tried_again(server: RecordingServer, patient: Client, failure: Answer) -> None:
    server.answers = [failure, failure]
    assert patient.public.time().server_time == 1_700_000_000_123
    assert len(server.received) == 3


@pytest.mark.parametrize("failure", [BROKEN, BUSY, GATEWAY])
def test_a_call_that_changes_things_and_has_no_id_is_not(
    server: RecordingServer, patient: Client, failure: Answer
) -> None:
    server.answers = [failure]
    with pytest.raises(BitgetError) as caught:
        patient.spot.account.switch_deduct(deduct="on")
    assert caught.value.uncertain
    assert len(server.received) == 1


def test_a_refusal_is_final(server: RecordingServer, patient: Client) -> None:
    server.answers = [REFUSED]
    with pytest.raises(papertape.InsufficientBalance):
        patient.spot.account.assets()
    assert len(server.received) == 1


def test_the_last_failure_is_the_callers(server: RecordingServer, patient: Client) -> None:
    server.answers = [BUSY] * 9
    with pytest.raises(papertape.ServerError):
        patient.public.time()
    assert len(server.received) == 3
    with pytest.raises(papertape.ServerError):
        patient.with_options(retries=0).public.time()
    assert len(server.received) == 4


def test_what_was_never_sent_is_sent_whatever_it_is(server: RecordingServer) -> None:
    with Client(server.environment, limits="off") as client:
        caller = client._transport.calls
        switch = SpotAccount.switch_deduct
        assert len(pauses(caller.typed(switch, switch.request(deduct="on")), 2)) == 2


def test_async_tries_again_likewise(server: RecordingServer) -> None:
    async def read() -> int:
        async with AsyncClient(server.environment, limits="off") as client:
            return (await client.public.time()).server_time

    server.answers = [BROKEN, BUSY]
    assert asyncio.run(read()) == 1_700_000_000_123
    assert len(server.received) == 3


def pauses(course: Course[Any], failures: int) -> list[float]:
    """The pauses that a course asks for when every sending fails."""
    seen = []
    step = next(course)
    for _ in range(failures):
        step = course.throw(papertape.NetworkError("gone"))
        assert isinstance(step, Wait)
        seen.append(step.seconds)
        step = next(course)
    return seen


def test_pauses_grow_and_differ(server: RecordingServer) -> None:
    with Client(server.environment, limits="off", retries=8) as client:
        caller = client._transport.calls
        rows = [pauses(caller.free(caller.composer.free("GET", "/x", None, None)), 8) for _ in range(50)]
    for number, longest in enumerate([0.25, 0.5, 1, 2, 4, 8, 8, 8]):
        column = [row[number] for row in rows]
        assert 0 < min(column) < max(column) <= longest
        assert len(set(column)) > 10


def test_options_are_a_calls_own(server: RecordingServer, patient: Client) -> None:
    tagged = patient.with_options(headers={"X-CHANNEL-API-CODE": "abc"}, timeout=3)
    tagged.public.time()
    assert server.last.headers["x-channel-api-code"] == "abc"
    tagged.with_options(headers={"X-Other": "1"}).request("POST", "/api/v2/x")
    assert (server.last.headers["x-channel-api-code"], server.last.headers["x-other"]) == ("abc", "1")
    patient.public.time()
    assert "x-channel-api-code" not in server.last.headers


@pytest.mark.parametrize("wrong", [{"timeout": 0}, {"retries": -1}, {"limits": "maybe"}])
def test_options_that_make_no_sense_are_refused(server: RecordingServer, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Client(server.environment, **wrong)


def test_a_raw_call_tells_everything_around_the_reply(server: RecordingServer, patient: Client) -> None:
    server.answers = [Answer(headers={"X-MBX-USED-REMAIN-LIMIT": "17"})]
    told = patient.raw.public.time()
    assert told.data.server_time == 1_700_000_000_123
    assert (told.status, told.remaining, told.request_time) == (200, 17, 1_700_000_000_000)
    assert 0 < told.latency < 5
    assert told.headers["content-type"] == "application/json"
