"""History as it is read: what happened on the market, page by page."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from papertape.engine.funds.records import BillRecord, DepositRecord, TransferRecord
from papertape.engine.trading.records import FillRecord, OrderRecord
from papertape.operations.ports import HistoryPage
from tests.chronicle import Chronicle
from tests.market import START, UIDS

ALICE, BOB = UIDS["alice"], UIDS["bob"]
ALL = HistoryPage(limit=100)


@pytest.fixture(params=["memory", "file"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return ":memory:" if request.param == "memory" else str(tmp_path / "history.db")


async def test_an_order_enters_history_when_it_closes(url: str) -> None:
    async with Chronicle(url, alice="1000 USDT", bob="2 BTC") as market:
        order = int(market.sell("bob", "1 @ 100"))
        assert await market.past.rows(OrderRecord, ALL, uid=BOB) == []

        market.buy("alice", "1 @ 100")

        (row,) = await market.past.rows(OrderRecord, ALL, uid=BOB)
        assert (row.order_id, row.status, row.average_price, row.fee) == (order, "filled", 100, Decimal("0.1"))


async def test_each_side_of_a_trade_finds_its_own_fill(url: str) -> None:
    async with Chronicle(url, alice="1000 USDT", bob="2 BTC") as market:
        market.sell("bob", "1 @ 100")
        market.buy("alice", "0.4 @ 100")

        (bought,) = await market.past.rows(FillRecord, ALL, uid=ALICE)
        (sold,) = await market.past.rows(FillRecord, ALL, uid=BOB)
        assert (bought.side, bought.scope, bought.size, bought.fee_coin) == ("buy", "taker", Decimal("0.4"), "BTC")
        assert (sold.side, sold.scope, sold.amount, sold.fee_coin) == ("sell", "maker", Decimal(40), "USDT")
        assert bought in market.exchange.events


async def test_pages_go_from_the_newest_id_down(url: str) -> None:
    async with Chronicle(url, alice="1000 USDT") as market:
        ids = []
        for _ in range(5):
            order = market.buy("alice", "1 @ 50")
            market.cancel("alice", order)
            ids.append(int(order))

        first = await market.past.rows(OrderRecord, HistoryPage(limit=2), uid=ALICE)
        second = await market.past.rows(OrderRecord, HistoryPage(limit=2, before=first[-1].order_id), uid=ALICE)
        numbered = await market.past.rows(OrderRecord, HistoryPage(limit=2, offset=4), uid=ALICE)

        assert [row.order_id for row in first + second + numbered] == ids[::-1]


async def test_pages_of_bills_go_down_through_what_happened_at_one_time_and_before(url: str) -> None:
    async with Chronicle(url, alice="1000 USDT", bob="2 BTC") as market:
        for _ in range(3):
            market.sell("bob", "0.4 @ 100")
            market.buy("alice", "0.2 @ 100")
            market.buy("alice", "0.2 @ 100")
            market.wait(1000)
        every = [row.bill_id for row in await market.past.rows(BillRecord, ALL, uid=ALICE, wallet="spot")]
        assert every == sorted(every, reverse=True)
        assert len(every) == 12

        found: list[int] = []
        while page := await market.past.rows(
            BillRecord, HistoryPage(limit=5, before=found[-1] if found else None), uid=ALICE, wallet="spot"
        ):
            found += [row.bill_id for row in page]
        assert found == every
        assert [
            row.bill_id
            for row in await market.past.rows(BillRecord, HistoryPage(limit=9, start=START, end=START), uid=ALICE)
        ] == every[8:]
        assert await market.past.rows(BillRecord, HistoryPage(limit=9, before=every[-1]), uid=ALICE) == []
        assert await market.past.rows(BillRecord, HistoryPage(limit=9, before=1), uid=BOB) == []


async def test_a_window_holds_both_its_ends(url: str) -> None:
    async with Chronicle(url, alice="1000 USDT") as market:
        for _ in range(4):
            market.cancel("alice", market.buy("alice", "1 @ 50"))
            market.wait(1000)

        rows = await market.past.rows(
            OrderRecord, HistoryPage(limit=9, start=START + 1000, end=START + 2000), uid=ALICE
        )

        assert [row.created - START for row in rows] == [2000, 1000]


async def test_filters_narrow_the_rows(url: str) -> None:
    async with Chronicle(url, alice="1000 USDT") as market:
        named = int(market.buy("alice", "1 @ 50", client_oid="mine"))
        market.cancel("alice", str(named))
        market.cancel("alice", market.buy("alice", "1 @ 50"))

        assert [row.order_id for row in await market.past.rows(OrderRecord, ALL, uid=ALICE, client_oid="mine")] == [
            named
        ]
        assert [row.order_id for row in await market.past.rows(OrderRecord, ALL, uid=ALICE, order_id=named)] == [named]
        assert await market.past.rows(OrderRecord, ALL, uid=ALICE, symbol="BGBUSDT") == []
        assert await market.past.rows(OrderRecord, ALL, uid=BOB, order_id=named) == []


async def test_an_id_beyond_every_column_is_beyond_every_row(url: str) -> None:
    async with Chronicle(url, alice="1000 USDT") as market:
        market.cancel("alice", market.buy("alice", "1 @ 50"))

        assert len(await market.past.rows(OrderRecord, HistoryPage(limit=9, before=10**30, end=10**40), uid=ALICE)) == 1


async def test_transfers_between_users_are_told_from_those_within_one() -> None:
    async with Chronicle() as market:
        for number, (source, target) in enumerate([(ALICE, ALICE), (ALICE, BOB)]):
            market.exchange.events = [
                TransferRecord(
                    transfer_id=number,
                    client_oid="",
                    initiator_uid=ALICE,
                    from_uid=source,
                    to_uid=target,
                    from_wallet="spot",
                    to_wallet="funding",
                    from_symbol="",
                    to_symbol="",
                    coin="USDT",
                    size=Decimal(5),
                    created=START,
                )
            ]
            market.happened_now()

        assert [row.transfer_id for row in await market.past.rows(TransferRecord, ALL, between_accounts=True)] == [1]
        assert [row.transfer_id for row in await market.past.rows(TransferRecord, ALL, between_accounts=False)] == [0]
        assert [row.transfer_id for row in await market.past.rows(TransferRecord, ALL, from_uid=ALICE)] == [1, 0]
        assert [row.transfer_id for row in await market.past.rows(TransferRecord, ALL, to_uid=BOB)] == [1]


def deposit(status: str, confirmations: int) -> DepositRecord:
    return DepositRecord(
        order_id=7,
        transaction="0xfeed",
        uid=ALICE,
        coin="BTC",
        chain="BTC",
        size=Decimal("0.50000000"),
        status=status,
        from_address="a",
        to_address="b",
        destination="on_chain",
        tag="",
        confirmations=confirmations,
        wallet="spot",
        created=START,
        updated=START + confirmations,
    )


async def test_a_deposit_is_read_as_it_stands_and_can_be_taken_back() -> None:
    async with Chronicle() as market:
        for status, confirmations in (("pending", 0), ("pending", 1), ("success", 2)):
            market.exchange.events = [deposit(status, confirmations)]
            market.happened_now()
        assert await market.past.rows(DepositRecord, ALL, uid=ALICE) == [deposit("success", 2)]
        assert await market.past.rows(DepositRecord, ALL, uid=ALICE, coin="ETH") == []

        await market.projector.rewind(2)

        assert await market.past.rows(DepositRecord, ALL, uid=ALICE) == [deposit("pending", 1)]
