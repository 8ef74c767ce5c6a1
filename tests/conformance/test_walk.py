"""Every endpoint that is served, asked as the documentation asks: accepted, every field there, no list empty."""

from __future__ import annotations

from typing import Any

import pytest
from docs.generate import START_UP
from msgspec import inspect

from papertape.contract.catalog import BY_PATH, CATALOGUE, ENDPOINTS
from papertape.operations.registry import OPERATIONS
from tests.conformance.mistakes import BOUNDS, WINDOWS, Slot, at_the_bounds, normal, slots
from tests.conformance.requests import EXAMPLES, RECIPES
from tests.conformance.world import World
from tests.documented import FIELDS, NEVER, NOT_IN_EVERY_ROW, OTHERWISE, departures

SERVED = {endpoint.path for endpoint in ENDPOINTS if endpoint.access in ("public", "signed")}
QUERIES = [path for path in RECIPES if BY_PATH[path].method == "GET"]
FOR_CLIENTS: dict[str, tuple[str, Any]] = {
    "/api/v2/mix/market/contracts": ("00000", []),
    "/api/v2/margin/currencies": ("00000", []),
    "/api/v3/account/settings": ("40084", None),
}
"""What clients ask when they start: there are no futures, no margin trading and no unified account to tell about."""

OTHER_ANSWERS = {
    ("/api/v2/common/trade-rate", "mix"): "40034",
    ("/api/v2/spot/wallet/transfer-coin-info", "isolated_margin"): "40020",
    ("/api/v2/spot/wallet/transfer-coin-info", "spot"): "40020",
}
"""Documented words that cannot be answered: there are no futures yet, and nothing moves from a wallet to itself."""


def _words(slot: Slot) -> tuple[str, ...]:
    """The documented words of a field."""
    kind = slot.kinds[0]
    return kind.values if isinstance(kind, inspect.LiteralType) else ()


def test_an_endpoint_without_a_request_here_is_noticed() -> None:
    assert set(RECIPES) == SERVED
    assert set(RECIPES) - set(FIELDS) == set(FOR_CLIENTS) == set(START_UP)
    assert {row.path for row in CATALOGUE if row.path in SERVED} == SERVED - {"/api/v3/account/settings"}


def test_the_exceptions_are_about_fields_that_are_documented() -> None:
    documented = {(path, field) for path, fields in FIELDS.items() for field, *_ in fields}
    assert {*OTHERWISE, *NOT_IN_EVERY_ROW, *NEVER} <= documented


@pytest.mark.parametrize("path", RECIPES)
async def test_the_documented_request_gets_every_documented_field(world: World, path: str) -> None:
    request = await RECIPES[path](world)
    sent, example = normal(path, request), EXAMPLES.get(path, {})
    documented = example.get("query") or example.get("body") or {}
    assert set(normal(path, documented)) <= set(sent), "the documented request has more in it"
    before = world.state_hash
    answer = await world.call(path, request)
    if path in FOR_CLIENTS:
        assert (answer.code, answer.data) == FOR_CLIENTS[path]
    else:
        assert answer.code == "00000", answer
        assert departures(path, answer.data) == []
    if OPERATIONS[path].kind != "command":
        assert world.state_hash == before, "a question changed the exchange"
    assert world.imbalances == {}


@pytest.mark.parametrize("path", [path for path in QUERIES if any(_words(slot) for slot in slots(path))])
async def test_every_documented_word_is_taken(world: World, path: str) -> None:
    sound = await RECIPES[path](world)
    sound |= {"limit": "2"} if "limit" in sound else {}
    for slot in slots(path):
        for word in _words(slot):
            answer = await world.call(path, slot.having(sound, word))
            assert answer.code in ("00000", OTHER_ANSWERS.get((path, word))), (slot.name, word, answer)


@pytest.mark.parametrize("path", sorted(path for path in QUERIES if BOUNDS.get(path) or path in WINDOWS))
async def test_documented_bounds_are_taken(world: World, path: str) -> None:
    for what, request in at_the_bounds(path, await RECIPES[path](world), world.now):
        answer = await world.call(path, request)
        assert answer.code == "00000", f"{what}: {answer}"


@pytest.mark.parametrize(("alias", "path"), [(alias, each.path) for each in ENDPOINTS for alias in each.aliases])
async def test_another_path_of_an_endpoint_answers_the_same(world: World, alias: str, path: str) -> None:
    request = await RECIPES[path](world)
    assert await world.call(alias, request) == await world.call(path, request)


@pytest.mark.parametrize("name", ["unfilled-orders", "history-orders"])
async def test_a_tpsl_order_shows_its_trigger_price(world: World, name: str) -> None:
    path = f"/api/v2/spot/trade/{name}"
    rows = await world.do(path, await RECIPES[path](world) | {"tpslType": "tpsl"})
    assert {type(row["triggerPrice"]) for row in rows} == {str}
