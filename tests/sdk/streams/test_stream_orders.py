"""Orders over the socket: REST's models and exceptions, and no order placed twice."""

from __future__ import annotations

from contextlib import nullcontext
from decimal import Decimal
from typing import Any

import pytest

from papertape import (
    AsyncClient,
    Environment,
    InvalidOrder,
    InvalidRequest,
    NetworkError,
    OrderNotFound,
    OutcomeUnknown,
    RateLimited,
    Stream,
)
from tests.sdk.streams.road import Road
from tests.sdk.streams.scripted import Asked, Caller, ScriptedExchange, soon

ORDER: dict[str, Any] = {
    "symbol": "BTCUSDT", "side": "buy", "order_type": "limit", "force": "gtc", "price": Decimal(100),
    "size": Decimal("0.1"),
}  # fmt: skip


async def open_orders(client: AsyncClient) -> list[str]:
    return [order.client_oid for order in await client.spot.trade.unfilled_orders(symbol="BTCUSDT")]


async def test_an_order_is_placed_and_cancelled(place: Environment, client: AsyncClient) -> None:
    async with Stream(place) as stream:
        placed = await soon(stream.spot.place_order(**ORDER, client_oid="mine"))
        assert (placed.client_oid, await open_orders(client)) == ("mine", ["mine"])
        cancelled = await soon(stream.spot.cancel_order(symbol="BTCUSDT", order_id=placed.order_id))
        assert cancelled.order_id == placed.order_id
        assert await open_orders(client) == []


async def test_refusals_are_rests(place: Environment) -> None:
    async with Stream(place) as stream:
        with pytest.raises(InvalidOrder, match="43007"):
            await soon(stream.spot.place_order(**ORDER | {"size": Decimal(10**6)}))
        with pytest.raises(OrderNotFound, match="43001"):
            await soon(stream.spot.cancel_order(symbol="BTCUSDT", order_id="1"))
        with pytest.raises(InvalidRequest, match="symbol"):
            await soon(stream.spot.cancel_order(order_id="1"))


async def test_an_order_whose_answer_is_lost_is_looked_up_and_not_placed_twice(
    place: Environment, client: AsyncClient
) -> None:
    await client.control.faults.add(kind="lost_order_answer", times=1)
    async with Stream(place) as stream:
        placed = await soon(stream.spot.place_order(**ORDER))
        assert await open_orders(client) == [placed.client_oid]


async def test_a_cancel_whose_answer_is_lost_is_found_done(place: Environment, client: AsyncClient) -> None:
    async with Stream(place) as stream:
        placed = await soon(stream.spot.place_order(**ORDER))
        await client.control.faults.add(kind="lost_order_answer", channel="cancel-order", times=1)
        cancelled = await soon(stream.spot.cancel_order(symbol="BTCUSDT", order_id=placed.order_id))
        assert cancelled.order_id == placed.order_id
        assert await open_orders(client) == []


async def test_of_a_filled_order_a_lost_cancel_says_that_nothing_is_left_to_cancel(
    place: Environment, client: AsyncClient
) -> None:
    async with Stream(place) as stream:
        terms = ORDER | {"price": Decimal(84000)}
        placed = await soon(stream.spot.place_order(**terms))
        await client.spot.trade.place_order(**terms | {"side": "sell"})
        await client.control.faults.add(kind="lost_order_answer", channel="cancel-order", times=1)
        with pytest.raises(OrderNotFound):
            await soon(stream.spot.cancel_order(symbol="BTCUSDT", order_id=placed.order_id))


async def test_an_order_that_never_arrived_is_sent_again_under_the_same_id(
    venue: ScriptedExchange, client: AsyncClient
) -> None:
    seen: list[str] = []

    async def lose_the_first(caller: Caller, asked: Asked) -> None:
        (argument,) = asked["args"]
        seen.append(argument["params"]["clientOid"])
        if len(seen) == 1:
            caller.drop()
        else:
            ids = {"orderId": "7", "clientOid": seen[-1]}
            await caller.say(event="trade", arg=[{**argument, "params": ids}], code=0, msg="Success")

    venue.on["trade"] = lose_the_first
    half = Environment(rest=client.environment.rest, ws=venue.environment.ws)
    async with Stream(half) as stream:
        placed = await soon(stream.spot.place_order(**ORDER))
    assert placed.order_id == "7"
    assert seen == [placed.client_oid] * 2


async def test_a_second_sending_refused_because_of_the_first_is_no_refusal(
    venue: ScriptedExchange, client: AsyncClient
) -> None:
    seen: list[str] = []

    async def take_the_first_late(caller: Caller, asked: Asked) -> None:
        (argument,) = asked["args"]
        seen.append(argument["params"]["clientOid"])
        if len(seen) == 1:
            caller.drop()
        else:
            await client.spot.trade.place_order(**ORDER, client_oid=seen[0])
            await caller.say(event="error", arg=[argument], code=43012, msg="Insufficient balance")

    venue.on["trade"] = take_the_first_late
    half = Environment(rest=client.environment.rest, ws=venue.environment.ws)
    async with Stream(half) as stream:
        placed = await soon(stream.spot.place_order(**ORDER))
    assert await open_orders(client) == [placed.client_oid]


async def test_an_order_that_can_have_no_client_oid_is_never_sent_again(
    venue: ScriptedExchange, client: AsyncClient
) -> None:
    sent: list[Asked] = []

    async def drop(caller: Caller, asked: Asked) -> None:
        sent.append(asked)
        caller.drop()

    venue.on["trade"] = drop
    half = Environment(rest=client.environment.rest, ws=venue.environment.ws)
    async with Stream(half) as stream:
        with pytest.raises(OutcomeUnknown):
            await soon(stream.spot.place_order(**ORDER, tpsl_type="tpsl", trigger_price=Decimal(90)))
    assert len(sent) == 1


async def test_an_order_that_nobody_can_tell_of_says_under_which_id_to_look(
    venue: ScriptedExchange, client: AsyncClient
) -> None:
    async def drop(caller: Caller, asked: Asked) -> None:
        caller.drop()

    venue.on["trade"] = drop
    await client.control.faults.add(kind="error", code="40015", path="/api/v2/spot/trade/orderInfo")
    half = Environment(rest=client.environment.rest, ws=venue.environment.ws)
    async with Stream(half) as stream:
        with pytest.raises(OutcomeUnknown, match="could not be found out") as failure:
            await soon(stream.spot.place_order(**ORDER, client_oid="lost-one"))
    assert failure.value.client_oids == ("lost-one",)


async def test_answers_are_matched_by_their_id(venue: ScriptedExchange) -> None:
    import asyncio

    waiting: list[Any] = []

    async def backwards(caller: Caller, asked: Asked) -> None:
        waiting.append(asked["args"][0])
        if len(waiting) == 2:
            for argument in reversed(waiting):
                ids = {"orderId": argument["params"]["price"], "clientOid": "x"}
                await caller.say(event="trade", arg=[{**argument, "params": ids}], code="0", msg="Success")

    venue.on["trade"] = backwards
    async with Stream(venue.environment) as stream:
        prices = [Decimal(1), Decimal(2)]
        answers = await soon(asyncio.gather(*(stream.spot.place_order(**ORDER | {"price": price}) for price in prices)))
        assert [answer.order_id for answer in answers] == ["1", "2"]


@pytest.mark.parametrize(("refusals", "sent"), [(1, 2), (9, 3)])
async def test_an_order_that_comes_too_soon_is_sent_again_after_a_rest(
    venue: ScriptedExchange, refusals: int, sent: int
) -> None:
    asked: list[str] = []

    async def refuse(caller: Caller, request: Asked) -> None:
        (argument,) = request["args"]
        asked.append(argument["params"]["clientOid"])
        if len(asked) <= refusals:
            await caller.say(event="error", arg=[argument], code=429, msg="Too Many Requests")
        else:
            ids = {"orderId": "7", "clientOid": asked[-1]}
            await caller.say(event="trade", arg=[{**argument, "params": ids}], code=0, msg="Success")

    venue.on["trade"] = refuse
    async with Stream(venue.environment) as stream:
        with pytest.raises(RateLimited) if refusals >= sent else nullcontext():
            assert (await soon(stream.spot.place_order(**ORDER))).order_id == "7"
    assert asked == asked[:1] * sent


async def test_without_a_connection_nothing_is_sent(venue: ScriptedExchange, way: Road) -> None:
    venue.refusing = True
    async with Stream(venue.environment, timeout=0.2) as stream:
        with pytest.raises(NetworkError) as failure:
            await soon(stream.spot.place_order(**ORDER))
        assert not failure.value.uncertain
