"""Books come whole or in changes that add up."""

from __future__ import annotations

from random import Random
from zlib import crc32

import pytest

from papertape.engine.spot.markets import spot_markets
from papertape.engine.trading.orders import Order
from papertape.operations.feeds.feeds import Feeds, who_hears
from papertape.operations.spot.feeds.books import checksum
from tests.market import Market
from tests.operations.feeds.audience import Audience, argument, wire
from tests.operations.feeds.rebuilding import RebuiltBook

UPDATES, CHANGES_PER_UPDATE = 20_000, 5
"""Together 100,000 changes; ``python -m tests.operations.feeds.test_books`` takes five times as many updates."""
CHECKED = 20
"""Every so many updates all levels are compared."""


def test_a_checksum_is_made_of_bids_and_asks_in_turn() -> None:
    bids = [("43231.1", "4"), ("43231", "6")]
    asks = [("43232.8", "9"), ("43232.9", "8")]
    assert checksum(bids, asks) == signed(b"43231.1:4:43232.8:9:43231:6:43232.9:8") == -1504501796
    asks = [("3366.8", "9"), ("3368", "8"), ("3372", "8")]
    assert checksum([("3366.1", "7")], asks) == signed(b"3366.1:7:3366.8:9:3368:8:3372:8")


def signed(text: bytes) -> int:
    value = crc32(text)
    return value - 2**32 if value >= 2**31 else value


def test_a_snapshot_shows_the_levels_in_the_instruments_decimals() -> None:
    market = Audience(alice="1000 USDT", bob="2 BTC")
    market.buy("alice", "1 @ 99.5")
    market.buy("alice", "1 @ 98")
    market.sell("bob", "1.5 @ 101")
    (row,) = market.listen("books", "BTCUSDT")
    assert row["bids"] == [["99.50", "1.0000"], ["98.00", "1.0000"]]
    assert row["asks"] == [["101.00", "1.5000"]]
    assert (row["seq"], row["pseq"], row["instId"]) == (1003, 0, "BTCUSDT")


def test_an_update_tells_what_changed_and_what_is_gone() -> None:
    market = Audience(alice="1000 USDT", bob="2 BTC")
    gone = market.buy("alice", "1 @ 98")
    market.buy("alice", "1 @ 99")
    market.sell("bob", "1 @ 101")
    market.listen("books", "BTCUSDT")
    market.cancel("alice", gone)
    market.buy("alice", "0.5 @ 99")
    market.buy("alice", "0.2 @ 97")
    market.later()
    (push,) = market.heard("books")
    (row,) = wire(push.data)
    assert push.action == "update"
    assert row["asks"] == []
    assert sorted(row["bids"]) == [["97.00", "0.2000"], ["98.00", "0"], ["99.00", "1.5000"]]
    assert (row["seq"], row["pseq"]) == (1006, 1003)


def test_what_came_and_went_between_two_pushes_is_not_told() -> None:
    market = Audience(alice="1000 USDT")
    market.listen("books", "BTCUSDT")
    market.cancel("alice", market.buy("alice", "1 @ 98"))
    market.later()
    assert market.heard("books") == []


def test_a_late_listener_continues_where_the_others_are() -> None:
    market = Audience(alice="1000 USDT")
    market.listen("books", "BTCUSDT")
    market.buy("alice", "1 @ 98")
    market.later()
    market.pushes.clear()
    market.buy("alice", "1 @ 97")
    (row,) = market.listen("books", "BTCUSDT")
    assert row["bids"] == [["98.00", "1.0000"]]
    market.later()
    (update,) = market.data("books")
    assert update["pseq"] == row["seq"]
    assert update["bids"] == [["97.00", "1.0000"]]


def test_levels_beyond_the_depth_come_and_go() -> None:
    market = Audience(alice="100000 USDT")
    orders = {price: market.buy("alice", f"0.1 @ 50.{price:02}") for price in range(99)}
    market.feeds.subscribed(who_hears("live", asked := argument("books", "BTCUSDT"), None))
    feed = market.feeds._feeds[who_hears("live", asked, None)]
    feed.depth = 20
    book = RebuiltBook()
    push = market.feeds.snapshot(who_hears("live", asked, None))
    assert push is not None
    book.apply("snapshot", wire(push.data)[0])
    assert len(book.levels[0]) == 20
    market.buy("alice", "0.1 @ 50.99")
    market.cancel("alice", orders[90])
    market.cancel("alice", orders[91])
    market.later()
    (update,) = market.data("books")
    book.apply("update", update)
    assert sorted(update["bids"]) == [
        ["50.78", "0.1000"], ["50.90", "0"], ["50.91", "0"], ["50.99", "0.1000"],
    ]  # fmt: skip
    assert len(book.levels[0]) == 20


@pytest.mark.parametrize(("channel", "depth"), [("books1", 1), ("books5", 5), ("books15", 15)])
def test_the_top_of_the_book_is_always_whole(channel: str, depth: int) -> None:
    market = Audience(alice="10000 USDT", bob="20 BTC")
    for step in range(20):
        market.buy("alice", f"0.1 @ {99 - step}")
        market.sell("bob", f"0.1 @ {101 + step}")
    (row,) = market.listen(channel, "BTCUSDT")
    assert len(row["bids"]) == len(row["asks"]) == depth
    market.buy("alice", "0.1 @ 100")
    market.listen(channel, "BTCUSDT")
    market.later()
    (push,) = market.heard(channel)
    (row,) = wire(push.data)
    assert push.action == "snapshot"
    assert len(row["bids"]) == len(row["asks"]) == depth
    assert row["bids"][0] == ["100.00", "0.1000"]
    RebuiltBook().apply("snapshot", row)
    market.buy("alice", "0.1 @ 50")
    market.later()
    assert market.heard(channel) == []


async def test_a_replaced_exchange_is_shown_whole() -> None:
    market = Audience(alice="1000 USDT", bob="1 BTC")
    market.buy("alice", "1 @ 98")
    market.listen("books", "BTCUSDT")
    other = Market(alice="1000 USDT")
    other.buy("alice", "1 @ 70")
    market.exchange = other.exchange
    market.feeds.forget()
    (push,) = await market.feeds.reload()
    assert (push.action, wire(push.data)[0]["bids"]) == ("snapshot", [["70.00", "1.0000"]])


def test_a_client_can_rebuild_the_book() -> None:
    rebuild(UPDATES, CHANGES_PER_UPDATE)


def rebuild(updates: int, changes: int) -> None:
    """A book from many updates: as the exchange's wherever compared, no push missing or wrong."""
    market, chance = Market(alice="1 USDT"), Random(5)
    market.exchange.sequence = 1
    feeds = Feeds(lambda: market.exchange, None)
    asked, book, resting = argument("books", "BTCUSDT"), RebuiltBook(), list[Order]()
    feeds.subscribed(who_hears("live", asked, None))
    snapshot = feeds.snapshot(who_hears("live", asked, None))
    assert snapshot is not None
    book.apply("snapshot", wire(snapshot.data)[0])
    seen = 0
    for update in range(updates):
        for _ in range(changes):
            _change_a_level(market, chance, resting)
        market.exchange.sequence += changes
        for push in feeds.due(update * 1000):
            book.apply(push.action, wire(push.data)[0])
            assert book.sequence == market.exchange.sequence
            seen += 1
        if update % CHECKED == 0:
            assert _engine_book(market) == book.levels
    assert seen > updates * 0.9


def _change_a_level(market: Market, chance: Random, resting: list[Order]) -> None:
    """Adds an order that crosses nothing, takes one out or fills a part of one."""
    book = spot_markets(market.exchange)["BTCUSDT"].book
    if len(resting) > 100 or (resting and chance.random() < 0.45):
        order = resting.pop(chance.randrange(len(resting)))
        if order.open_lots > 1 and chance.random() < 0.3:
            book.side(order.side).fill(order, 1)
            resting.append(order)
        else:
            book.side(order.side).remove(order)
        return
    order = Order(
        order_id=chance.randrange(10**9), uid=1, market=spot_markets(market.exchange)["BTCUSDT"].id, wallet="spot",
        side=chance.choice(["buy", "sell"]), order_type="limit", size=chance.randint(1, 10**6), created=0, updated=0,
    )  # fmt: skip
    distance = chance.randint(1, 150)
    if order.side == "buy":
        order.price = (book.best_ask() or 10_000) - distance
    else:
        order.price = (book.best_bid() or 10_000) + distance
    book.side(order.side).add(order)
    resting.append(order)


def _engine_book(market: Market) -> tuple[dict[str, str], dict[str, str]]:
    listed, book = spot_markets(market.exchange)["BTCUSDT"].instrument, spot_markets(market.exchange)["BTCUSDT"].book

    def side(name: str) -> dict[str, str]:
        rows = book.depth("buy" if name == "bids" else "sell", 400)
        return {f"{listed.price(ticks):f}": f"{listed.size(lots):f}" for ticks, lots in rows}

    return side("bids"), side("asks")


if __name__ == "__main__":
    rebuild(5 * UPDATES, CHANGES_PER_UPDATE)
