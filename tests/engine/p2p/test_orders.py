"""Whatever merchants and customers do: the coins of the desk are where its orders and advertisements say."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any

import pytest

from papertape.contract.control.p2p import CloseAdvertisement, EditAdvertisement, OrderStep, ResolveAppeal
from papertape.contract.control.p2p import SetAdvertisementStatus as SetStatus
from papertape.contract.protocol.errors import Rejected
from papertape.engine.p2p.advertisements import remaining
from papertape.engine.p2p.desk import Desk
from papertape.engine.p2p.records import P2POrderRecord
from papertape.engine.state import digest
from papertape.operations.control import p2p as control
from tests.bank import CALLERS
from tests.p2p_desk import MINUTE, P2PDesk

Held = dict[tuple[int, str], Decimal]


def add(held: Held, uid: int, coin: str, amount: Decimal) -> None:
    if amount:
        held[uid, coin] = held.get((uid, coin), Decimal(0)) + amount


def assert_whole(desk: P2PDesk) -> None:
    """Escrow is what open orders are for, frozen is what sales still offer, nothing else is there."""
    escrow: Held = {}
    offered: Held = {}
    taken: dict[int, Decimal] = {}
    for order in desk.exchange.part(Desk).orders.values():
        add(escrow, order.merchant_uid if order.side == "sell" else order.customer_uid, order.coin, order.count)
        taken[order.advertisement_id] = taken.get(order.advertisement_id, Decimal(0)) + order.count
    for one in desk.exchange.part(Desk).advertisements.values():
        assert one.held == taken.pop(one.advertisement_id, 0)
        assert remaining(one) >= 0
        assert one.status != "completed" or one.held
        if one.side == "sell" and one.status != "completed":
            add(offered, one.uid, one.coin, remaining(one))
    assert taken == {}
    balances = list(desk.exchange.ledger)
    assert escrow == {(uid, coin): held.locked for uid, _, coin, held in balances if held.locked}
    assert offered == {(uid, coin): held.frozen for uid, _, coin, held in balances if held.frozen}
    assert all(held.available >= 0 for uid, _, _, held in balances if uid)


def step(desk: P2PDesk, dice: Random) -> None:
    """Something that somebody might do; what is refused must have changed nothing."""
    numbers = [str(number) for number in desk.exchange.part(Desk).advertisements] or ["1"]
    orders = [str(number) for number in desk.exchange.part(Desk).orders] or ["1"]
    number, order = dice.choice(numbers), dice.choice(orders)
    amount = Decimal(dice.randint(1, 4000)).scaleb(-dice.choice((0, 2, 8)))
    requests: list[tuple[Any, Any]] = [
        (control.post_advertisement, desk.terms(f"{amount} USDT @ 0.9{dice.randint(0, 9)} EUR", side="sell")),
        (control.post_advertisement, desk.terms(f"{amount} BTC @ 1.5 EUR", side="buy")),
        (control.set_advertisement_status, SetStatus(adv_no=number, status=dice.choice(("online", "editing")))),
        (control.set_advertisement_status, SetStatus(adv_no=number, status="online")),
        (control.edit_advertisement, EditAdvertisement(adv_no=number, size=amount, price=Decimal("0.8"))),
        (control.resolve, ResolveAppeal(order_no=order, winner=dice.choice(("buyer", "seller")))),
        *((function, OrderStep(order_no=order)) for function in (control.pay, control.release, control.appeal)),
        (control.cancel, OrderStep(order_no=order)),
    ]
    if dice.random() < 0.05:
        requests = [(control.close_advertisement, CloseAdvertisement(adv_no=number))]
    if dice.random() < 0.5:
        desk.exchange.events = []
        try:
            desk.takes(dice.choice(("bob", "carol")), number, count=str(amount))
        except Rejected:
            assert desk.exchange.events == []
    elif dice.random() < 0.1:
        desk.wait(dice.randint(0, 8) * MINUTE)
    else:
        function, request = dice.choice(requests)
        before = digest(desk.exchange)
        try:
            desk.do(function, "operator", request)
        except Rejected:
            assert digest(desk.exchange) == before


@pytest.mark.parametrize("seed", range(4))
def test_the_desk_holds_what_it_says(seed: int) -> None:
    dice = Random(seed)
    desk = P2PDesk(alice="1000 USDT", bob="500 BTC", carol="20 BTC")
    for number in range(300):
        step(desk, dice)
        assert_whole(desk)
        if number % 100 == 0:
            before = digest(desk.exchange)
            desk.restart()
            assert digest(desk.exchange) == before
    assert {record.status for record in desk.happened(P2POrderRecord)} >= {"pending_pay", "paid", "cancelled"}
    done = desk.exchange.part(Desk).done_by(CALLERS["alice"].uid)
    others = [desk.exchange.part(Desk).done_by(CALLERS[who].uid) for who in ("bob", "carol")]
    assert (done.bought, done.sold) == (sum(one.sold for one in others), sum(one.bought for one in others))
    assert done.failed == sum(one.failed for one in others)
