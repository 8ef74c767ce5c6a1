"""Queues: bounded, nothing lost silently, each consumer on its own."""

from __future__ import annotations

import asyncio
from typing import Any

from papertape import Gap, Reconnected
from papertape.contract.spot import streams as channels
from papertape.sdk.streams.events import Push
from papertape.sdk.streams.socket.mailbox import EventMailbox, Mailbox, StateMailbox
from papertape.sdk.streams.socket.shared_subscription import state_key

BACK = Reconnected(recovered=0, reason="the socket broke", seconds=0.1)


def push(*rows: Any) -> Push[Any]:
    return Push(action="update", data=list(rows), time=1, epoch=1)


def taken(mailbox: Mailbox) -> list[Any]:
    return [mailbox.take() for _ in range(len(mailbox))]


async def test_events_wait_in_order() -> None:
    mailbox = EventMailbox(3)
    mailbox.deliver(push("a", "b"))
    mailbox.deliver(push("c"))
    assert taken(mailbox) == ["a", "b", "c"]


async def test_a_slow_consumer_is_told_how_many_it_lost_and_where() -> None:
    mailbox = EventMailbox(3)
    mailbox.deliver(push("a"))
    assert mailbox.take() == "a"
    mailbox.deliver(push("b", "c", "d", "e", "f"))
    assert taken(mailbox) == [Gap(lost=2, reason="slow consumer"), "d", "e", "f"]
    mailbox.deliver(push("g"))
    assert taken(mailbox) == ["g"]


async def test_gaps_that_are_dropped_count_and_other_events_do_not() -> None:
    mailbox = EventMailbox(2)
    mailbox.missed(Gap(lost=5, reason="disconnected"))
    mailbox.resumed(BACK, None)
    mailbox.deliver(push("a", "b", "c"))
    assert taken(mailbox) == [Gap(lost=6, reason="slow consumer"), "b", "c"]
    mailbox.resumed(BACK, Gap(lost=None, reason="disconnected"))
    mailbox.deliver(push("a", "b"))
    assert taken(mailbox) == [Gap(lost=None, reason="slow consumer"), "a", "b"]


async def test_a_gap_stands_before_the_reconnection_that_it_belongs_to() -> None:
    mailbox, gap = EventMailbox(9), Gap(lost=None, reason="disconnected")
    mailbox.resumed(BACK, gap)
    assert taken(mailbox) == [gap, BACK]


async def test_of_state_only_the_newest_waits() -> None:
    mailbox = StateMailbox(state_key(channels.ticker))
    for price in range(100):
        mailbox.deliver(push(price))
    assert taken(mailbox) == [99]


async def test_the_last_state_of_every_candle_waits() -> None:
    class Candle:
        def __init__(self, start: int, close: int) -> None:
            self.start, self.close = start, close

    mailbox = StateMailbox(state_key(channels.candles[0]))
    for start, close in ((1, 10), (1, 11), (2, 12), (2, 13), (1, 14)):
        mailbox.deliver(push(Candle(start, close)))
    assert [(candle.start, candle.close) for candle in taken(mailbox)] == [(1, 14), (2, 13)]


async def test_a_slow_consumer_slows_no_other() -> None:
    slow, quick = EventMailbox(10), EventMailbox(10)
    got = []
    for number in range(1000):
        for mailbox in (slow, quick):
            mailbox.deliver(push(number))
        got += taken(quick)
    assert got == list(range(1000))
    assert taken(slow) == [Gap(lost=990, reason="slow consumer"), *range(990, 1000)]


async def test_what_waits_at_the_end_can_still_be_taken() -> None:
    mailbox = EventMailbox(3)
    mailbox.deliver(push("a"))
    mailbox.end(None)
    assert await mailbox.arrival()
    assert taken(mailbox) == ["a"]
    assert not await mailbox.arrival()


async def test_several_consumers_of_one_queue_get_each_item_once() -> None:
    mailbox = EventMailbox(10)

    async def consume() -> list[Any]:
        items = []
        while await mailbox.arrival():
            items.append(mailbox.take())
        return items

    consumers = [asyncio.create_task(consume()) for _ in range(2)]
    for number in range(10):
        mailbox.deliver(push(number))
        await asyncio.sleep(0)
    mailbox.end(None)
    one, two = await asyncio.gather(*consumers)
    assert sorted(one + two) == list(range(10))
