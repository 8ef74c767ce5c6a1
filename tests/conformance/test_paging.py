"""Every list in pages of two: what one big page shows, each row once, in the same order."""

from __future__ import annotations

from typing import Any

import pytest

from papertape.contract.catalog import BY_PATH
from tests.conformance.mistakes import slots
from tests.conformance.requests import CONVERT, P2P, RECIPES, SPOT, TAX, USER
from tests.conformance.world import World

CURSORS = {
    "/api/v2/public/annoucements": ("", "annId"),
    f"{TAX}/spot-record": ("", "id"),
    f"{TAX}/p2p-record": ("", "id"),
    f"{SPOT}/market/fills-history": ("", "tradeId"),
    f"{SPOT}/trade/unfilled-orders": ("", "orderId"),
    f"{SPOT}/trade/history-orders": ("", "orderId"),
    f"{SPOT}/trade/fills": ("", "tradeId"),
    f"{SPOT}/trade/current-plan-order": ("orderList", "idLessThan"),
    f"{SPOT}/trade/history-plan-order": ("orderList", "idLessThan"),
    f"{SPOT}/account/bills": ("", "billId"),
    f"{SPOT}/account/transferRecords": ("", "transferId"),
    f"{SPOT}/account/sub-main-trans-record": ("", "transferId"),
    f"{SPOT}/account/subaccount-assets": ("", "id"),
    f"{SPOT}/wallet/deposit-records": ("", "orderId"),
    f"{SPOT}/wallet/subaccount-deposit-records": ("", "orderId"),
    f"{SPOT}/wallet/withdrawal-records": ("", "orderId"),
    f"{CONVERT}/convert-record": ("dataList", "endId"),
    f"{CONVERT}/bgb-convert-records": ("", "orderId"),
    f"{USER}/virtual-subaccount-list": ("subAccountList", "endId"),
    f"{P2P}/merchantList": ("merchantList", "minMerchantId"),
    f"{P2P}/orderList": ("orderList", "minOrderId"),
    f"{P2P}/advList": ("advList", "minAdvId"),
}
"""Where the rows are, and where the next page's cursor is: beside them, or in the last of them."""


def test_every_list_with_a_cursor_is_here() -> None:
    paged = {path for path in RECIPES for slot in slots(path) if slot.name in ("idLessThan", "cursor")}
    assert set(CURSORS) == paged


ENDLESS = ("/api/v2/spot/market/fills-history",)


@pytest.mark.parametrize("path", CURSORS)
async def test_pages_join_to_the_whole(world: World, path: str) -> None:
    place, name = CURSORS[path]
    cursor = "cursor" if path == "/api/v2/public/annoucements" else "idLessThan"
    request = {key: value for key, value in (await RECIPES[path](world)).items() if key not in (cursor, "limit")}
    request.pop("clientOid", None)
    if path in ENDLESS:
        # Before the first live trade come those of the past 90 days.
        request["startTime"] = str(world.exchange.sequencer.exchange.opened)
    whole, _ = await rows(world, path, request, place)
    pages: list[Any] = []
    found, answer = await rows(world, path, request | {"limit": "2"}, place)
    while found:
        pages += found
        after = answer[name] if place else found[-1][name]
        found, answer = await rows(world, path, request | {"limit": "2", cursor: after}, place)
        assert len(pages) <= len(whole)
    assert pages == whole != []
    assert BY_PATH[path].method == "GET"


async def rows(world: World, path: str, request: Any, place: str) -> tuple[list[Any], Any]:
    """The rows of a page, and all of the answer."""
    answer = await world.do(path, request)
    return (answer[place] if place else answer), answer
