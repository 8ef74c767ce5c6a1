"""A live order book: replaced at each snapshot, verified at each push, withheld and repaired when it breaks."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any
from zlib import crc32

import pytest

from papertape import AsyncClient, BookNotReady, Environment, Reconnected, Stream
from tests.sdk.streams.road import Road
from tests.sdk.streams.scripted import PATIENCE, Asked, Caller, ScriptedExchange, eventually, soon

BOOKS = {"instType": "SPOT", "channel": "books", "instId": "BTCUSDT"}
Levels = list[list[str]]


def signed(text: str) -> int:
    value = crc32(text.encode())
    return value - (1 << 32) if value >= 1 << 31 else value


def message(bids: Levels, asks: Levels, seq: int, pseq: int = 0, checksum: int = 0) -> dict[str, Any]:
    return {"bids": bids, "asks": asks, "seq": seq, "pseq": pseq, "checksum": checksum, "ts": str(seq)}


async def give(caller: Caller, rows: dict[str, Any], action: str = "snapshot") -> None:
    await caller.push(BOOKS, [rows], action)


def snapshots(*all_of_them: dict[str, Any]) -> Any:
    """Acknowledges, and sends the next snapshot."""
    waiting = list(all_of_them)

    async def answer(caller: Caller, asked: Asked) -> None:
        await caller.say(event="subscribe", arg=asked["args"][0])
        if waiting:
            await give(caller, waiting.pop(0))

    return answer


async def test_the_book_is_given_after_each_verified_change(venue: ScriptedExchange) -> None:
    venue.on["subscribe"] = snapshots(message([["9", "1"], ["10", "2"]], [["11", "3"]], 1))
    async with Stream(venue.environment) as stream:
        feed = stream.spot.order_book("BTCUSDT")
        with pytest.raises(BookNotReady):
            _ = feed.best_bid
        book = await soon(anext(feed))
        assert (book.best_bid, book.best_ask) == ((10, 2), (11, 3))
        await give(venue.last, message([["10", "0"]], [], 2, 1, signed("9:1:11:3")), "update")
        book = await soon(anext(feed))
        assert (feed.best_bid, book.sequence, book.verified_by) == ((9, 1), 2, "checksum")
        assert feed.depth(5).asks == [(11, 3)]


async def test_prices_are_sorted_as_numbers_not_as_strings(venue: ScriptedExchange) -> None:
    venue.on["subscribe"] = snapshots(message([["9.5", "1"], ["10", "1"]], [["100", "1"], ["99", "1"]], 1))
    async with Stream(venue.environment) as stream:
        feed = stream.spot.order_book("BTCUSDT")
        book = await soon(anext(feed))
        assert [level.price for level in book.bids] == [Decimal("10"), Decimal("9.5")]
        assert [level.price for level in book.asks] == [Decimal("99"), Decimal("100")]


async def test_after_a_dropped_socket_the_old_book_does_not_merge_with_the_new_snapshot(
    venue: ScriptedExchange,
) -> None:
    venue.on["subscribe"] = snapshots(
        message([["10", "1"], ["9", "1"]], [["20", "1"]], 1), message([["15", "1"]], [["16", "1"]], 7)
    )
    async with Stream(venue.environment) as stream:
        feed = stream.spot.order_book("BTCUSDT")
        await soon(anext(feed))
        venue.last.drop()
        await eventually(lambda: not feed.book.ready)
        with pytest.raises(BookNotReady, match="dropped"):
            _ = feed.best_ask
        book = await soon(anext(feed))
        assert (book.bids, book.asks) == ([(15, 1)], [(16, 1)])


@pytest.mark.parametrize(
    "broken",
    [
        message([["10", "5"]], [], 4, 3),
        message([["10", "5"]], [], 2, 1, 12345),
        message([["12", "5"]], [], 2, 1),
        {"bids": "none"},
    ],
    ids=["a push is lost", "the checksum is wrong", "the book would be crossed", "it cannot be read"],
)
async def test_a_book_that_breaks_is_withheld_and_subscribed_anew(
    venue: ScriptedExchange, broken: dict[str, Any]
) -> None:
    venue.on["subscribe"] = snapshots(message([["10", "1"]], [["11", "1"]], 1), message([["8", "1"]], [["9", "1"]], 9))
    async with Stream(venue.environment) as stream:
        feed = stream.spot.order_book("BTCUSDT")
        await soon(anext(feed))
        await give(venue.last, broken, "update")
        book = await soon(anext(feed))
        assert (book.best_bid, book.best_ask, book.sequence) == ((8, 1), (9, 1), 9)
        assert feed.breaks == 1
        assert venue.last.ops == ["subscribe", "unsubscribe", "subscribe"]


async def test_a_snapshot_that_never_comes_is_asked_for_again(venue: ScriptedExchange) -> None:
    async with Stream(venue.environment, timeout=0.2) as stream:
        feed = stream.spot.order_book("BTCUSDT")
        await eventually(lambda: venue.callers and venue.last.ops == ["subscribe", "unsubscribe", "subscribe"])
        await give(venue.last, message([["10", "1"]], [["11", "1"]], 1))
        await soon(feed.ready())
        assert feed.best_ask == (11, 1)


async def test_two_depths_of_one_symbol_share_nothing(venue: ScriptedExchange) -> None:
    async with Stream(venue.environment) as stream:
        five, fifteen = stream.spot.books5("BTCUSDT"), stream.spot.books15("BTCUSDT")
        await soon(fifteen.ready())
        for channel, price in (("books5", "5"), ("books15", "15")):
            rows = [message([[price, "1"]], [], 1)]
            await venue.last.push({**BOOKS, "channel": channel}, rows, "snapshot")
        assert (await soon(anext(five))).bids == [("5", "1")]
        assert (await soon(anext(fifteen))).bids == [("15", "1")]
        assert (five.waiting, fifteen.waiting) == (0, 0)


async def test_who_joins_later_gets_a_snapshot_of_his_own(venue: ScriptedExchange) -> None:
    venue.on["subscribe"] = snapshots(message([["10", "1"]], [], 1), message([["10", "2"]], [], 2))
    async with Stream(venue.environment) as stream:
        feed = stream.spot.order_book("BTCUSDT")
        await soon(anext(feed))
        pushes = stream.spot.books("BTCUSDT")
        push = await soon(anext(pushes))
        assert not isinstance(push, Reconnected)
        assert (getattr(push, "action", ""), getattr(push, "epoch", 0)) == ("snapshot", 2)
        assert (await soon(anext(feed))).sequence == 2


async def test_a_real_book_is_found_again_after_faults(place: Environment, way: Road, client: AsyncClient) -> None:
    order = {"symbol": "BTCUSDT", "side": "buy", "order_type": "limit", "force": "gtc"}

    async def bid(price: int) -> None:
        await client.spot.trade.place_order(**order, price=Decimal(price), size=Decimal("0.01"))

    async with Stream(place) as stream:
        feed = stream.spot.order_book("BTCUSDT")
        await soon(feed.ready())
        for fault in ("lost_push", "wrong_checksum"):
            await client.control.faults.add(kind=fault, channel="books", times=1)
            breaks = feed.breaks
            async with asyncio.timeout(PATIENCE):
                while feed.breaks == breaks:
                    await bid(50_000)
                    await asyncio.sleep(0.1)
            await soon(feed.ready())
        way.cut()
        await eventually(lambda: not feed.book.ready)
        await soon(feed.ready())
        there = await client.spot.market.order_book(symbol="BTCUSDT")
        assert [(level.price, level.size) for level in feed.book.bids] == there.bids
