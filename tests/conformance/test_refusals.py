"""What no type can tell: others' accounts, frozen ones, quotes that have ended, names that nobody has."""

from __future__ import annotations

from typing import Any

import pytest

from papertape.contract.catalog import BY_PATH
from tests.conformance import history
from tests.conformance.mistakes import Slot, normal, slots
from tests.conformance.requests import CONVERT, P2P, RECIPES, SPOT, USER
from tests.conformance.test_bad_input import refusal
from tests.conformance.world import World

SIGNED = [path for path in RECIPES if BY_PATH[path].access == "signed"]
ACTING = [path for path in SIGNED if BY_PATH[path].permission != "read"]
FOR_MAIN = [path for path in SIGNED if BY_PATH[path].main_account]
OF_SUBACCOUNTS = [(path, slot) for path in RECIPES for slot in slots(path) if slot.name in ("subUid", "subAccountUid")]
NAMED = [(path, slot) for path in RECIPES for slot in slots(path) if slot.name in ("symbol", "coin", "fiat")]

UNKNOWN_NAMES = {"symbol": "40034", "coin": "41104", "fiat": "60014"}
UNLIKE_THE_OTHERS = {
    (f"{SPOT}/public/coins", "coin"): "40034",
    (f"{SPOT}/wallet/transfer", "coin"): "43129",
    (f"{SPOT}/wallet/subaccount-transfer", "coin"): "43129",
    (f"{P2P}/orderList", "coin"): "60015",
    (f"{P2P}/advList", "coin"): "60015",
}
NOT_READ = {
    (f"{SPOT}/trade/batch-orders", "orderList.symbol"),
    (f"{SPOT}/trade/batch-cancel-order", "orderList.symbol"),
    (f"{SPOT}/wallet/subaccount-transfer", "symbol"),
}
"""A batch names the symbol of its rows unless ``batchMode`` is multiple; only isolated margin accounts have one."""

LONG = "x" * 50
TABLE: list[tuple[str, dict[str, Any], str]] = [
    (f"{SPOT}/trade/place-order", {"clientOid": LONG}, "40304"),
    (f"{SPOT}/trade/place-order", {"clientOid": "a b"}, "40402"),
    (f"{SPOT}/trade/place-order", {"price": None}, "40019"),
    (f"{SPOT}/trade/place-order", {"price": "99999"}, "43009"),
    (f"{SPOT}/trade/place-order", {"size": "0.00001"}, "45110"),
    (f"{SPOT}/trade/place-order", {"size": "40"}, "43012"),
    (f"{SPOT}/trade/place-order", {"tpslType": "tpsl"}, "40019"),
    (f"{SPOT}/trade/place-order", {"requestTime": "1", "receiveWindow": "5000"}, "40078"),
    (f"{SPOT}/trade/place-order", {"requestTime": "1", "receiveWindow": "60001"}, "40079"),
    (f"{SPOT}/trade/cancel-order", {"orderId": "1"}, "43001"),
    (f"{SPOT}/trade/cancel-order", {"orderId": None}, "40019"),
    (f"{SPOT}/trade/cancel-replace-order", {"size": "90000000"}, "43007"),
    (f"{SPOT}/trade/cancel-replace-order", {"newClientOid": LONG}, "40304"),
    (f"{SPOT}/trade/orderInfo", {"orderId": None}, "40019"),
    (f"{SPOT}/trade/place-plan-order", {"clientOid": LONG}, "40304"),
    (f"{SPOT}/trade/place-plan-order", {"executePrice": None}, "40019"),
    (f"{SPOT}/trade/modify-plan-order", {"orderId": "1"}, "43025"),
    (f"{SPOT}/trade/cancel-plan-order", {"orderId": "1"}, "43025"),
    (f"{SPOT}/trade/plan-sub-order", {"planOrderId": "1"}, "43025"),
    (f"{SPOT}/trade/batch-cancel-plan-order", {"symbolList": ["NOPEUSDT"]}, "40034"),
    (f"{SPOT}/wallet/transfer", {"amount": "999999999"}, "43012"),
    (f"{SPOT}/wallet/transfer", {"symbol": None}, "40019"),
    (f"{SPOT}/wallet/transfer", {"clientOid": "a b"}, "40402"),
    (f"{SPOT}/wallet/transfer", {"toType": "coin_futures"}, "43129"),
    (f"{SPOT}/wallet/subaccount-transfer", {"amount": "999999999"}, "43012"),
    (f"{SPOT}/wallet/subaccount-transfer", {"toUserId": "1"}, "43127"),
    (f"{SPOT}/wallet/deposit-address", {"chain": "NOPE"}, "40020"),
    (f"{SPOT}/wallet/withdrawal", {"address": "nowhere"}, "47002"),
    (f"{SPOT}/wallet/withdrawal", {"size": "1"}, "43114"),
    (f"{SPOT}/wallet/withdrawal", {"size": "99999999"}, "43012"),
    (f"{SPOT}/wallet/withdrawal", {"chain": None}, "40019"),
    (f"{SPOT}/wallet/withdrawal", {"clientOid": "a b"}, "40402"),
    (f"{SPOT}/wallet/cancel-withdrawal", {"orderId": "1"}, "43001"),
    (f"{CONVERT}/quoted-price", {"fromCoinSz": None}, "40019"),
    (f"{CONVERT}/quoted-price", {"toCoinSz": "1"}, "40020"),
    (f"{CONVERT}/quoted-price", {"fromCoinSz": "0.5"}, "12006"),
    (f"{CONVERT}/quoted-price", {"fromCoinSz": "100001"}, "12007"),
    (f"{CONVERT}/quoted-price", {"toCoin": "usdt"}, "40020"),
    (f"{CONVERT}/quoted-price", {"fromCoin": "NOPE"}, "43131"),
    (f"{CONVERT}/quoted-price", {"toCoin": "XRP"}, "12014"),
    (f"{CONVERT}/trade", {"cnvtPrice": "1"}, "12022"),
    (f"{CONVERT}/trade", {"toCoinSize": "1"}, "12022"),
    (f"{CONVERT}/trade", {"fromCoin": "BTC"}, "12022"),
    (f"{CONVERT}/trade", {"traceId": "1"}, "12022"),
    (f"{CONVERT}/bgb-convert", {"coinList": ["NOPE"]}, "43131"),
    (f"{CONVERT}/bgb-convert", {"coinList": ["LTC", "ltc"]}, "40020"),
    (f"{CONVERT}/bgb-convert", {"coinList": ["LTC", "BGB"]}, "43131"),
    (f"{CONVERT}/bgb-convert", {"coinList": ["LTC", "BTC"]}, "12007"),
    (f"{CONVERT}/bgb-convert", {"coinList": ["LTC", "ADA"]}, "43131"),
    (f"{USER}/create-virtual-subaccount", {"subAccountList": ["short"]}, "40055"),
    (f"{USER}/create-virtual-subaccount", {"subAccountList": ["accented", "ACCENTED"]}, "40071"),
    (f"{USER}/batch-create-subaccount-and-apikey", {"subAccountName": "test"}, "40055"),
    (f"{USER}/batch-create-subaccount-and-apikey", {"subAccountName": "Savingsa"}, "40060"),
    (f"{USER}/batch-create-subaccount-and-apikey", {"passphrase": "short"}, "40070"),
    (f"{USER}/batch-create-subaccount-and-apikey", {"label": "x" * 21}, "40020"),
    (f"{USER}/create-virtual-subaccount-apikey", {"passphrase": "with space"}, "40070"),
    (f"{USER}/create-virtual-subaccount-apikey", {"label": "x" * 21}, "40020"),
    (f"{USER}/create-virtual-subaccount-apikey", {"ipList": ["nowhere"]}, "40018"),
    (f"{USER}/modify-virtual-subaccount-apikey", {"passphrase": "another1"}, "40036"),
    (f"{USER}/modify-virtual-subaccount-apikey", {"subAccountApiKey": "pt_unknown"}, "40065"),
    (f"{P2P}/orderList", {"advNo": "1"}, "60004"),
    (f"{P2P}/orderList", {"orderNo": "1"}, "60003"),
    (f"{P2P}/advList", {"payMethodId": "999"}, "60028"),
    ("/api/v2/common/trade-rate", {"business": "mix"}, "40034"),
    ("/api/v2/mix/market/contracts", {"symbol": "BTCUSDT"}, "40034"),
]
"""What is changed in the sound request (None leaves it out, in a list it is the first row), and the code."""


async def refused(world: World, path: str, request: Any, who: str = "developer") -> str:
    """The code of a request that must change nothing."""
    before = world.state_hash
    answer = await world.call(path, request, who=who)
    assert world.state_hash == before, answer
    assert world.imbalances == {}
    return refusal(answer)


@pytest.mark.parametrize(("path", "changes", "code"), TABLE)
async def test_the_endpoints_own_rules(world: World, path: str, changes: dict[str, Any], code: str) -> None:
    sound = await RECIPES[path](world)
    row = (sound[0] if isinstance(sound, list) else sound) | changes
    row = {name: value for name, value in row.items() if value is not None}
    assert await refused(world, path, [row] if isinstance(sound, list) else row) == code


@pytest.mark.parametrize(("path", "slot"), NAMED, ids=lambda value: getattr(value, "where", value))
async def test_a_name_that_nobody_has(world: World, path: str, slot: Slot) -> None:
    request = slot.having(normal(path, await RECIPES[path](world)), "NOPE")
    if (path, slot.where) in NOT_READ:
        assert (await world.call(path, request)).code == "00000"
    elif path == f"{SPOT}/trade/batch-cancel-replace-order":
        assert await refused(world, path, request) == "40020"
    else:
        code = UNLIKE_THE_OTHERS.get((path, slot.where), UNKNOWN_NAMES[slot.name])
        assert await refused(world, path, request) == code


@pytest.mark.parametrize("path", SIGNED)
async def test_a_frozen_account_and_a_key_that_may_nothing(world: World, path: str) -> None:
    sound = await RECIPES[path](world)
    assert await refused(world, path, sound, "frozen") == "40024"
    assert await refused(world, path, sound, "coldcold") == "40024"
    assert await refused(world, path, sound, "powerless") == "40014"


@pytest.mark.parametrize("path", ACTING)
async def test_a_key_that_may_only_read_changes_nothing(world: World, path: str) -> None:
    assert await refused(world, path, await RECIPES[path](world), "reader") == "40014"


@pytest.mark.parametrize("path", FOR_MAIN)
async def test_what_only_a_main_accounts_bound_key_may(world: World, path: str) -> None:
    sound = await RECIPES[path](world)
    assert await refused(world, path, sound, "savingsa") == "40048"
    assert await refused(world, path, sound, "unbound") == "22010"


@pytest.mark.parametrize(("path", "slot"), OF_SUBACCOUNTS, ids=lambda value: getattr(value, "where", value))
async def test_somebody_elses_sub_account(world: World, path: str, slot: Slot) -> None:
    sound = await RECIPES[path](world)
    for uid in (world.uids["stranger"], world.uids["second"], world.uids["developer"], "999"):
        assert await refused(world, path, slot.having(sound, uid)) == "40028"


@pytest.mark.parametrize("name", ["fromUserId", "toUserId"])
@pytest.mark.parametrize(("whose", "code"), [("stranger", "43127"), ("second", "43127"), ("coldcold", "frozen")])
async def test_transfers_stay_in_the_family(world: World, name: str, whose: str, code: str) -> None:
    path = f"{SPOT}/wallet/subaccount-transfer"
    frozen = {"fromUserId": "40024", "toUserId": "43136"}[name]
    request = await RECIPES[path](world) | {name: world.uids[whose]}
    assert await refused(world, path, request) == (frozen if code == "frozen" else code)


@pytest.mark.parametrize("name", ["modify-virtual-subaccount", "create-virtual-subaccount-apikey"])
async def test_a_general_sub_account_is_no_virtual_one(world: World, name: str) -> None:
    sound = await RECIPES[f"{USER}/{name}"](world)
    assert await refused(world, f"{USER}/{name}", sound | {"subAccountUid": world.uids["general"]}) == "40066"


async def test_a_quote_that_is_spent_expired_or_somebody_elses(world: World) -> None:
    spent, strange, late = [await history.quote(world) for _ in range(3)]
    assert await refused(world, f"{CONVERT}/trade", strange, "second") == "12022"
    await world.do(f"{CONVERT}/trade", spent)
    assert await refused(world, f"{CONVERT}/trade", spent) == "12021"
    await world.wait(7_999)
    await world.do(f"{CONVERT}/trade", strange)
    await world.wait(1)
    assert await refused(world, f"{CONVERT}/trade", late) == "12021"
