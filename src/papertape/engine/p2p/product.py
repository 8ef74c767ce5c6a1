"""The P2P desk, as state and audit know it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.money import ZERO
from papertape.engine.exchange.product import Findings, Part, Product
from papertape.engine.exchange.timers import Subject
from papertape.engine.funds.ledger import Hold
from papertape.engine.p2p import desk
from papertape.engine.p2p.advertisements import remaining
from papertape.engine.p2p.desk import Desk


def advertisements(exchange: Exchange) -> Findings:
    """Each advertisement counts its open orders, and offers no more than it has."""
    ordered: dict[int, Decimal] = {}
    for number, order in exchange.part(Desk).orders.items():
        ordered[order.advertisement_id] = ordered.get(order.advertisement_id, ZERO) + order.count
        if number != order.order_id or order.advertisement_id not in exchange.part(Desk).advertisements:
            yield f"P2P order {order.order_id} is kept as {number}, for {order.advertisement_id}"
    for number, advertisement in exchange.part(Desk).advertisements.items():
        if number != advertisement.advertisement_id or advertisement.uid not in exchange.part(Desk).merchants:
            yield f"advertisement {advertisement.advertisement_id} is kept as {number}, of {advertisement.uid}"
        if advertisement.held != ordered.get(number, ZERO) or remaining(advertisement) < 0:
            yield f"advertisement {number} has {advertisement.held} of {remaining(advertisement)} ordered"


def holds(exchange: Exchange) -> Iterator[Hold]:
    """What is advertised for sale, and what open orders hold in escrow."""
    for advertisement in exchange.part(Desk).advertisements.values():
        if advertisement.side == "sell" and advertisement.status != "completed":
            yield desk.advertised(advertisement.uid), advertisement.coin, remaining(advertisement)
    for order in exchange.part(Desk).orders.values():
        yield desk.escrow(desk.seller_of(order)), order.coin, order.count


def awaited(exchange: Exchange) -> Iterator[tuple[str, Subject]]:
    """Orders that are cancelled unless they are paid."""
    for number, order in exchange.part(Desk).orders.items():
        if order.status == "pending_pay":
            yield "p2p_payment", number


P2P = Product(
    "p2p",
    parts=(Part("desk", Desk, Desk),),
    holds=(holds,),
    checks=(advertisements,),
    awaited=(awaited,),
)
