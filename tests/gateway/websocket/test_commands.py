"""Orders over WebSocket: the rules, permissions and limits of REST in another envelope."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.gateway.websocket.sockets import ORDERS, Streams

LIMIT_BUY = {"orderType": "limit", "side": "buy", "size": "0.01", "price": "50000", "force": "gtc"}


def place(number: str = "a-1", **changes: Any) -> dict[str, Any]:
    """The argument that places an order; ``changes`` replaces parameters, None leaves one out."""
    parameters = {name: value for name, value in (LIMIT_BUY | changes).items() if value is not None}
    return {"id": number, "instType": "SPOT", "instId": "BTCUSDT", "channel": "place-order", "params": parameters}


def cancel(**parameters: str) -> dict[str, Any]:
    """The argument that cancels an order."""
    return {"id": "c-1", "instType": "SPOT", "instId": "BTCUSDT", "channel": "cancel-order", "params": parameters}


async def open_orders(streams: Streams) -> list[Any]:
    found: list[Any] = (await streams.desk.signed("GET", "/api/v2/spot/trade/unfilled-orders?symbol=BTCUSDT")).data
    return found


async def test_an_order_is_placed_and_cancelled(streams: Streams) -> None:
    socket = await streams.login()
    placed = await socket.told("trade", place(clientOid="mine"))
    (argument,) = placed["arg"]
    (order,) = await open_orders(streams)
    assert (placed["event"], placed["code"], placed["msg"]) == ("trade", 0, "Success")
    assert argument == {
        "id": "a-1",
        "instType": "SPOT",
        "instId": "BTCUSDT",
        "channel": "place-order",
        "params": {"orderId": order["orderId"], "clientOid": "mine"},
    }
    cancelled = await socket.told("trade", cancel(orderId=order["orderId"]))
    assert (cancelled["code"], cancelled["arg"][0]["params"]["orderId"]) == (0, order["orderId"])
    assert await open_orders(streams) == []


async def test_the_push_comes_before_the_answer(streams: Streams) -> None:
    socket = await streams.login()
    await socket.told("subscribe", ORDERS)
    pushed = await socket.told("trade", place())
    answer = await socket.next()
    assert (pushed["arg"], answer["event"]) == (ORDERS, "trade")
    assert pushed["data"][0]["orderId"] == answer["arg"][0]["params"]["orderId"]


@pytest.mark.parametrize(
    ("argument", "code"),
    [
        (place(price="1000000"), 43009),
        (place(size="20"), 43012),
        (place(size="lots"), 40020),
        (place(size=None), 40019),
        (place(side="borrow"), 40020),
        (cancel(orderId="1"), 43001),
        ({**place(), "instId": "NOSUCH"}, 40034),
        ({**place(), "channel": "modify-order"}, 30001),
        ({**place(), "instType": "SP"}, 30001),
        ({**place(), "id": "x" * 41}, 30016),
        ({**place(), "params": None}, 30016),
        ("place-order", 30016),
    ],
)
async def test_what_rest_refuses_is_refused_and_changes_nothing(streams: Streams, argument: Any, code: int) -> None:
    socket = await streams.login()
    assert await socket.refused("trade", argument) == code
    assert await open_orders(streams) == []
    assert await socket.silence()


async def test_there_are_no_batches(streams: Streams) -> None:
    socket = await streams.login()
    assert await socket.refused("trade", place(), place()) == 30016
    assert await socket.refused("trade") == 30016
    assert await open_orders(streams) == []


async def test_a_key_that_may_only_read_places_nothing(streams: Streams) -> None:
    made = await streams.desk.control(
        "POST", "keys/create", uid=1_000_000_001, passphrase="papertape1", permissions=["read"]
    )
    key = {"apiKey": made.json["key"], "secret": made.json["secret"], "passphrase": "papertape1"}
    socket = await streams.login(**key)
    assert await socket.refused("trade", place()) == 40014
    assert await open_orders(streams) == []


async def test_the_quota_is_shared_with_rest(streams: Streams) -> None:
    socket = await streams.login()
    body = b'{"symbol":"BTCUSDT","side":"buy","orderType":"limit","force":"gtc","price":"50000","size":"0.01"}'
    left = []
    for _ in range(5):
        assert (await socket.told("trade", place()))["code"] == 0
        answer = await streams.desk.signed("POST", "/api/v2/spot/trade/place-order", body)
        left.append(answer.headers["x-mbx-used-remain-limit"])
    assert left == ["8", "6", "4", "2", "0"]
    assert await socket.refused("trade", place()) == 429
    streams.clock.advance(1000)
    assert (await socket.told("trade", place()))["code"] == 0


async def test_requests_sent_at_once_are_taken_in_their_order(boundless: Streams) -> None:
    socket = await boundless.login()
    await asyncio.gather(*(socket.ask("trade", place(f"n-{number}", clientOid=f"o{number}")) for number in range(50)))
    answers = [await socket.next() for _ in range(50)]
    assert [answer["arg"][0]["id"] for answer in answers] == [f"n-{number}" for number in range(50)]
    ids = [int(answer["arg"][0]["params"]["orderId"]) for answer in answers]
    assert ids == sorted(ids)


async def test_more_commands_than_may_be_open_are_refused(boundless: Streams) -> None:
    socket = await boundless.login()
    await asyncio.gather(*(socket.ask("trade", place()) for _ in range(300)))
    codes = {answer["code"] for answer in [await socket.next() for _ in range(300)]}
    assert codes <= {0, 30006}
    assert await socket.pong()


async def test_counts_are_among_the_metrics(streams: Streams) -> None:
    socket = await streams.login()
    await socket.told("subscribe", ORDERS)
    await socket.told("trade", place())
    text = (await streams.desk.send("GET", "/metrics")).body.decode()
    assert "papertape_stream_connections 1" in text
    assert "papertape_stream_subscriptions 1" in text
    assert "papertape_stream_pushes 1" in text
    assert 'papertape_requests_total{endpoint="/api/v2/spot/trade/place-order",code="00000"} 1' in text
