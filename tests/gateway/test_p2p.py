"""P2P over the wire: every documented field with its documented type, over business that the control plane did."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.gateway.desk import Desk

DEVELOPER, SECOND = 1_000_000_001, 1_000_000_002
DAY = 86_400_000
FACTS = {
    fact["path"]: fact
    for fact in json.loads((Path(__file__).parents[1] / "contract" / "data" / "documented.json").read_text("utf-8"))
    if fact["group"] == "p2p"
}
KINDS: dict[str, type] = {"String": str, "Boolean": bool, "Array": list, "Object": dict}
OTHERWISE = {"advList[].userLimitList": dict}
"""An array in the table, an object in the example and here."""


def values(data: Any, path: str) -> list[Any]:
    """All values at a path like ``orderList[].price``; an empty list on the way is a failure."""
    found = [data]
    for part in re.findall(r"\[\]|[^.\[\]]+", path):
        if part == "[]":
            assert all(found), f"nothing is listed on the way to {path}"
            found = [item for each in found for item in each]
        else:
            found = [each[part] for each in found]
    return found


async def trade(desk: Desk) -> str:
    """The developer, as a merchant, sells in every way an order can end or stand; the advertisement's number."""
    person = {"realName": "Dev Eloper", "email": "dev@example.com", "mobile": "18012341234", "country": "DE"}
    await done(desk, "people/identify", uid=DEVELOPER, **person)
    await done(desk, "people/payment-account", uid=DEVELOPER, paymentId="11", details=["6222020202"])
    certificate = {"imageUrl": "https://example.com/gold.png", "desc": "Gold"}
    await done(desk, "merchants/register", uid=DEVELOPER, nickName="dev", certificates=[certificate])
    posted = await done(
        desk, "advertisements/post", uid=DEVELOPER, side="sell", coin="USDT", fiat="EUR", price="0.92", size="1000",
        minTradeAmount="5", paymentIds=["11", "13"], label="fast",
    )  # fmt: skip
    number: str = posted["advNo"]
    for steps in ([], ["pay"], ["pay", "appeal"], ["pay", "release"], ["cancel"]):
        order = await done(desk, "orders/place", uid=SECOND, advNo=number, amount="46")
        for step in steps:
            await done(desk, f"orders/{step}", orderNo=order["orderNo"])
    return number


async def done(desk: Desk, path: str, **fields: Any) -> Any:
    answer = await desk.control("POST", f"p2p/{path}", **fields)
    assert answer.status == 200, answer.body
    return answer.json


def target(desk: Desk, name: str, number: str = "") -> str:
    now = desk.exchange.market_clock.now()
    queries = {
        "merchantList": "online=yes&limit=20",
        "merchantInfo": "",
        "orderList": f"startTime={now - DAY}&endTime={now + DAY}&advNo={number}&language=en-US&limit=20",
        "advList": f"startTime={now - DAY}&endTime={now + DAY}&status=online&side=sell&coin=USDT&fiat=EUR&limit=20",
    }
    return f"/api/v2/p2p/{name}?{queries[name]}".rstrip("?")


@pytest.mark.parametrize("name", ["merchantList", "merchantInfo", "orderList", "advList"])
async def test_every_documented_field_is_there(desk: Desk, name: str) -> None:
    data = (await desk.signed("GET", target(desk, name, await trade(desk)))).data
    for field, kind, *_ in FACTS[f"/api/v2/p2p/{name}"]["fields"]:
        found = values(data, field)
        assert found, field
        assert {type(value) for value in found} == {OTHERWISE.get(field, KINDS[kind])}, field


async def test_every_status_of_an_order_in_its_documented_case(desk: Desk) -> None:
    number = await trade(desk)
    rows = (await desk.signed("GET", target(desk, "orderList", number))).data["orderList"]
    assert [row["status"] for row in rows] == ["cancelled", "Completed", "Appeal", "Paid", "pending_pay"]
    for status, word in (("PAID", "Paid"), ("Completed", "Completed"), ("canceled", "cancelled"), ("appeal", "Appeal")):
        asked = f"{target(desk, 'orderList', number)}&status={status}"
        assert [row["status"] for row in (await desk.signed("GET", asked)).data["orderList"]] == [word]
    assert rows[1]["paymentInfo"]["paymethodInfo"][0]["value"] == "62****"


async def test_requests_take_every_spelling(desk: Desk) -> None:
    number = await trade(desk)
    misspelt = target(desk, "orderList", number).replace("startTime", "startTimestartTime").replace("en-US", "zh_cn")
    (row, *_) = (await desk.signed("GET", misspelt)).data["orderList"]
    assert row["paymentInfo"]["paymethodName"] == "银行卡"
    for source in ("owner", "ownerAndCompetitior", "ownerAndCompetitor"):
        shown = (await desk.signed("GET", f"{target(desk, 'advList')}&sourceType={source}")).data
        assert [row["advNo"] for row in shown["advList"]] == [number] == [shown["minAdvId"]]
    for source in ("competitior", "competitor", "COMPETITIOR"):
        shown = (await desk.signed("GET", f"{target(desk, 'advList')}&sourceType={source}")).data
        assert shown == {"advList": [], "minAdvId": ""}


@pytest.mark.parametrize(
    ("name", "old", "new", "code"),
    [
        ("merchantList", "online=yes", "online=maybe", "40020"),
        ("merchantList", "limit=20", "limit=x", "40020"),
        ("merchantList", "limit=20", "limit=101", "40020"),
        ("merchantList", "limit=20", "idLessThan=x", "40020"),
        ("orderList", "startTime=", "start=", "40019"),
        ("orderList", "advNo=", "adv=", "40019"),
        ("orderList", "language=en-US", "language=", "40019"),
        ("orderList", "language=en-US", "language=tlh", "40020"),
        ("orderList", "limit=20", "status=gone", "40020"),
        ("orderList", "limit=20", "side=both", "40020"),
        ("orderList", "endTime=", "endTime=9", "00001"),
        ("advList", "status=online", "", "40019"),
        ("advList", "side=sell", "side=", "40019"),
        ("advList", "coin=USDT", "", "40019"),
        ("advList", "fiat=EUR", "", "40019"),
        ("advList", "startTime=", "startTime=x", "40020"),
        ("advList", "status=online", "status=sleeping", "40020"),
        ("advList", "limit=20", "limit=21", "40020"),
        ("advList", "limit=20", "orderBy=size", "40020"),
        ("advList", "limit=20", "sourceType=mine", "40020"),
        ("advList", "limit=20", "payMethodId=999", "60028"),
    ],
)
async def test_bad_input_gets_its_code(desk: Desk, name: str, old: str, new: str, code: str) -> None:
    sound = target(desk, name, await trade(desk))
    assert old in sound
    answer = await desk.signed("GET", sound.replace(old, new, 1))
    assert (answer.status, answer.code) == (400, code)


async def test_who_is_no_merchant_is_told_so_and_who_is_frozen_sees_nothing(desk: Desk) -> None:
    answer = await desk.signed("GET", "/api/v2/p2p/merchantInfo")
    assert (answer.status, answer.code) == (400, "60049")
    frozen = await desk.control("POST", "users/modify", uid=DEVELOPER, frozen=True)
    assert frozen.status == 200
    assert (await desk.signed("GET", "/api/v2/p2p/merchantList")).code == "40024"


async def test_ten_requests_a_second(desk: Desk) -> None:
    codes = [(await desk.signed("GET", "/api/v2/p2p/merchantList")).code for _ in range(11)]
    assert codes == ["00000"] * 10 + ["429"]
