"""Conversions: a desk of the exchange takes the other side, at a quote's price or, for small balances, at the book's.

The desk is an account of the exchange. It keeps what it is given and pays from that; what it lacks it draws from
outside, so that it is never in debt and each coin sums to zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected
from papertape.engine.convert.quotes import ConvertQuote, Quotes
from papertape.engine.convert.records import ConversionRecord, SmallBalanceRecord
from papertape.engine.convert.routes import best_rate
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.money import ZERO, divide_down, down, ratio, trimmed, up
from papertape.engine.funds.bills import PAID_IN_CONVERSION, RECEIVED_IN_CONVERSION, post_bill
from papertape.engine.funds.ledger import EXCHANGE_UID, FEES, ISSUANCE, LedgerAccount

DESK = LedgerAccount(EXCHANGE_UID, "convert")
SPOT = "spot"

BGB = "BGB"
BGB_PLACES = 8
SMALL_BALANCE_FEE = Decimal("0.02")
"""The share of the BGB that a small balance costs (documentation, "Get BGB Convert Coins")."""
SMALL_BALANCE = Decimal(10)
"""A balance is small while all of it, frozen included, is worth less than this in USDT."""
PRICE_PLACES = 12


class SweepOffer(msgspec.Struct, frozen=True, kw_only=True):
    """What a small balance would become: BGB before the fee, and the fee in BGB; prices in USDT."""

    coin: str
    amount: Decimal
    price: Decimal
    bgb: Decimal
    bgb_price: Decimal
    fee: Decimal


def take(exchange: Exchange, quote: ConvertQuote) -> ConversionRecord:
    """Converts at the quote, which is spent; 43012 unless the user has what it sells."""
    exchange.ledger.require(quote.uid, SPOT, quote.from_coin, quote.from_size)
    exchange.part(Quotes).remove(quote.trace_id)
    record = ConversionRecord(
        conversion_id=exchange.next_id(),
        uid=quote.uid,
        from_coin=quote.from_coin,
        from_size=quote.from_size,
        to_coin=quote.to_coin,
        to_size=quote.to_size,
        price=quote.price,
        fee=ZERO,
        created=exchange.now,
    )
    user = LedgerAccount(quote.uid, SPOT)
    exchange.ledger.move(quote.from_coin, quote.from_size, user, DESK)
    _pay(exchange, quote.to_coin, quote.to_size, user)
    number = record.conversion_id
    post_bill(exchange, quote.uid, SPOT, quote.from_coin, -quote.from_size, *PAID_IN_CONVERSION, order_id=number)
    post_bill(exchange, quote.uid, SPOT, quote.to_coin, quote.to_size, *RECEIVED_IN_CONVERSION, order_id=number)
    exchange.emit(record)
    return record


def small_balances(exchange: Exchange, uid: int) -> list[SweepOffer]:
    """The user's balances that can be swept now, in the order that coins are listed."""
    found = []
    for coin in exchange.coins:
        if exchange.ledger.balance(uid, SPOT, coin).available:
            try:
                found.append(small_balance(exchange, uid, coin))
            except Rejected:
                continue
    return found


def small_balance(exchange: Exchange, uid: int, coin: str) -> SweepOffer:
    """What the user's available balance of the coin would become.

    Refuses coins without a price and BGB itself (43131), nothing available (43012), a balance that is not small
    (12007), one too small for any BGB (12006), and a book without BGB (12014).
    """
    balance = exchange.ledger.balance(uid, SPOT, coin)
    price = Decimal(1) if coin == "USDT" else down(best_rate(exchange, coin, "USDT"), PRICE_PLACES)
    if coin == BGB or not price:
        raise Rejected(errors.NOT_CONVERTIBLE.of(coin))
    if not balance.available:
        raise Rejected(errors.INSUFFICIENT_BALANCE)
    if balance.total * price >= SMALL_BALANCE:
        raise Rejected(errors.ABOVE_CONVERT_MAXIMUM)
    rate = best_rate(exchange, "USDT", BGB)
    if not rate:
        raise Rejected(errors.NO_QUOTE)
    bgb_price = ratio(Decimal(1), rate, PRICE_PLACES)
    bgb = divide_down(balance.available * price, bgb_price, BGB_PLACES)
    fee = up(bgb * SMALL_BALANCE_FEE, BGB_PLACES)
    if bgb <= fee:
        raise Rejected(errors.BELOW_CONVERT_MINIMUM)
    return SweepOffer(
        coin=coin,
        amount=balance.available,
        price=trimmed(price),
        bgb=bgb,
        bgb_price=trimmed(bgb_price),
        fee=fee,
    )


def sweep(exchange: Exchange, uid: int, coins: Sequence[str]) -> list[SmallBalanceRecord]:
    """Turns the small balances of these different coins into BGB: all of them, or none when one is refused."""
    offers = [small_balance(exchange, uid, coin) for coin in coins]
    return [_sweep(exchange, uid, offer) for offer in offers]


def _sweep(exchange: Exchange, uid: int, offer: SweepOffer) -> SmallBalanceRecord:
    record = SmallBalanceRecord(
        order_id=exchange.next_id(),
        uid=uid,
        from_coin=offer.coin,
        from_amount=offer.amount,
        from_price=offer.price,
        to_coin=BGB,
        to_amount=offer.bgb,
        to_price=offer.bgb_price,
        fee_coin=BGB,
        fee=offer.fee,
        status="success",
        created=exchange.now,
    )
    user = LedgerAccount(uid, SPOT)
    exchange.ledger.move(offer.coin, offer.amount, user, DESK)
    _pay(exchange, BGB, offer.bgb, user)
    exchange.ledger.move(BGB, offer.fee, user, FEES)
    post_bill(exchange, uid, SPOT, offer.coin, -offer.amount, *PAID_IN_CONVERSION, order_id=record.order_id)
    post_bill(exchange, uid, SPOT, BGB, offer.bgb, *RECEIVED_IN_CONVERSION, -offer.fee, record.order_id)
    exchange.emit(record)
    return record


def _pay(exchange: Exchange, coin: str, amount: Decimal, user: LedgerAccount) -> None:
    """From the desk's own coins, drawn from outside where they do not suffice."""
    held = exchange.ledger.balance(DESK.uid, DESK.wallet, coin).available
    exchange.ledger.move(coin, max(amount - held, ZERO), ISSUANCE, DESK)
    exchange.ledger.move(coin, amount, DESK, user)
