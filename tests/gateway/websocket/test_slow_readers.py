"""A reader that does not keep up: bounded, treated as its channel says, and nobody else's concern."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from papertape.contract.protocol.channel import Topic
from papertape.gateway.websocket.outbox import MOST_BYTES, MOST_MESSAGES, Outbox
from papertape.gateway.websocket.session import StreamSession
from papertape.operations.feeds.feed import Action, FeedPush, Who
from tests.gateway.websocket.raw import CLOSE, Raw, raw
from tests.gateway.websocket.sockets import BOOKS, TRADES, Streams, eventually

CANDLES = {"instType": "SPOT", "channel": "candle1m", "instId": "BTCUSDT"}
PADDING = "x" * 50_000


def push(argument: dict[str, str], *data: Any, action: Action = "update") -> FeedPush:
    """A push on a topic, with such data."""
    return FeedPush(Who("live", Topic("SPOT", argument["channel"], "BTCUSDT"), None), action, data, 1)


@asynccontextmanager
async def slow_reader(streams: Streams, *arguments: dict[str, str]) -> AsyncIterator[tuple[Raw, StreamSession]]:
    """A subscriber whose buffers are full: it has not read since its acknowledgements and first snapshots."""
    known = set(streams.server.sessions)
    async with raw(streams.server.port, receive_buffer=4096) as client:
        client.say(msgspec.json.encode({"op": "subscribe", "args": arguments}).decode())
        for _ in range(2 * len(arguments)):
            await client.next()
        (session,) = set(streams.server.sessions) - known
        number = 0
        while not session.paused:
            number += 1
            streams.server.broadcast.publish([push(arguments[0], f"flood {number}", PADDING)])
        yield client, session


async def data_of(client: Raw, channel: str, *, skip: str = "flood") -> Any:
    """The data of the client's next message on a channel, the flood left out."""
    while True:
        kind, payload = await client.next()
        assert kind != CLOSE, payload
        if payload == b"pong":
            continue
        message = msgspec.json.decode(payload)
        if message["arg"]["channel"] == channel and not str(message["data"][0]).startswith(skip):
            return message


async def test_of_what_may_be_replaced_only_the_newest_waits(streams: Streams) -> None:
    async with slow_reader(streams, CANDLES) as (client, session):
        for number in range(1000):
            streams.server.broadcast.publish([push(CANDLES, number, PADDING)])
        assert len(session.outbox) == 1
        assert (await data_of(client, "candle1m"))["data"][0] == 999
        await eventually(lambda: not session.paused and not len(session.outbox))


async def test_a_book_that_missed_updates_starts_again_from_a_snapshot(streams: Streams) -> None:
    async with slow_reader(streams, BOOKS) as (client, session):
        for number in range(1000):
            streams.server.broadcast.publish([push(BOOKS, f"missed {number}", PADDING)])
        assert len(session.outbox) == 1
        message = await data_of(client, "books")
        assert (message["action"], message["data"][0]["pseq"]) == ("snapshot", 0)


async def test_what_must_not_be_lost_is_not_or_the_connection_ends(streams: Streams) -> None:
    async with slow_reader(streams, TRADES) as (client, session):
        for number in range(10):
            streams.server.broadcast.publish([push(TRADES, number, PADDING)])
        assert [(await data_of(client, "trade"))["data"][0] for _ in range(10)] == list(range(10))
        assert not session.closing
    async with slow_reader(streams, TRADES) as (client, session):
        for number in range(MOST_BYTES // len(PADDING) + 1):
            streams.server.broadcast.publish([push(TRADES, number, PADDING)])
        assert len(session.outbox) == 0
        await eventually(lambda: session.closing)
        assert not session.subscriptions


async def test_who_asks_without_end_and_never_reads_is_sent_away(boundless: Streams) -> None:
    async with slow_reader(boundless, CANDLES) as (client, session):
        for _ in range(MOST_MESSAGES + 1):
            client.say("ping")
        await eventually(lambda: session.closing)
    await eventually(lambda: boundless.server.open_connections == 0)
    assert not len(session.outbox)


async def test_an_answer_keeps_its_place_before_what_comes_later(streams: Streams) -> None:
    async with slow_reader(streams, CANDLES) as (client, session):
        client.say(msgspec.json.encode({"op": "subscribe", "args": [TRADES]}).decode())
        await eventually(lambda: len(session.subscriptions) == 2)
        streams.server.broadcast.publish([push(TRADES, "later")])
        messages = []
        while len(messages) < 3:
            payload = (await client.next()).payload
            if b'"trade"' in payload:
                messages.append(msgspec.json.decode(payload))
        assert messages[0] == {"event": "subscribe", "arg": TRADES}
        assert [message["action"] for message in messages[1:]] == ["snapshot", "update"]
        assert messages[2]["data"] == ["later"]


async def test_what_waits_for_a_subscription_goes_with_it(streams: Streams) -> None:
    async with slow_reader(streams, CANDLES) as (client, session):
        streams.server.broadcast.publish([push(CANDLES, "unwanted")])
        client.say(msgspec.json.encode({"op": "unsubscribe", "args": [CANDLES]}).decode())
        await eventually(lambda: not session.subscriptions)
        assert len(session.outbox) == 1
        while b"unsubscribe" not in (payload := (await client.next()).payload):
            assert b"unwanted" not in payload


async def test_a_slow_reader_slows_nobody(streams: Streams) -> None:
    fast = await streams.connect()
    await fast.told("subscribe", TRADES)
    await fast.next()
    async with slow_reader(streams, CANDLES, TRADES) as (_, session):
        for number in range(10):
            streams.server.broadcast.publish([push(TRADES, number)])
            assert (await fast.next())["data"] == [number]
        assert session.paused
        body = b'{"symbol":"BTCUSDT","side":"buy","orderType":"limit","force":"gtc","price":"50000","size":"0.01"}'
        assert (await streams.desk.signed("POST", "/api/v2/spot/trade/place-order", body)).status == 200


async def test_who_does_not_read_for_a_minute_is_cut_off(streams: Streams, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("papertape.gateway.websocket.framing.DRAIN_SECONDS", 0)
    async with slow_reader(streams, CANDLES):
        await eventually(lambda: streams.server.open_connections == 0)
    assert streams.server.broadcast.subscriptions == 0


async def test_an_outbox_keeps_order_and_counts_what_it_must_keep() -> None:
    outbox = Outbox()
    assert outbox.add(b"first")
    outbox.replace("ticker", b"old")
    assert outbox.add(b"second")
    outbox.replace("ticker", b"new")
    outbox.replace("book", lambda: b"snapshot")
    outbox.replace("gone", lambda: None)
    outbox.forget("nothing")
    assert [outbox.next() for _ in range(5)] == [b"first", b"new", b"second", b"snapshot", None]
    assert all(outbox.add(b"x") for _ in range(MOST_MESSAGES))
    assert not outbox.add(b"x")
    outbox.clear()
    assert outbox.add(bytes(MOST_BYTES))
    assert not outbox.add(b"x")
