"""The documented request of every endpoint, with our ids, times and prices in it.

Each is the example of the documentation (``tests/contract/data/documented.json``) with as little changed as an
exchange with other users, other orders and another clock makes necessary.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from tests.conformance import history
from tests.conformance.world import DAY, DEVELOPER, PASSPHRASE, World
from tests.documented import FACTS

Recipe = Callable[[World], Awaitable[Any]]
EXAMPLES: dict[str, dict[str, Any]] = {fact["path"]: fact.get("example") or {} for fact in FACTS}
RECIPES: dict[str, Recipe] = {}

SPOT, P2P, USER, CONVERT, TAX = "/api/v2/spot", "/api/v2/p2p", "/api/v2/user", "/api/v2/convert", "/api/v2/tax"


def example(path: str, **changes: Any) -> Any:
    """The documented example with these fields changed or added."""
    found = EXAMPLES.get(path, {})
    return found.get("query", found.get("body", {})) | changes


def recipe(path: str) -> Callable[[Recipe], Recipe]:
    """Registers how an endpoint's request is made."""

    def register(make: Recipe) -> Recipe:
        assert path not in RECIPES, path
        RECIPES[path] = make
        return make

    return register


def plain(*paths: str, **changes: Any) -> None:
    """The documented example, with changes that need no world."""
    for path in paths:

        @recipe(path)
        async def make(world: World, path: str = path) -> Any:
            return example(path, **changes)


def lately(*paths: str, **changes: Any) -> None:
    """The documented example for the days that this exchange has seen."""
    for path in paths:

        @recipe(path)
        async def make(world: World, path: str = path) -> Any:
            return example(path, startTime=str(world.now - 6 * DAY), endTime=str(world.now), **changes)


plain("/api/v2/public/time", "/api/v2/public/annoucements", "/api/v2/account/funding-assets")
plain("/api/v2/account/bot-assets", "/api/v2/account/all-account-balance")
plain("/api/v2/common/trade-rate", "/api/v2/common/all-trade-rate", business="spot")
plain("/api/v2/mix/market/contracts", productType="USDT-FUTURES")
plain("/api/v2/margin/currencies", "/api/v3/account/settings")
for name in ("whale-net-flow", "fund-net-flow", "fund-flow", "support-symbols"):
    plain(f"{SPOT}/market/{name}")
for name in ("fills", "merge-depth", "orderbook", "tickers", "vip-fee-rate", "auction"):
    plain(f"{SPOT}/market/{name}")
plain(f"{SPOT}/public/coins", f"{SPOT}/public/symbols")
plain(f"{SPOT}/trade/cancel-symbol-order")
for name in ("assets", "bills", "deduct-info", "info", "subaccount-assets", "switch-deduct"):
    plain(f"{SPOT}/account/{name}")
plain(f"{SPOT}/account/upgrade", f"{SPOT}/account/upgrade-status")
plain(f"{SPOT}/wallet/deposit-address", f"{SPOT}/wallet/modify-deposit-account", f"{SPOT}/wallet/transfer-coin-info")
plain(f"{CONVERT}/currencies", f"{CONVERT}/quoted-price")
plain(f"{USER}/virtual-subaccount-list", f"{P2P}/merchantList", f"{P2P}/merchantInfo")

lately(f"{TAX}/spot-record", f"{TAX}/p2p-record", f"{CONVERT}/convert-record", f"{CONVERT}/bgb-convert-records")
lately(f"{SPOT}/market/candles", f"{SPOT}/market/fills-history", f"{SPOT}/trade/fills", f"{SPOT}/trade/history-orders")
lately(f"{SPOT}/trade/history-plan-order", f"{SPOT}/account/sub-main-trans-record")
lately(f"{SPOT}/account/transferRecords", f"{SPOT}/wallet/deposit-records")
lately(f"{P2P}/advList", status="online", side="sell", coin="USDT", fiat="EUR")


@recipe(f"{SPOT}/market/history-candles")
async def history_candles(world: World) -> Any:
    return example(f"{SPOT}/market/history-candles", endTime=str(world.now))


@recipe(f"{SPOT}/trade/place-order")
async def place_order(world: World) -> Any:
    return example(f"{SPOT}/trade/place-order", clientOid=world.new_name(), size="0.01")


@recipe(f"{SPOT}/trade/cancel-order")
async def cancel_order(world: World) -> Any:
    return example(f"{SPOT}/trade/cancel-order", orderId=await _order(world))


@recipe(f"{SPOT}/trade/cancel-replace-order")
async def cancel_replace_order(world: World) -> Any:
    replacement = {"orderId": await _order(world), "newClientOid": world.new_name(), "size": "0.4"}
    return example(f"{SPOT}/trade/cancel-replace-order", price="24", **replacement)


@recipe(f"{SPOT}/trade/batch-cancel-replace-order")
async def batch_cancel_replace_order(world: World) -> Any:
    (row,) = example(f"{SPOT}/trade/batch-cancel-replace-order")["orderList"]
    sound = {"orderId": await _order(world), "newClientOid": world.new_name(), "price": "31.7", "size": "0.4"}
    return {"orderList": [row | sound, row | {"orderId": "1"}]}


@recipe(f"{SPOT}/trade/batch-orders")
async def batch_orders(world: World) -> Any:
    (row,) = example(f"{SPOT}/trade/batch-orders")["orderList"]
    sound = row | {"clientOid": world.new_name(), "size": "0.01"}
    return {"symbol": "BTCUSDT", "orderList": [sound, sound | {"clientOid": world.new_name(), "size": "1000000"}]}


@recipe(f"{SPOT}/trade/batch-cancel-order")
async def batch_cancel_order(world: World) -> Any:
    return {"symbol": "BTCUSDT", "orderList": [{"orderId": await _order(world)}, {"orderId": "1"}]}


@recipe(f"{SPOT}/trade/unfilled-orders")
async def unfilled_orders(world: World) -> Any:
    exits = {"presetTakeProfitPrice": "99000", "presetStopLossPrice": "9000"}
    await history.order(world, side="buy", orderType="limit", price="23222.5", size="0.001", **exits)
    window = {"startTime": str(world.now - 6 * DAY), "endTime": str(world.now)}
    return example(f"{SPOT}/trade/unfilled-orders", **window)


@recipe(f"{SPOT}/trade/orderInfo")
async def order_info(world: World) -> Any:
    filled = await history.order(world, side="buy", size="20")
    return example(f"{SPOT}/trade/orderInfo", orderId=filled)


@recipe(f"{SPOT}/trade/place-plan-order")
async def place_plan_order(world: World) -> Any:
    ours = {"symbol": "ETHUSDT", "triggerPrice": 1500.5, "executePrice": "1500.5", "size": 1}
    return example(f"{SPOT}/trade/place-plan-order", clientOid=world.new_name(), **ours)


@recipe(f"{SPOT}/trade/current-plan-order")
async def current_plan_order(world: World) -> Any:
    await _plan(world)
    return example(f"{SPOT}/trade/current-plan-order")


@recipe(f"{SPOT}/trade/modify-plan-order")
async def modify_plan_order(world: World) -> Any:
    terms = {"triggerPrice": 50000.5, "executePrice": "50000", "size": 1}
    return example(f"{SPOT}/trade/modify-plan-order", orderId=await _plan(world), **terms)


@recipe(f"{SPOT}/trade/cancel-plan-order")
async def cancel_plan_order(world: World) -> Any:
    return example(f"{SPOT}/trade/cancel-plan-order", orderId=await _plan(world))


@recipe(f"{SPOT}/trade/batch-cancel-plan-order")
async def batch_cancel_plan_order(world: World) -> Any:
    await _plan(world, symbol="ETHUSDT", triggerPrice="1000", executePrice="1000")
    return {"symbolList": ["LTCUSDT", "ETHUSDT"]}


@recipe(f"{SPOT}/trade/plan-sub-order")
async def plan_sub_order(world: World) -> Any:
    return example(f"{SPOT}/trade/plan-sub-order", planOrderId=world.known["plan"])


@recipe(f"{SPOT}/wallet/transfer")
async def transfer(world: World) -> Any:
    return example(f"{SPOT}/wallet/transfer", clientOid=world.new_name())


@recipe(f"{SPOT}/wallet/subaccount-transfer")
async def subaccount_transfer(world: World) -> Any:
    users = {"fromUserId": str(DEVELOPER), "toUserId": world.uids["savingsa"]}
    return example(f"{SPOT}/wallet/subaccount-transfer", clientOid=world.new_name(), **users)


@recipe(f"{SPOT}/wallet/withdrawal")
async def withdraw(world: World) -> Any:
    return example(f"{SPOT}/wallet/withdrawal", address=history.TRON, size="20", clientOid=world.new_name())


@recipe(f"{SPOT}/wallet/cancel-withdrawal")
async def cancel_withdrawal(world: World) -> Any:
    return example(f"{SPOT}/wallet/cancel-withdrawal", orderId=await history.withdrawal(world))


@recipe(f"{SPOT}/wallet/withdrawal-records")
async def withdrawal_records(world: World) -> Any:
    client_oid = world.new_name()
    await history.withdrawal(world, clientOid=client_oid)
    window = {"startTime": str(world.now - 3 * DAY), "endTime": str(world.now)}
    return example(f"{SPOT}/wallet/withdrawal-records", clientOid=client_oid, **window)


@recipe(f"{SPOT}/wallet/subaccount-deposit-address")
async def subaccount_deposit_address(world: World) -> Any:
    return example(f"{SPOT}/wallet/subaccount-deposit-address", subUid=world.uids["savingsa"])


@recipe(f"{SPOT}/wallet/subaccount-deposit-records")
async def subaccount_deposit_records(world: World) -> Any:
    newest = {"subUid": world.uids["savingsa"], "idLessThan": str(2**62)}
    return example(f"{SPOT}/wallet/subaccount-deposit-records", **newest)


@recipe(f"{CONVERT}/trade")
async def convert_trade(world: World) -> Any:
    return example(f"{CONVERT}/trade", **await history.quote(world))


@recipe(f"{CONVERT}/bgb-convert-coin-list")
async def small_balances(world: World) -> Any:
    await history.small_balances(world, "LTC")
    return example(f"{CONVERT}/bgb-convert-coin-list")


@recipe(f"{CONVERT}/bgb-convert")
async def convert_small_balances(world: World) -> Any:
    await history.small_balances(world, "LTC", "SOL")
    return example(f"{CONVERT}/bgb-convert", coinList=["LTC", "SOL"])


@recipe(f"{USER}/create-virtual-subaccount")
async def create_subaccounts(world: World) -> Any:
    return example(f"{USER}/create-virtual-subaccount", subAccountList=[world.new_name(), "savingsa"])


@recipe(f"{USER}/modify-virtual-subaccount")
async def modify_subaccount(world: World) -> Any:
    return example(f"{USER}/modify-virtual-subaccount", subAccountUid=world.uids["tradings"])


@recipe(f"{USER}/batch-create-subaccount-and-apikey")
async def create_subaccounts_with_keys(world: World) -> Any:
    (row,) = EXAMPLES[f"{USER}/batch-create-subaccount-and-apikey"]["body"]
    return [row | {"subAccountName": world.new_name(), "ipList": ["127.0.0.1"]}]


@recipe(f"{USER}/create-virtual-subaccount-apikey")
async def create_subaccount_key(world: World) -> Any:
    return example(f"{USER}/create-virtual-subaccount-apikey", subAccountUid=world.uids["tradings"])


@recipe(f"{USER}/modify-virtual-subaccount-apikey")
async def modify_subaccount_key(world: World) -> Any:
    own = {"subAccountUid": world.uids["tradings"], "subAccountApiKey": world.known["tradings key"]}
    return example(f"{USER}/modify-virtual-subaccount-apikey", passphrase=PASSPHRASE, **own)


@recipe(f"{USER}/virtual-subaccount-apikey-list")
async def subaccount_keys(world: World) -> Any:
    return example(f"{USER}/virtual-subaccount-apikey-list", subAccountUid=world.uids["tradings"])


@recipe(f"{P2P}/orderList")
async def p2p_orders(world: World) -> Any:
    ours = {"startTimestartTime": str(world.now - DAY), "endTime": str(world.now), "limit": "20"}
    return example(f"{P2P}/orderList", advNo=world.known["advertisement"], language="en-US", **ours)


async def _order(world: World) -> str:
    """An open order that may be cancelled."""
    return await history.order(world, side="buy", orderType="limit", price="23222.5", size="0.001")


async def _plan(world: World, **changes: str) -> str:
    """A trigger order that waits and may be changed."""
    return str((await world.do(history.PLAN, history.plan(**changes)))["orderId"])
