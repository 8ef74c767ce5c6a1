"""Terms: what orders of one kind of wallet cost, hold and bring. What trades knows no wallet and no product.

A product registers the terms of each wallet that its orders are paid from. Matching asks them at every step of an
order's life; the two sides of one trade may have different terms.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Literal, NamedTuple, Protocol

import msgspec

from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.records import Owner, Record
from papertape.engine.funds.bills import BillLine
from papertape.engine.funds.ledger import Hold, line_of
from papertape.engine.trading.instruments import Instrument
from papertape.engine.trading.market import Market
from papertape.engine.trading.orders import Order
from papertape.engine.trading.records import Force, OrderType, SelfTradePrevention, Side
from papertape.engine.trading.triggers import Trigger

Scope = Literal["maker", "taker"]


class OrderRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What a caller asks for. ``size`` is base, for market buys quote. ``trigger_price`` makes it a TP/SL order."""

    symbol: str
    side: Side
    order_type: OrderType
    size: Decimal
    force: Force = "gtc"
    price: Decimal | None = None
    client_oid: str = ""
    stp_mode: SelfTradePrevention = "none"
    trigger_price: Decimal | None = None
    take_profit_trigger: Decimal | None = None
    take_profit_price: Decimal | None = None
    stop_loss_trigger: Decimal | None = None
    stop_loss_price: Decimal | None = None
    entry_point: str = "API"


class Execution(NamedTuple):
    """One trade as it happens: ``value`` is price times size in the quote coin."""

    trade_id: int
    ticks: int
    lots: int
    price: Decimal
    size: Decimal
    value: Decimal


class Terms(Protocol):
    """The terms of one kind of wallet. All amounts are exact; whatever is refused is refused by ``check``."""

    def check(self, exchange: Exchange, uid: int, new: Any, replacing: Order | None = None) -> Order:
        """The order, ready to be placed, without an id yet; raises ``Rejected`` for what cannot be placed."""
        ...

    def triggered(self, exchange: Exchange, market: Market[Any], trigger: Trigger) -> OrderRequest:
        """What a plan order asks for when its price has come, to be checked."""
        ...

    def reserve(self, exchange: Exchange, market: Market[Any], order: Order) -> None:
        """Freezes what a checked order needs, and notes it as ``order.frozen``."""
        ...

    def affordable(self, market: Market[Any], order: Order, ticks: int) -> int:
        """How many lots the rest of an order with a budget buys at this price."""
        ...

    def pay(self, exchange: Exchange, market: Market[Any], payer: Order, payee: Order, execution: Execution) -> None:
        """Moves what the payer owes for a trade out of what it has frozen, and releases what it need not pay."""
        ...

    def account(
        self, exchange: Exchange, market: Market[Any], order: Order, execution: Execution, scope: Scope
    ) -> list[BillLine]:
        """Charges the fee of an order's side of a trade, both sides having paid; emits its fill, returns its bills."""
        ...

    def refit(self, exchange: Exchange, market: Market[Any], order: Order) -> None:
        """Fits an order that has waited to what it has frozen, now that its trigger has set its type and its price."""
        ...

    def release(self, exchange: Exchange, market: Market[Any], order: Order) -> None:
        """Gives back what an order that ends has still frozen."""
        ...

    def following(self, exchange: Exchange, market: Market[Any], filled: Order) -> Order | None:
        """The order that a filled one leaves, its exits for example."""
        ...

    def record(self, order: Order, instrument: Any) -> Record:
        """The order as it stands, for history."""
        ...

    def usdt_rate(self, exchange: Exchange, market: Market[Any]) -> Decimal:
        """What one quote coin is worth in USDT."""
        ...

    def holds(self, market: Market[Any], order: Order) -> Iterator[Hold]:
        """What an open order must keep out of reach for what is not filled yet: the audit's own reckoning."""
        ...


TERMS: dict[str, Terms] = {}
"""The terms of each product line."""


def register(line: str, terms: Terms) -> None:
    """Says by which terms orders are placed that are paid from wallets of this line."""
    assert line not in TERMS, f"{line} has two terms"
    TERMS[line] = terms


def terms_of(wallet: str) -> Terms:
    """The terms of a wallet's orders."""
    return TERMS.get(wallet) or TERMS[line_of(wallet)]


class OrderChanged(Record, frozen=True, kw_only=True):
    """That an order changed: a copy of the order as it stood. Most changes of most orders are never looked at,
    so the record is only written out for who wants it.
    """

    order: Order
    instrument: Instrument

    @property
    def owner(self) -> Owner:
        """The user whose order it is."""
        return self.order.line, self.order.uid

    @property
    def finished(self) -> bool:
        """Whether this was the order's last change."""
        return self.order.status in ("filled", "cancelled")

    def record(self) -> Record:
        """The order as it stood, in decimals."""
        return terms_of(self.order.wallet).record(self.order, self.instrument)
