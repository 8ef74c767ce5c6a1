"""A batch whose rows failed is a success on the wire; the client tells each row's error in its class."""

from __future__ import annotations

import msgspec
import pytest

import papertape
from papertape import Client
from tests.sdk.recording import Answer, RecordingServer

BATCH = {
    "successList": [{"orderId": "1", "clientOid": "a"}],
    "failureList": [
        {"orderId": "", "clientOid": "b", "errorMsg": "Insufficient balance", "errorCode": "43012"},
        {"orderId": "", "clientOid": "c", "errorMsg": "clientOrderId duplicate", "errorCode": "43118"},
    ],
}


def answered(data: object) -> Answer:
    return Answer(msgspec.json.encode({"code": "00000", "msg": "success", "requestTime": 1, "data": data}))


def test_rows_that_failed_are_told_with_their_errors(server: RecordingServer, client: Client) -> None:
    server.answers = [answered(BATCH)]
    rows = papertape.failures(client.spot.trade.batch_cancel_order(symbol="BTCUSDT", order_list=[]))
    assert [(row.row.client_oid, type(row.error), row.error.code) for row in rows] == [
        ("b", papertape.InsufficientBalance, "43012"),
        ("c", papertape.DuplicateClientOid, "43118"),
    ]
    with pytest.raises(papertape.InsufficientBalance, match="Insufficient balance"):
        raise rows[0].error


def test_a_batch_without_failures_has_none(server: RecordingServer, client: Client) -> None:
    server.answers = [answered({**BATCH, "failureList": []})]
    assert papertape.failures(client.spot.trade.batch_cancel_order(symbol="BTCUSDT", order_list=[])) == []


def test_a_replacement_that_failed_says_why(server: RecordingServer, client: Client) -> None:
    rows = [
        {"orderId": "1", "clientOid": "a", "success": "success", "msg": None},
        {"orderId": None, "clientOid": "b", "success": "failure", "msg": "too small"},
    ]
    server.answers = [answered(rows)]
    told = papertape.failures(client.spot.trade.batch_cancel_replace_order(order_list=[]))
    assert [str(row.error) for row in told] == ["too small"]


class RefusedContract(msgspec.Struct):
    """A row of another product's batch."""

    contract: str
    error_code: str
    error_message: str


class ContractsReply(msgspec.Struct):
    """The reply to another product's batch."""

    failure_list: list[RefusedContract]


def test_the_batch_of_any_product_has_failures() -> None:
    row = RefusedContract("BTC", "40762", "The order amount exceeds the balance")
    (failure,) = papertape.failures(ContractsReply([row]))
    assert (failure.row, type(failure.error)) == (row, papertape.InsufficientBalance)
