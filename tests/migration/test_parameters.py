"""What changes in the parameters is told, endpoint by endpoint, from the catalogue's names."""

from __future__ import annotations

import msgspec
import pytest

from papertape.contract.catalog import BY_PATH, replaced_paths
from papertape.migration.parameters import changes, v2_parameters
from papertape.migration.places import replaced


def told(path: str, place: int = 0) -> str:
    row = replaced()[path.lower()]
    return "\n".join(changes(row, row.places[place]))


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/api/spot/v1/trade/orders", "renamed: quantity to size, clientOrderId to clientOid"),
        ("/api/spot/v1/trade/orders", "normal is gtc"),
        ("/api/spot/v1/trade/batch-orders", "orderList[].quantity to orderList[].size"),
        ("/api/spot/v1/market/candles", "renamed: period to granularity, after to startTime, before to endTime"),
        ("/api/spot/v1/market/depth", "150 or 200"),
        ("/api/spot/v1/account/bills", "POST becomes GET: parameters go in the query"),
        ("/api/spot/v1/account/bills", "after to idLessThan"),
        ("/api/spot/v1/account/bills", "no longer taken: before"),
        ("/api/spot/v1/wallet/deposit-list", "pageSize to limit"),
        ("/api/spot/v1/wallet/deposit-list", "no longer taken: pageNo"),
        ("/api/spot/v1/wallet/withdrawal-inner", "toUid to address"),
        ("/api/spot/v1/wallet/transfer", "mix_usdt is usdt_futures"),
        ("/api/mix/v1/order/placeOrder", "now required: productType, marginMode"),
        ("/api/mix/v1/order/placeOrder", "open_long is buy and open"),
        ("/api/mix/v1/plan/placeTrailStop", "rangeRate to callbackRatio"),
        ("/api/mix/v1/account/setPositionMode", "holdMode to posMode"),
        ("/api/mix/v1/market/tickers", "umcbl is USDT-FUTURES"),
        ("/api/margin/v1/cross/order/placeOrder", "baseQuantity to baseSize, quoteAmount to quoteSize"),
        ("/api/user/v1/tax/spot-record", "takes coin, startTime*, endTime*, limit, idLessThan"),
        ("/api/user/v1/tax/spot-record", "id outranks startTime and endTime, which outrank idLessThan"),
    ],
)
def test_the_change_is_told(path: str, sentence: str) -> None:
    assert sentence in told(path)


def test_an_endpoint_that_stayed_as_it_was_has_nothing_to_tell() -> None:
    assert told("/api/spot/v1/public/time") == ""


def test_a_reversing_order_has_its_own_place() -> None:
    assert "reverse true" in told("/api/mix/v1/order/placeOrder", 1)


def test_each_place_of_the_tables_is_known_with_its_parameters() -> None:
    places = [place for row in replaced().values() for place in row.places]
    assert {row.v2_path for row in replaced_paths() if row.v1_path} <= {
        path for place in places for path in (place.path, place.table_path)
    }


def test_the_names_are_those_of_the_contract() -> None:
    """Where this exchange declares the endpoint, its request has every name that the packaged facts hold."""
    checked = 0
    for place in (place for row in replaced().values() for place in row.places):
        endpoint = BY_PATH.get(place.path)
        names = {name for name in v2_parameters(place.path) if "[]" not in name}
        if endpoint is None or endpoint.method != "GET" or not names:
            continue
        declared = {field.encode_name for field in msgspec.structs.fields(endpoint.request)}
        assert names <= declared, place.path
        checked += 1
    assert checked > 15
