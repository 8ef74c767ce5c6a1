"""How often a caller may ask, by the second and by the minute."""

from __future__ import annotations

from papertape.gateway.rate_limits import BLOCK_MS
from tests.gateway.desk import ASSETS, LIMIT_BUY, ORDER, TIME, Desk

LEFT = "x-mbx-used-remain-limit"


async def test_what_is_left_of_the_second_is_told(desk: Desk) -> None:
    answers = [await desk.send("GET", TIME) for _ in range(21)]
    assert [answer.headers[LEFT] for answer in answers] == [*map(str, range(19, -1, -1)), "0"]
    assert [answer.status for answer in answers] == [200] * 20 + [429]
    assert (answers[-1].code, answers[-1].json["data"]) == ("429", None)


async def test_the_next_second_begins_anew(desk: Desk) -> None:
    for _ in range(21):
        await desk.send("GET", TIME)
    desk.clock.advance(1000)
    assert (await desk.send("GET", TIME)).headers[LEFT] == "19"


async def test_a_signed_limit_counts_the_account_not_the_address(desk: Desk) -> None:
    for peer in ("127.0.0.1", "127.0.0.2"):
        for _ in range(5):
            assert (await desk.signed("GET", ASSETS, peer=peer)).status == 200
    assert (await desk.signed("GET", ASSETS, peer="127.0.0.3")).status == 429
    assert (await desk.signed("GET", ASSETS, access_key="papertape-key-2")).status == 200


async def test_each_endpoint_counts_by_itself(desk: Desk) -> None:
    for _ in range(11):
        last = await desk.signed("GET", ASSETS)
    assert last.status == 429
    assert (await desk.signed("POST", ORDER, LIMIT_BUY)).status == 200


async def test_an_unsigned_request_uses_up_nobodys_limit(desk: Desk) -> None:
    for _ in range(50):
        assert (await desk.signed("GET", ASSETS, secret="guess")).code == "40009"
    assert (await desk.signed("GET", ASSETS)).headers[LEFT] == "9"


async def test_a_rejected_request_counts_and_tells_what_is_left(desk: Desk) -> None:
    answer = await desk.signed("POST", ORDER, b"{}")
    assert (answer.status, answer.headers[LEFT]) == (400, "9")


async def test_an_address_past_6000_a_minute_is_blocked_for_five_minutes(desk: Desk) -> None:
    flood = [(await desk.send("GET", "/nowhere", peer="10.0.0.9")).status for _ in range(6001)]
    assert flood == [404] * 6000 + [429]
    desk.clock.advance(BLOCK_MS - 1)
    assert (await desk.send("GET", TIME, peer="10.0.0.9")).status == 429
    assert (await desk.send("GET", TIME)).status == 200
    desk.clock.advance(1)
    assert (await desk.send("GET", TIME, peer="10.0.0.9")).status == 200


async def test_a_blocked_address_still_reaches_the_control_plane(desk: Desk) -> None:
    for _ in range(6001):
        await desk.send("GET", "/nowhere")
    assert (await desk.control("GET", "clock")).status == 200


async def test_limits_can_be_off(desk: Desk) -> None:
    unlimited = Desk(desk.exchange, limits=False)
    for _ in range(100):
        answer = await unlimited.send("GET", TIME)
        assert answer.status == 200
        assert LEFT not in answer.headers
