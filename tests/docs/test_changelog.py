"""docs/changelog-of-bitget.md: each entry that it calls so is so, and what it says is to come is not here yet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from papertape import BitgetError, Client
from papertape.contract.catalog import BY_PATH, CATALOGUE
from papertape.contract.protocol.errors import Rejected
from papertape.contract.spot.plan import CancelPlanOrder, PlacePlanOrder, SpotPlan
from papertape.operations.paging import DAY_MS
from papertape.operations.registry import OPERATIONS, Caller
from papertape.operations.spot.plan import cancel_plan_order, place_plan_order
from papertape.sdk.environment import at
from tests.chronicle import Chronicle
from tests.cli.serving import serving
from tests.market import START, UIDS

PROJECT = Path(__file__).resolve().parents[2]
PAGE = (PROJECT / "docs" / "changelog-of-bitget.md").read_text("utf-8")


class Entry(NamedTuple):
    """A row of the page."""

    date: str
    text: str
    here: str
    where: str

    @property
    def paths(self) -> list[str]:
        """The endpoints that the entry names."""
        return re.findall(r"`(/api/v2/[\w/-]+)`", self.text)


ENTRIES = [
    Entry(*(cell.strip() for cell in line.strip("|").split("|")))
    for line in PAGE.splitlines()
    if re.match(r"\| 20\d\d", line)
]


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """The developer on an exchange of their own."""
    with serving("--market", "still", "--limits", "off") as served, Client(at(served.rest)) as client:
        yield client


def get(client: Client, path: str, **parameters: str) -> Any:
    return client.request("GET", path, parameters).data


def served(path: str) -> bool:
    return path in BY_PATH and BY_PATH[path].path in OPERATIONS


def test_every_date_is_there_newest_first() -> None:
    dates = [entry.date for entry in ENTRIES]
    assert dates == sorted(dates, reverse=True)
    assert len(set(dates)) == 30


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.date)
def test_an_entry_that_is_so_names_its_test_and_one_to_come_is_not_served(entry: Entry) -> None:
    known = {row.path for row in CATALOGUE}
    assert set(entry.paths) <= known
    if not entry.here.startswith("so"):
        assert entry.here.startswith("comes with")
        assert [path for path in entry.paths if served(path)] == [], "served by now: say where it is tested"
        return
    for file, name in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", entry.where):
        assert re.search(rf"def {name}\(", (PROJECT / file).read_text("utf-8")), name
    assert entry.where


def test_symbols_say_when_they_go_and_have_no_bounds_of_size(client: Client) -> None:
    (symbol,) = get(client, "/api/v2/spot/public/symbols", symbol="BTCUSDT")
    assert (symbol["offTime"], symbol["minTradeAmount"]) == ("-1", "0")
    assert Decimal(symbol["maxTradeAmount"]) > 10**20


def test_fills_come_without_a_symbol(client: Client) -> None:
    assert get(client, "/api/v2/spot/trade/fills") == []


def test_transfer_records_page_by_number_and_still_by_id(client: Client) -> None:
    for size in ("1", "2", "3"):
        client.request("POST", "/api/v2/spot/wallet/transfer", body={
            "fromType": "spot", "toType": "p2p", "amount": size, "coin": "USDT"})  # fmt: skip
    path, of_spot = "/api/v2/spot/account/transferRecords", {"coin": "USDT", "fromType": "spot", "limit": "2"}
    newest, second = get(client, path, **of_spot)
    (oldest,) = get(client, path, **of_spot, pageNum="2")
    assert [Decimal(row["size"]) for row in (newest, second, oldest)] == [3, 2, 1]
    assert get(client, path, **of_spot, idLessThan=second["transferId"]) == [oldest]


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("/api/v2/convert/trade", 5),
        ("/api/v2/spot/trade/batch-cancel-plan-order", 5),
        ("/api/v2/spot/account/deduct-info", 5),
        ("/api/v2/user/virtual-subaccount-apikey-list", 5),
        ("/api/v2/spot/account/switch-deduct", 1),
    ],
)
def test_limits_are_those_of_the_changelog(path: str, count: int) -> None:
    limit = BY_PATH[path].limit
    assert (limit.count, limit.by, limit.per_seconds) == (count, "uid", 1)


async def test_past_trigger_orders_go_back_90_days() -> None:
    alice = Caller(UIDS["alice"])
    async with Chronicle(alice="100 USDT") as market:
        placed = place_plan_order(market.exchange, alice, PlacePlanOrder(
            symbol="BTCUSDT", side="buy", trigger_price=Decimal(90), order_type="limit", execute_price=Decimal(90),
            size=Decimal("0.1"), trigger_type="fill_price"))  # fmt: skip
        cancel_plan_order(market.exchange, alice, CancelPlanOrder(order_id=placed.order_id))
        market.happened_now()

        async def seen() -> list[str]:
            page = await market.ask(SpotPlan.history_plan_orders, start_time=START - DAY_MS)
            return [order.order_id for order in page.order_list]

        market.wait(89 * DAY_MS)
        with pytest.raises(Rejected) as refused:
            await market.ask(SpotPlan.history_plan_orders, start_time=START - 91 * DAY_MS, end_time=START)
        assert refused.value.error.code == "00001"
        assert await seen() == [placed.order_id]
        market.wait(2 * DAY_MS)
        assert await seen() == []


def test_a_batch_cancel_tells_codes(client: Client) -> None:
    body = {"symbol": "BTCUSDT", "orderList": [{"orderId": "1"}]}
    done = client.request("POST", "/api/v2/spot/trade/batch-cancel-order", body=body).data
    assert done["failureList"][0]["errorCode"] == "43001"


def test_tax_records_go_by_30_days(client: Client) -> None:
    _needs("/api/v2/tax/spot-record", "/api/v2/tax/p2p-record")
    for path in ("/api/v2/tax/spot-record", "/api/v2/tax/p2p-record"):
        now = get(client, "/api/v2/public/time")["serverTime"]
        with pytest.raises(BitgetError):
            get(client, path, startTime=str(int(now) - 31 * DAY_MS), endTime=now)
        get(client, path, startTime=str(int(now) - 30 * DAY_MS), endTime=now)


def test_advertisements_come_twenty_at_most(client: Client) -> None:
    _needs("/api/v2/p2p/advList")
    start = str(int(get(client, "/api/v2/public/time")["serverTime"]) - DAY_MS)
    asked = {"startTime": start, "status": "online", "side": "sell", "coin": "USDT", "fiat": "USD"}
    asked["sourceType"] = "competitior"
    with pytest.raises(BitgetError):
        get(client, "/api/v2/p2p/advList", **asked, limit="21")
    get(client, "/api/v2/p2p/advList", **asked, limit="20")


def test_merchants_are_listed_without_their_id(client: Client) -> None:
    _needs("/api/v2/p2p/merchantList")
    request = BY_PATH["/api/v2/p2p/merchantList"].request
    assert "merchantId" not in {field.encode_name for field in msgspec.structs.fields(request)}
    client.control.p2p.register_merchant(uid=1_000_000_002, nick_name="merchant")
    (row,) = get(client, "/api/v2/p2p/merchantList")["merchantList"]
    assert "merchantId" not in row


def _needs(*paths: str) -> None:
    missing = [path for path in paths if not served(path)]
    if missing:
        pytest.skip(f"not served yet: {', '.join(missing)}")
