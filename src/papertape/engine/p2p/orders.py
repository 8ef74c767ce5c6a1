"""P2P orders: pending payment, paid, in appeal, completed or cancelled.

Placing an order brings the seller's coins into escrow. They leave it once, whole: to the buyer when the order is
completed, back where they came from when it is cancelled. An order that is not paid in time is cancelled by a timer.
What has ended leaves the desk for history.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec
from msgspec.structs import replace

from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.firing_timers import on_timer, set_timer
from papertape.engine.exchange.money import divide_down, is_multiple, nearest
from papertape.engine.funds.bills import P2P_BUY, P2P_SELL, post_bill
from papertape.engine.p2p import advertisements
from papertape.engine.p2p.desk import (
    MOST_OPEN_ORDERS,
    MOST_ORDERS_OF_CUSTOMER,
    MOST_TAKERS,
    WALLET,
    Desk,
    advertised,
    available,
    buyer_of,
    escrow,
    seller_of,
    tell,
)
from papertape.engine.p2p.fiats import find_fiat
from papertape.engine.p2p.records import AdvertisementRecord, P2POrderRecord, P2POrderStatus
from papertape.engine.p2p.statistics import count_completed

MINUTE = 60_000
TIMER = "p2p_payment"


class NewOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What a customer asks for: ``count`` in the coin or ``amount`` in fiat; a method, or the first one offered."""

    uid: int
    advertisement_id: int
    count: Decimal | None = None
    amount: Decimal | None = None
    payment_id: str | None = None


def place(exchange: Exchange, asked: NewOrder) -> P2POrderRecord:
    """Takes an advertisement, for all or a part of it: the coins are in escrow from here on.

    Refuses advertisements that are gone (60004) or not online (60030), customers who may not take it (60040, 60026,
    40024, 40048), too many orders (43005), a payment method that is not offered (60028), quantities that cannot be
    (40019, 40020, 01001, 01002, 60022) or are beyond its limits (60023), and coins that are not there (60013).
    """
    desk = exchange.part(Desk)
    taken = desk.advertisement(asked.advertisement_id)
    if taken.status != "online":
        raise Rejected(errors.P2P_STATUS_WRONG)
    _check_customer(exchange, taken, asked.uid)
    open_orders = sum(order.customer_uid == asked.uid for order in desk.orders.values())
    if open_orders >= MOST_ORDERS_OF_CUSTOMER or len(desk.orders) >= MOST_OPEN_ORDERS:
        raise Rejected(errors.TOO_MANY_ORDERS)
    offered = taken.payment_ids.split(",")
    payment_id = asked.payment_id or offered[0]
    if payment_id not in offered:
        raise Rejected(errors.PAYMENT_METHOD_WRONG)
    count, amount = _quantities(exchange, taken, asked)
    if taken.side == "buy" and exchange.ledger.balance(asked.uid, WALLET, taken.coin).available < count:
        raise Rejected(errors.P2P_BALANCE_INSUFFICIENT)
    order = _order(exchange, taken, asked.uid, count, amount, payment_id)
    source = advertised(taken.uid) if taken.side == "sell" else available(asked.uid)
    exchange.ledger.move(taken.coin, count, source, escrow(seller_of(order)))
    advertisements.hold(exchange, taken, count, asked.uid)
    set_timer(exchange, TIMER, order.order_id, exchange.now + taken.pay_minutes * MINUTE)
    return _keep(exchange, order)


def pay(exchange: Exchange, order_id: int) -> P2POrderRecord:
    """The buyer says that the money is on its way; 60030 unless payment is pending."""
    order = _in_status(exchange, order_id, "pending_pay")
    buyer = exchange.part(Desk).person(buyer_of(order)).real_name
    return _keep(exchange, replace(order, status="paid", buyer_name=buyer, paid=exchange.now, updated=exchange.now))


def release(exchange: Exchange, order_id: int) -> P2POrderRecord:
    """The seller has the money and lets the coins go; 60030 unless the order is paid or in appeal."""
    return _complete(exchange, _in_status(exchange, order_id, "paid", "appeal"))


def appeal(exchange: Exchange, order_id: int) -> P2POrderRecord:
    """One side calls for the exchange's judgement; 60030 unless the order is paid."""
    order = _in_status(exchange, order_id, "paid")
    return _keep(exchange, replace(order, status="appeal", appealed=exchange.now, updated=exchange.now))


def resolve(exchange: Exchange, order_id: int, *, buyer_is_right: bool) -> P2POrderRecord:
    """The exchange's judgement: the coins go to the buyer or back to the seller; 60030 unless in appeal."""
    order = _in_status(exchange, order_id, "appeal")
    return _complete(exchange, order) if buyer_is_right else _cancel(exchange, order)


def cancel(exchange: Exchange, order_id: int) -> P2POrderRecord:
    """The buyer steps back; 60030 unless the order is pending payment or paid."""
    return _cancel(exchange, _in_status(exchange, order_id, "pending_pay", "paid"))


@on_timer(TIMER)
def _cancel_unpaid(exchange: Exchange, order_id: int, due: int) -> None:
    order = exchange.part(Desk).orders.get(order_id)
    if order is not None and order.status == "pending_pay":
        _cancel(exchange, order)


def _in_status(exchange: Exchange, order_id: int, *wanted: P2POrderStatus) -> P2POrderRecord:
    order = exchange.part(Desk).order(order_id)
    if order.status not in wanted:
        raise Rejected(errors.P2P_STATUS_WRONG)
    return order


def _check_customer(exchange: Exchange, taken: AdvertisementRecord, uid: int) -> None:
    desk, account = exchange.part(Desk), exchange.account(uid)
    if account.frozen:
        raise Rejected(errors.ACCOUNT_FROZEN)
    if account.parent:
        raise Rejected(errors.KEY_MUST_BE_MAIN)
    done, takers = desk.done_by(uid), desk.takers.get(taken.advertisement_id, {})
    trades, rate = done.total.trades, done.recent(exchange.now).completion_rate
    if (
        uid == taken.uid
        or exchange.account(taken.uid).frozen
        or (uid in desk.merchants and not taken.merchants_allowed)
        or trades < taken.least_completed
        or (taken.most_completed and trades > taken.most_completed)
        or (taken.orders_each and takers.get(uid, 0) >= taken.orders_each)
        or len(takers) >= MOST_TAKERS
        or rate < taken.least_completion_rate
    ):
        raise Rejected(errors.P2P_NOT_AUTHORIZED)
    if taken.countries and desk.person(uid).country not in taken.countries.split(","):
        raise Rejected(errors.COUNTRY_NOT_ALLOWED)


def _quantities(exchange: Exchange, taken: AdvertisementRecord, asked: NewOrder) -> tuple[Decimal, Decimal]:
    """What is asked for, in the coin (rounded down) and in fiat (rounded half up)."""
    places, fiat_places = exchange.coins[taken.coin].places, find_fiat(taken.fiat).places
    if asked.count is None and asked.amount is None:
        raise Rejected(errors.PARAMETER_EMPTY.of("count"))
    if asked.count is not None and asked.amount is not None:
        raise Rejected(errors.PARAMETER_ERROR.of("amount"))
    name, given, most = (
        ("count", asked.count, places) if asked.amount is None else ("amount", asked.amount, fiat_places)
    )
    assert given is not None
    if given <= 0:
        raise Rejected(errors.MUST_BE_POSITIVE.of(name))
    if not is_multiple(given, most):
        raise Rejected(errors.PRECISION_TOO_FINE.of(name, most))
    if given > advertisements.LARGEST:
        raise Rejected(errors.P2P_AMOUNT_INCORRECT)
    if asked.amount is None:
        count, amount = given, nearest(given * taken.price, fiat_places)
    else:
        count, amount = divide_down(given, taken.price, places), given
    if not taken.minimum <= amount <= taken.maximum:
        raise Rejected(errors.BEYOND_FIAT_LIMIT.of(*advertisements.limits(taken)))
    if not 0 < count <= advertisements.remaining(taken):
        raise Rejected(errors.P2P_AMOUNT_INCORRECT)
    return count, amount


def _order(
    exchange: Exchange, taken: AdvertisementRecord, uid: int, count: Decimal, amount: Decimal, payment_id: str
) -> P2POrderRecord:
    seller = exchange.part(Desk).person(taken.uid if taken.side == "sell" else uid)
    return P2POrderRecord(
        order_id=exchange.next_id(),
        advertisement_id=taken.advertisement_id,
        merchant_uid=taken.uid,
        customer_uid=uid,
        side=taken.side,
        coin=taken.coin,
        fiat=taken.fiat,
        price=taken.price,
        count=count,
        amount=amount,
        status="pending_pay",
        payment_id=payment_id,
        payment_details=msgspec.json.encode(seller.accounts.get(payment_id, ())).decode(),
        buyer_name="",
        seller_name=seller.real_name,
        created=exchange.now,
        updated=exchange.now,
        paid=0,
        appealed=0,
        released=0,
        withdrawn=0,
    )


def _complete(exchange: Exchange, order: P2POrderRecord) -> P2POrderRecord:
    desk, now = exchange.part(Desk), exchange.now
    buyer, seller = buyer_of(order), seller_of(order)
    exchange.ledger.move(order.coin, order.count, escrow(seller), available(buyer))
    post_bill(exchange, seller, WALLET, order.coin, -order.count, *P2P_SELL, order_id=order.order_id)
    post_bill(exchange, buyer, WALLET, order.coin, order.count, *P2P_BUY, order_id=order.order_id)
    completed = replace(order, status="completed", released=now, updated=now)
    count_completed(desk.tally(buyer), desk.tally(seller), completed)
    advertisements.settle(exchange, order.advertisement_id, order.count, completed=True)
    return _end(exchange, completed)


def _cancel(exchange: Exchange, order: P2POrderRecord) -> P2POrderRecord:
    desk, now = exchange.part(Desk), exchange.now
    advertisement = desk.advertisements[order.advertisement_id]
    back = advertised if order.side == "sell" and advertisement.status != "completed" else available
    exchange.ledger.move(order.coin, order.count, escrow(seller_of(order)), back(seller_of(order)))
    for uid in (order.merchant_uid, order.customer_uid):
        desk.tally(uid).add("failed", now)
    advertisements.settle(exchange, order.advertisement_id, order.count, completed=False)
    return _end(exchange, replace(order, status="cancelled", withdrawn=now, updated=now))


def _keep(exchange: Exchange, order: P2POrderRecord) -> P2POrderRecord:
    exchange.part(Desk).orders[order.order_id] = order
    tell(exchange, order)
    return order


def _end(exchange: Exchange, order: P2POrderRecord) -> P2POrderRecord:
    del exchange.part(Desk).orders[order.order_id]
    tell(exchange, order)
    return order
