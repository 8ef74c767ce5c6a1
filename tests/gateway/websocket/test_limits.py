"""Every documented limit of a connection, under a gateway clock set by hand."""

from __future__ import annotations

from contextlib import AsyncExitStack

import pytest
from picows import WSCloseCode

from papertape.gateway.websocket import limits
from tests.gateway.websocket.sockets import HOUR, MINUTE, SECOND, TRADES, Socket, Streams, eventually

OVER = {"event": "error", "code": 30007, "msg": "request over limit,connection close"}
CLOSED = WSCloseCode.POLICY_VIOLATION.value
TICKER = {"instType": "SPOT", "channel": "ticker", "instId": "BTCUSDT"}


async def sent_away(streams: Streams) -> bool:
    """Whether a new connection is told that there are too many, and closed."""
    return await (await streams.connect()).end() == ([OVER], CLOSED)


async def test_a_hundred_connections_of_an_address_at_once(streams: Streams) -> None:
    sockets = [await streams.connect() for _ in range(limits.AT_ONCE)]
    assert await sent_away(streams)
    await sockets.pop().connection.close()
    await eventually(lambda: streams.server.open_connections == limits.AT_ONCE - 1)
    assert await (await streams.connect()).pong()


async def test_three_hundred_connections_of_an_address_in_five_minutes(streams: Streams) -> None:
    for _ in range(limits.REQUESTED.count):
        await (await streams.connect()).connection.close()
    assert await sent_away(streams)
    streams.pass_time(5 * MINUTE)
    assert await (await streams.connect()).pong()


async def test_ten_messages_a_second_pings_included(streams: Streams) -> None:
    socket = await streams.connect()
    for _ in range(2):
        assert [await socket.pong() for _ in range(limits.MESSAGES - 1)]
        assert (await socket.told("unsubscribe", TRADES))["event"] == "unsubscribe"
        streams.pass_time(SECOND)
    for _ in range(limits.MESSAGES + 1):
        await socket.say("ping")
    assert [await socket.text() for _ in range(limits.MESSAGES)] == ["pong"] * limits.MESSAGES
    assert await socket.end() == ([OVER], CLOSED)


async def test_two_hundred_and_forty_subscribe_requests_an_hour(streams: Streams) -> None:
    socket = await streams.connect()
    for number in range(limits.SUBSCRIBE_REQUESTS):
        streams.clock.advance(SECOND if number % 5 == 0 else 0)
        assert await socket.refused("subscribe", {}) == 30016
    assert await socket.refused("subscribe", TRADES) == 30006
    assert (await socket.told("unsubscribe", TRADES))["event"] == "unsubscribe"
    streams.clock.advance(HOUR)
    assert (await socket.told("subscribe", TRADES))["event"] == "subscribe"


async def test_a_thousand_channels_a_connection(streams: Streams, monkeypatch: pytest.MonkeyPatch) -> None:
    assert limits.CHANNELS == 1000
    monkeypatch.setattr(limits, "CHANNELS", 1)
    socket = await streams.connect()
    await socket.ask("subscribe", TRADES, TICKER)
    assert [(await socket.next()).get("event") for _ in range(2)] == ["subscribe", None]
    assert (await socket.next())["code"] == 30006
    await socket.told("unsubscribe", TRADES)
    assert (await socket.told("subscribe", TICKER))["event"] == "subscribe"


async def test_four_kilobytes_of_arguments_a_request(streams: Streams) -> None:
    socket = await streams.connect()
    argument = {**TRADES, "more": ""}
    fits = limits.ARGUMENT_BYTES - len('[{"instType":"SPOT","channel":"trade","instId":"BTCUSDT","more":""}]')
    assert (await socket.told("subscribe", {**argument, "more": "x" * fits}))["event"] == "subscribe"
    assert (await socket.next())["action"] == "snapshot"
    assert await socket.refused("subscribe", {**argument, "more": "x" * (fits + 1)}) == 30002
    assert await socket.pong()


async def test_two_minutes_without_a_ping(streams: Streams) -> None:
    quiet, keen = await streams.connect(), await streams.connect()
    streams.pass_time(2 * MINUTE)
    assert await keen.pong()
    assert (await quiet.told("unsubscribe", TRADES))["event"] == "unsubscribe"
    streams.pass_time(1)
    assert await quiet.end() == ([], CLOSED)
    assert await keen.pong()


async def test_a_connection_has_its_day(streams: Streams) -> None:
    socket = await streams.connect()
    for _ in range(24 * 60 - 1):
        streams.pass_time(MINUTE)
        assert await socket.pong()
    streams.pass_time(MINUTE)
    assert await socket.end() == ([], WSCloseCode.GOING_AWAY.value)


async def test_the_servers_own_clockwork_looks_at_the_gateways_clock(socket: Socket, streams: Streams) -> None:
    streams.clock.advance(3 * MINUTE)
    assert await socket.end() == ([], CLOSED)


async def test_without_limits_there_are_none(boundless: Streams) -> None:
    async with AsyncExitStack() as stack:
        sockets = [await boundless.connect() for _ in range(limits.AT_ONCE + 1)]
        for socket in sockets:
            stack.push_async_callback(socket.connection.close)
        boundless.pass_time(48 * HOUR)
        socket = sockets[-1]
        for _ in range(limits.SUBSCRIBE_REQUESTS + 1):
            await socket.ask("subscribe", {"more": "x" * limits.ARGUMENT_BYTES})
        for _ in range(limits.SUBSCRIBE_REQUESTS + 1):
            assert (await socket.next())["code"] == 30016
        assert await socket.pong()
