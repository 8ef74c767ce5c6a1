"""An answer is lost on its way; what was asked for happens once, and its caller hears so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, Literal

import pytest

import papertape
from papertape import AsyncClient, Client, OutcomeUnknown
from papertape.contract.spot.trade import BatchCancelRow, BatchOrder, CancelReplaceOrder
from papertape.sdk.environment import Environment, at
from tests.cli.serving import serving
from tests.sdk.recording import Answer, RecordingServer

Lost = Literal["lost_answer", "lost_request", "garbled", "bad_gateway"]
LOST: tuple[Lost, ...] = ("lost_answer", "lost_request", "garbled", "bad_gateway")
TRADE = "/api/v2/spot/trade/"
ORDER: dict[str, Any] = {"symbol": "BTCUSDT", "side": "buy", "order_type": "limit", "force": "gtc"}
TERMS: dict[str, Any] = {**ORDER, "size": Decimal("0.01"), "price": Decimal(50000)}
TRIGGER: dict[str, Any] = {
    "symbol": "BTCUSDT",
    "side": "buy",
    "trigger_price": Decimal(50000),
    "order_type": "market",
    "size": Decimal(100),
    "plan_type": "total",
    "trigger_type": "fill_price",
}


@pytest.fixture(scope="module")
def place() -> Iterator[Environment]:
    """An exchange on which nobody else trades."""
    with serving("--market", "still", "--limits", "off") as served:
        yield at(served.rest, served.ws)


@pytest.fixture
def client(place: Environment) -> Iterator[Client]:
    """The developer's client of an exchange as on its first day, with nothing wrong yet."""
    with Client(place, timeout=5, limits="off") as client:
        client.control.faults.remove()
        client.spot.trade.cancel_symbol_order(symbol="BTCUSDT")
        client.spot.plan.batch_cancel_plan_orders()
        yield client
        client.control.faults.remove()


def lose(client: Client, kind: Lost, path: str, times: int = 1) -> None:
    client.control.faults.add(kind=kind, path=path, times=times)


def open_orders(client: Client) -> list[tuple[str, str]]:
    return [(order.order_id, order.client_oid) for order in client.spot.trade.unfilled_orders(symbol="BTCUSDT")]


@pytest.mark.parametrize("kind", LOST)
def test_an_order_is_placed_once(client: Client, kind: Lost) -> None:
    lose(client, kind, TRADE + "place-order")
    placed = client.spot.trade.place_order(**TERMS)
    assert open_orders(client) == [(placed.order_id, placed.client_oid)]


def test_every_order_has_a_client_oid_of_its_own(client: Client) -> None:
    names = {client.spot.trade.place_order(**TERMS).client_oid for _ in range(3)}
    assert len(names) == 3
    assert all(name and name.startswith("pt-") and len(name) == 32 for name in names)
    assert client.spot.trade.place_order(**TERMS, client_oid="mine").client_oid == "mine"


def test_an_order_whose_answer_is_lost_again_and_again_is_placed_once(client: Client) -> None:
    lose(client, "lost_request", TRADE + "place-order")
    client.control.faults.add(kind="lost_answer", path=TRADE + "place-order", after=1, times=1)
    placed = client.spot.trade.place_order(**TERMS)
    assert open_orders(client) == [(placed.order_id, placed.client_oid)]


def test_an_order_that_can_never_be_placed_is_not_known_to_be(client: Client) -> None:
    lose(client, "lost_request", TRADE + "place-order", times=9)
    with pytest.raises(OutcomeUnknown) as caught:
        client.spot.trade.place_order(**TERMS, client_oid="gone")
    assert caught.value.client_oids == ("gone",)
    assert isinstance(caught.value.__cause__, papertape.NetworkError)
    assert caught.value.hint
    assert open_orders(client) == []


def test_when_the_lookup_fails_too_nothing_is_sent_again(client: Client) -> None:
    lose(client, "lost_answer", TRADE + "place-order")
    client.control.faults.add(kind="bad_gateway", path=TRADE + "orderInfo", times=9)
    with pytest.raises(OutcomeUnknown, match="could not be found out"):
        client.spot.trade.place_order(**TERMS, client_oid="there")
    client.control.faults.remove()
    assert [name for _, name in open_orders(client)] == ["there"]


def test_without_retries_an_order_is_still_looked_up(client: Client) -> None:
    lose(client, "lost_answer", TRADE + "place-order")
    placed = client.with_options(retries=0).spot.trade.place_order(**TERMS)
    assert open_orders(client) == [(placed.order_id, placed.client_oid)]
    lose(client, "lost_request", TRADE + "place-order")
    with pytest.raises(OutcomeUnknown):
        client.with_options(retries=0).spot.trade.place_order(**TERMS)


def test_a_lost_answer_to_anothers_name_is_a_duplicate(client: Client) -> None:
    client.spot.trade.place_order(**TERMS, client_oid="taken")
    lose(client, "lost_request", TRADE + "place-order")
    with pytest.raises(OutcomeUnknown) as caught:
        client.spot.trade.place_order(**{**TERMS, "side": "sell", "price": Decimal(99000)}, client_oid="taken")
    assert isinstance(caught.value.__cause__, papertape.DuplicateClientOid)
    assert [name for _, name in open_orders(client)] == ["taken"]


@pytest.mark.parametrize("kind", LOST)
def test_a_cancel_is_done_once_and_is_no_error(client: Client, kind: Lost) -> None:
    placed = client.spot.trade.place_order(**TERMS)
    lose(client, kind, TRADE + "cancel-order")
    assert client.spot.trade.cancel_order(symbol="BTCUSDT", order_id=placed.order_id).order_id == placed.order_id
    assert open_orders(client) == []


@pytest.mark.parametrize("kind", ["lost_answer", "lost_request", "bad_gateway"])
def test_of_a_filled_order_a_lost_cancel_says_that_nothing_is_left_to_cancel(client: Client, kind: Lost) -> None:
    terms = {**TERMS, "price": Decimal(84000)}
    placed = client.spot.trade.place_order(**terms)
    client.spot.trade.place_order(**{**terms, "side": "sell"})
    lose(client, kind, TRADE + "cancel-order")
    with pytest.raises(papertape.OrderNotFound):
        client.spot.trade.cancel_order(symbol="BTCUSDT", order_id=placed.order_id)


def test_what_became_of_a_cancel_is_not_looked_for_under_a_client_oid(client: Client) -> None:
    placed = client.spot.trade.place_order(**TERMS)
    lose(client, "lost_request", TRADE + "cancel-order", times=9)
    with pytest.raises(OutcomeUnknown) as caught:
        client.spot.trade.cancel_order(symbol="BTCUSDT", order_id=placed.order_id)
    assert "client_oids" not in caught.value.hint


@pytest.mark.parametrize("kind", LOST)
def test_a_batch_is_placed_once(client: Client, kind: Lost) -> None:
    rows = [BatchOrder(**{**TERMS, "symbol": None, "price": Decimal(50000 + step)}) for step in range(4)]
    rows.append(BatchOrder(**{**TERMS, "symbol": None, "size": Decimal(3)}))
    lose(client, kind, TRADE + "batch-orders")
    outcome = client.spot.trade.batch_orders(symbol="BTCUSDT", order_list=rows)
    assert [type(row.error) for row in papertape.failures(outcome)] == [papertape.InsufficientBalance]
    assert sorted(open_orders(client)) == sorted((row.order_id, row.client_oid) for row in outcome.success_list)
    assert len(outcome.success_list) == 4


@pytest.mark.parametrize("kind", LOST)
def test_a_batch_is_cancelled_once(client: Client, kind: Lost) -> None:
    placed = [client.spot.trade.place_order(**TERMS) for _ in range(3)]
    lose(client, kind, TRADE + "batch-cancel-order")
    rows = [BatchCancelRow(order_id=order.order_id) for order in placed]
    outcome = client.spot.trade.batch_cancel_order(symbol="BTCUSDT", order_list=rows)
    assert {row.order_id for row in outcome.success_list} == {order.order_id for order in placed}
    assert open_orders(client) == []


@pytest.mark.parametrize("kind", LOST)
def test_an_order_is_replaced_once(client: Client, kind: Lost) -> None:
    placed = client.spot.trade.place_order(**TERMS)
    lose(client, kind, TRADE + "cancel-replace-order")
    replaced = client.spot.trade.cancel_replace_order(
        symbol="BTCUSDT", order_id=placed.order_id, price=Decimal(49000), size=Decimal("0.02")
    )
    assert replaced.success == "success"
    assert open_orders(client) == [(replaced.order_id, replaced.client_oid)]


@pytest.mark.parametrize("kind", ["lost_answer", "lost_request"])
def test_orders_are_replaced_once(client: Client, kind: Lost) -> None:
    placed = [client.spot.trade.place_order(**TERMS) for _ in range(2)]
    rows = [
        CancelReplaceOrder(symbol="BTCUSDT", order_id=order.order_id, price=Decimal(49000), size=Decimal("0.02"))
        for order in placed
    ]
    lose(client, kind, TRADE + "batch-cancel-replace-order")
    replaced = client.spot.trade.batch_cancel_replace_order(order_list=rows)
    assert sorted(open_orders(client)) == sorted((row.order_id, row.client_oid) for row in replaced)
    assert len(replaced) == 2


@pytest.mark.parametrize("kind", ["lost_answer", "lost_request"])
def test_a_trigger_order_is_placed_and_cancelled_once(client: Client, kind: Lost) -> None:
    lose(client, kind, TRADE + "place-plan-order")
    placed = client.spot.plan.place_plan_order(**TRIGGER)
    waiting = client.spot.plan.current_plan_orders(symbol="BTCUSDT").order_list
    assert [(order.order_id, order.client_oid) for order in waiting] == [(placed.order_id, placed.client_oid)]
    lose(client, kind, TRADE + "cancel-plan-order")
    assert client.spot.plan.cancel_plan_order(order_id=placed.order_id).result == "success"
    assert client.spot.plan.current_plan_orders(symbol="BTCUSDT").order_list == []


def moved(client: Client, coin: str, move: Callable[[], object]) -> Decimal:
    """By how much a coin's available balance falls."""
    (before,) = client.spot.account.assets(coin=coin)
    move()
    (after,) = client.spot.account.assets(coin=coin)
    return before.available - after.available


@pytest.mark.parametrize("kind", ["lost_answer", "lost_request"])
def test_a_transfer_is_made_once(client: Client, kind: Lost) -> None:
    lose(client, kind, "/api/v2/spot/wallet/transfer")
    ten = {"from_type": "spot", "to_type": "p2p", "amount": Decimal(10), "coin": "USDT"}
    assert moved(client, "USDT", lambda: client.spot.wallet.transfer(**ten)) == 10


@pytest.mark.parametrize("kind", ["lost_answer", "lost_request"])
def test_async_places_an_order_once_too(client: Client, kind: Lost) -> None:
    async def place() -> str:
        async with AsyncClient(client.environment, limits="off") as other:
            return (await other.spot.trade.place_order(**TERMS)).order_id

    lose(client, kind, TRADE + "place-order")
    order_id = asyncio.run(place())
    assert [known for known, _ in open_orders(client)] == [order_id]


def test_a_storm_of_failures_loses_and_doubles_nothing(client: Client) -> None:
    for number, kind in enumerate([*LOST, "rate_limit", "slow_answer"]):
        client.control.faults.add(
            kind=kind,
            path=TRADE + "*",
            probability=Decimal("0.15"),
            seed=number,
            milliseconds=20 if kind == "slow_answer" else None,
        )
    stubborn = client.with_options(retries=9)
    placed = [stubborn.spot.trade.place_order(**TERMS).order_id for _ in range(12)]
    struck = {fault.kind for fault in client.control.faults.list() if fault.hits}
    assert {"lost_answer", "lost_request"} <= struck
    client.control.faults.remove()
    assert sorted(known for known, _ in open_orders(client)) == sorted(placed)


PLACED = b'{"orderId":"7","clientOid":"mine","symbol":"BTCUSDT","side":"buy","status":"live"}'


def answered(data: bytes, code: bytes = b"00000", status: int = 200) -> Answer:
    return Answer(b'{"code":"%b","msg":"told","requestTime":1,"data":%b}' % (code, data), status)


LOST_ANSWER, NOTHING, THERE = Answer(status=None), answered(b"[]"), answered(b"[%b]" % PLACED)
NO_FUNDS = answered(b"null", b"43012", 400)


@pytest.fixture
def recorded(server: RecordingServer) -> Iterator[Client]:
    """A client of a server that answers as told."""
    with Client(server.environment, limits="off") as client:
        yield client


def sent(server: RecordingServer) -> list[str]:
    return [each.target.partition("?")[0].removeprefix(TRADE) for each in server.received]


def test_a_second_sending_refused_because_of_the_first_is_no_refusal(server: RecordingServer, recorded: Client) -> None:
    server.answers = [LOST_ANSWER, NOTHING, NO_FUNDS, THERE]
    assert recorded.spot.trade.place_order(**TERMS, client_oid="mine").order_id == "7"
    assert sent(server) == ["place-order", "orderInfo", "place-order", "orderInfo"]


def test_a_second_sending_refused_for_itself_is_a_refusal(server: RecordingServer, recorded: Client) -> None:
    server.answers = [LOST_ANSWER, NOTHING, NO_FUNDS, NOTHING]
    with pytest.raises(papertape.InsufficientBalance):
        recorded.spot.trade.place_order(**TERMS, client_oid="mine")


def test_an_order_that_the_exchange_does_not_know_is_placed(server: RecordingServer, recorded: Client) -> None:
    unknown = answered(b"null", b"43001", 400)
    server.answers = [LOST_ANSWER, unknown, answered(b'{"orderId":"8","clientOid":"mine"}')]
    assert recorded.spot.trade.place_order(**TERMS, client_oid="mine").order_id == "8"


def test_the_cancel_of_an_order_that_was_filled_meanwhile_is_refused(server: RecordingServer, recorded: Client) -> None:
    filled = answered(b"[%b]" % PLACED.replace(b"live", b"filled"))
    server.answers = [LOST_ANSWER, filled, answered(b"null", b"43001", 400), filled]
    with pytest.raises(papertape.OrderNotFound):
        recorded.spot.trade.cancel_order(symbol="BTCUSDT", order_id="7")
    assert sent(server) == ["cancel-order", "orderInfo", "cancel-order", "orderInfo"]


def test_an_order_that_can_have_no_client_oid_is_never_sent_again(server: RecordingServer, recorded: Client) -> None:
    server.answers = [LOST_ANSWER]
    with pytest.raises(OutcomeUnknown):
        recorded.spot.trade.place_order(**TERMS, tpsl_type="tpsl", trigger_price=Decimal(49000))
    assert sent(server) == ["place-order"]
    assert b"clientOid" not in server.last.body


def test_a_withdrawal_is_looked_for_and_never_sent_again(server: RecordingServer, recorded: Client) -> None:
    server.answers = [LOST_ANSWER, Answer(), NOTHING]
    with pytest.raises(OutcomeUnknown) as caught:
        recorded.spot.wallet.withdraw(
            coin="USDT", transfer_type="on_chain", address="0x1", chain="trc20", size=Decimal(10), client_oid="out"
        )
    assert caught.value.client_oids == ("out",)
    assert [sent.method for sent in server.received] == ["POST", "GET", "GET"]


def test_a_batch_without_rows_is_not_looked_for(server: RecordingServer, recorded: Client) -> None:
    server.answers = [LOST_ANSWER, answered(b'{"successList":[],"failureList":[]}')]
    assert recorded.spot.trade.batch_cancel_order(symbol="BTCUSDT", order_list=[]).success_list == []
