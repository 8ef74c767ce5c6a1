"""Orders over WebSocket are the requests of REST."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from papertape.contract.channels import order_call
from papertape.contract.protocol.errors import INSUFFICIENT_BALANCE, Rejected
from papertape.contract.protocol.stream_orders import argument_of, done, refused
from papertape.contract.protocol.wire import encode
from papertape.contract.spot.trade import CancelOrder, OrderReference, PlaceOrder, SpotTrade

PLACE = {
    "id": "a1", "instType": "SPOT", "instId": "BTCUSDT", "channel": "place-order",
    "params": {"orderType": "limit", "side": "buy", "size": "1", "price": "252", "force": "GTC", "clientOid": "mine"},
}  # fmt: skip
CANCEL = PLACE | {"channel": "cancel-order", "params": {"orderId": "7"}}


def code_of(given: Any) -> str:
    with pytest.raises(Rejected) as refusal:
        order_call(argument_of(given))
    return refusal.value.error.code


def test_an_order_is_the_request_of_rest() -> None:
    call = order_call(argument_of(PLACE))
    assert call.endpoint is SpotTrade.place_order
    assert call.request == PlaceOrder(
        symbol="BTCUSDT", side="buy", order_type="limit", force="gtc", size=Decimal(1), price=Decimal(252),
        client_oid="mine",
    )  # fmt: skip


def test_a_cancel_is_the_request_of_rest() -> None:
    call = order_call(argument_of(CANCEL))
    assert call.endpoint is SpotTrade.cancel_order
    assert call.request == CancelOrder(symbol="BTCUSDT", order_id="7")


def test_the_instrument_is_the_arguments_and_not_a_parameters() -> None:
    given = PLACE | {"params": PLACE["params"] | {"symbol": "ETHUSDT"}}
    assert order_call(argument_of(given)).request.symbol == "BTCUSDT"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("text", "30016"),
        (PLACE | {"id": 5}, "30016"),
        (PLACE | {"id": "a" * 41}, "30016"),
        (PLACE | {"id": "ü"}, "30016"),
        (PLACE | {"params": []}, "30016"),
        ({name: value for name, value in PLACE.items() if name != "instId"}, "30016"),
        (PLACE | {"channel": "batch-orders"}, "30001"),
        (PLACE | {"instType": "OPTIONS"}, "30001"),
        (PLACE | {"params": {"side": "buy"}}, "40019"),
        (PLACE | {"params": PLACE["params"] | {"side": "up"}}, "40020"),
    ],
)
def test_what_cannot_be_read_is_refused(given: Any, code: str) -> None:
    assert code_of(given) == code


def test_an_answer_repeats_the_argument_with_the_ids() -> None:
    answer = done(argument_of(PLACE), OrderReference(order_id="1", client_oid="mine"), 5)
    assert msgspec.json.decode(encode(answer)) == {
        "event": "trade", "arg": [PLACE | {"params": {"orderId": "1", "clientOid": "mine"}}],
        "code": 0, "msg": "Success", "ts": 5,
    }  # fmt: skip


def test_a_refusal_repeats_the_parameters() -> None:
    nameless = {name: value for name, value in PLACE.items() if name != "id"}
    answer = refused(argument_of(nameless), INSUFFICIENT_BALANCE, 5)
    assert msgspec.json.decode(encode(answer)) == {
        "event": "error", "arg": [nameless], "code": 43012, "msg": "Insufficient balance", "ts": 5,
    }  # fmt: skip
