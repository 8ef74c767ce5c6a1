"""Settlement: what a trade moves in the ledger, which fees it costs, which bills and fills it leaves."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from papertape.engine.accounts.accounts import keeps_history
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.money import ZERO, divide_up
from papertape.engine.funds.bills import BUY, FEE_IN_BGB, SELL, Line, post_bills
from papertape.engine.funds.ledger import FEES, Place
from papertape.engine.spot.fees import BGB_DISCOUNT, rates
from papertape.engine.trading.instruments import Instrument
from papertape.engine.trading.orders import Order
from papertape.engine.trading.records import FillRecord, TradeRecord
from papertape.engine.trading.valuation import usdt_price

Scope = Literal["maker", "taker"]
SPOT = "spot"


def settle(exchange: Exchange, instrument: Instrument, maker: Order, taker: Order, lots: int) -> None:
    """Trades ``lots`` between two orders at the maker's price. The caller takes the lots off the book."""
    price, size, value = instrument.price(maker.price), instrument.size(lots), instrument.value(maker.price, lots)
    buyer, seller = (taker, maker) if taker.side == "buy" else (maker, taker)
    ledger, trade_id = exchange.ledger, exchange.next_id()
    ledger.move(instrument.quote, value, Place(buyer.uid, SPOT, "frozen"), Place(seller.uid, SPOT))
    ledger.move(instrument.base, size, Place(seller.uid, SPOT, "frozen"), Place(buyer.uid, SPOT))
    buyer.frozen -= value
    seller.frozen -= size
    _release_better_price(exchange, instrument, buyer, maker.price, lots)
    sides: tuple[tuple[Order, Scope], ...] = ((maker, "maker"), (taker, "taker"))
    bills: list[Line] = []
    for order, scope in sides:
        order.quote += value
        order.updated = exchange.now
        bills += _account_for(exchange, instrument, order, scope, trade_id, price, size, value)
    post_bills(exchange, SPOT, bills)
    trade = TradeRecord(
        trade_id=trade_id, symbol=instrument.symbol, side=taker.side, price=price, size=size, created=exchange.now
    )
    exchange.emit(trade)
    exchange.market[instrument.symbol].add_trade(exchange, trade, usdt_price(exchange, instrument.quote))


def _release_better_price(exchange: Exchange, instrument: Instrument, buyer: Order, paid: int, lots: int) -> None:
    """A limit buy froze its own price; what a better one saves is available again at once."""
    if buyer.price > paid:
        saved = instrument.value(buyer.price - paid, lots)
        exchange.ledger.release(buyer.uid, SPOT, instrument.quote, saved)
        buyer.frozen -= saved


def _account_for(
    exchange: Exchange,
    instrument: Instrument,
    order: Order,
    scope: Scope,
    trade_id: int,
    price: Decimal,
    size: Decimal,
    value: Decimal,
) -> list[Line]:
    """Charges one side's fee, writes its fill and gives its bills; the market's own traders have none of these."""
    if not keeps_history(order.uid):
        return []
    buys = order.side == "buy"
    received_coin, received = (instrument.base, size) if buys else (instrument.quote, value)
    paid_coin, paid = (instrument.quote, value) if buys else (instrument.base, size)
    fee, fee_bgb = _charge(exchange, instrument, order, scope, received_coin, received)
    words = BUY if buys else SELL
    bills = [
        Line(order.uid, paid_coin, -paid, *words, order_id=order.order_id),
        Line(order.uid, received_coin, received, *words, -fee, order.order_id),
    ]
    if fee_bgb:
        bills.append(Line(order.uid, "BGB", -fee_bgb, *FEE_IN_BGB, order_id=order.order_id))
    exchange.emit(
        FillRecord(
            trade_id=trade_id,
            order_id=order.order_id,
            client_oid=order.client_oid,
            uid=order.uid,
            symbol=order.symbol,
            order_type=order.order_type,
            side=order.side,
            price=price,
            size=size,
            amount=value,
            fee_coin="BGB" if fee_bgb else received_coin,
            fee=fee_bgb or fee,
            deducted=bool(fee_bgb),
            scope=scope,
            created=exchange.now,
        )
    )
    return bills


def _charge(
    exchange: Exchange, instrument: Instrument, order: Order, scope: Scope, coin: str, received: Decimal
) -> tuple[Decimal, Decimal]:
    """Takes the fee, in BGB when the account wants that and has enough, else from what was received."""
    account = exchange.account(order.uid)
    maker_rate, taker_rate = rates(account, instrument)
    fee = received * (maker_rate if scope == "maker" else taker_rate)
    if account.deducts_bgb and fee:
        fee_bgb = _in_bgb(exchange, coin, fee)
        if ZERO < fee_bgb <= exchange.ledger.balance(order.uid, SPOT, "BGB").available:
            exchange.ledger.move("BGB", fee_bgb, Place(order.uid, SPOT), FEES)
            order.fee_bgb += fee_bgb
            return ZERO, fee_bgb
    exchange.ledger.move(coin, fee, Place(order.uid, SPOT), FEES)
    order.fee += fee
    return fee, ZERO


def _in_bgb(exchange: Exchange, coin: str, fee: Decimal) -> Decimal:
    """The fee in BGB at the last prices, with the discount, rounded up; 0 when there is no BGB market."""
    bgb = usdt_price(exchange, "BGB")
    if not bgb:
        return ZERO
    return divide_up(fee * usdt_price(exchange, coin) * BGB_DISCOUNT, bgb, 8)
