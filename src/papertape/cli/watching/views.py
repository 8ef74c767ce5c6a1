"""The views on the screen: each takes messages and draws the newest state."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice
from typing import Any, Protocol

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from papertape.contract.protocol.wire import plain
from papertape.contract.spot.account import Asset
from papertape.contract.spot.streams import CandleMessage, FillMessage, OrderMessage, TickerMessage, TradeMessage

KEPT = 1000
"""Rows of a tape that are kept: more than any terminal is high."""

RISING, FALLING, QUIET = "green", "red", "dim"


class WatchView(Protocol):
    """What one command shows."""

    def take(self, symbol: str, message: Any) -> None:
        """Keep what a message tells."""

    def picture(self, room: int) -> RenderableType:
        """Draw the state, in so many rows at most."""


class Tickers:
    """Shows one row for each instrument."""

    def __init__(self) -> None:
        self._newest: dict[str, TickerMessage] = {}
        self._moves: dict[str, str] = {}

    def take(self, symbol: str, message: TickerMessage) -> None:
        """Keep the newest ticker, and whether the price rose or fell."""
        before = self._newest.get(message.symbol)
        if before is not None and before.last_price != message.last_price:
            self._moves[message.symbol] = RISING if message.last_price > before.last_price else FALLING
        self._newest[message.symbol] = message

    def picture(self, room: int) -> RenderableType:
        """Draw the instruments in alphabetical order."""
        table = drawn("symbol", *map(right, ("last", "change", "bid", "ask", "high", "low", "volume", "quote volume")),
                      right("time"))  # fmt: skip
        for symbol in sorted(self._newest)[:room]:
            ticker = self._newest[symbol]
            table.add_row(
                Text(symbol, style="bold"), Text(plain(ticker.last_price), style=self._moves.get(symbol, "")),
                change(ticker.change), plain(ticker.bid_price), plain(ticker.ask_price), plain(ticker.high),
                plain(ticker.low), plain(ticker.base_volume), plain(ticker.quote_volume), clock(ticker.time),
            )  # fmt: skip
        return Fitting(table, "quote volume", "volume", "low", "high", "time")


class Trades:
    """Shows the public trades, newest first."""

    def __init__(self) -> None:
        self._tape: deque[tuple[str, TradeMessage]] = deque(maxlen=KEPT)

    def take(self, symbol: str, message: TradeMessage) -> None:
        """Add a trade on top."""
        self._tape.appendleft((symbol, message))

    def picture(self, room: int) -> RenderableType:
        """Draw the newest trades; the side is the taker's."""
        table = drawn(right("time"), "symbol", "side", right("price"), right("size"), right("value"))
        for symbol, trade in islice(self._tape, room):
            value = plain((trade.price * trade.size).quantize(Decimal("0.01")))
            table.add_row(clock(trade.time), symbol, side(trade.side), plain(trade.price), plain(trade.size), value)
        return Fitting(table, "value")


class Candles:
    """Shows the newest candles of each instrument, the running one on top."""

    def __init__(self) -> None:
        self._candles: dict[str, dict[int, CandleMessage]] = {}

    def take(self, symbol: str, message: CandleMessage) -> None:
        """Replace the older state of the candle."""
        candles = self._candles.setdefault(symbol, {})
        candles[message.start] = message
        if len(candles) > KEPT:
            del candles[min(candles)]

    def picture(self, room: int) -> RenderableType:
        """Draw as many candles of each instrument as there is room for."""
        table = drawn("symbol", right("start"), *map(right, ("open", "high", "low", "close", "volume", "quote volume")))
        for symbol, candles in self._candles.items():
            for start in sorted(candles, reverse=True)[: max(1, room // len(self._candles))]:
                candle = candles[start]
                colour = RISING if candle.close >= candle.open else FALLING
                table.add_row(
                    Text(symbol, style="bold"), day(start), plain(candle.open), plain(candle.high), plain(candle.low),
                    Text(plain(candle.close), style=colour), plain(candle.base_volume), plain(candle.quote_volume),
                )  # fmt: skip
        return Fitting(table, "quote volume", "volume")


class Orders:
    """Shows orders that change, each once, the last change on top."""

    def __init__(self) -> None:
        self._orders: dict[str, OrderMessage] = {}

    def take(self, symbol: str, message: OrderMessage) -> None:
        """Move the order to the top."""
        self._orders.pop(message.order_id, None)
        self._orders[message.order_id] = message
        if len(self._orders) > KEPT:
            del self._orders[next(iter(self._orders))]

    def picture(self, room: int) -> RenderableType:
        """Draw the orders that changed last."""
        table = drawn(right("time"), "symbol", "side", "type", right("price"), right("size"), right("filled"),
                      right("average"), "status", "order")  # fmt: skip
        for order in islice(reversed(self._orders.values()), room):
            price = plain(order.price) if isinstance(order.price, Decimal) and order.price else "market"
            table.add_row(
                clock(order.updated), order.symbol, side(order.side), order.order_type, price, plain(order.size),
                plain(order.base_volume), plain(order.average_price), status(order.status), order.order_id,
            )  # fmt: skip
        return Fitting(table, "order", "type", "average")


class Fills:
    """Shows the account's fills, newest first."""

    def __init__(self) -> None:
        self._fills: deque[FillMessage] = deque(maxlen=KEPT)

    def take(self, symbol: str, message: FillMessage) -> None:
        """Add a fill on top."""
        self._fills.appendleft(message)

    def picture(self, room: int) -> RenderableType:
        """Draw the newest fills and what they cost."""
        table = drawn(right("time"), "symbol", "side", right("price"), right("size"), right("value"), right("fee"),
                      "as", "order")  # fmt: skip
        for fill in islice(self._fills, room):
            fee = ", ".join(f"{plain(cost.total_fee)} {cost.fee_coin}" for cost in fill.fee_detail)
            table.add_row(
                clock(fill.created), fill.symbol, side(fill.side), plain(fill.price), plain(fill.size),
                plain(fill.amount), fee, fill.trade_scope, fill.order_id,
            )  # fmt: skip
        return Fitting(table, "order", "as", "value")


class Balances:
    """Shows one row for each coin that is held."""

    def __init__(self) -> None:
        self._assets: dict[str, Asset] = {}

    def take(self, symbol: str, message: Asset) -> None:
        """Keep the newest balance."""
        self._assets[message.coin] = message

    def picture(self, room: int) -> RenderableType:
        """Draw the coins in alphabetical order, without those that are gone."""
        table = drawn("coin", *map(right, ("available", "frozen", "locked", "changed")))
        held = [asset for asset in self._assets.values() if asset.available or asset.frozen or asset.locked]
        for asset in sorted(held, key=lambda asset: asset.coin)[:room]:
            table.add_row(
                Text(asset.coin, style="bold"), plain(asset.available), plain(asset.frozen), plain(asset.locked),
                day(asset.updated),
            )  # fmt: skip
        return Fitting(table, "changed", "locked")


class Fitting:
    """A table that drops its least important columns rather than cut numbers short."""

    def __init__(self, table: Table, *expendable: str) -> None:
        self._table, self._expendable = table, list(expendable)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        table = self._table
        while (
            self._expendable and Measurement.get(console, options.update(width=1000), table).minimum > options.max_width
        ):
            unwanted = self._expendable.pop(0)
            table.columns[:] = [column for column in table.columns if column.header != unwanted]
        yield table


class NumberHeading(str):
    """The head of a column of numbers, which is aligned to the right."""

    __slots__ = ()


def right(head: str) -> NumberHeading:
    """Make the head of a column of numbers."""
    return NumberHeading(head)


def drawn(*heads: str) -> Table:
    """Make an empty table; nothing in it is broken over two lines."""
    table = Table(box=None, pad_edge=False, header_style="bold dim")
    for head in heads:
        table.add_column(head, justify="right" if isinstance(head, NumberHeading) else "left", no_wrap=True)
    return table


def clock(time: int) -> str:
    """Write the time of day, UTC."""
    return f"{moment(time):%H:%M:%S}"


def day(time: int) -> str:
    """Write date and time to the minute, UTC."""
    return f"{moment(time):%Y-%m-%d %H:%M}"


def moment(time: int) -> datetime:
    """Convert Unix milliseconds to a moment, UTC."""
    return datetime.fromtimestamp(time / 1000, UTC)


def change(fraction: Decimal) -> Text:
    """Write a change in percent, in its colour."""
    return Text(f"{fraction * 100:+.2f}%", style=RISING if fraction > 0 else FALLING if fraction < 0 else QUIET)


def side(word: str) -> Text:
    """Write buying or selling, in its colour."""
    return Text(word, style=RISING if word == "buy" else FALLING)


def status(word: str) -> Text:
    """Write an order's state; a finished one is dim."""
    return Text(word, style={"filled": RISING, "cancelled": QUIET}.get(word, ""))
