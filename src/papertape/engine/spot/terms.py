"""Spot terms: orders hold the coins that they give, and a trade exchanges base for quote."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.money import ZERO, divide_down, down, ratio, whole
from papertape.engine.funds.bills import BillLine
from papertape.engine.funds.ledger import Hold, LedgerAccount
from papertape.engine.spot import settlement
from papertape.engine.spot.exits import exit_order
from papertape.engine.spot.instruments import SpotInstrument
from papertape.engine.spot.markets import SPOT
from papertape.engine.spot.order_rules import check, funding_coin, funds
from papertape.engine.spot.valuation import usdt_price
from papertape.engine.trading.market import Market
from papertape.engine.trading.orders import Exit, Order
from papertape.engine.trading.records import OrderRecord
from papertape.engine.trading.terms import Execution, OrderRequest, Scope, register
from papertape.engine.trading.triggers import Trigger


class SpotTerms:
    """The terms of orders on spot markets that are paid from ``wallet``, as ``Terms`` describes them."""

    def __init__(self, wallet: str) -> None:
        self.wallet = wallet

    def check(self, exchange: Exchange, uid: int, new: OrderRequest, replacing: Order | None = None) -> Order:
        """The order, ready to be placed; refuses as ``order_rules.check`` does."""
        return check(exchange, uid, self.wallet, new, replacing)

    def triggered(self, exchange: Exchange, market: Market[SpotInstrument], trigger: Trigger) -> OrderRequest:
        """The order that a plan order asks for: sizes in the other coin are converted at its price, or at the last."""
        at_market = trigger.order_type == "market"
        price = market.last if at_market else trigger.execute_price
        wants_quote = at_market and trigger.side == "buy"
        size: Decimal = trigger.size
        if wants_quote and trigger.plan_type == "amount":
            size = down(size * price, market.instrument.quote_places)
        elif not wants_quote and trigger.plan_type == "total":
            size = divide_down(size, price, market.instrument.size_places)
        return OrderRequest(
            symbol=trigger.symbol,
            side=trigger.side,
            order_type=trigger.order_type,
            size=size,
            price=None if at_market else price,
            stp_mode=trigger.stp_mode,
            entry_point="SYS",
        )

    def reserve(self, exchange: Exchange, market: Market[SpotInstrument], order: Order) -> None:
        """Freezes the quote coin of a buy, the base coin of a sell."""
        order.frozen = funds(market.instrument, order)
        exchange.ledger.freeze(order.uid, order.wallet, funding_coin(market.instrument, order), order.frozen)

    def affordable(self, market: Market[SpotInstrument], order: Order, ticks: int) -> int:
        """How many lots the rest of a market buy's budget buys at this price."""
        return whole(order.frozen, market.instrument.value(ticks, 1))

    def pay(
        self, exchange: Exchange, market: Market[SpotInstrument], payer: Order, payee: Order, execution: Execution
    ) -> None:
        """Moves the coin that the payer gives to the payee."""
        settlement.pay(exchange, market.instrument, payer, payee, execution)

    def account(
        self, exchange: Exchange, market: Market[SpotInstrument], order: Order, execution: Execution, scope: Scope
    ) -> list[BillLine]:
        """Charges the fee from what was received or in BGB, and writes the fill."""
        return settlement.account(exchange, market.instrument, order, execution, scope)

    def refit(self, exchange: Exchange, market: Market[SpotInstrument], order: Order) -> None:
        """Lets a buy spend what it froze: all of it at market, or as many lots as its limit price buys."""
        if order.side == "sell":
            return
        if order.order_type == "market":
            order.budget, order.size = order.frozen, 0
            return
        instrument = market.instrument
        order.size = whole(order.frozen, instrument.value(order.price, 1))
        order.budget = ZERO
        spare = order.frozen - instrument.value(order.price, order.size)
        exchange.ledger.release(order.uid, order.wallet, instrument.quote, spare)
        order.frozen -= spare

    def release(self, exchange: Exchange, market: Market[SpotInstrument], order: Order) -> None:
        """Makes what is still frozen available again."""
        exchange.ledger.release(order.uid, order.wallet, funding_coin(market.instrument, order), order.frozen)

    def following(self, exchange: Exchange, market: Market[SpotInstrument], filled: Order) -> Order | None:
        """The exits attached to a filled order."""
        return exit_order(exchange, market.instrument, filled)

    def record(self, order: Order, instrument: SpotInstrument) -> OrderRecord:
        """The order as it stands, in decimals."""
        return order_record(order, instrument)

    def usdt_rate(self, exchange: Exchange, market: Market[SpotInstrument]) -> Decimal:
        """The last price of the quote coin in USDT."""
        return usdt_price(exchange, market.instrument.quote)

    def holds(self, market: Market[SpotInstrument], order: Order) -> Iterator[Hold]:
        """The coin that the rest of an open order gives."""
        instrument = market.instrument
        if order.waiting:
            amount = funds(instrument, order)
        elif order.side == "sell":
            amount = instrument.size(order.open_lots)
        else:
            amount = instrument.value(order.price, order.open_lots)
        yield LedgerAccount(order.uid, order.wallet, "frozen"), funding_coin(instrument, order), amount


def order_record(order: Order, instrument: SpotInstrument) -> OrderRecord:
    """The order as it stands, in decimals."""
    base = instrument.size(order.filled)
    sells = order.side == "sell"
    take_profit = order.take_profit or (order.above if sells else order.below)
    stop_loss = order.stop_loss or (order.below if sells else order.above)
    return OrderRecord(
        order_id=order.order_id,
        client_oid=order.client_oid,
        uid=order.uid,
        wallet=order.wallet,
        symbol=order.symbol,
        side=order.side,
        order_type=order.order_type,
        force=order.force,
        price=instrument.price(order.price),
        size=order.budget or instrument.size(order.size),
        status=order.status,
        base_volume=base,
        quote_volume=order.quote,
        average_price=average_price(order.quote, base, instrument.price_places),
        fee_coin=instrument.base if order.side == "buy" else instrument.quote,
        fee=order.fee,
        fee_bgb=order.fee_bgb,
        stp_mode=order.stp_mode,
        tpsl_type=order.tpsl_type,
        trigger_price=order.trigger_price,
        take_profit_trigger=_trigger(take_profit, instrument),
        take_profit_price=_execution(take_profit, instrument),
        stop_loss_trigger=_trigger(stop_loss, instrument),
        stop_loss_price=_execution(stop_loss, instrument),
        entry_point=order.entry_point,
        cancel_reason=order.cancel_reason,
        created=order.created,
        updated=order.updated,
    )


def average_price(quote: Decimal, base: Decimal, places: int) -> Decimal:
    """Quote per base: with the instrument's decimals where those are exact, else with 8 more; 0 before any fill."""
    if not base:
        return ZERO
    shown = ratio(quote, base, places)
    return shown if shown * base == quote else ratio(quote, base, places + 8)


def _trigger(leg: Exit | None, instrument: SpotInstrument) -> Decimal | None:
    return None if leg is None else instrument.price(leg.trigger)


def _execution(leg: Exit | None, instrument: SpotInstrument) -> Decimal | None:
    return None if leg is None or not leg.price else instrument.price(leg.price)


register(SPOT, SpotTerms(SPOT))
