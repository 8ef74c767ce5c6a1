"""Draws an order book as a ladder: asks above, bids below, each level with all that is in front of it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import msgspec
from rich.bar import Bar
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from papertape.cli.watching.views import FALLING, RISING, clock, drawn, right
from papertape.contract.protocol.wire import plain
from papertape.sdk.streams.book.order_book import BookLevel, OrderBook

BAR = 30
"""Characters of the longest bar."""

LINES = 2
"""Lines of a ladder that a table of rows does not have."""

PROOFS = {
    "checksum": "verified by checksum",
    "sequence": "verified by sequence",
    "nothing": "the exchange sent nothing to verify it by",
}


class Ladder(msgspec.Struct, frozen=True, kw_only=True):
    """The best levels of a verified book. ``breaks`` counts how often it had to be subscribed anew."""

    symbol: str
    time: int
    sequence: int
    verified_by: str
    breaks: int
    spread: Decimal | None
    mid: Decimal | None
    bids: list[BookLevel]
    asks: list[BookLevel]


class Amounts(msgspec.Struct):
    """A ladder as JSON: every amount is text."""

    symbol: str
    time: int
    sequence: int
    verified_by: str
    breaks: int
    spread: str | None
    mid: str | None
    bids: list[tuple[str, str]]
    asks: list[tuple[str, str]]


def ladder(book: OrderBook, levels: int, breaks: int) -> Ladder:
    """Return what is shown of a book that is ready."""
    bids, asks = book.depth(levels)
    return Ladder(
        symbol=book.symbol, time=book.time, sequence=book.sequence, verified_by=book.verified_by, breaks=breaks,
        spread=book.spread, mid=book.mid, bids=bids, asks=asks,
    )  # fmt: skip


def texts(shown: Ladder) -> Amounts:
    """Return the ladder with its amounts as plain text."""
    return Amounts(
        symbol=shown.symbol, time=shown.time, sequence=shown.sequence, verified_by=shown.verified_by,
        breaks=shown.breaks, spread=_text(shown.spread), mid=_text(shown.mid),
        bids=[(plain(level.price), plain(level.size)) for level in shown.bids],
        asks=[(plain(level.price), plain(level.size)) for level in shown.asks],
    )  # fmt: skip


class LadderView:
    """Shows the newest ladder, none while the book is not verified."""

    def __init__(self) -> None:
        self._shown: Ladder | None = None
        self._reason = ""

    def take(self, symbol: str, message: Ladder) -> None:
        """Show this ladder from now on."""
        self._shown = message

    def withhold(self, reason: str) -> None:
        """Show why there is no ladder."""
        self._shown, self._reason = None, reason

    def picture(self, room: int) -> RenderableType:
        """Draw the ladder with as many levels as there is room for."""
        return Text(self._reason, style="yellow") if self._shown is None else drawing(self._shown, room)


def drawing(shown: Ladder, room: int) -> Group:
    """Draw a ladder on so many lines at most."""
    levels = max(1, (room - LINES) // 2)
    bids, asks = list(_cumulated(shown.bids[:levels])), list(_cumulated(shown.asks[:levels]))
    most = max((total for _, total in (bids[-1:] + asks[-1:])), default=Decimal(0))
    table = drawn(right("price"), right("size"), right("total"), "")
    for level, total in reversed(asks):
        _row(table, level, total, most, FALLING)
    spread, mid = _text(shown.spread) or "none", _text(shown.mid) or "none"
    table.add_row(Text(mid, style="bold"), Text(f"spread {spread}", style="bold"), Text("mid", style="dim"), "")
    for level, total in bids:
        _row(table, level, total, most, RISING)
    again = f" · subscribed anew {shown.breaks} times" if shown.breaks else ""
    proof = PROOFS.get(shown.verified_by, shown.verified_by)
    return Group(
        Text(shown.symbol, style="bold"), table, Text(f"{proof} · {clock(shown.time)} UTC{again}", style="dim")
    )


def _row(table: Table, level: BookLevel, total: Decimal, most: Decimal, colour: str) -> None:
    bar = Bar(float(most), 0, float(total), width=BAR, color=colour)
    table.add_row(Text(plain(level.price), style=colour), plain(level.size), plain(total), bar)


def _cumulated(levels: Iterable[BookLevel]) -> Iterable[tuple[BookLevel, Decimal]]:
    total = Decimal(0)
    for level in levels:
        total += level.size
        yield level, total


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else plain(amount)
