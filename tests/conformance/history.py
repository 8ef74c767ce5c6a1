"""What has happened before the walk begins, so that no list is empty: three days of trading, moving and dealing."""

from __future__ import annotations

from typing import Any

from tests.conformance.world import DAY, DEVELOPER, LOOPBACK, PASSPHRASE, SECOND, World

SPOT, USER = "/api/v2/spot", "/api/v2/user"
ORDER = f"{SPOT}/trade/place-order"
PLAN = f"{SPOT}/trade/place-plan-order"
TRON = "TPoi1LEUMfJnrwsJeCXBtJvzDGsEjKGxGN"
BOOKS = {
    "BTCUSDT": ("84250", "9"),
    "ETHUSDT": ("1612.5", "15"),
    "SOLUSDT": ("131.25", "100"),
    "LTCUSDT": ("76.5", "100"),
    "BGBUSDT": ("4.42", "2000"),
}
"""What the second trader quotes: the middle, and the size of each level."""
EVERYTHING = ["read", "spot_trade", "margin_trade", "contract_trade", "transfer", "withdraw"]


async def live_through(world: World) -> None:
    """Everything, in its order."""
    await open_accounts(world)
    await open_books(world)
    await trade(world)
    await world.wait(DAY)
    await trade(world)
    await move_coins(world)
    await convert(world)
    await announce(world)
    await world.wait(DAY)
    await trigger(world)
    await deal_with_people(world)


async def open_accounts(world: World) -> None:
    """Users with keys of all kinds, frozen ones too; sub-accounts of both main accounts, virtual and general."""
    for name in ("frozen", "unbound", "reader", "powerless"):
        user = await world.control("users/create", name=name)
        permissions = {"reader": ["read"], "powerless": []}.get(name, EVERYTHING)
        ips = [] if name == "unbound" else LOOPBACK
        key = await world.control("keys/create", uid=user["uid"], permissions=permissions, ips=ips)
        world.add(name, str(user["uid"]), key)
        await world.fund(world.uids[name], "1000", "USDT")
    await world.control("users/modify", uid=int(world.uids["frozen"]), frozen=True)
    rows = [_with_key("savingsa", ["read", "transfer"]), _with_key("tradings", ["spot_trade"]), _with_key("coldcold")]
    for made in await world.do(f"{USER}/batch-create-subaccount-and-apikey", rows):
        name, key = made["subAccountName"], made["subAccountApiKey"]
        world.known[f"{name} key"] = key
        world.add(name, made["subAccountUid"], {"key": key, "secret": made["secretKey"]})
    frozen = {"subAccountUid": world.uids["coldcold"], "permList": ["read"], "status": "freeze"}
    await world.do(f"{USER}/modify-virtual-subaccount", frozen)
    foreign = await world.do(f"{USER}/create-virtual-subaccount", {"subAccountList": ["stranger"]}, who="second")
    general = await world.control("users/create", name="general", parentUid=DEVELOPER)
    key = await world.control("keys/create", uid=general["uid"], permissions=["read"], ips=LOOPBACK)
    world.add("general", str(general["uid"]), key)
    world.uids["stranger"] = foreign["successList"][0]["subaAccountUid"]


def _with_key(alias: str, permissions: list[str] | None = None) -> dict[str, Any]:
    row = {"subAccountName": alias, "passphrase": PASSPHRASE, "label": alias, "ipList": LOOPBACK}
    return row | ({} if permissions is None else {"permList": permissions})


async def open_books(world: World) -> None:
    """The second trader quotes five levels a side, a tenth of a percent apart."""
    for coin, amount in (("BTC", "900"), ("ETH", "2000"), ("SOL", "9000"), ("LTC", "9000"), ("BGB", "99000")):
        await world.fund(str(SECOND), amount, coin)
    await world.fund(str(SECOND), "9000000", "USDT")
    await world.fund(str(DEVELOPER), "900000", "USDT")
    for symbol, (middle, size) in BOOKS.items():
        rows = []
        for level in range(1, 6):
            for side, sign in (("buy", -1), ("sell", 1)):
                price = f"{float(middle) * (1 + sign * level / 1000):.2f}"
                rows.append({"side": side, "orderType": "limit", "force": "gtc", "price": price, "size": size})
        done = await world.do(f"{SPOT}/trade/batch-orders", {"symbol": symbol, "orderList": rows}, who="second")
        assert done["failureList"] == []


async def trade(world: World) -> None:
    """The developer takes: as a fish, a dolphin and a whale, both ways, with and without paying fees in BGB."""
    for deduct in ("off", "on"):
        await world.do(f"{SPOT}/account/switch-deduct", {"deduct": deduct})
        for quote, base in (("100", "0.001"), ("9000", "0.1"), ("90000", "0.9")):
            await order(world, side="buy", size=quote)
            await order(world, side="sell", size=base)
    resting = {"orderType": "limit", "price": "80000", "size": "0.01", "presetTakeProfitPrice": "99000"}
    left = await order(world, side="buy", presetStopLossPrice="70000", **resting)
    gone = await order(world, side="buy", **resting)
    await world.do(f"{SPOT}/trade/cancel-order", {"symbol": "BTCUSDT", "orderId": gone})
    world.known["open order"] = left
    for _ in range(2):
        waiting = await order(
            world, side="sell", orderType="limit", price="90000", size="0.01", triggerPrice="89000", tpslType="tpsl"
        )
    await world.do(f"{SPOT}/trade/cancel-order", {"tpslType": "tpsl", "orderId": waiting})


async def order(world: World, **terms: Any) -> str:
    """The id of a new order of the developer's, at market unless told."""
    request = {"symbol": "BTCUSDT", "orderType": "market", "force": "gtc"} | terms
    return str((await world.do(ORDER, request))["orderId"])


async def move_coins(world: World) -> None:
    """Transfers between wallets and accounts, deposits and withdrawals in every state."""
    for source, target in (("spot", "p2p"), ("spot", "isolated_margin"), ("spot", "usdt_futures"), ("p2p", "spot")):
        moved = {"fromType": source, "toType": target, "amount": "300", "coin": "USDT", "symbol": "BTCUSDT"}
        await world.do(f"{SPOT}/wallet/transfer", moved)
    for name in ("savingsa", "tradings"):
        moved = {"fromType": "spot", "toType": "spot", "amount": "50", "coin": "USDT"}
        between = {"fromUserId": str(DEVELOPER), "toUserId": world.uids[name], "clientOid": world.new_name()}
        await world.do(f"{SPOT}/wallet/subaccount-transfer", moved | between)
    for uid in (DEVELOPER, int(world.uids["savingsa"])):
        deposit = await world.control("deposits/start", uid=uid, coin="USDT", amount="25", fromAddress=TRON)
        await world.control("deposits/confirm", orderId=deposit["orderId"], confirmations=99)
        await world.control("deposits/start", uid=uid, coin="XRP", amount="25", chain="XRP")
    for bots, coin in (("bots_futures", "USDT"), ("bots_spot", "BTC")):
        await world.control("transfers", uid=DEVELOPER, coin=coin, amount="0.5", fromWallet="spot", toWallet=bots)
    await world.control("bonuses", uid=DEVELOPER, coin="USDT", amount="5")
    sent = await withdrawal(world)
    await world.control("withdrawals/approve", orderId=sent)
    await world.control("withdrawals/complete", orderId=sent)
    given_up = await withdrawal(world)
    await world.do(f"{SPOT}/wallet/cancel-withdrawal", {"orderId": given_up})
    given = {"coin": "USDT", "transferType": "internal_transfer", "address": str(SECOND), "size": "5"}
    await world.do(f"{SPOT}/wallet/withdrawal", given)
    await world.do(f"{SPOT}/account/upgrade", {})


async def withdrawal(world: World, **more: Any) -> str:
    """The id of a new withdrawal of the developer's."""
    sent = {"coin": "USDT", "transferType": "on_chain", "address": TRON, "chain": "trc20", "size": "20"} | more
    return str((await world.do(f"{SPOT}/wallet/withdrawal", sent))["orderId"])


async def convert(world: World) -> None:
    """A conversion, and a small balance that became BGB."""
    await world.do("/api/v2/convert/trade", await quote(world))
    await small_balances(world, "LTC")
    await world.do("/api/v2/convert/bgb-convert", {"coinList": ["LTC"]})


async def quote(world: World) -> dict[str, str]:
    """A quote that stands, as the request that takes it."""
    asked = {"fromCoin": "USDT", "fromCoinSz": "444", "toCoin": "ETH"}
    found = await world.do("/api/v2/convert/quoted-price", asked)
    return {name: value for name, value in found.items() if name != "fee"}


async def small_balances(world: World, *coins: str) -> None:
    """The developer has a little of each of these coins, and no more."""
    held = {row["coin"] for row in await world.do(f"{SPOT}/account/assets")}
    for coin in coins:
        if coin not in held:
            await world.fund(str(DEVELOPER), "0.03", coin)


async def announce(world: World) -> None:
    """Something in English and Chinese."""
    chinese = {"language": "zh_CN", "title": "公告", "text": "内容", "url": "https://example.com/zh"}
    await world.control(
        "announcements/create",
        announcementType="coin_listings",
        subtype="spot",
        title="Listed",
        text="Now",
        url="https://example.com/en",
        translations=[chinese],
    )


async def trigger(world: World) -> None:
    """Trigger orders that wait, that fired, that could not be executed and that were cancelled."""
    await world.do(PLAN, plan(triggerPrice="84300", executePrice="84300", triggerType="fill_price"))
    costly = plan(triggerPrice="84300", executePrice="84300", size="99", triggerType="fill_price")
    world.known["failed plan"] = (await world.do(PLAN, costly))["orderId"]
    cancelled = await world.do(PLAN, plan())
    await world.do(f"{SPOT}/trade/cancel-plan-order", {"orderId": cancelled["orderId"]})
    await order(world, side="buy", size="90000")
    for _ in range(2):
        await world.do(PLAN, plan())
    fired = await world.do(f"{SPOT}/trade/history-plan-order", {"symbol": "BTCUSDT", "limit": "20"})
    assert {row["status"] for row in fired["orderList"]} == {"executed", "fail_execute", "cancelled"}
    world.known["plan"] = next(row["orderId"] for row in fired["orderList"] if row["status"] == "executed")


def plan(**changes: str) -> dict[str, str]:
    """A trigger order far away from the market."""
    far = {"symbol": "BTCUSDT", "side": "buy", "triggerPrice": "60000", "orderType": "limit", "executePrice": "60000"}
    return far | {"size": "0.01", "triggerType": "mark_price"} | changes


async def deal_with_people(world: World) -> None:
    """The developer, a merchant, sells to the second trader: orders that stand, are paid, disputed, done, cancelled."""
    person = {"realName": "Dev Eloper", "email": "dev@example.com", "mobile": "18012341234", "country": "DE"}
    await world.control("p2p/people/identify", uid=DEVELOPER, **person)
    await world.control("p2p/people/payment-account", uid=DEVELOPER, paymentId="11", details=["6222020202"])
    certificate = {"imageUrl": "https://example.com/gold.png", "desc": "Gold"}
    await world.control("p2p/merchants/register", uid=DEVELOPER, nickName="dev", certificates=[certificate])
    offer = {"side": "sell", "coin": "USDT", "fiat": "EUR", "price": "0.92", "size": "1000", "minTradeAmount": "5"}
    posted = await world.control(
        "p2p/advertisements/post", uid=DEVELOPER, paymentIds=["11", "13"], label="fast", **offer
    )
    world.known["advertisement"] = posted["advNo"]
    for steps in ([], ["pay"], ["pay", "appeal"], ["pay", "release"], ["cancel"]):
        taken = await world.control("p2p/orders/place", uid=SECOND, advNo=posted["advNo"], amount="46")
        for step in steps:
            await world.control(f"p2p/orders/{step}", orderNo=taken["orderNo"])
