"""What the live tables and the ladder look like."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from rich.console import Console, RenderableType

from papertape.cli.watching import views
from papertape.cli.watching.ladder import Ladder, LadderView, drawing
from papertape.cli.watching.output import Screen, told
from papertape.cli.watching.views import WatchView
from papertape.contract.protocol.wire import Amount, Timestamp
from papertape.contract.spot.account import Asset
from papertape.contract.spot.streams import (
    CandleMessage,
    FillCost,
    FillMessage,
    OrderMessage,
    TickerMessage,
    TradeMessage,
)
from papertape.sdk.streams.book.order_book import BookLevel
from papertape.sdk.streams.events import Gap, Reconnected

NOON = Timestamp(1_780_315_200_000)
"""2026-06-01 12:00 UTC."""


def message(kind: type[Any], **told: Any) -> Any:
    """A message that tells this; what else belongs to it is made up."""
    made_up: dict[str, Any] = {}
    for field in msgspec.structs.fields(kind):
        if field.required:
            text = str(field.type)
            made_up[field.name] = Amount(0) if "Amount" in text else NOON if "Timestamp" in text else "x"
    return kind(**made_up | told)


def seen(drawn: RenderableType, width: int = 120) -> list[str]:
    """The lines that a terminal of this width shows."""
    console = Console(file=io.StringIO(), record=True, width=width, markup=False)
    console.print(drawn)
    return [line.rstrip() for line in console.export_text().splitlines()]


def styled(drawn: RenderableType) -> str:
    """The same with its colours."""
    console = Console(file=io.StringIO(), record=True, width=120, force_terminal=True, color_system="standard")
    console.print(drawn)
    return console.export_text(styles=True)


def ticker(symbol: str, price: str, change: str) -> TickerMessage:
    made: TickerMessage = message(
        TickerMessage, symbol=symbol, last_price=Amount(price), change=Amount(change), bid_price=Amount("99.50"),
        ask_price=Amount("100.10"), high=Amount("120"), low=Amount("80"), base_volume=Amount("5.000"),
    )  # fmt: skip
    return made


def test_tickers_have_a_row_each_in_alphabetical_order() -> None:
    view = views.Tickers()
    view.take("", ticker("ETHUSDT", "1.50", "-0.0225"))
    view.take("", ticker("BTCUSDT", "100.00", "0.01407"))
    view.take("", ticker("BTCUSDT", "99.90", "0.01306"))
    head, first, second = seen(view.picture(10))
    assert head.split() == [
        "symbol",
        "last",
        "change",
        "bid",
        "ask",
        "high",
        "low",
        "volume",
        "quote",
        "volume",
        "time",
    ]
    assert first.split() == ["BTCUSDT", "99.90", "+1.31%", "99.50", "100.10", "120", "80", "5.000", "0", "12:00:00"]
    assert second.split()[:3] == ["ETHUSDT", "1.50", "-2.25%"]


def test_rising_is_green_and_falling_red() -> None:
    view = views.Tickers()
    for price in ("100.00", "99.90"):
        view.take("", ticker("BTCUSDT", price, "0.01"))
    shown = styled(view.picture(10))
    assert "\x1b[31m99.90" in shown
    assert "\x1b[32m+1.00%" in shown


def test_a_narrow_terminal_goes_without_columns_rather_than_digits() -> None:
    view = views.Tickers()
    view.take("", ticker("BTCUSDT", "100000.12", "0.01"))
    head, row = seen(view.picture(10), width=50)
    assert head.split() == ["symbol", "last", "change", "bid", "ask"]
    assert "100000.12" in row
    assert "…" not in row


def test_the_tape_rolls_the_newest_on_top() -> None:
    view = views.Trades()
    for number in range(5):
        view.take("BTCUSDT", message(TradeMessage, side="buy", price=Amount(f"{number}.5"), size=Amount("2.00")))
    rows = seen(view.picture(3))[1:]
    assert [row.split()[3] for row in rows] == ["4.5", "3.5", "2.5"]
    assert rows[0].split() == ["12:00:00", "BTCUSDT", "buy", "4.5", "2.00", "9.00"]


def test_candles_share_the_room_and_each_stands_once() -> None:
    view = views.Candles()
    for minute in range(5):
        for symbol in ("BTCUSDT", "ETHUSDT"):
            for close in ("1", "2"):
                start = Timestamp(NOON + minute * 60_000)
                view.take(symbol, message(CandleMessage, start=start, open=Amount("1.5"), close=Amount(close)))
    rows = seen(view.picture(4))[1:]
    assert [row.split()[:3] for row in rows] == [
        ["BTCUSDT", "2026-06-01", "12:04"], ["BTCUSDT", "2026-06-01", "12:03"],
        ["ETHUSDT", "2026-06-01", "12:04"], ["ETHUSDT", "2026-06-01", "12:03"],
    ]  # fmt: skip


def test_an_order_stands_once_with_its_last_state() -> None:
    view = views.Orders()
    for order_id, state, price in (
        ("1", "live", Amount("50.10")),
        ("2", "live", msgspec.UNSET),
        ("1", "filled", Amount(5)),
    ):
        view.take("", message(OrderMessage, order_id=order_id, status=state, price=price, side="buy", fee_detail=[]))
    rows = seen(view.picture(10))[1:]
    assert [(row.split()[-1], row.split()[-2], row.split()[4]) for row in rows] == [
        ("1", "filled", "5"), ("2", "live", "market"),
    ]  # fmt: skip


def test_fills_tell_their_cost() -> None:
    view = views.Fills()
    cost = FillCost(fee_coin="BTC", deduction="no", total_deduction_fee=Amount(0), total_fee=Amount("-0.0010"))
    view.take("", message(FillMessage, side="sell", trade_scope="maker", fee_detail=[cost]))
    assert "-0.0010 BTC  maker" in seen(view.picture(10))[1]


def test_coins_that_are_gone_are_not_shown() -> None:
    view = views.Balances()
    for coin, available in (("USDT", "5.50"), ("BTC", "1"), ("BTC", "0")):
        view.take("", message(Asset, coin=coin, available=Amount(available)))
    assert [row.split()[:2] for row in seen(view.picture(10))] == [["coin", "available"], ["USDT", "5.50"]]


def book(*, breaks: int = 0) -> Ladder:
    """Two levels a side; the asks are twice as deep."""
    levels = [("101.5", "2"), ("102.5", "2.0")], [("100.5", "1"), ("99.5", "1.0")]
    asks, bids = ([BookLevel(Decimal(price), Decimal(size)) for price, size in side] for side in levels)
    return Ladder(
        symbol="BTCUSDT", time=NOON, sequence=7, verified_by="checksum", breaks=breaks, spread=Decimal("1.0"),
        mid=Decimal("101.00"), bids=bids, asks=asks,
    )  # fmt: skip


def test_a_ladder_has_asks_above_and_bids_below() -> None:
    title, head, *rows, proof = seen(drawing(book(), 20))
    assert (title, head.split()) == ("BTCUSDT", ["price", "size", "total"])
    assert [row.split()[:3] for row in rows] == [
        ["102.5", "2.0", "4.0"],
        ["101.5", "2", "2"],
        ["101.00", "spread", "1.0"],
        ["100.5", "1", "1"],
        ["99.5", "1.0", "2.0"],
    ]
    assert [row.count("█") for row in rows] == [30, 15, 0, 7, 15]
    assert proof == "verified by checksum · 12:00:00 UTC"


def test_a_low_terminal_has_fewer_levels() -> None:
    shown = seen(drawing(book(breaks=2), 4))
    assert [row.split()[0] for row in shown[2:-1]] == ["101.5", "101.00", "100.5"]
    assert shown[-1].endswith("subscribed anew 2 times")


def test_a_book_that_is_not_verified_is_not_shown() -> None:
    view = LadderView()
    view.take("", book())
    view.withhold("not verified now")
    assert seen(view.picture(20)) == ["not verified now"]


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (Gap(lost=1, reason="slow consumer"), "BTCUSDT: 1 message is missing here (slow consumer)"),
        (Gap(lost=12, reason="slow consumer"), "BTCUSDT: 12 messages are missing here (slow consumer)"),
        (Gap(lost=None, reason="disconnected"), "BTCUSDT: messages are missing here (disconnected)"),
        (
            Reconnected(recovered=3, reason="the socket broke", seconds=1.26),
            "BTCUSDT: reconnected after 1.3 s (the socket broke), 3 messages fetched over REST",
        ),
    ],
)
def test_what_happened_is_said_in_words(event: Gap | Reconnected, words: str) -> None:
    assert told("BTCUSDT", event) == words


async def test_a_screen_shows_the_table_and_below_it_what_happened() -> None:
    view: WatchView = views.Trades()
    screen = Screen(view, None, Console(file=io.StringIO(), width=100, height=20))
    assert seen(screen.picture()) == ["waiting for the exchange"]
    await screen.take("BTCUSDT", [])
    assert seen(screen.picture()) == ["subscribed; nothing has happened yet"]
    await screen.take("BTCUSDT", [message(TradeMessage, side="buy"), Gap(lost=2, reason="slow consumer")])
    _, row, note = seen(screen.picture())
    assert "BTCUSDT" in row
    assert note.endswith(" BTCUSDT: 2 messages are missing here (slow consumer)")


async def test_a_screen_tells_when_messages_come_again_and_says_the_same_once() -> None:
    screen = Screen(views.Tickers(), None, Console(file=io.StringIO(), width=100, height=20))
    for _ in range(3):
        screen.note("cannot reach " + "x" * 100)
    await screen.take("BTCUSDT", [ticker("BTCUSDT", "100", "0")] * 2)
    _, row, trouble, again = seen(screen.picture(), width=100)
    assert row.startswith("BTCUSDT")
    assert trouble.endswith("xxx…")
    assert again.endswith(" BTCUSDT: messages come again")
