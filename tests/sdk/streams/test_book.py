"""A book shows what the exchange has, or nothing at all."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papertape.config import Config
from papertape.contract.protocol.wire import Timestamp, decode_hook, encode
from papertape.contract.spot.streams import BookMessage, Level
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.spot.markets import spot_markets
from papertape.operations.feeds.feeds import Feeds, who_hears
from papertape.operations.spot.feeds.books import checksum
from papertape.runtime.local_exchange import LocalExchange
from papertape.sdk.streams.book import order_book as keeping
from papertape.sdk.streams.book.order_book import BookBroken, BookLevel, BookNotReady, OrderBook
from tests.operations.feeds.audience import argument

MOMENT = 1_700_000_000_000
BIDS = ("9.9 1", "9.8 2", "9.5 4")
ASKS = ("10.1 1.5", "10.2 3", "11 5")


def levels(texts: tuple[str, ...]) -> list[Level]:
    """``"9.9 1"`` is a price of 9.9 and a size of 1."""
    return [(price, size) for price, size in (text.split() for text in texts)]


def message(bids: tuple[str, ...] = (), asks: tuple[str, ...] = (), **fields: Any) -> BookMessage:
    """A push with these levels."""
    return BookMessage(bids=levels(bids), asks=levels(asks), time=Timestamp(MOMENT), **fields)


def filled(**fields: Any) -> OrderBook:
    """A book with three levels a side."""
    book = OrderBook("BTCUSDT")
    assert book.apply("snapshot", message(BIDS, ASKS, **({"sequence": 7} | fields)))
    return book


def shown(side: list[BookLevel]) -> list[str]:
    return [f"{price} {size}" for price, size in side]


def signed(bids: tuple[str, ...], asks: tuple[str, ...]) -> int:
    """The checksum that the exchange sends for these levels."""
    return checksum(levels(bids), levels(asks))


def test_a_book_cannot_be_read_before_its_first_snapshot() -> None:
    book = OrderBook("BTCUSDT")
    assert book.apply("update", message(BIDS, ASKS, sequence=8, previous=7)) is False
    assert (book.ready, book.sequence, book.time) == (False, 0, 0)
    assert repr(book) == "<OrderBook BTCUSDT: no snapshot has come yet>"
    with pytest.raises(BookNotReady, match="the book of BTCUSDT cannot be read: no snapshot has come yet"):
        _ = book.best_bid
    with pytest.raises(BookNotReady):
        book.depth(5)


def test_a_snapshot_is_the_whole_book() -> None:
    book = filled()
    book.apply("snapshot", message(("5 1",), ("6 1",), sequence=3))
    assert (shown(book.bids), shown(book.asks)) == (["5 1"], ["6 1"])
    assert (book.ready, book.sequence, book.time) == (True, 3, MOMENT)
    assert repr(book) == "<OrderBook BTCUSDT: 1 bids, 1 asks>"


def test_an_update_sets_adds_and_removes_levels() -> None:
    book = filled()
    assert book.apply("update", message(("9.8 7", "9.7 3", "9.9 0"), ("10.05 2", "11 0"), sequence=9, previous=7))
    assert shown(book.bids) == ["9.8 7", "9.7 3", "9.5 4"]
    assert shown(book.asks) == ["10.05 2", "10.1 1.5", "10.2 3"]
    assert book.sequence == 9


def test_prices_are_sorted_as_numbers() -> None:
    book = OrderBook("BTCUSDT")
    book.apply("snapshot", message(("9.9 1", "10.1 1", "9.10 1"), ("100 1", "20.5 1", "11 1")))
    assert shown(book.bids) == ["10.1 1", "9.9 1", "9.10 1"]
    assert shown(book.asks) == ["11 1", "20.5 1", "100 1"]


@pytest.mark.parametrize("gone", ["0", "0.0000"])
def test_a_level_of_no_size_is_gone_and_one_that_was_never_there_does_not_matter(gone: str) -> None:
    book = filled()
    book.apply("update", message((f"9.9 {gone}", f"3 {gone}"), (f"10.10 {gone}",), previous=7))
    assert (shown(book.bids), shown(book.asks)) == (["9.8 2", "9.5 4"], ["10.2 3", "11 5"])


def test_a_checksum_is_made_of_the_very_texts_that_came() -> None:
    book = OrderBook("BTCUSDT")
    bids, asks = ("43231.1 4", "43231 6"), ("43232.8 9", "43232.9 8")
    assert book.apply("snapshot", message(bids, asks, checksum=-1504501796))
    with pytest.raises(BookBroken, match="the checksum is not -1504501796"):
        book.apply("snapshot", message(("43231.10 4", "43231 6"), asks, checksum=-1504501796))


def test_where_one_side_ends_the_other_goes_on_in_the_checksum() -> None:
    one, many = ("9 1",), tuple(f"{price} 2" for price in range(10, 40))
    assert OrderBook("BTCUSDT").apply("snapshot", message(one, many, checksum=signed(one, many)))
    low = tuple(f"{price} 2" for price in range(40, 10, -1))
    high = ("41 1", "42 1")
    assert OrderBook("BTCUSDT").apply("snapshot", message(low, high, checksum=signed(low, high)))


@pytest.mark.parametrize(
    ("flaw", "push"),
    [
        ("the pushes between 7 and 8 are missing", {"bids": ("9.8 7",), "sequence": 9, "previous": 8}),
        ("6 came after 7", {"bids": ("9.8 7",), "sequence": 6}),
        ("the checksum is not 5", {"bids": ("9.8 7",), "sequence": 9, "previous": 7, "checksum": 5}),
        ("the best bid 10.1:1 is not below the best ask 10.1:1.5", {"bids": ("10.1 1",), "previous": 7}),
        ("the push is of ETHUSDT", {"bids": ("9.8 7",), "previous": 7, "symbol": "ETHUSDT"}),
        ("could not convert", {"bids": ("nine 1",), "previous": 7}),
        ("nan is no price", {"asks": ("nan 1",), "previous": 7}),
        ("-1 is no price", {"asks": ("-1 1",), "previous": 7}),
    ],
)
def test_a_push_that_does_not_fit_breaks_the_book_until_the_next_snapshot(flaw: str, push: dict[str, Any]) -> None:
    book = filled()
    with pytest.raises(BookBroken, match=f"the book of BTCUSDT is broken: {flaw}"):
        book.apply("update", message(**push))
    with pytest.raises(BookNotReady, match=f"it is broken: {flaw}"):
        _ = book.asks
    assert book.apply("update", message(("9.7 1",), previous=9, sequence=10)) is False
    assert book.apply("snapshot", message(BIDS, ASKS, sequence=12)) is True
    assert shown(book.bids) == list(BIDS)


def test_a_book_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MOST_LEVELS", 4)
    book = filled()
    book.apply("update", message(("8 1",), previous=7, sequence=8))
    with pytest.raises(BookBroken, match="more than 4 levels"):
        book.apply("update", message(("7 1",), previous=8, sequence=9))


def test_what_the_exchange_does_not_send_is_not_asked_for() -> None:
    checked = filled(checksum=signed(BIDS, ASKS))
    assert checked.verified_by == "checksum"
    chained = filled()
    assert chained.verified_by == "sequence"
    chained.apply("update", message(("9.7 1",), sequence=8, previous=7))
    assert chained.verified_by == "sequence"
    chained.apply("update", message(("9.7 2",), sequence=9))
    assert chained.verified_by == "nothing"
    bare = filled(sequence=0)
    bare.apply("update", message(("9.7 1",), sequence=4, previous=3))
    assert shown(bare.bids)[2] == "9.7 1"


def test_a_push_may_lack_all_that_bitget_leaves_out() -> None:
    read = msgspec.json.decode(b'{"asks":[],"bids":[["9","1"]],"ts":"1"}', type=BookMessage, dec_hook=decode_hook)
    assert (read.symbol, read.checksum, read.sequence, read.previous) == ("", 0, 0, 0)


def test_a_book_of_a_lost_connection_does_not_mix_with_the_next_snapshot() -> None:
    book = filled()
    book.invalidate("the connection is lost")
    with pytest.raises(BookNotReady, match="the connection is lost"):
        _ = book.spread
    book.apply("snapshot", message(("9.5 4",), ("10.2 3",), sequence=1))
    assert (shown(book.bids), shown(book.asks)) == (["9.5 4"], ["10.2 3"])


def test_two_books_of_one_instrument_have_nothing_in_common() -> None:
    deep, shallow = filled(), filled()
    deep.apply("update", message(("9.9 0",), ("10.1 9",), previous=7, sequence=8))
    assert shown(shallow.bids) == list(BIDS)
    kept = deep.copy()
    deep.invalidate("the end")
    assert (shown(kept.bids), shown(kept.asks)) == (["9.8 2", "9.5 4"], ["10.1 9", "10.2 3", "11 5"])
    assert (kept.sequence, kept.time, kept.verified_by) == (8, MOMENT, "sequence")


def test_the_best_of_the_book() -> None:
    book = filled()
    assert book.best_bid == (Decimal("9.9"), Decimal(1))
    assert book.best_ask == (Decimal("10.1"), Decimal("1.5"))
    assert (book.spread, book.mid) == (Decimal("0.2"), Decimal(10))
    depth = book.depth(2)
    assert (shown(depth.bids), shown(depth.asks)) == (["9.9 1", "9.8 2"], ["10.1 1.5", "10.2 3"])


def test_a_side_may_be_empty() -> None:
    book = OrderBook("BTCUSDT")
    book.apply("snapshot", message((), ASKS, checksum=signed((), ASKS)))
    assert (book.best_bid, book.spread, book.mid, book.bids) == (None, None, None, [])
    assert book.selling(Decimal(1)) == (0, 0, 0)
    assert book.selling(Decimal(1)).average_price == 0


@pytest.mark.parametrize(
    ("side", "price", "volume"),
    [("bids", "9.8", "3"), ("bids", "9.85", "1"), ("bids", "10", "0"), ("asks", "10.2", "4.5"), ("asks", "99", "9.5")],
)
def test_the_volume_up_to_a_price(side: keeping.SideName, price: str, volume: str) -> None:
    assert filled().volume(side, Decimal(price)) == Decimal(volume)


def test_what_an_order_at_once_would_cost() -> None:
    book = filled()
    bought = book.buying(Decimal(2))
    assert bought == (Decimal(2), Decimal("20.25"), Decimal("10.2"))
    assert bought.average_price == Decimal("10.125")
    assert book.selling(Decimal(1)) == (Decimal(1), Decimal("9.9"), Decimal("9.9"))
    assert book.selling(Decimal(100)).size == 7
    with pytest.raises(ValueError, match="a size is above 0"):
        book.buying(Decimal(0))


prices = st.decimals(min_value="0.01", max_value="200", places=2)
sizes = st.one_of(st.just(Decimal(0)), st.decimals(min_value="0.001", max_value="9", places=3))
changes = st.dictionaries(prices, sizes, max_size=40)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.booleans(), changes, changes), min_size=1, max_size=12))
def test_a_book_is_its_snapshot_with_every_change(pushes: list[tuple[bool, Any, Any]]) -> None:
    """Bids below 200 and asks above, each price and size written as an exchange would."""
    book, model = OrderBook("BTCUSDT"), {"bids": dict[str, str](), "asks": dict[str, str]()}
    for number, (replaces, below, above) in enumerate(pushes, 1):
        snapshot = replaces or number == 1
        sent = {
            "bids": [(str(price), str(size) if size else "0") for price, size in below.items()],
            "asks": [(str(price + 200), str(size) if size else "0") for price, size in above.items()],
        }
        for name, side in sent.items():
            kept = {} if snapshot else model[name]
            model[name] = {price: size for price, size in (kept | dict(side)).items() if size != "0"}
        bids = sorted(model["bids"].items(), key=lambda level: Decimal(level[0]), reverse=True)
        asks = sorted(model["asks"].items(), key=lambda level: Decimal(level[0]))
        push = BookMessage(
            **sent, sequence=number, previous=0 if snapshot else number - 1, checksum=checksum(bids, asks),
            time=Timestamp(MOMENT),
        )  # fmt: skip
        assert book.apply("snapshot" if snapshot else "update", push)
        assert book.bids == [(Decimal(price), Decimal(size)) for price, size in bids]
        assert book.asks == [(Decimal(price), Decimal(size)) for price, size in asks]


async def test_books_follow_the_market() -> None:
    """Every push of a moving market, over some thousand of them; each tenth step all levels are compared."""
    async with LocalExchange(Config(port=0, ws_port=0, data=":memory:", clock="manual")) as local:
        assert local.runner is not None
        exchange, read = local.sequencer.exchange, msgspec.json.Decoder(list[BookMessage], dec_hook=decode_hook)
        feeds, books = Feeds(lambda: local.sequencer.exchange, local.gateway.history), dict[str, OrderBook]()
        for symbol in list(spot_markets(exchange))[:20]:
            feeds.subscribed(who := who_hears("live", argument("books", symbol), None))
            push = feeds.snapshot(who)
            assert push is not None
            books[symbol] = OrderBook(symbol)
            assert books[symbol].apply(push.action, read.decode(encode(push.data))[0])
        updates, started = 0, local.market_clock.now()
        for step in range(1, 201):
            await local.runner.run_until(started + step * 1000)
            for push in feeds.due(step * 1000):
                assert books[push.who.topic.key].apply(push.action, read.decode(encode(push.data))[0])
                updates += 1
            if step % 10 == 0:
                assert [compared(book) for book in books.values()] == [of_engine(exchange, name) for name in books]
        assert updates > 1500
        assert {book.verified_by for book in books.values()} == {"checksum"}


def compared(book: OrderBook) -> tuple[list[BookLevel], list[BookLevel]]:
    return book.bids, book.asks


def of_engine(exchange: Exchange, symbol: str) -> tuple[list[BookLevel], list[BookLevel]]:
    """The engine's book, 400 levels deep."""
    listed, book = spot_markets(exchange)[symbol].instrument, spot_markets(exchange)[symbol].book
    bids, asks = book.depth("buy", 400), book.depth("sell", 400)
    return (
        [BookLevel(listed.price(ticks), listed.size(lots)) for ticks, lots in bids],
        [BookLevel(listed.price(ticks), listed.size(lots)) for ticks, lots in asks],
    )
