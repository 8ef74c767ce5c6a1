"""The client's idea of the exchange's clock comes from its answers; a refused timestamp is signed anew, once."""

from __future__ import annotations

from decimal import Decimal

import pytest

from papertape import Client, TimestampError
from papertape.sdk.environment import at
from papertape.sdk.rest.clock import ExchangeClock
from tests.cli.serving import serving
from tests.sdk.recording import Answer, RecordingServer

NOON = 1_750_000_000_000


def clock_at(machine: int) -> ExchangeClock:
    return ExchangeClock(lambda: machine)


@pytest.mark.parametrize(
    ("told", "sent", "received", "offset", "error"),
    [
        (NOON + 500, NOON, NOON, 500, 0),
        (NOON + 500, NOON, NOON + 100, 450, 50),
        (NOON - 3000, NOON, NOON + 1, -3001, 1),
        (0, NOON, NOON + 1, 0, 0),
    ],
)
def test_an_answers_time_sets_the_clock(told: int, sent: int, received: int, offset: int, error: int) -> None:
    clock = clock_at(NOON)
    clock.observe(told, sent, received)
    assert (clock.now(), clock.error) == (NOON + offset, error)


@pytest.mark.parametrize(
    ("later", "why", "offset"),
    [
        ((NOON + 1000 + 430, NOON + 1000, NOON + 1200), "a slower answer that agrees", 450),
        ((NOON + 1000 + 460, NOON + 1000, NOON + 1020), "a faster answer", 450),
        ((NOON + 70_000 + 600, NOON + 70_000, NOON + 70_200), "the measurement is old", 500),
        ((NOON + 70_000 + 9_000, NOON + 70_000, NOON + 90_000), "the measurement is old, the answer very slow", 450),
        ((NOON + 1000 + 9000, NOON + 1000, NOON + 1200), "one answer is odd", 450),
    ],
)
def test_a_measurement_holds_until_a_better_one(later: tuple[int, int, int], why: str, offset: int) -> None:
    clock = clock_at(NOON)
    clock.observe(NOON + 500, NOON, NOON + 100)
    clock.observe(*later)
    assert clock.offset == offset, why


def test_a_clock_was_set_when_two_answers_say_so_or_a_certain_one() -> None:
    clock = clock_at(NOON)
    clock.observe(NOON + 500, NOON, NOON + 100)
    clock.observe(NOON + 10_000, NOON + 1000, NOON + 1200)
    clock.observe(NOON + 11_000, NOON + 2000, NOON + 2100)
    assert clock.offset == 8950
    clock.observe(NOON + 3000, NOON + 3000, NOON + 3100, certain=True)
    assert clock.offset == -50


def test_odd_answers_that_do_not_agree_change_nothing() -> None:
    clock = clock_at(NOON)
    clock.observe(NOON + 500, NOON, NOON + 100)
    for odd in (1, 2 * NOON, NOON - 3_600_000, NOON + 60_000):
        clock.observe(odd, NOON + 1000, NOON + 1100)
    assert clock.offset == 450


def refusal(told: int) -> bytes:
    return b'{"code":"40008","msg":"Request timestamp expired","requestTime":%d,"data":null}' % told


def test_a_refused_timestamp_is_signed_again_with_the_exchanges_time(server: RecordingServer, client: Client) -> None:
    server.answers = [Answer(refusal(NOON), 400), Answer(b'{"code":"00000","msg":"success","data":[]}')]
    assert client.spot.account.assets() == []
    first, second = (int(sent.headers["access-timestamp"]) for sent in server.received)
    assert abs(second - NOON) < 2000 < first - NOON


def test_a_second_refusal_is_told(server: RecordingServer, client: Client) -> None:
    server.answers = [Answer(refusal(NOON), 400)] * 3
    with pytest.raises(TimestampError):
        client.spot.account.assets()
    assert len(server.received) == 2


def test_without_an_answer_to_that_question_the_refusal_is_told(server: RecordingServer, client: Client) -> None:
    server.answers = [
        Answer(b'{"code":"40005","msg":"Invalid ACCESS_TIMESTAMP","data":null}', 400),
        Answer(b"<html>busy</html>", 502),
    ]
    with pytest.raises(TimestampError) as caught:
        client.spot.account.switch_deduct(deduct="on")
    assert not caught.value.uncertain


def test_without_a_time_in_the_refusal_the_exchange_is_asked(server: RecordingServer, client: Client) -> None:
    server.answers = [Answer(b'{"code":"40005","msg":"Invalid ACCESS_TIMESTAMP","data":null}', 400)]
    client.request("GET", "/api/v2/spot/account/assets")
    assert [sent.target for sent in server.received] == [
        "/api/v2/spot/account/assets",
        "/api/v2/public/time",
        "/api/v2/spot/account/assets",
    ]
    assert abs(int(server.last.headers["access-timestamp"]) - 1_700_000_000_123) < 2000


def test_an_exchange_whose_clock_is_a_day_ahead_takes_orders() -> None:
    with serving("--market", "still") as exchange, Client(at(exchange.rest, exchange.ws), retries=0) as client:
        ahead = client.control.advance_clock(milliseconds=86_400_000, clock="gateway").gateway_time
        placed = client.spot.trade.place_order(
            symbol="BTCUSDT", side="buy", order_type="limit", force="gtc", size=Decimal("0.01"), price=Decimal(50000)
        )
        assert placed.order_id
        assert client.clock.now() >= ahead
