"""The projector: every output once, in batches, never in the way."""

from __future__ import annotations

import sqlite3
from decimal import Decimal
from pathlib import Path

import pytest

from papertape.engine.trading.market_id import MarketId
from papertape.engine.trading.records import TradeRecord
from papertape.operations.ports import HistoryPage
from papertape.projections.database import open_database
from papertape.projections.projector import BATCH_BOUND, TRADES_KEPT, Projector
from tests.chronicle import Chronicle, Output
from tests.market import START

DAY = 86_400_000


def trade(number: int, created: int = START) -> TradeRecord:
    return TradeRecord(
        trade_id=number,
        product="spot",
        symbol="BTCUSDT",
        side="buy",
        price=Decimal("1.50"),
        size=Decimal("0.00000001"),
        created=created,
    )


def trades(projector: Projector) -> list[int]:
    return [row[0] for row in projector.session.rows("SELECT trade_id FROM trades ORDER BY trade_id")]


async def test_an_output_that_comes_again_after_a_restart_changes_nothing(tmp_path: Path) -> None:
    path = str(tmp_path / "history.db")
    outputs = [Output(number, {"live": [trade(number)]}) for number in range(1, 6)]
    for part in (outputs[:3], outputs):
        projector = Projector(open_database(path))
        await projector.start()
        for output in part:
            projector(output)
        await projector.stop()

    again = Projector(open_database(path))
    assert (again.applied, trades(again)) == (5, [1, 2, 3, 4, 5])
    await again.start()
    await again.stop()


async def test_amounts_come_back_digit_for_digit() -> None:
    async with Chronicle() as market:
        market.exchange.events = [trade(1)]
        market.happened_now()

        (row,) = await market.past.trades(MarketId("live", "spot", "BTCUSDT"), HistoryPage(limit=1))
        assert (str(row.price), format(row.size, "f")) == ("1.50", "0.00000001")


async def test_a_read_sees_what_was_taken_before_it() -> None:
    async with Chronicle() as market:
        for number in range(1, 3 * BATCH_BOUND):
            market.exchange.events = [trade(number)]
            market.happened_now()

        (row,) = await market.past.trades(MarketId("live", "spot", "BTCUSDT"), HistoryPage(limit=1))
        assert row.trade_id == 3 * BATCH_BOUND - 1
        assert market.projector.applied == market.exchange.sequence


async def test_outputs_without_records_count_as_written() -> None:
    async with Chronicle() as market:
        market.exchange.events = []
        market.happened_now()
        await market.projector.caught_up()

        assert market.projector.applied == 1


async def test_while_the_log_is_replayed_full_batches_are_written_at_once() -> None:
    projector = Projector(open_database(":memory:"))
    for number in range(1, BATCH_BOUND + 1):
        projector(Output(number, {"live": [trade(number)]}))

    assert projector.applied == BATCH_BOUND
    await projector.start()
    await projector.stop()


async def test_past_the_bound_who_brings_more_waits_until_it_is_written() -> None:
    projector = Projector(open_database(":memory:"), backlog=100)
    await projector.start()
    projector(Output(1, {"live": [trade(number) for number in range(99)]}))
    await projector.ready()
    assert projector.applied == 0

    projector(Output(2, {"live": [trade(99)]}))
    await projector.ready()

    assert (projector.applied, len(trades(projector))) == (2, 100)
    await projector.stop()


async def test_going_back_forgets_what_came_after_and_goes_on_from_there() -> None:
    async with Chronicle() as market:
        for number in range(1, 6):
            market.projector(Output(number, {"live": [trade(number)]}))
        await market.projector.rewind(2)
        assert (market.projector.applied, trades(market.projector)) == (2, [1, 2])

        market.projector(Output(3, {"live": [trade(33)]}))
        await market.projector.caught_up()
        assert trades(market.projector) == [1, 2, 33]


async def test_public_trades_are_kept_for_90_days() -> None:
    async with Chronicle() as market:
        market.projector(Output(1, {"live": [trade(1, START), trade(2, START + DAY)]}))
        await market.projector.caught_up()
        market.projector(Output(2, {"live": [trade(3, START + TRADES_KEPT + DAY)]}))
        await market.projector.caught_up()
        market.projector(Output(3, {"live": [trade(4, START + TRADES_KEPT + DAY + DAY // 24)]}))
        await market.projector.caught_up()

        assert trades(market.projector) == [3, 4]


def test_another_database_than_sqlite_is_named_in_the_refusal() -> None:
    with pytest.raises(ValueError, match="postgresql"):
        open_database("postgresql://localhost/papertape")


async def test_when_writing_fails_who_waits_is_told_and_nothing_piles_up(tmp_path: Path) -> None:
    projector = Projector(open_database(str(tmp_path / "history.db")))
    await projector.start()
    projector.session.rows("DROP TABLE trades")
    projector(Output(1, {"live": [trade(1)]}))

    with pytest.raises(sqlite3.OperationalError):
        await projector.caught_up()
    projector(Output(2, {"live": [trade(2)]}))
    with pytest.raises(sqlite3.OperationalError):
        await projector.ready()
    with pytest.raises(sqlite3.OperationalError):
        await projector.stop()
    assert projector.applied == 0
