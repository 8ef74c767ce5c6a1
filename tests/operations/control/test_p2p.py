"""The P2P desk in stories: where the coins are at every step, and what is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from papertape.contract.assets import ListFundingAssets
from papertape.contract.control import ModifyUser
from papertape.contract.control.p2p import (
    CloseAdvertisement,
    IdentifyPerson,
    ListDesk,
    NewCertificate,
    OrderStep,
    RegisterMerchant,
    ResolveAppeal,
    SetAdvertisementStatus,
    SetMerchantOnline,
    SetPaymentAccount,
)
from papertape.contract.spot.wallet import MakeTransfer
from papertape.contract.tax import ListTaxRecords
from papertape.engine.funds.records import BillRecord
from papertape.engine.p2p import desk as bounds
from papertape.engine.p2p.desk import Desk
from papertape.engine.p2p.records import P2POrderRecord
from papertape.engine.state import digest
from papertape.operations.assets import funding as funding_assets
from papertape.operations.control import p2p as control
from papertape.operations.control.accounts import modify_user
from papertape.operations.spot.wallet import transfer
from papertape.operations.tax import p2p_records
from tests.bank import ALICE, BOB, CAROL, OPENED, SAVINGS
from tests.p2p_desk import MINUTE, P2PDesk, funding


def bills(desk: P2PDesk, uid: int) -> list[tuple[str, str, Decimal, Decimal]]:
    return [
        (bill.group_type, bill.business_type, bill.size, bill.balance)
        for bill in desk.happened(BillRecord)
        if bill.uid == uid and bill.group_type == "c2c"
    ]


def test_a_sale_goes_from_advertisement_to_escrow_to_the_buyer() -> None:
    desk = P2PDesk(alice="100 USDT")
    number = desk.sells("50 USDT @ 0.9 EUR")
    assert funding(desk, ALICE) == ("50", "50", "0")
    order = desk.takes("bob", number, count="20")
    assert funding(desk, ALICE) == ("50", "30", "20")
    desk.pays(order)
    assert (funding(desk, ALICE), funding(desk, BOB)) == (("50", "30", "20"), ("0", "0", "0"))
    desk.releases(order)
    assert (funding(desk, ALICE), funding(desk, BOB)) == (("50", "30", "0"), ("20", "0", "0"))
    assert bills(desk, ALICE) == [("c2c", "sell", Decimal(-20), Decimal(80))]
    assert bills(desk, BOB) == [("c2c", "buy", Decimal(20), Decimal(20))]
    (shown,) = desk.do(control.advertisements, "operator", ListDesk(uid=ALICE))
    assert (shown.filled, shown.held, shown.status) == (20, 0, "online")


def test_a_merchant_who_buys_gets_the_customers_coins() -> None:
    desk = P2PDesk(bob="30 USDT")
    number = desk.buys("50 USDT @ 0.9 EUR")
    order = desk.takes("bob", number, amount="18")
    assert funding(desk, BOB) == ("10", "0", "20")
    desk.pays(order)
    desk.releases(order)
    assert (funding(desk, ALICE), funding(desk, BOB)) == (("20", "0", "0"), ("10", "0", "0"))


@pytest.mark.parametrize("paid", [False, True])
@pytest.mark.parametrize(("side", "before"), [("sell", ("50", "50", "0")), ("buy", ("100", "0", "0"))])
def test_a_cancelled_order_gives_back_exactly_what_it_held(side: str, before: tuple[str, ...], paid: bool) -> None:
    desk = P2PDesk(alice="100 USDT", bob="100 USDT")
    number = desk.sells("50 USDT @ 0.9 EUR", side=side)
    seller = ALICE if side == "sell" else BOB
    assert funding(desk, seller) == before
    order = desk.takes("bob", number, count="12.34567891")
    assert funding(desk, seller) != before
    if paid:
        desk.pays(order)
    desk.cancels(order)
    assert funding(desk, seller) == before
    assert bills(desk, seller) == []
    (last,) = [record for record in desk.happened(P2POrderRecord) if record.status == "cancelled"]
    assert (last.withdrawn, last.released) == (desk.exchange.now, 0)


def test_an_order_that_is_not_paid_in_time_is_cancelled() -> None:
    desk = P2PDesk(alice="100 USDT")
    number = desk.sells("50 USDT @ 0.9 EUR", pay_duration=4)
    order, paid = (desk.takes("bob", number, count="20") for _ in range(2))
    desk.wait(4 * MINUTE - 1)
    desk.pays(paid)
    assert funding(desk, ALICE) == ("50", "10", "40")
    desk.restart()
    desk.wait(1)
    assert funding(desk, ALICE) == ("50", "30", "20")
    assert desk.code(control.pay, "operator", OrderStep(order_no=order)) == "60003"
    desk.wait(60 * MINUTE)
    assert [one.status for one in desk.do(control.orders, "operator", ListDesk())] == ["paid"]


@pytest.mark.parametrize(
    ("winner", "seller", "buyer"),
    [("buyer", ("50", "30", "0"), ("20", "0", "0")), ("seller", ("50", "50", "0"), ("0", "0", "0"))],
)
def test_an_appeal_is_resolved_either_way(winner: Any, seller: tuple[str, ...], buyer: tuple[str, ...]) -> None:
    desk = P2PDesk(alice="100 USDT")
    order = desk.takes("bob", desk.sells("50 USDT @ 0.9 EUR"), count="20")
    desk.pays(order)
    desk.appeals(order)
    assert desk.code(control.cancel, "operator", OrderStep(order_no=order)) == "60030"
    desk.judges(order, winner)
    assert (funding(desk, ALICE), funding(desk, BOB)) == (seller, buyer)


def test_a_seller_may_release_during_an_appeal() -> None:
    desk = P2PDesk(alice="100 USDT")
    order = desk.takes("bob", desk.sells("50 USDT @ 0.9 EUR"), count="20")
    desk.pays(order)
    desk.appeals(order)
    desk.releases(order)
    assert funding(desk, BOB) == ("20", "0", "0")


@pytest.mark.parametrize(
    ("steps", "wrong"),
    [
        ([], "release"), ([], "appeal"), ([], "resolve"), (["pays"], "pay"), (["pays"], "resolve"),
        (["pays", "appeals"], "pay"), (["pays", "appeals"], "appeal"), (["pays", "appeals"], "cancel"),
    ],
)  # fmt: skip
def test_a_step_out_of_turn_is_refused(steps: list[str], wrong: str) -> None:
    desk = P2PDesk(alice="100 USDT")
    order = desk.takes("bob", desk.sells("50 USDT @ 0.9 EUR"), count="20")
    for step in steps:
        getattr(desk, step)(order)
    request: Any = ResolveAppeal(order_no=order, winner="buyer") if wrong == "resolve" else OrderStep(order_no=order)
    assert desk.code(getattr(control, wrong), "operator", request) == "60030"


@pytest.mark.parametrize("step", ["pay", "release", "appeal", "cancel"])
@pytest.mark.parametrize(("number", "code"), [("1", "60003"), ("x", "40020")])
def test_an_order_that_there_is_not_is_refused(step: str, number: str, code: str) -> None:
    assert P2PDesk().code(getattr(control, step), "operator", OrderStep(order_no=number)) == code


def test_a_closed_advertisement_gives_back_what_nobody_ordered() -> None:
    desk = P2PDesk(alice="100 USDT")
    number = desk.sells("50 USDT @ 0.9 EUR")
    kept, dropped = desk.takes("bob", number, count="20"), desk.takes("carol", number, count="10")
    desk.do(control.close_advertisement, "operator", CloseAdvertisement(adv_no=number))
    assert funding(desk, ALICE) == ("70", "0", "30")
    assert desk.refused("bob", number, count="5") == "60030"
    desk.cancels(dropped)
    desk.pays(kept)
    desk.restart()
    desk.releases(kept)
    assert (funding(desk, ALICE), funding(desk, BOB)) == (("80", "0", "0"), ("20", "0", "0"))
    assert desk.do(control.advertisements, "operator", ListDesk()) == []
    assert desk.code(control.close_advertisement, "operator", CloseAdvertisement(adv_no=number)) == "60004"


def test_what_is_advertised_or_in_escrow_cannot_be_spent() -> None:
    desk = P2PDesk(alice="100 USDT")
    number = desk.sells("60 USDT @ 0.9 EUR")
    desk.takes("bob", number, count="30")
    out = MakeTransfer(from_type="p2p", to_type="spot", amount=Decimal(41), coin="USDT")
    assert desk.code(transfer, "alice", out) == "43012"
    more = desk.terms("41 USDT @ 0.9 EUR")
    assert desk.code(control.post_advertisement, "operator", more) == "60013"


def test_who_goes_offline_takes_the_advertisements_along() -> None:
    desk = P2PDesk(alice="100 USDT")
    number = desk.sells("50 USDT @ 0.9 EUR")
    order = desk.takes("bob", number, count="10")
    desk.do(control.set_merchant_online, "operator", SetMerchantOnline(uid=ALICE, online=False))
    online = SetAdvertisementStatus(adv_no=number, status="online")
    assert desk.refused("bob", number, count="10") == "60030"
    assert desk.code(control.set_advertisement_status, "operator", online) == "60012"
    assert desk.code(control.post_advertisement, "operator", desk.terms("10 USDT @ 0.9 EUR")) == "60012"
    desk.pays(order)
    desk.releases(order)
    desk.do(control.set_merchant_online, "operator", SetMerchantOnline(uid=ALICE, online=True))
    assert desk.refused("bob", number, count="10") == "60030"
    desk.do(control.set_advertisement_status, "operator", online)
    desk.takes("bob", number, count="10")
    assert [one.held for one in desk.do(control.advertisements, "operator", ListDesk())] == [10]


@pytest.mark.parametrize(
    ("who", "asked", "code"),
    [
        ("bob", {}, "40019"),
        ("bob", {"count": "1", "amount": "1"}, "40020"),
        ("bob", {"count": "0"}, "01001"),
        ("bob", {"count": "1.123456789"}, "01002"),
        ("bob", {"amount": "5.001"}, "01002"),
        ("bob", {"amount": "4.99"}, "60023"),
        ("bob", {"amount": "36.01"}, "60023"),
        ("bob", {"count": "10000000000000"}, "60022"),
        ("bob", {"count": "10", "payment_id": "11"}, "60028"),
        ("alice", {"count": "10"}, "60040"),
        ("savings", {"count": "10"}, "40048"),
    ],
)
def test_an_order_that_cannot_be_is_refused(who: str, asked: dict[str, str], code: str) -> None:
    desk = P2PDesk(alice="100 USDT")
    more = {"min_trade_amount": Decimal(5), "max_trade_amount": Decimal(36)}
    assert desk.refused(who, desk.sells("50 USDT @ 0.9 EUR", **more), **asked) == code


def test_nobody_can_order_more_than_is_left() -> None:
    desk = P2PDesk(alice="100 USDT", bob="5 USDT")
    number = desk.sells("50 USDT @ 0.9 EUR")
    desk.takes("bob", number, count="30")
    assert desk.refused("carol", number, count="20.00000001") == "60022"
    desk.takes("carol", number, count="20")
    assert desk.refused("bob", desk.buys("50 USDT @ 0.9 EUR"), count="6") == "60013"
    assert desk.refused("bob", "17", count="6") == "60004"


def test_a_frozen_account_neither_takes_nor_is_taken_from() -> None:
    desk = P2PDesk(alice="100 USDT")
    number = desk.sells("50 USDT @ 0.9 EUR")
    desk.do(modify_user, "operator", ModifyUser(uid=BOB, frozen=True))
    assert desk.refused("bob", number, count="10") == "40024"
    desk.do(modify_user, "operator", ModifyUser(uid=ALICE, frozen=True))
    assert desk.refused("carol", number, count="10") == "60040"


def test_a_frozen_account_does_not_advertise() -> None:
    desk = P2PDesk(alice="100 USDT")
    number = desk.sells("50 USDT @ 0.9 EUR")
    offline = SetAdvertisementStatus(adv_no=number, status="offline")
    desk.do(modify_user, "operator", ModifyUser(uid=ALICE, frozen=True))
    desk.do(modify_user, "operator", ModifyUser(uid=BOB, frozen=True))
    assert desk.code(control.post_advertisement, "operator", desk.terms("10 USDT @ 0.9 EUR")) == "40024"
    assert desk.code(control.set_merchant_online, "operator", SetMerchantOnline(uid=ALICE, online=True)) == "40024"
    assert desk.code(control.register_merchant, "operator", RegisterMerchant(uid=BOB, nick_name="bob")) == "40024"
    desk.do(control.set_advertisement_status, "operator", offline)
    online = SetAdvertisementStatus(adv_no=number, status="online")
    assert desk.code(control.set_advertisement_status, "operator", online) == "40024"
    desk.do(control.close_advertisement, "operator", CloseAdvertisement(adv_no=number))
    assert funding(desk, ALICE) == ("100", "0", "0")


def test_open_orders_and_advertisements_are_bounded() -> None:
    desk = P2PDesk(alice="1000 USDT")
    number = desk.sells("100 USDT @ 1 EUR")
    orders = [desk.takes("bob", number, count="1") for _ in range(bounds.MOST_ORDERS_OF_CUSTOMER)]
    assert desk.refused("bob", number, count="1") == "43005"
    desk.cancels(orders[0])
    desk.takes("bob", number, count="1")
    for _ in range(bounds.MOST_ADVERTISEMENTS - 1):
        desk.sells("1 USDT @ 1 EUR")
    assert desk.code(control.post_advertisement, "operator", desk.terms("1 USDT @ 1 EUR")) == "60045"


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (RegisterMerchant(uid=42, nick_name="x"), "40034"),
        (RegisterMerchant(uid=SAVINGS, nick_name="x"), "40048"),
        (RegisterMerchant(uid=ALICE, nick_name="x"), "40020"),
        (RegisterMerchant(uid=BOB, nick_name="alice's"), "40020"),
        (RegisterMerchant(uid=BOB, nick_name=""), "40020"),
        (RegisterMerchant(uid=BOB, nick_name="x" * 129), "40020"),
        (RegisterMerchant(uid=BOB, nick_name="x", certificates=[NewCertificate(image_url="y")] * 6), "40058"),
    ],
)
def test_a_merchant_that_cannot_be_is_refused(request_: RegisterMerchant, code: str) -> None:
    assert P2PDesk().code(control.register_merchant, "operator", request_) == code


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"uid": 42}, "40034"),
        ({"real_name": "x" * 129}, "40020"),
        ({"email": "nobody"}, "40020"),
        ({"mobile": "12a4"}, "40020"),
        ({"country": "Mars"}, "60026"),
    ],
)
def test_a_person_that_cannot_be_is_refused(facts: dict[str, Any], code: str) -> None:
    assert P2PDesk().code(control.identify, "operator", IdentifyPerson(**({"uid": BOB} | facts))) == code


def test_an_account_to_be_paid_on_has_the_details_of_its_method() -> None:
    desk = P2PDesk()
    for payment_id, details in (("99", ["1"]), ("13", ["1"]), ("11", [])):
        request = SetPaymentAccount(uid=BOB, payment_id=payment_id, details=details)
        assert desk.code(control.set_payment_account, "operator", request) == "60028"
    desk.is_known("bob", real_name="Bob")
    again = desk.do(control.identify, "operator", IdentifyPerson(uid=BOB, real_name="Robert"))
    assert (again.real_name, list(again.accounts)) == ("Robert", ["13"])


def test_the_operator_sees_merchants_and_not_who_is_none() -> None:
    desk = P2PDesk()
    shown = desk.do(control.merchants, "operator", ListDesk())
    assert [(one.uid, one.nick_name, one.online) for one in shown] == [(ALICE, "alice's", True)]
    assert desk.code(control.set_merchant_online, "operator", SetMerchantOnline(uid=CAROL, online=True)) == "60005"
    assert desk.code(control.merchants, "operator", ListDesk(limit=501)) == "40020"
    assert desk.code(control.close_advertisement, "operator", CloseAdvertisement(adv_no="1")) == "60004"


async def test_tax_records_of_p2p_trades_sum_to_the_balance() -> None:
    desk = P2PDesk(alice="100 USDT", bob="20 USDT")
    desk.trades(desk.sells("50 USDT @ 0.9 EUR"), count="12.5")
    desk.trades(desk.buys("50 USDT @ 0.9 EUR"), count="4")
    desk.cancels(desk.takes("bob", desk.sells("30 USDT @ 0.9 EUR"), count="30"))
    rows = await desk.ask(p2p_records, "alice", ListTaxRecords(start_time=OPENED, end_time=OPENED + 1))
    assert [(row.tax_type, row.total) for row in rows] == [
        ("buy", 4),
        ("sell", Decimal("-12.5")),
        ("transfer_in", 100),
    ]
    held = desk.exchange.ledger.balance(ALICE, "funding", "USDT")
    assert sum(row.total for row in rows) == rows[0].balance == held.total == Decimal("91.5")
    (shown,) = desk.do(funding_assets, "alice", ListFundingAssets())
    assert (shown.available, shown.frozen) == (Decimal("24.0"), Decimal("67.5"))


def test_a_desk_survives_a_snapshot() -> None:
    desk = P2PDesk(alice="100 USDT")
    desk.is_known(real_name="Alice", email="a@b.com", mobile="+123456", country="DE")
    number = desk.sells("50 USDT @ 0.9 EUR", place_order_num=3)
    desk.trades(number)
    desk.takes("carol", number, count="5")
    before = digest(desk.exchange)
    desk.restart()
    assert digest(desk.exchange) == before
    assert desk.exchange.part(Desk).takers == {int(number): {BOB: 1, CAROL: 1}}


def test_escrow_holds_what_open_orders_are_for() -> None:
    desk = P2PDesk(alice="100 USDT", carol="3 BTC")
    number = desk.sells("50 USDT @ 0.9 EUR")
    wanted = desk.buys("1 BTC @ 80000 EUR")
    for who, taken, count in (("bob", number, "7"), ("carol", number, "9"), ("carol", wanted, "0.3")):
        desk.takes(who, taken, count=count)
    desk.pays(desk.takes("carol", wanted, count="0.25"))
    held: dict[tuple[int, str], Decimal] = {}
    for order in desk.exchange.part(Desk).orders.values():
        seller = order.merchant_uid if order.side == "sell" else order.customer_uid
        held[seller, order.coin] = held.get((seller, order.coin), Decimal(0)) + order.count
    locked = {(uid, coin): balance.locked for uid, _, coin, balance in desk.exchange.ledger if balance.locked}
    assert locked == held == {(ALICE, "USDT"): 16, (CAROL, "BTC"): Decimal("0.55")}
