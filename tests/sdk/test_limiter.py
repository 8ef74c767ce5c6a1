"""Calls keep to the documented limits by themselves; each endpoint has its own budget, cancels a part of the rest."""

from __future__ import annotations

import pytest

from papertape import Client, Limiter, RateLimited
from papertape.contract.protocol.endpoint import UNLIMITED, Limit
from papertape.contract.spot.trade import SpotTrade
from papertape.sdk.limiter import ADDRESS_LIMIT, KEPT_FOR_URGENT, MARGIN, Budget
from tests.sdk.recording import Answer, RecordingServer

TEN_A_SECOND = Limit(10, "uid")


class Hand:
    """A clock in seconds, moved by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def waits(limiter: Limiter, count: int, path: str = "/a", key: str = "k", *, urgent: bool = False) -> list[float]:
    """How long each of so many calls, asked for at once, has to wait."""
    return [limiter.turn(path, TEN_A_SECOND, key, urgent=urgent, patience=1e9) for _ in range(count)]


def test_calls_beyond_the_limit_wait_for_their_turn_in_the_order_asked() -> None:
    second = 1 * MARGIN
    assert waits(Limiter(Hand()), 25) == pytest.approx([0.0] * 10 + [second] * 10 + [2 * second] * 5)


def test_two_endpoints_do_not_share_a_budget() -> None:
    limiter = Limiter(Hand())
    assert waits(limiter, 10, "/a") + waits(limiter, 10, "/b") == [0.0] * 20


def test_two_keys_share_no_uids_budget_but_an_addresss() -> None:
    limiter = Limiter(Hand())
    assert waits(limiter, 10, key="one") + waits(limiter, 10, key="two") == [0.0] * 20
    by_address = Limit(10, "ip")
    waited = [limiter.turn("/ip", by_address, key, urgent=False, patience=9) for key in ["one", "two"] * 6]
    assert waited == pytest.approx([0.0] * 10 + [MARGIN] * 2)


def test_turns_come_back_as_time_passes() -> None:
    clock = Hand()
    limiter = Limiter(clock)
    waits(limiter, 10)
    clock.seconds = 0.5
    assert waits(limiter, 1) == pytest.approx([MARGIN - 0.5])
    clock.seconds = 3.0
    assert waits(limiter, 10) == [0.0] * 10


def test_a_cancel_goes_out_while_the_addresss_budget_is_spent() -> None:
    limiter = Limiter(Hand())
    ordinary = ADDRESS_LIMIT.count - KEPT_FOR_URGENT
    for _ in range(ordinary):
        assert limiter.turn("/many", UNLIMITED, "k", urgent=False, patience=0) == 0
    assert limiter.turn("/many", UNLIMITED, "k", urgent=False, patience=0) == pytest.approx(60 * MARGIN)
    cancels = [limiter.turn("/cancel", UNLIMITED, "k", urgent=True, patience=0) for _ in range(KEPT_FOR_URGENT + 1)]
    assert cancels == pytest.approx([0.0] * KEPT_FOR_URGENT + [60 * MARGIN])


def test_a_turn_beyond_the_callers_patience_is_not_taken() -> None:
    limiter = Limiter(Hand())
    waits(limiter, 10)
    for _ in range(3):
        assert limiter.turn("/a", TEN_A_SECOND, "k", urgent=False, patience=0.5) == pytest.approx(MARGIN)


def test_a_turn_given_back_is_the_next_ones() -> None:
    limiter = Limiter(Hand())
    waits(limiter, 10)
    for _ in range(100):
        turn = limiter.reserve("/a", TEN_A_SECOND, "k", urgent=False, patience=60)
        assert turn.seconds == pytest.approx(MARGIN)
        limiter.give_back(turn)


def test_no_window_holds_more_than_the_budget_whatever_the_order_of_the_turns() -> None:
    budget, taken = Budget(2, 10.0), []
    for now, elsewhere in [(0.0, 0.0), (0.0, 17.0), (1.0, 0.0), (2.0, 0.0), (3.0, 0.0), (4.0, 50.0), (5.0, 0.0)]:
        at = max(budget.next(now), now + elsewhere)
        budget.take(at)
        taken.append(at)
    taken.sort()
    assert [later - earlier for earlier, later in zip(taken, taken[2:], strict=False) if later - earlier < 10] == []


def test_after_a_refusal_the_endpoint_rests() -> None:
    clock = Hand()
    limiter = Limiter(clock)
    limiter.refused("/a", TEN_A_SECOND, "k", 3.0)
    assert waits(limiter, 1, "/a") == [3.0]
    assert waits(limiter, 1, "/b") == [0.0]


def test_a_client_told_to_fail_sends_nothing_beyond_the_limit(server: RecordingServer) -> None:
    with Client(server.environment, limits="fail") as client:
        for _ in range(20):
            client.public.time()
        with pytest.raises(RateLimited, match="may go out in") as caught:
            client.public.time()
    assert len(server.received) == 20
    assert 0 < (caught.value.retry_after or 0) <= MARGIN
    assert "limit" in caught.value.hint


def test_two_endpoints_go_at_their_full_pace_side_by_side(server: RecordingServer) -> None:
    orders = Answer(b'{"code":"00000","msg":"success","data":[]}')
    server.answers = [orders] * 30
    with Client(server.environment, limits="fail") as client:
        for _ in range(SpotTrade.order_info.limit.count):
            client.spot.trade.order_info(order_id="1")
        for _ in range(SpotTrade.fills.limit.count):
            client.spot.trade.fills()
        with pytest.raises(RateLimited):
            client.spot.trade.fills()
    assert len(server.received) == 30


def test_clients_of_one_address_can_share_their_budgets(server: RecordingServer) -> None:
    with (
        Client(server.environment, limits="fail") as one,
        Client(server.environment, limits="fail", limiter=one.limiter, key="other") as two,
    ):
        for _ in range(10):
            one.public.time()
            two.public.time()
        with pytest.raises(RateLimited):
            two.public.time()


def test_a_429_is_waited_out_and_sent_again(server: RecordingServer) -> None:
    refused = Answer(b'{"code":"429","msg":"Too many requests","data":null}', 429, {"Retry-After": "1"})
    placed = b'{"code":"00000","msg":"success","data":{"orderId":"7","clientOid":"a"}}'
    server.answers = [refused, Answer(placed)]
    with Client(server.environment) as client:
        assert client.spot.trade.cancel_order(symbol="BTCUSDT", order_id="7").order_id == "7"
    assert len(server.received) == 2
    between = [int(sent.headers["access-timestamp"]) for sent in server.received]
    assert between[1] - between[0] >= 1000
