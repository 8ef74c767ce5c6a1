"""Advertisements: what they freeze, who may take them, and which terms cannot be."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from papertape.contract.control.p2p import EditAdvertisement, ListDesk, RegisterMerchant, SetAdvertisementStatus
from papertape.engine.p2p.advertisements import draft
from papertape.engine.p2p.records import AdvertisementRecord
from papertape.operations.control import p2p as control
from tests.bank import ALICE, BOB
from tests.p2p_desk import P2PDesk, funding


def test_an_edited_advertisement_freezes_what_it_offers_now() -> None:
    desk = P2PDesk(alice="100 USDT")
    number = desk.sells("50 USDT @ 0.9 EUR", max_trade_amount=Decimal(40))
    edit = EditAdvertisement(adv_no=number, size=Decimal(80), price=Decimal("0.95"), label="fast")
    assert desk.code(control.edit_advertisement, "operator", edit) == "60044"
    order = desk.takes("bob", number, count="10")
    desk.do(control.set_advertisement_status, "operator", SetAdvertisementStatus(adv_no=number, status="editing"))
    assert desk.refused("bob", number, count="10") == "60030"
    edited = desk.do(control.edit_advertisement, "operator", edit)
    assert (edited.size, edited.price, edited.max_trade_amount, edited.status) == (80, Decimal("0.95"), 40, "editing")
    assert funding(desk, ALICE) == ("20", "70", "10")
    too_much = EditAdvertisement(adv_no=number, size=Decimal(101))
    assert desk.code(control.edit_advertisement, "operator", too_much) == "60013"
    too_little = EditAdvertisement(adv_no=number, size=Decimal(9))
    assert desk.code(control.edit_advertisement, "operator", too_little) == "60033"
    smaller = desk.do(control.edit_advertisement, "operator", EditAdvertisement(adv_no=number, size=Decimal(40)))
    assert (smaller.max_trade_amount, funding(desk, ALICE)) == (38, ("60", "30", "10"))
    desk.do(control.set_advertisement_status, "operator", SetAdvertisementStatus(adv_no=number, status="online"))
    desk.pays(order)
    desk.releases(order)
    assert funding(desk, ALICE) == ("60", "30", "0")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"uid": BOB}, "60011"),
        ({"uid": 42}, "40034"),
        ({"coin": "NOPE"}, "60015"),
        ({"fiat": "XXX"}, "60014"),
        ({"price": Decimal(0)}, "01001"),
        ({"price": Decimal("0.90001")}, "01002"),
        ({"price": Decimal(10) ** 13}, "40053"),
        ({"size": Decimal(-1)}, "01001"),
        ({"size": Decimal("1.123456789")}, "01002"),
        ({"size": Decimal(10) ** 29}, "40053"),
        ({"size": Decimal(101)}, "60013"),
        ({"min_trade_amount": Decimal("0.001")}, "01002"),
        ({"min_trade_amount": Decimal(0)}, "01001"),
        ({"min_trade_amount": Decimal(46)}, "60033"),
        ({"max_trade_amount": Decimal("0.99")}, "60033"),
        ({"max_trade_amount": Decimal(-1)}, "01001"),
        ({"payment_ids": []}, "60021"),
        ({"payment_ids": ["99"]}, "60028"),
        ({"payment_ids": ["13", "13"]}, "60028"),
        ({"payment_ids": ["11", "12", "13", "14", "15", "16"]}, "60028"),
        ({"pay_duration": 0}, "60027"),
        ({"pay_duration": 1441}, "60027"),
        ({"label": "x" * 501}, "60025"),
        ({"min_complete_num": -1}, "40020"),
        ({"place_order_num": 10**9}, "40020"),
        ({"complete_rate_30d": Decimal("1.1")}, "40020"),
        ({"countries": ["USA"]}, "60026"),
    ],
)
def test_an_advertisement_that_cannot_be_is_refused(changes: dict[str, Any], code: str) -> None:
    desk = P2PDesk(alice="100 USDT")
    terms = desk.terms("50 USDT @ 0.9 EUR", **changes)
    assert desk.code(control.post_advertisement, "operator", terms) == code


def test_limits_say_who_may_take_an_advertisement() -> None:
    desk = P2PDesk(alice="1000 USDT")
    plain = desk.sells("100 USDT @ 0.9 EUR")
    experienced = desk.sells("50 USDT @ 0.9 EUR", min_complete_num=1)
    reliable = desk.sells("50 USDT @ 0.9 EUR", complete_rate_30d=Decimal("0.6"))
    newcomers = desk.sells("50 USDT @ 0.9 EUR", max_complete_num=1)
    once = desk.sells("50 USDT @ 0.9 EUR", place_order_num=1)
    locals_only = desk.sells("50 USDT @ 0.9 EUR", countries=["de", "fr"])
    private = desk.sells("50 USDT @ 0.9 EUR", allow_merchant_place=False)
    assert desk.refused("bob", experienced, count="10") == desk.refused("bob", reliable, count="10") == "60040"
    desk.trades(plain)
    for number in (newcomers, experienced, reliable, once):
        desk.trades(number)
    desk.restart()
    assert desk.refused("bob", newcomers, count="10") == desk.refused("bob", once, count="10") == "60040"
    for _ in range(4):
        desk.cancels(desk.takes("bob", plain, count="10"))
    assert desk.refused("bob", reliable, count="10") == "60040"
    assert desk.refused("bob", locals_only, count="10") == "60026"
    desk.is_known("bob", country="fr")
    desk.trades(locals_only)
    desk.do(control.register_merchant, "operator", RegisterMerchant(uid=BOB, nick_name="bob's"))
    assert desk.refused("bob", private, count="10") == "60040"
    desk.trades(plain)


def test_an_advertisement_ends_when_nothing_worth_an_order_is_left() -> None:
    desk = P2PDesk(alice="100 USDT")
    number = desk.sells("50 USDT @ 0.9 EUR", min_trade_amount=Decimal(9))
    desk.trades(number, count="45")
    assert funding(desk, ALICE) == ("55", "0", "0")
    assert desk.do(control.advertisements, "operator", ListDesk()) == []
    assert desk.happened(AdvertisementRecord)[-1].status == "completed"
    assert desk.refused("bob", number, count="5") == "60004"


def test_a_draft_names_its_coin_and_its_money_as_they_are_listed() -> None:
    desk = P2PDesk(alice="100 USDT")
    amounts = {"price": Decimal("0.9"), "size": Decimal(50), "minimum": Decimal(10)}
    made = draft(desk.exchange, uid=ALICE, side="sell", coin="usdt", fiat="eur", payment_ids="15", **amounts)
    assert (made.coin, made.fiat) == ("USDT", "EUR")
