"""Shares in the engine: a wallet of their own, shares that no ledger knows, and no fees.

A buy freezes its price in the wallet ``shares``; what is sold comes from the seller's holding, a part of the product's.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import msgspec

from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected
from papertape.engine.accounts.accounts import keeps_history
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.money import is_multiple
from papertape.engine.exchange.product import Findings, Part, Product
from papertape.engine.exchange.records import Record
from papertape.engine.exchange.timers import Subject
from papertape.engine.funds.bills import BUY, SELL, BillLine
from papertape.engine.funds.ledger import Hold, LedgerAccount
from papertape.engine.trading.instruments import Instrument
from papertape.engine.trading.market import Market
from papertape.engine.trading.matching import cancel
from papertape.engine.trading.orders import Order
from papertape.engine.trading.terms import Execution, OrderRequest, Scope, Terms
from papertape.engine.trading.triggers import Trigger

SHARES = "shares"
CURRENCY = "USDT"
GIVEN_UP = "share_order_given_up"
LONGEST_MS = 3_600_000
"""An order that nobody takes is cancelled after an hour."""


class Share(Instrument, frozen=True, kw_only=True):
    """A share; ``issued`` is how many there are."""

    issued: int = 1000


class ShareRecord(Record, frozen=True, kw_only=True):
    """An order on shares as it stands after a change."""

    order_id: int
    client_oid: str
    uid: int
    symbol: str
    side: str
    price: Decimal
    size: Decimal
    filled: Decimal
    status: str
    created: int


class Holdings(msgspec.Struct):
    """Who has how many shares, in lots, and how many of them are offered."""

    held: dict[tuple[int, str], int] = msgspec.field(default_factory=dict)
    offered: dict[tuple[int, str], int] = msgspec.field(default_factory=dict)


class ShareTerms:
    """Buys freeze the currency, sells the holding."""

    def check(self, exchange: Exchange, uid: int, new: OrderRequest, replacing: Order | None = None) -> Order:
        market = share_market(exchange, new.symbol)
        share = market.instrument
        if new.price is None or new.price <= 0 or not is_multiple(new.price, share.price_places):
            raise Rejected(errors.PARAMETER_ERROR.of("price"))
        if new.size <= 0 or not is_multiple(new.size, share.size_places):
            raise Rejected(errors.PARAMETER_ERROR.of("size"))
        if new.client_oid and (SHARES, uid, new.client_oid) in exchange.orders.client_oids:
            raise Rejected(errors.CLIENT_OID_TAKEN)
        order = Order(
            order_id=0, client_oid=new.client_oid, uid=uid, market=market.id, wallet=SHARES, side=new.side,
            order_type="limit", price=share.ticks(new.price), size=share.lots(new.size), created=exchange.now,
            updated=exchange.now,
        )  # fmt: skip
        if new.side == "buy":
            exchange.ledger.require(uid, SHARES, CURRENCY, share.value(order.price, order.size))
        elif _free(exchange.part(Holdings), uid, share.symbol) < order.size:
            raise Rejected(errors.INSUFFICIENT_BALANCE)
        return order

    def triggered(self, exchange: Exchange, market: Market[Share], trigger: Trigger) -> OrderRequest:
        return OrderRequest(
            symbol=trigger.symbol, side=trigger.side, order_type="limit", size=trigger.size, price=trigger.execute_price
        )

    def reserve(self, exchange: Exchange, market: Market[Share], order: Order) -> None:
        if order.side == "buy":
            order.frozen = market.instrument.value(order.price, order.size)
            exchange.ledger.freeze(order.uid, SHARES, CURRENCY, order.frozen)
        else:
            _add(exchange.part(Holdings).offered, (order.uid, order.symbol), order.size)

    def affordable(self, market: Market[Share], order: Order, ticks: int) -> int:
        raise AssertionError("no order on shares has a budget")

    def pay(self, exchange: Exchange, market: Market[Share], payer: Order, payee: Order, execution: Execution) -> None:
        if payer.side == "buy":
            frozen = LedgerAccount(payer.uid, SHARES, "frozen")
            exchange.ledger.move(CURRENCY, execution.value, frozen, LedgerAccount(payee.uid, SHARES))
            better = market.instrument.value(payer.price - execution.ticks, execution.lots)
            exchange.ledger.release(payer.uid, SHARES, CURRENCY, better)
            payer.frozen -= execution.value + better
        else:
            holdings = exchange.part(Holdings)
            for shares, uid, lots in (
                (holdings.held, payer.uid, -execution.lots),
                (holdings.offered, payer.uid, -execution.lots),
                (holdings.held, payee.uid, execution.lots),
            ):
                _add(shares, (uid, payer.symbol), lots)

    def account(
        self, exchange: Exchange, market: Market[Share], order: Order, execution: Execution, scope: Scope
    ) -> list[BillLine]:
        if not keeps_history(order.uid):
            return []
        amount, words = (-execution.value, BUY) if order.side == "buy" else (execution.value, SELL)
        return [BillLine(order.uid, SHARES, CURRENCY, amount, *words, order_id=order.order_id)]

    def refit(self, exchange: Exchange, market: Market[Share], order: Order) -> None:
        """Its size is as it was."""

    def release(self, exchange: Exchange, market: Market[Share], order: Order) -> None:
        if order.side == "buy":
            exchange.ledger.release(order.uid, SHARES, CURRENCY, order.frozen)
        else:
            _add(exchange.part(Holdings).offered, (order.uid, order.symbol), -order.open_lots)

    def following(self, exchange: Exchange, market: Market[Share], filled: Order) -> Order | None:
        return None

    def record(self, order: Order, instrument: Share) -> ShareRecord:
        return ShareRecord(
            order_id=order.order_id, client_oid=order.client_oid, uid=order.uid, symbol=order.symbol, side=order.side,
            price=instrument.price(order.price), size=instrument.size(order.size),
            filled=instrument.size(order.filled), status=order.status, created=order.created,
        )  # fmt: skip

    def usdt_rate(self, exchange: Exchange, market: Market[Share]) -> Decimal:
        return Decimal(1)

    def holds(self, market: Market[Share], order: Order) -> Iterator[Hold]:
        if order.side == "buy":
            value = market.instrument.value(order.price, order.open_lots)
            yield LedgerAccount(order.uid, SHARES, "frozen"), CURRENCY, value


TERMS: Terms = ShareTerms()


def share_market(exchange: Exchange, symbol: str) -> Market[Share]:
    """The share of this symbol; 40034 if there is none."""
    found = exchange.markets.get(SHARES, {}).get(symbol)
    if found is None:
        raise Rejected(errors.PARAMETER_DOES_NOT_EXIST.of(symbol))
    return found


def shares_held(exchange: Exchange) -> Findings:
    """All shares are somebody's, and what is offered is what open orders sell."""
    holdings = exchange.part(Holdings)
    offered: dict[tuple[int, str], int] = {}
    for order in exchange.orders.by_id.values():
        if order.line == SHARES and order.side == "sell":
            _add(offered, (order.uid, order.symbol), order.open_lots)
    if offered != {place: lots for place, lots in holdings.offered.items() if lots}:
        yield f"offered are {holdings.offered}, not {offered}"
    for symbol, market in exchange.markets.get(SHARES, {}).items():
        total = sum(lots for (_, share), lots in holdings.held.items() if share == symbol)
        if total not in (0, market.instrument.issued):
            yield f"{total} of {market.instrument.issued} {symbol} are held"


def awaited(exchange: Exchange) -> Iterator[tuple[str, Subject]]:
    """Open orders are given up in time."""
    for order in exchange.orders.by_id.values():
        if order.line == SHARES:
            yield GIVEN_UP, (order.symbol, order.order_id)


def give_up(exchange: Exchange, subject: tuple[str, int], due: int) -> None:
    """Cancels an order that nobody took."""
    order = exchange.orders.by_id.get(subject[1])
    if order is not None:
        assert order.symbol == subject[0]
        cancel(exchange, order)


def _free(holdings: Holdings, uid: int, symbol: str) -> int:
    return holdings.held.get((uid, symbol), 0) - holdings.offered.get((uid, symbol), 0)


def _add(shares: dict[tuple[int, str], int], place: tuple[int, str], lots: int) -> None:
    shares[place] = shares.get(place, 0) + lots


PRODUCT = Product(
    SHARES,
    instrument=Share,
    parts=(Part("holdings", Holdings, Holdings),),
    checks=(shares_held,),
    awaited=(awaited,),
)
