"""Settlement: what a trade of coins moves in the ledger, which fees it costs, which bills and fills it leaves."""

from __future__ import annotations

from decimal import Decimal

from papertape.engine.accounts.accounts import keeps_history
from papertape.engine.accounts.settings import Settings
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.money import ZERO, divide_up
from papertape.engine.funds.bills import BUY, FEE_IN_BGB, SELL, BillLine
from papertape.engine.funds.ledger import FEES, LedgerAccount
from papertape.engine.spot.fees import BGB_DISCOUNT, rates
from papertape.engine.spot.instruments import SpotInstrument
from papertape.engine.spot.valuation import usdt_price
from papertape.engine.trading.orders import Order
from papertape.engine.trading.records import FillRecord
from papertape.engine.trading.terms import Execution, Scope


def pay(exchange: Exchange, instrument: SpotInstrument, payer: Order, payee: Order, execution: Execution) -> None:
    """Moves what the payer gives, quote for a buy and base for a sell, from what it has frozen to the payee."""
    if payer.side == "sell":
        coin, amount = instrument.base, execution.size
    else:
        coin, amount = instrument.quote, execution.value
    exchange.ledger.move(
        coin, amount, LedgerAccount(payer.uid, payer.wallet, "frozen"), LedgerAccount(payee.uid, payee.wallet)
    )
    payer.frozen -= amount
    if payer.side == "buy" and payer.price > execution.ticks:
        # It froze its own price; what a better one saves is available again at once.
        saved = instrument.value(payer.price - execution.ticks, execution.lots)
        exchange.ledger.release(payer.uid, payer.wallet, coin, saved)
        payer.frozen -= saved


def account(
    exchange: Exchange, instrument: SpotInstrument, order: Order, execution: Execution, scope: Scope
) -> list[BillLine]:
    """Charges one side's fee, writes its fill and gives its bills; the market's own traders have none of these."""
    if not keeps_history(order.uid):
        return []
    buys = order.side == "buy"
    size, value = execution.size, execution.value
    received_coin, received = (instrument.base, size) if buys else (instrument.quote, value)
    paid_coin, paid = (instrument.quote, value) if buys else (instrument.base, size)
    fee, fee_bgb = _charge(exchange, instrument, order, scope, received_coin, received)
    words, uid, wallet = BUY if buys else SELL, order.uid, order.wallet
    bills = [
        BillLine(uid, wallet, paid_coin, -paid, *words, order_id=order.order_id),
        BillLine(uid, wallet, received_coin, received, *words, -fee, order.order_id),
    ]
    if fee_bgb:
        bills.append(BillLine(uid, wallet, "BGB", -fee_bgb, *FEE_IN_BGB, order_id=order.order_id))
    exchange.emit(
        FillRecord(
            trade_id=execution.trade_id,
            order_id=order.order_id,
            client_oid=order.client_oid,
            uid=uid,
            wallet=wallet,
            symbol=order.symbol,
            order_type=order.order_type,
            side=order.side,
            price=execution.price,
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
    exchange: Exchange, instrument: SpotInstrument, order: Order, scope: Scope, coin: str, received: Decimal
) -> tuple[Decimal, Decimal]:
    """Takes the fee, in BGB when the account wants that and has enough, else from what was received."""
    maker_rate, taker_rate = rates(exchange.account(order.uid), instrument)
    fee = received * (maker_rate if scope == "maker" else taker_rate)
    if fee and exchange.part(Settings).of(order.uid).deducts_bgb:
        fee_bgb = _in_bgb(exchange, coin, fee)
        if ZERO < fee_bgb <= exchange.ledger.balance(order.uid, order.wallet, "BGB").available:
            exchange.ledger.move("BGB", fee_bgb, LedgerAccount(order.uid, order.wallet), FEES)
            order.fee_bgb += fee_bgb
            return ZERO, fee_bgb
    exchange.ledger.move(coin, fee, LedgerAccount(order.uid, order.wallet), FEES)
    order.fee += fee
    return fee, ZERO


def _in_bgb(exchange: Exchange, coin: str, fee: Decimal) -> Decimal:
    """The fee in BGB at the last prices, with the discount, rounded up; 0 when there is no BGB market."""
    bgb = usdt_price(exchange, "BGB")
    if not bgb:
        return ZERO
    return divide_up(fee * usdt_price(exchange, coin) * BGB_DISCOUNT, bgb, 8)
