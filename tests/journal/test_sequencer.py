"""The sequencer answers what is durable and applied, in order, within its bounds, and stops at a defect."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from pathlib import Path
from typing import Any

import pytest

from papertape.contract.catalog import BY_PATH
from papertape.contract.control import Control, CreateKey
from papertape.contract.internal import Internal
from papertape.contract.protocol.errors import ORDER_DOES_NOT_EXIST, SYSTEM_BUSY, Rejected
from papertape.contract.protocol.wire import Nothing
from papertape.contract.spot.trade import CancelOrder, SpotTrade
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.funds.ledger import EXCHANGE_UID
from papertape.engine.state import dump, load
from papertape.journal import sequencer as bounds
from papertape.journal.apply import Output
from papertape.journal.clock import Clock
from papertape.journal.entry import Entry, decode_entry, encode_entry
from papertape.journal.file_log import FileLog, read_log
from papertape.journal.folder import DataFolder
from papertape.journal.log import MemoryLog
from papertape.journal.sequencer import Restored, Stopped
from papertape.operations.registry import OPERATIONS, Caller
from tests.journal.trading import ALICE, BOB, OPENED, in_folder, in_memory, order, running, trade


async def test_a_command_gets_its_typed_reply() -> None:
    async with in_memory() as sequencer:
        reply = await sequencer.submit(SpotTrade.place_order, ALICE, order(client_oid="first"))
        assert reply.client_oid == "first"
        assert int(reply.order_id) in sequencer.exchange.orders.by_id


async def test_a_refused_command_raises_its_error_and_changes_nothing() -> None:
    async with in_memory() as sequencer:
        before = sequencer.exchange.last_id
        with pytest.raises(Rejected) as refusal:
            await sequencer.submit(SpotTrade.cancel_order, BOB, CancelOrder(symbol="BTCUSDT", order_id="7"))
        assert refusal.value.error == ORDER_DOES_NOT_EXIST
        assert sequencer.exchange.last_id == before


async def test_an_answer_leaves_only_after_its_entry_is_on_the_disk(tmp_path: Path) -> None:
    async with in_folder(tmp_path) as sequencer:
        for number in range(20):
            await sequencer.submit(SpotTrade.place_order, ALICE, order(client_oid=f"order-{number}"))
            *_, last = read_log(DataFolder(tmp_path).journal)
            assert f"order-{number}".encode() in decode_entry(last).request


class HeldLog(MemoryLog):
    """A log whose disk is slow: a batch becomes durable when the test lets it."""

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[int] = []
        self.let_go = asyncio.Event()
        self.let_go.set()

    def append(self, first: int, payloads: Sequence[bytes]) -> Awaitable[None]:
        self.batches.append(len(payloads))
        return self._held(super().append(first, payloads))

    async def _held(self, done: Awaitable[None]) -> None:
        await done
        await self.let_go.wait()


async def test_the_exchange_holds_nothing_that_is_not_durable() -> None:
    log = HeldLog()
    async with running(log) as sequencer:
        log.let_go.clear()
        answer = sequencer.enqueue(SpotTrade.place_order, ALICE, order())
        for _ in range(10):
            await asyncio.sleep(0)
        assert sequencer.exchange.sequence == 1
        assert not answer.done()
        log.let_go.set()
        await answer
        assert sequencer.exchange.sequence == 2


async def test_what_waits_while_the_disk_works_is_written_as_one_batch() -> None:
    log = HeldLog()
    async with running(log) as sequencer:
        log.let_go.clear()
        answers = [sequencer.enqueue(SpotTrade.place_order, ALICE, order())]
        for _ in range(10):
            await asyncio.sleep(0)
        answers += [sequencer.enqueue(SpotTrade.place_order, ALICE, order()) for _ in range(100)]
        log.let_go.set()
        await asyncio.gather(*answers)
        assert log.batches == [1, 1, 100]


async def test_batches_are_bounded() -> None:
    log = HeldLog()
    async with running(log) as sequencer:
        await asyncio.gather(*(sequencer.submit(Internal.tick, Caller(EXCHANGE_UID), Nothing()) for _ in range(1000)))
        assert max(log.batches) == bounds.BATCH_BOUND


async def test_more_than_the_queue_holds_is_refused_at_once() -> None:
    log = HeldLog()
    async with running(log) as sequencer:
        log.let_go.clear()
        answers = []
        with pytest.raises(Rejected) as refusal:
            for _ in range(bounds.QUEUE_BOUND + 1):
                answers.append(sequencer.enqueue(Internal.tick, Caller(EXCHANGE_UID), Nothing()))
        assert refusal.value.error == SYSTEM_BUSY
        assert len(answers) == bounds.QUEUE_BOUND
        log.let_go.set()
        await asyncio.gather(*answers)


async def test_listeners_hear_of_everything_in_order_before_the_caller_does() -> None:
    heard: list[Output] = []
    async with in_memory() as sequencer:
        sequencer.add_listener(heard.append)
        reply = await sequencer.submit(SpotTrade.place_order, ALICE, order())
        assert heard[-1].reply == reply
        assert heard[-1].caller == ALICE
        assert heard[-1].events["live"]
        await trade(sequencer, 500)
        assert [output.sequence for output in heard] == list(range(2, 503))
        assert {output.path for output in heard} >= {SpotTrade.place_order.path, SpotTrade.cancel_symbol_order.path}
        assert any(output.error is not None and not output.events["live"] for output in heard)


async def test_a_listener_that_falls_behind_holds_the_exchange_up() -> None:
    room = asyncio.Event()
    room.set()

    async def ready() -> None:
        await room.wait()

    async with in_memory() as sequencer:
        sequencer.add_gate(ready)
        await sequencer.submit(Internal.tick, Caller(EXCHANGE_UID), Nothing())
        room.clear()
        held = sequencer.enqueue(Internal.tick, Caller(EXCHANGE_UID), Nothing())
        for _ in range(10):
            await asyncio.sleep(0)
        assert not held.done()
        room.set()
        await held


async def test_entries_take_the_market_time_and_it_never_decreases() -> None:
    clock = Clock("manual", OPENED)
    times: list[int] = []
    async with running(MemoryLog(), clock=clock) as sequencer:
        sequencer.add_listener(lambda output: times.append(output.time))
        await sequencer.submit(Internal.tick, Caller(EXCHANGE_UID), Nothing())
        clock.advance(8_000)
        await sequencer.submit(Internal.tick, Caller(EXCHANGE_UID), Nothing())
        clock.restore(OPENED - 5_000)
        await sequencer.submit(Internal.tick, Caller(EXCHANGE_UID), Nothing())
        assert times == [OPENED, OPENED + 8_000, OPENED + 8_000]
        assert sequencer.exchange.now == sequencer.exchange.ledger.now == OPENED + 8_000


async def test_stopping_finishes_what_waits_and_refuses_what_comes() -> None:
    async with in_memory() as sequencer:
        answers = [sequencer.enqueue(SpotTrade.place_order, ALICE, order()) for _ in range(150)]
        await sequencer.stop()
        assert all(answer.done() for answer in answers)
        with pytest.raises(Rejected) as refusal:
            await sequencer.submit(SpotTrade.place_order, ALICE, order())
        assert refusal.value.error == SYSTEM_BUSY
        await sequencer.start()
        assert (await sequencer.submit(SpotTrade.place_order, ALICE, order())).order_id


async def test_who_listens_is_told_of_a_restore_once_the_earlier_state_is_there() -> None:
    async with in_memory() as sequencer:
        earlier = load(dump(sequencer.exchange))
        told: list[tuple[Restored, bool]] = []
        sequencer.add_restore_listener(lambda restored: told.append((restored, sequencer.exchange is earlier)))
        await sequencer.submit(SpotTrade.place_order, ALICE, order())
        await sequencer.stop()
        sequencer.restore(earlier)
        assert told == [(Restored(earlier.sequence), True)]


async def test_a_caller_who_goes_away_takes_nothing_along() -> None:
    async with in_memory() as sequencer:
        waiting = asyncio.create_task(sequencer.submit(SpotTrade.place_order, ALICE, order(client_oid="left")))
        await asyncio.sleep(0)
        waiting.cancel()
        await sequencer.submit(SpotTrade.place_order, ALICE, order())
        assert ("spot", ALICE.uid, "left") in sequencer.exchange.orders.client_oids


async def test_a_defect_stops_the_exchange_and_is_told() -> None:
    told: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context["exception"]))
    async with in_memory() as sequencer:

        def fails(output: Output) -> None:
            raise AssertionError("a defect")

        sequencer.add_listener(fails)
        answers = [sequencer.enqueue(SpotTrade.place_order, ALICE, order()) for _ in range(400)]
        outcomes = await asyncio.gather(*answers, return_exceptions=True)
        assert all(isinstance(outcome, Stopped) for outcome in outcomes)
        assert not sequencer.running
        with pytest.raises(AssertionError, match="a defect"):
            await sequencer.failed()
        with pytest.raises(Rejected):
            await sequencer.submit(SpotTrade.place_order, ALICE, order())
        assert [str(failure) for failure in told] == ["a defect"]


async def test_a_disk_that_does_not_write_stops_the_exchange_before_it_changes(tmp_path: Path) -> None:
    told: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context["exception"]))
    log = FileLog(tmp_path / "journal", segment_bytes=1)
    async with running(log) as sequencer:
        (tmp_path / "journal" / "00000000000000000002.log").touch()
        with pytest.raises(Stopped):
            await sequencer.submit(SpotTrade.place_order, ALICE, order())
        assert sequencer.exchange.sequence == 1
        assert isinstance(sequencer.failure, FileExistsError)


async def test_secrets_are_sealed_before_they_are_journaled(tmp_path: Path) -> None:
    async with in_folder(tmp_path) as sequencer:
        await sequencer.submit(
            Control.create_key,
            Caller(EXCHANGE_UID),
            CreateKey(uid=ALICE.uid, secret="open-sesame-sesame", passphrase="thieves40"),
        )
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert Control.create_key.path.encode() in kept
    assert b"sesame" not in kept
    assert b"thieves" not in kept


def test_an_entry_is_read_back_as_it_was_written() -> None:
    entry = Entry(2**53, OPENED, ALICE.uid, "key", "127.0.0.1", "internal/tick", b"{}")
    assert decode_entry(encode_entry(entry)) == entry
    assert entry.caller == Caller(ALICE.uid, "key", "127.0.0.1")


def test_every_command_has_a_request_that_the_log_can_hold() -> None:
    commands = [path for path, operation in OPERATIONS.items() if operation.kind == "command"]
    assert commands
    for path in commands:
        assert path in BY_PATH, path


def test_a_new_exchange_has_no_timers() -> None:
    assert Exchange().next_due() is None
