"""What is sent keeps to the limits, by a little."""

from __future__ import annotations

import asyncio

from papertape.sdk.streams.socket import messages, pace
from papertape.sdk.streams.socket.messages import topic_of
from papertape.sdk.streams.socket.pace import Attempts, PacedSender, SlidingWindow

ARGUMENT = b'{"instType":"SPOT","channel":"ticker","instId":"BTCUSDT"}'


def test_a_window_slides() -> None:
    window = SlidingWindow(2, 10)
    for now in (0, 4):
        assert window.wait(now) == 0
        window.take(now)
    assert (window.wait(5), window.wait(9), window.wait(10)) == (5, 1, 0)


async def test_no_more_messages_a_second_than_allowed_and_the_urgent_first() -> None:
    written: list[str] = []
    outbox = PacedSender(written.append)
    for number in range(20):
        assert outbox.send(str(number))
    assert outbox.send("now", urgent=True)
    assert written == [str(number) for number in range(pace.MESSAGES)]
    async with asyncio.timeout(10):
        while len(written) == pace.MESSAGES:
            await asyncio.sleep(0.05)
    assert written[pace.MESSAGES] == "now"
    outbox.close()


async def test_what_waits_is_bounded() -> None:
    outbox = PacedSender(lambda text: None)
    sent = [outbox.send("x") for _ in range(pace.MOST_WAITING + pace.MESSAGES + 1)]
    assert (all(sent[:-1]), sent[-1]) == (True, False)
    outbox.close()


def test_attempts_to_connect_to_one_address_are_counted_for_all_streams() -> None:
    assert [Attempts.wait("one") for _ in range(pace.ATTEMPTS)] == [0] * pace.ATTEMPTS
    assert 0 < Attempts.wait("one") <= pace.ATTEMPTS_SECONDS
    assert Attempts.wait("another") == 0


def test_arguments_fill_requests_up_to_their_limit() -> None:
    requests = list(messages.requests("subscribe", [ARGUMENT] * 100))
    assert [request.count("BTCUSDT") for request in requests] == [70, 30]
    assert all(len(request) - len('{"op":"subscribe","args":}') <= 4096 for request in requests)
    assert list(messages.requests("subscribe", [])) == []


def test_an_argument_is_known_in_every_spelling() -> None:
    spellings = [
        ARGUMENT,
        b'{"channel": "ticker", "instId": "btcusdt", "instType": "spot"}',
        b'{"instType":"SPOT","channel":"ticker","instId":"BTCUSDT","mood":"good"}',
    ]
    assert {topic_of(spelling) for spelling in spellings} == {("SPOT", "ticker", "BTCUSDT")}
    assert topic_of(b'{"instType":"SPOT","channel":"account","coin":"default"}') == ("SPOT", "account", "default")
    assert topic_of(b"[]", "no argument at all") is None
