"""Subscribing: each argument answered alone, acknowledged before its first push, echoed as it was sent."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gateway.websocket.sockets import ACCOUNT, BOOK1, BOOKS, FILLS, ORDERS, TRADES, Socket, Streams

SPOT = {"instType": "SPOT"}
CANDLES = {**SPOT, "channel": "candle1m", "instId": "BTCUSDT"}


async def test_an_acknowledgement_repeats_the_argument_and_comes_before_the_first_push(socket: Socket) -> None:
    assert await socket.told("subscribe", TRADES) == {"event": "subscribe", "arg": TRADES}
    push = await socket.next()
    assert (push["action"], push["arg"]) == ("snapshot", TRADES)
    assert isinstance(push["ts"], int)


async def test_each_argument_is_answered_alone_and_in_order(socket: Socket) -> None:
    unknown = {**SPOT, "channel": "rumours", "instId": "BTCUSDT"}
    await socket.ask("subscribe", TRADES, unknown, "ticker", BOOK1)
    answers = [await socket.next() for _ in range(6)]
    said = [answer.get("event") or answer["action"] for answer in answers]
    assert said == ["subscribe", "snapshot", "error", "error", "subscribe", "snapshot"]
    assert answers[2] == {
        "event": "error",
        "arg": unknown,
        "code": 30001,
        "msg": "instType:SPOT,channel:rumours,instId:BTCUSDT doesn't exist",
        "op": "subscribe",
    }
    assert (answers[3]["code"], answers[3]["arg"]) == (30016, "ticker")


@pytest.mark.parametrize(
    ("argument", "code"),
    [
        ({}, 30016),
        ({"channel": "trade", "instId": "BTCUSDT"}, 30016),
        ({"instType": "SPOT", "instId": "BTCUSDT"}, 30016),
        ({"instType": "SPOT", "channel": "trade"}, 30016),
        ({"instType": "SPOT", "channel": ["trade"], "instId": "BTCUSDT"}, 30016),
        (None, 30016),
        (7, 30016),
        ([], 30016),
        ({"instType": "SPOT", "channel": "trade", "instId": "NOSUCH"}, 30001),
        ({"instType": "SPOT", "channel": "trade", "instId": "default"}, 30001),
        ({"instType": "SP", "channel": "trade", "instId": "BTCUSDT"}, 30001),
        ({"instType": "SPOT", "channel": "candle2m", "instId": "BTCUSDT"}, 30001),
        ({"instType": "SPOT", "channel": "books50", "instId": "BTCUSDT"}, 30001),
        (ORDERS, 30001),
    ],
)
async def test_what_cannot_be_subscribed_to_is_refused(socket: Socket, argument: Any, code: int) -> None:
    assert await socket.refused("subscribe", argument) == code
    assert await socket.silence()


async def test_snake_case_is_taken_and_answered_in_camel_case(socket: Socket) -> None:
    answer = await socket.told("subscribe", {"inst_type": "SPOT", "channel": "trade", "inst_id": "BTCUSDT"})
    assert answer == {"event": "subscribe", "arg": TRADES}
    assert (await socket.next())["arg"] == TRADES


async def test_the_echo_keeps_the_case_that_was_sent(socket: Socket) -> None:
    argument = {"instType": "spot", "channel": "trade", "instId": "btcusdt"}
    assert await socket.told("subscribe", argument) == {"event": "subscribe", "arg": argument}
    assert (await socket.next())["arg"] == argument


async def test_two_spellings_of_one_topic_get_their_own_echo(streams: Streams) -> None:
    upper, lower = await streams.connect(), await streams.connect()
    await upper.told("subscribe", TRADES)
    await lower.told("subscribe", {**TRADES, "instType": "spot"})
    assert (await upper.next())["arg"]["instType"] == "SPOT"
    assert (await lower.next())["arg"]["instType"] == "spot"
    assert streams.server.broadcast.subscriptions == 2


async def test_a_second_subscription_is_acknowledged_again_with_a_new_snapshot_and_pushes_stay_single(
    streams: Streams,
) -> None:
    socket = await streams.connect()
    for _ in range(2):
        assert (await socket.told("subscribe", BOOKS))["event"] == "subscribe"
        assert (await socket.next())["action"] == "snapshot"
    assert streams.server.broadcast.subscriptions == 1


async def test_a_first_push_that_has_to_be_read_from_history_comes_too(socket: Socket) -> None:
    await socket.ask("subscribe", CANDLES)
    assert await socket.next() == {"event": "subscribe", "arg": CANDLES}
    push = await socket.next()
    assert (push["action"], push["arg"], len(push["data"][0])) == ("snapshot", CANDLES, 8)


async def test_what_is_cancelled_while_it_is_read_never_comes(socket: Socket) -> None:
    await socket.ask("subscribe", CANDLES)
    await socket.ask("unsubscribe", CANDLES)
    answers = [await socket.next(), await socket.next()]
    events = [answer["event"] for answer in answers if "event" in answer]
    assert events[0] == "subscribe"
    assert await socket.pong()
    assert await socket.silence()


async def test_unsubscribing_is_acknowledged_and_ends_the_pushes(streams: Streams) -> None:
    socket = await streams.connect()
    await socket.told("subscribe", TRADES)
    await socket.next()
    assert await socket.told("unsubscribe", TRADES) == {"event": "unsubscribe", "arg": TRADES}
    assert streams.server.broadcast.subscriptions == 0
    assert (await socket.told("unsubscribe", TRADES))["event"] == "unsubscribe"
    assert await socket.refused("unsubscribe", {**SPOT, "channel": "rumours", "instId": "BTCUSDT"}) == 30001


async def test_a_private_channel_wants_a_login_first(streams: Streams) -> None:
    socket = await streams.connect("/v2/ws/private")
    assert await socket.refused("subscribe", ORDERS) == 30004
    assert await socket.refused("subscribe", TRADES) == 30001
    assert await socket.refused("trade", {}) == 30004
    assert (await socket.told("login", streams.credentials()))["code"] == 0
    assert await socket.told("subscribe", ORDERS) == {"event": "subscribe", "arg": ORDERS}


@pytest.mark.parametrize("key", [{"instId": "default"}, {"coin": "default"}, {}])
@pytest.mark.parametrize("channel", ["orders", "fill", "account"])
async def test_private_channels_go_by_every_name_that_clients_use(
    streams: Streams, channel: str, key: dict[str, str]
) -> None:
    socket = await streams.login()
    argument = {**SPOT, "channel": channel, **key}
    assert await socket.told("subscribe", argument) == {"event": "subscribe", "arg": argument}


async def test_private_pushes_reach_their_owner_only(streams: Streams) -> None:
    mine, theirs = await streams.login(), await streams.login(apiKey="papertape-key-2")
    for socket in (mine, theirs):
        await socket.told("subscribe", ORDERS)
    body = b'{"symbol":"BTCUSDT","side":"buy","orderType":"limit","force":"gtc","price":"50000","size":"0.01"}'
    placed = await streams.desk.signed("POST", "/api/v2/spot/trade/place-order", body)
    assert (await mine.next())["data"][0]["orderId"] == placed.data["orderId"]
    assert await theirs.silence()


async def test_a_reply_on_rest_comes_after_the_pushes_and_agrees_with_them(streams: Streams) -> None:
    socket = await streams.login()
    await socket.ask("subscribe", ORDERS, ACCOUNT, FILLS)
    assert {(await socket.next()).get("event") for _ in range(4)} == {"subscribe", None}
    pushed = streams.server.broadcast.pushed
    body = b'{"symbol":"BTCUSDT","side":"buy","orderType":"limit","force":"gtc","price":"50000","size":"0.01"}'
    placed = await streams.desk.signed("POST", "/api/v2/spot/trade/place-order", body)
    assert streams.server.broadcast.pushed == pushed + 2
    pushes = {push["arg"]["channel"]: push for push in [await socket.next(), await socket.next()]}
    (order,) = pushes["orders"]["data"]
    (shown,) = (await streams.desk.signed("GET", "/api/v2/spot/trade/unfilled-orders?symbol=BTCUSDT")).data
    assert order["orderId"] == shown["orderId"] == placed.data["orderId"]
    assert (order["status"], order["newSize"]) == (shown["status"], shown["size"])
    (coin,) = pushes["account"]["data"]
    (held,) = (await streams.desk.signed("GET", "/api/v2/spot/account/assets?coin=USDT")).data
    assert coin == held


async def test_after_a_reset_listeners_are_told_how_things_stand(streams: Streams) -> None:
    socket = await streams.login()
    await socket.ask("subscribe", ACCOUNT)
    await socket.next()
    before = await socket.next()
    body = b'{"symbol":"BTCUSDT","side":"buy","orderType":"limit","force":"gtc","price":"50000","size":"0.01"}'
    await streams.desk.signed("POST", "/api/v2/spot/trade/place-order", body)
    assert (await socket.next())["data"][0]["frozen"] != "0"
    await streams.exchange.administration.reset()
    after = await socket.next()
    assert (after["action"], after["data"]) == ("snapshot", before["data"])


async def test_what_is_read_from_history_is_read_once_for_all_who_wait(streams: Streams) -> None:
    sockets = [await streams.connect() for _ in range(5)]
    candles = {**SPOT, "channel": "candle5m", "instId": "ETHUSDT"}
    for socket in sockets:
        await socket.ask("subscribe", candles)
    for socket in sockets[1:3]:
        await socket.ask("unsubscribe", candles)
        await socket.ask("subscribe", candles)
    for socket in sockets:
        said = []
        while "snapshot" not in said:
            message = await socket.next()
            said.append(message.get("event") or message["action"])
        assert said[0] == "subscribe"
        assert await socket.silence()
