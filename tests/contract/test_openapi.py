"""The OpenAPI documents are valid and say what the declarations say."""

from __future__ import annotations

import re

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from papertape.contract.catalog import ENDPOINTS
from papertape.contract.openapi import DECIMAL, document


@pytest.mark.parametrize("control", [False, True])
def test_the_document_is_valid_openapi_31(control):
    assert list(OpenAPIV31SpecValidator(document(control=control)).iter_errors()) == []


def test_every_path_is_described_once():
    paths = set(document()["paths"]) | set(document(control=True)["paths"])
    declared = {path for each in ENDPOINTS for path in (each.path, *each.aliases) if each.access != "internal"}
    assert paths == declared


def test_an_operation_tells_limit_permission_and_security():
    operation = document()["paths"]["/api/v2/spot/trade/place-order"]["post"]
    assert operation["x-rate-limit"] == {"count": 10, "seconds": 1, "by": "uid"}
    assert operation["x-permission"] == "spot_trade"
    assert list(operation["security"][0]) == ["ACCESS-KEY", "ACCESS-SIGN", "ACCESS-TIMESTAMP", "ACCESS-PASSPHRASE"]
    assert operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("/PlaceOrder")


def test_a_bare_list_is_described_as_one():
    operation = document()["paths"]["/api/v2/user/batch-create-subaccount-and-apikey"]["post"]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    assert schema == {"type": "array", "items": {"$ref": "#/components/schemas/SubaccountWithKey"}}


def test_query_parameters_are_listed_with_their_words():
    [symbol, granularity, *_] = document()["paths"]["/api/v2/spot/market/candles"]["get"]["parameters"]
    assert (symbol["name"], symbol["required"]) == ("symbol", True)
    assert "1Dutc" in granularity["schema"]["enum"]


def test_replies_are_described_in_their_envelope():
    responses = document()["paths"]["/api/v2/spot/market/tickers"]["get"]["responses"]
    envelope = responses["200"]["content"]["application/json"]["schema"]
    assert envelope["properties"]["data"] == {"type": "array", "items": {"$ref": "#/components/schemas/Ticker"}}
    assert set(responses) == {"200", "429", "4XX"}


def test_the_control_plane_has_no_envelope():
    reply = document(control=True)["paths"]["/papertape/v1/clock"]["get"]["responses"]["200"]
    assert reply["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/ClockState"}


def test_the_pattern_of_amounts():
    assert all(re.search(DECIMAL, good) for good in ("1", "0.5", "-1.", ".5"))
    assert not any(re.search(DECIMAL, bad) for bad in ("", ".", "1e5", "NaN", "1_0"))
