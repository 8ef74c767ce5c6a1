"""typed-bitget checks every field of every reply against the types that its authors saw on the real exchange."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.cli.serving import Served
from tests.compatibility.clients import DEVELOPER, DEVELOPER_UID, PASSPHRASE, SECOND_TRADER, SECRET, control

classic = pytest.importorskip("typed_bitget.classic", reason="typed-bitget is not installed")
transport = pytest.importorskip("typed_bitget.core.transport.http")
auth = pytest.importorskip("typed_bitget.core.auth")

SYMBOL = "BTCUSDT"
ELSEWHERE = "TNPeeaaFB7K9cmo4uQpcU32zGK8G1NYqeL"
GRANULARITIES = (
    "1min", "5min", "15min", "30min", "1h", "4h", "6h", "12h", "1day", "3day", "1week", "1M",
    "6Hutc", "12Hutc", "1Dutc", "3Dutc", "1Wutc", "1Mutc",
)  # fmt: skip


async def opened(served: Served, key: str) -> AsyncIterator[Any]:
    credentials = auth.resolve_credentials(key, SECRET, PASSPHRASE, public=False)
    async with transport.HttpRpcClient(base_url=served.rest, credentials=credentials, validate=True) as client:
        yield classic.Classic(client=client)


@pytest.fixture
async def visiting(moving: Served) -> AsyncIterator[Any]:
    """The developer where the market moves."""
    async for client in opened(moving, DEVELOPER):
        yield client


@pytest.fixture
async def mine(still: Served) -> AsyncIterator[Any]:
    """The developer where nobody else trades, on the first day."""
    async for client in opened(still, DEVELOPER):
        yield client


@pytest.fixture
async def theirs(still: Served) -> AsyncIterator[Any]:
    """The second trader there."""
    async for client in opened(still, SECOND_TRADER):
        yield client


def limit_order(side: str = "buy", price: str = "84000", size: str = "0.01", **more: str) -> dict[str, str]:
    terms = {"symbol": SYMBOL, "side": side, "orderType": "limit", "force": "gtc", "price": price, "size": size}
    return terms | more


def last_day() -> dict[str, datetime]:
    now = datetime.now(UTC)
    return {"start_time": now - timedelta(days=1), "end_time": now + timedelta(minutes=1)}


async def test_the_market(visiting: Any) -> None:
    spot, common = visiting.spot, visiting.common
    assert (await common.time())["serverTime"]
    assert {coin["coin"] for coin in await spot.coins()} >= {"BTC", "USDT"}
    assert [found["symbol"] for found in await spot.symbols(SYMBOL)] == [SYMBOL]
    assert len(await spot.symbols()) == len(await spot.tickers()) == 11
    [ticker] = await spot.tickers(SYMBOL)
    assert ticker["low24h"] <= ticker["lastPr"] <= ticker["high24h"]
    book = await spot.orderbook(SYMBOL, type="step0", limit=5)
    assert book["bids"][0][0] < book["asks"][0][0]
    merged = await spot.merge_depth(SYMBOL, precision="scale1", limit=50)
    assert len(merged["asks"]) == len(merged["bids"]) == 50
    assert await spot.recent_trades(SYMBOL, limit=100) is not None
    assert await spot.historical_trades(symbol=SYMBOL, limit=100) is not None
    assert (await spot.call_auction(SYMBOL))["stage"] is None
    assert len(await spot.vip_fee_rate()) > 1


@pytest.mark.parametrize("granularity", GRANULARITIES)
async def test_candles(visiting: Any, granularity: str) -> None:
    candles = await visiting.spot.candles(SYMBOL, granularity=granularity, limit=3)
    assert [candle[0] for candle in candles] == sorted(candle[0] for candle in candles)
    past = await visiting.spot.history_candles(
        SYMBOL, granularity=granularity, end_time=datetime.now(UTC) - timedelta(days=32), limit=2
    )
    assert past[-1][0] < candles[-1][0]


async def test_the_account(mine: Any) -> None:
    account = mine.spot.account
    balances = {row["coin"]: row["available"] for row in await account.assets(asset_type="all")}
    assert (balances["USDT"], balances["BTC"], balances["XRP"]) == (100_000, 10, 0)
    assert (await account.info())["userId"] == str(DEVELOPER_UID)
    assert {bill["coin"] for bill in await account.bills(limit=100)} == {"USDT", "BTC", "ETH", "USDC", "BGB"}
    assert await mine.spot.bgb_deduct.switch(True) is True
    assert (await mine.spot.bgb_deduct.info())["deduct"] == "on"
    assert (await mine.common.trade_rate(SYMBOL, business_type="spot"))["takerFeeRate"] == Decimal("0.001")
    assert len(await mine.common.all_trade_rates("spot")) == 11
    assert await mine.common.announcements(language="en_US") is not None
    assert (await mine.spot.upgrade_status(""))["status"] == "fail"


async def test_orders_open_filled_and_past(mine: Any, theirs: Any) -> None:
    order = mine.spot.order
    placed = await order.place(limit_order(clientOid="typed-1"))
    await order.place(limit_order(price="83000", presetTakeProfitPrice="86000", presetStopLossPrice="82000"))
    await order.place(limit_order("sell", "83000", triggerPrice="83500", tpslType="tpsl"))
    assert len(await order.open(symbol=SYMBOL)) == 2
    assert len(await order.open(symbol=SYMBOL, tpsl_type="tpsl")) == 1

    market = {"symbol": SYMBOL, "side": "sell", "orderType": "market", "force": "gtc", "size": "0.004"}
    sold = await theirs.spot.order.place(market)
    [partly] = await order.info(order_id=placed["orderId"])
    assert (partly["status"], partly["baseVolume"]) == ("partially_filled", Decimal("0.004"))
    [filled] = await theirs.spot.order.info(order_id=sold["orderId"])
    assert (filled["status"], filled["quoteVolume"]) == ("filled", 336)
    [fill] = await order.fills(symbol=SYMBOL)
    assert fill["feeDetail"]["feeCoin"] == "BTC"
    assert len(await theirs.spot.order.history(symbol=SYMBOL)) == 1

    replaced = await order.cancel_replace(symbol=SYMBOL, price="83900", size="0.02", order_id=placed["orderId"])
    assert replaced["success"] == "success"
    await order.cancel(symbol=SYMBOL, order_id=replaced["orderId"])
    assert (await order.cancel_symbol(SYMBOL))["symbol"] == SYMBOL
    assert len(await order.history(symbol=SYMBOL)) == 3


async def test_batches(mine: Any) -> None:
    batch = mine.spot.order.batch
    rows = [{name: value for name, value in limit_order(size=size).items() if name != "symbol"} for size in "17"]
    placed = await batch.place(SYMBOL, batch_mode="single", order_list=rows)
    assert [len(placed[name]) for name in ("successList", "failureList")] == [1, 1]
    [resting] = placed["successList"]
    change = {"symbol": SYMBOL, "price": "83000", "size": "1"}
    replaced = await batch.cancel_replace([change | {"orderId": found} for found in (resting["orderId"], "1")])
    assert [row["success"] for row in replaced] == ["success", "failure"]
    rows = [{"orderId": replaced[0]["orderId"]}, {"orderId": "1"}]
    cancelled = await batch.cancel(SYMBOL, batch_mode="single", order_list=rows)
    assert [row["orderId"] for row in cancelled["successList"]] == [replaced[0]["orderId"]]
    assert await mine.spot.order.open(symbol=SYMBOL) == []


async def test_plan_orders(mine: Any, theirs: Any) -> None:
    plan = mine.spot.order.plan
    terms = {"symbol": SYMBOL, "side": "buy", "orderType": "limit", "planType": "amount", "triggerType": "fill_price"}
    placed = await plan.place(terms | {"triggerPrice": "83000", "executePrice": "83000", "size": "0.01"})
    await plan.modify(
        order_id=placed["orderId"], trigger_price="83100", order_type="limit", execute_price="83100", size="0.02"
    )
    [waiting] = (await plan.current(symbol=SYMBOL))["orderList"]
    assert (waiting["orderId"], waiting["triggerPrice"]) == (placed["orderId"], "83100.00")
    assert (await plan.cancel(order_id=placed["orderId"]))["result"] == "success"

    fires = await plan.place(terms | {"triggerPrice": "84100", "executePrice": "84100", "size": "0.02"})
    await mine.spot.order.place(limit_order(price="84100", size="0.01"))
    await theirs.spot.order.place(limit_order("sell", price="84100", size="0.01"))
    [made] = await plan.sub_orders(fires["orderId"])
    assert made["status"] == "in_progress"
    past = await plan.history(symbol=SYMBOL, **last_day())
    assert {row["orderId"] for row in past["orderList"]} == {placed["orderId"], fires["orderId"]}
    await plan.place(terms | {"triggerPrice": "83000", "executePrice": "83000", "size": "0.01"})
    assert len((await plan.batch_cancel([SYMBOL]))["successList"]) == 1


async def test_transfers_and_deposits(mine: Any, still: Served) -> None:
    spot = mine.spot
    moved = await spot.transfer.create(from_type="spot", to_type="p2p", amount="5", coin="USDT")
    [record] = await spot.transfer.records(coin="USDT", from_type="spot")
    assert (record["transferId"], record["status"]) == (moved["transferId"], "Successful")
    assert await spot.transfer.transferable_coins(from_type="spot", to_type="usdt_futures") == ["USDT"]
    address = await spot.deposit.address(coin="USDT", chain="TRC20", size="5")
    control(
        still, "deposits/start", uid=DEVELOPER_UID, coin="USDT", amount="50", chain="TRC20", address=address["address"]
    )
    assert [row["status"] for row in await spot.deposit.records(**last_day())] == ["pending"]
    assert await spot.deposit.modify_account(account_type="spot", coin="USDT") == "success"


async def test_withdrawals(mine: Any, theirs: Any) -> None:
    withdrawal = mine.spot.withdrawal
    asked = await withdrawal.create(coin="USDT", transfer_type="on_chain", address=ELSEWHERE, chain="TRC20", size="20")
    assert [row["status"] for row in await withdrawal.records(**last_day())] == ["pending"]
    assert await withdrawal.cancel(asked["orderId"]) == "success"
    await withdrawal.create(
        coin="USDT", transfer_type="internal_transfer", address=str(DEVELOPER_UID + 1), inner_to_type="uid", size="20"
    )
    assert sorted(row["status"] for row in await withdrawal.records(**last_day())) == ["fail", "success"]
    [received] = await theirs.spot.deposit.records(**last_day())
    assert (received["dest"], received["size"], received["status"]) == ("internal_transfer", 20, "success")


async def test_sub_accounts_money(mine: Any, still: Served) -> None:
    spot, uid = mine.spot, str(control(still, "users/create", parentUid=DEVELOPER_UID, name="savings")["uid"])
    await spot.subaccount.transfer(
        from_type="spot", to_type="spot", amount="5", coin="USDT", from_user_id=str(DEVELOPER_UID), to_user_id=uid
    )
    [held] = await spot.subaccount.assets()
    assert (str(held["userId"]), held["assetsList"][0]["available"]) == (uid, "5")
    assert len(await spot.sub_main_transfer_records(coin="USDT")) == 1
    address = await spot.subaccount.deposit_address(sub_uid=uid, coin="USDT", chain="TRC20", size="5")
    control(still, "deposits/start", uid=int(uid), coin="USDT", amount="50", chain="TRC20", address=address["address"])
    assert len(await spot.subaccount.deposit_records(sub_uid=uid)) == 1


async def test_a_refusal_is_an_error_with_bitgets_code(mine: Any) -> None:
    with pytest.raises(Exception, match="43012") as refused:
        await mine.spot.order.place(limit_order(size="100"))
    assert type(refused.value).__name__ == "ApiError"
