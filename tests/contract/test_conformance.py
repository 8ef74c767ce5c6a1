"""The declarations beside the documentation's facts: every endpoint, parameter, response field, word and limit.

``data/documented.json`` holds the facts: names, types, required or not, words. Where we knowingly answer
otherwise, it is listed here or in ``tests/documented.py`` with the reason.
"""

from __future__ import annotations

import re
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
import pytest

from papertape.contract.catalog import BY_PATH, CATALOGUE, ENDPOINTS
from papertape.contract.protocol.wire import Amount, Count, Moment, Number, Reply, Sealed, Timestamp
from tests.documented import FACTS, OTHERWISE

PARAMETERS = [(fact["path"], *row) for fact in FACTS for row in fact["parameters"]]
FIELDS = [(fact["path"], *row) for fact in FACTS for row in fact["fields"]]

OPTIONAL_THOUGH_REQUIRED = {
    ("/api/v2/common/all-trade-rate", "symbol"): "its request example leaves it out",
    ("/api/v2/spot/trade/cancel-order", "symbol"): "optional when tpslType=tpsl, as its note says",
    ("/api/v2/spot/wallet/transfer", "symbol"): "required for isolated margin only, as its note says",
}
WIDER_WORDS = {
    ("/api/v2/public/annoucements", "language"): "others fall back to English",
    ("/api/v2/spot/market/merge-depth", "limit"): "the example and real clients send other numbers",
}
LISTS = ("Array", "List<String>")
TEXT = (str, Amount, Timestamp, Moment, Count, Sealed)


def alternatives(kind: Any) -> list[tuple[Any, list[str]]]:
    """The types that a type stands for, without ``None``, each with the words documented on it."""
    if get_origin(kind) is Annotated:
        inner, *metas = get_args(kind)
        known = [word for meta in metas for word in (meta.extra_json_schema or {}).get("x-known-values", ())]
        return [(found, words + known) for found, words in alternatives(inner)]
    if get_origin(kind) in (Union, UnionType):
        return [found for part in get_args(kind) if part is not NoneType for found in alternatives(part)]
    if get_origin(kind) is list:
        return [(kind, [word for _, words in alternatives(get_args(kind)[0]) for word in words])]
    return [(kind, list(get_args(kind)) if get_origin(kind) is Literal else [])]


def at(kind: Any, path: str) -> Any:
    """The type at a path like ``orderList[].price``; what lies inside a JSON text is the text itself."""
    for step in re.findall(r"\[\d*\]|[^.\[\]]+", path):
        kind = alternatives(kind)[0][0]
        if kind is str:
            return str
        if step == "[]":
            assert get_origin(kind) is list, f"{kind} is no list"
            kind = get_args(kind)[0]
        elif step.startswith("["):
            kind = msgspec.structs.fields(kind)[int(step[1:-1])].type
        else:
            fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
            assert step in fields, f"{kind.__name__} has no {step}"
            kind = fields[step].type
    return kind


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact["path"])
def test_endpoint_method_access_and_limit(fact):
    endpoint = BY_PATH[fact["path"]]
    assert endpoint.method == fact["method"]
    assert endpoint.access == {"public": "public", "private": "signed"}[fact["auth"]]
    assert [endpoint.limit.count, endpoint.limit.per_seconds, endpoint.limit.by] == fact["limit"]


@pytest.mark.parametrize(("path", "name", "kind", "required", "words"), [(*row, [])[:5] for row in PARAMETERS])
def test_parameter(path, name, kind, required, words):
    holder, _, last = name.rpartition(".")
    request = alternatives(at(BY_PATH[path].request, holder))[0][0]
    field = next((field for field in msgspec.structs.fields(request) if field.encode_name == last), None)
    assert field is not None, f"{request.__name__} has no {last}"
    found = alternatives(field.type)
    accepted = {word for _, more in found for word in more}
    if (path, name) not in WIDER_WORDS:
        assert set(words) <= accepted
        assert accepted == set() or words, "words that are not documented"
    assert field.required is required or (required and (path, name) in OPTIONAL_THOUGH_REQUIRED)
    assert (get_origin(found[0][0]) is list) is (kind in LISTS)


@pytest.mark.parametrize(("path", "name", "kind", "words"), [(*row, [])[:4] for row in FIELDS])
def test_response_field(path, name, kind, words):
    [(found, known)] = alternatives(at(BY_PATH[path].reply, name))
    otherwise = OTHERWISE[path, name][0] if (path, name) in OTHERWISE and "feeDetail." not in name else None
    if otherwise is dict:
        assert issubclass(found, Reply)
    elif otherwise is not None:
        assert found is otherwise
    elif kind in ("Array", "List<Object>"):
        assert get_origin(found) is list
    elif kind == "List<String>":
        assert get_origin(found) is list
        assert alternatives(get_args(found)[0])[0][0] is str
    elif kind == "Object":
        assert issubclass(found, Reply)
    else:
        assert found in {"String": TEXT, "Boolean": (bool,), "Integer": (int,)}[kind]
    assert {word.lower() for word in words} <= {word.lower() for word in known}


def test_merge_depth_levels_are_numbers_and_order_book_levels_text():
    assert at(BY_PATH["/api/v2/spot/market/merge-depth"].reply, "asks") == list[tuple[Number, Number]]
    assert at(BY_PATH["/api/v2/spot/market/orderbook"].reply, "asks") == list[tuple[Amount, Amount]]


def test_all_endpoints_of_the_served_groups_are_declared():
    groups = {"public", "spot-market", "spot-trade", "spot-plan", "spot-account", "spot-wallet", "p2p"}
    documented = {(row.method, row.path) for row in CATALOGUE if row.group in groups}
    declared = {(endpoint.method, endpoint.path) for endpoint in ENDPOINTS}
    assert len(documented) == 58
    assert documented <= declared


def test_permissions():
    needed = {endpoint.path.rpartition("/")[2]: endpoint.permission for endpoint in ENDPOINTS}
    assert needed["place-order"] == needed["cancel-plan-order"] == "spot_trade"
    assert needed["transfer"] == needed["subaccount-transfer"] == "transfer"
    assert needed["withdrawal"] == needed["cancel-withdrawal"] == "withdraw"
    for endpoint in ENDPOINTS:
        if endpoint.access == "signed":
            assert (endpoint.permission == "read") is (endpoint.method == "GET"), endpoint
        else:
            assert endpoint.permission is None
