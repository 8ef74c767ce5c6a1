"""P2P as merchants and customers see it over the API: figures worked out by hand, lists, pages, masks."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from papertape.contract.control.p2p import (
    CloseAdvertisement,
    NewCertificate,
    RegisterMerchant,
    SetAdvertisementStatus,
    SetMerchantOnline,
)
from papertape.contract.p2p.desk import ListAdvertisements, ListMerchants, ListP2POrders
from papertape.contract.protocol.errors import Rejected
from papertape.contract.protocol.wire import Nothing, encode
from papertape.engine.p2p.desk import Desk
from papertape.operations.control import p2p as control
from papertape.operations.p2p.desk import advertisements, merchant, merchants, orders
from tests.bank import ALICE, BOB, CAROL, OPENED
from tests.p2p_desk import DAY, MINUTE, P2PDesk


def figures(desk: P2PDesk, who: str = "alice") -> dict[str, str]:
    info = desk.do(merchant, who, Nothing())
    return {
        "times": f"{info.average_payment_time} {info.average_release_time}",
        "total": f"{info.total_trades} {info.total_buy} {info.total_sell} {info.total_completion_rate}",
        "30d": f"{info.trades_30d} {info.buy_30d} {info.sell_30d} {info.completion_rate_30d}",
    }


async def refusal(desk: P2PDesk, function: Any, who: str, request: Any) -> str:
    with pytest.raises(Rejected) as caught:
        await desk.ask(function, who, request)
    return caught.value.error.code


def test_a_merchants_figures_are_those_of_the_orders() -> None:
    desk = P2PDesk(alice="1000 USDT", bob="1000 USDT")
    assert figures(desk) == {"times": "0 0", "total": "0 0 0 0", "30d": "0 0 0 0"}
    selling, buying = desk.sells("500 USDT @ 0.9 EUR"), desk.buys("500 USDT @ 0.9 EUR")
    desk.trades(selling, pay_after=2 * MINUTE, release_after=3 * MINUTE)
    desk.trades(selling, pay_after=MINUTE, release_after=4 * MINUTE)
    desk.trades(buying, pay_after=90_000, release_after=MINUTE)
    desk.cancels(desk.takes("bob", selling, count="5"))
    # 3 of 4 completed. Alice paid one order after 1.5 minutes and released two, after 3 and 4 minutes.
    assert figures(desk) == {"times": "1.5 3.5", "total": "3 1 2 0.75", "30d": "3 1 2 0.75"}
    desk.takes("bob", selling, count="5")
    desk.wait(15 * MINUTE)
    # The fifth was never paid: 3 of 5.
    assert figures(desk)["total"] == "3 1 2 0.6"


def test_figures_of_30_days_forget_what_is_older() -> None:
    desk = P2PDesk(alice="1000 USDT")
    number = desk.sells("500 USDT @ 0.9 EUR")
    desk.trades(number)
    desk.cancels(desk.takes("bob", number, count="5"))
    desk.wait(29 * DAY)
    desk.trades(number)
    assert figures(desk)["30d"] == "2 0 2 0.67"
    desk.wait(DAY)
    desk.restart()
    assert figures(desk)["30d"] == "1 0 1 1"
    assert figures(desk)["total"] == "2 0 2 0.67"
    desk.trades(number)
    assert len(desk.exchange.part(Desk).statistics[ALICE].days) == 2


def test_a_merchant_sees_their_own_data_masked() -> None:
    desk = P2PDesk()
    desk.is_known(real_name="Alice A", email="alice@example.com", mobile="+4915112345634", country="DE")
    info = desk.do(merchant, "alice", Nothing())
    assert (info.nick_name, info.register_time, info.kyc_status) == ("alice's", OPENED, True)
    assert (info.email, info.email_bind_status) == ("******@*****.com", True)
    assert (info.mobile, info.mobile_bind_status) == ("49*34", True)
    assert int(info.merchant_id) == desk.exchange.part(Desk).merchants[ALICE].merchant_id


def test_a_merchant_of_whom_nothing_is_known() -> None:
    info = P2PDesk().do(merchant, "alice", Nothing())
    assert (info.kyc_status, info.email, info.email_bind_status, info.mobile) == (False, "", False, "")


def test_who_is_no_merchant_is_told_so() -> None:
    assert P2PDesk().code(merchant, "bob", Nothing()) == "60049"


def test_merchants_are_listed_newest_first_page_by_page() -> None:
    desk = P2PDesk()
    for uid, name in ((BOB, "bob's"), (CAROL, "carol's")):
        desk.do(control.register_merchant, "operator", RegisterMerchant(uid=uid, nick_name=name, online=uid == BOB))
    first = desk.do(merchants, "carol", ListMerchants(limit=2))
    assert [(one.nick_name, one.is_online) for one in first.merchants] == [("carol's", "no"), ("bob's", "yes")]
    second = desk.do(merchants, "carol", ListMerchants(limit=2, id_less_than=first.smallest_merchant_id))
    assert [one.nick_name for one in second.merchants] == ["alice's"]
    end = desk.do(merchants, "carol", ListMerchants(id_less_than=second.smallest_merchant_id))
    assert (end.merchants, end.smallest_merchant_id) == ([], "")
    online = desk.do(merchants, "bob", ListMerchants(online="yes"))
    assert [one.nick_name for one in online.merchants] == ["bob's", "alice's"]
    desk.do(control.set_merchant_online, "operator", SetMerchantOnline(uid=ALICE, online=False))
    offline = desk.do(merchants, "bob", ListMerchants(online="no"))
    assert [one.nick_name for one in offline.merchants] == ["carol's", "alice's"]


@pytest.mark.parametrize(
    "request_", [ListMerchants(limit=0), ListMerchants(limit=101), ListMerchants(id_less_than="x")]
)
def test_a_list_of_merchants_that_cannot_be_is_refused(request_: ListMerchants) -> None:
    assert P2PDesk().code(merchants, "alice", request_) == "40020"


async def test_both_sides_see_an_order_each_from_their_own() -> None:
    desk = P2PDesk(alice="100 USDT")
    desk.is_known(real_name="Alice A")
    desk.is_known("bob", real_name="Bob B")
    number = desk.sells("50 USDT @ 0.9 EUR")
    order = desk.takes("bob", number, count="12.5")
    (merchants_view,), (customers_view,) = await desk.orders(number), await desk.orders(number, "bob")
    assert (merchants_view.side, customers_view.side) == ("sell", "buy")
    assert (merchants_view.order_id, merchants_view.status) == (order, "pending_pay")
    assert [str(merchants_view.count), str(merchants_view.amount), str(merchants_view.price)] == [
        "12.5",
        "11.25",
        "0.9",
    ]
    assert (merchants_view.seller_real_name, merchants_view.buyer_real_name) == ("Alice A", "")
    assert await desk.orders(number, "carol") == []
    desk.pays(order)
    (paid,) = await desk.orders(number, "bob")
    assert (paid.status, paid.buyer_real_name, paid.payment_time) == ("Paid", "Bob B", OPENED)
    payment = paid.payment
    assert (payment.method_name, payment.method_id) == ("Alipay", "13")
    assert [(one.name, one.required, one.kind, one.value) for one in payment.details] == [
        ("AlipayAccount", "yes", "number", "11****"),
        ("Payment code", "yes", "file", "https://example.com/code.jpg"),
    ]


async def test_the_times_of_an_order_are_empty_until_they_come() -> None:
    desk = P2PDesk(alice="100 USDT")
    number = desk.sells("50 USDT @ 0.9 EUR")
    order = desk.takes("bob", number, count="10")
    (pending,) = await desk.orders(number)
    for name in (b"withdrawTime", b"representTime", b"paymentTime", b"releaseTime"):
        assert b'"%s":""' % name in encode(pending)
    desk.wait(1000)
    desk.pays(order)
    desk.wait(1000)
    desk.appeals(order)
    (disputed,) = await desk.orders(number)
    assert (disputed.status, disputed.payment_time, disputed.represent_time) == ("Appeal", OPENED + 1000, OPENED + 2000)
    desk.wait(1000)
    desk.judges(order, "seller")
    (cancelled,) = await desk.orders(number)
    assert (cancelled.status, cancelled.withdraw_time, cancelled.release_time) == ("cancelled", OPENED + 3000, 0)
    assert cancelled.created == cancelled.ctime == OPENED
    assert cancelled.updated == cancelled.utime == OPENED + 3000


async def test_orders_are_found_by_what_they_are() -> None:
    desk = P2PDesk(alice="100 USDT", bob="100 USDT")
    number, other = desk.sells("50 USDT @ 0.9 EUR"), desk.buys("50 USDT @ 0.9 EUR")
    desk.trades(number)
    done = (await desk.orders(number))[0].order_id
    waiting = desk.takes("carol", number, count="5")
    desk.takes("bob", other, count="5")
    found = {
        "all": await desk.orders(number),
        "status": await desk.orders(number, status="Completed"),
        "pending": await desk.orders(number, status="pending_pay"),
        "cancelled": await desk.orders(number, status="cancelled"),
        "side": await desk.orders(number, side="buy"),
        "own side": await desk.orders(number, "bob", side="buy"),
        "coin": await desk.orders(number, coin="usdt", fiat="eur"),
        "other coin": await desk.orders(number, coin="BTC"),
        "number": await desk.orders(number, order_number=done),
        "later": await desk.orders(number, start_time=OPENED + 1),
    }
    assert {name: [one.order_id for one in rows] for name, rows in found.items()} == {
        "all": [waiting, done],
        "status": [done],
        "pending": [waiting],
        "cancelled": [],
        "side": [],
        "own side": [done],
        "coin": [waiting, done],
        "other coin": [],
        "number": [done],
        "later": [],
    }
    assert [one.side for one in await desk.orders(other)] == ["buy"]


async def test_orders_come_in_pages_open_and_ended_ones_alike() -> None:
    desk = P2PDesk(alice="100 USDT")
    number = desk.sells("50 USDT @ 0.9 EUR")
    placed = [desk.takes("bob", number, count="2") for _ in range(5)]
    desk.cancels(placed[1])
    desk.cancels(placed[3])
    pages, before = [], None
    while True:
        request = ListP2POrders(
            start_time=OPENED, advertisement_number=number, language="en-US", limit=2, id_less_than=before
        )
        page = await desk.ask(orders, "alice", request)
        if not page.orders:
            break
        pages.append([one.order_id for one in page.orders])
        before = page.smallest_order_id
        assert before == pages[-1][-1]
    assert pages == [[placed[4], placed[3]], [placed[2], placed[1]], [placed[0]]]
    assert page.smallest_order_id == ""


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"advertisement_number": "1"}, "60004"),
        ({"advertisement_number": "abc"}, "40020"),
        ({"order_number": "12"}, "60003"),
        ({"order_number": "abc"}, "40020"),
        ({"id_less_than": "abc"}, "40020"),
        ({"limit": 0}, "40020"),
        ({"limit": 101}, "40020"),
        ({"start_time": -1}, "40020"),
        ({"end_time": OPENED - 1}, "20001"),
        ({"end_time": OPENED + 91 * DAY}, "00001"),
    ],
)
async def test_a_list_of_orders_that_cannot_be_is_refused(changes: dict[str, Any], code: str) -> None:
    desk = P2PDesk(alice="100 USDT")
    fields = {"start_time": OPENED, "advertisement_number": desk.sells("50 USDT @ 0.9 EUR"), "language": "en-US"}
    assert await refusal(desk, orders, "alice", ListP2POrders(**(fields | changes))) == code


async def test_an_advertisement_shows_its_terms() -> None:
    desk = P2PDesk(bob="100 USDT")
    certificate = NewCertificate(image_url="https://example.com/gold.png", desc="Gold")
    registered = RegisterMerchant(uid=BOB, nick_name="bob's", certificates=[certificate])
    desk.do(control.register_merchant, "operator", registered)
    number = desk.sells(
        "50.0 USDT @ 0.90 EUR", uid=BOB, max_trade_amount=Decimal(40), pay_duration=4, label="fast",
        payment_ids=["12", "11"], place_order_num=7, countries=["DE", "FR"],
    )  # fmt: skip
    desk.is_known(country="DE")
    desk.is_known("carol", country="FR")
    desk.trades(number, "carol")
    desk.cancels(desk.takes("alice", number, count="2"))
    (shown,) = await desk.advertised("bob")
    amounts = [
        shown.advertised_size,
        shown.filled_size,
        shown.price,
        shown.minimum,
        shown.maximum,
        shown.completion_rate,
    ]
    assert [str(amount) for amount in amounts] == ["50", "10", "0.9", "1", "40", "0.50"]
    assert (shown.coin_precision, shown.fiat_precision, shown.fiat_symbol, shown.payment_minutes) == (8, 2, "€", 4)
    assert (shown.status, shown.hidden, shown.label, shown.deals) == ("online", "no", "fast", 1)
    limits = shown.user_limits
    assert (limits.orders_each, limits.merchants_allowed, limits.country) == (7, "yes", "DE,FR")
    wechat, card = shown.payments
    assert (wechat.method_name, card.method_name) == ("WeChat", "Bank Card")
    assert [(part.name, part.required, part.kind) for part in wechat.details] == [
        ("Payment code", True, "file"),
        ("WeChatAccount", True, "txt"),
    ]
    assert [one.text for one in shown.certificates] == [one.text for one in shown.certificate_list] == ["Gold"]
    (chinese,) = await desk.advertised("bob", language="zh-CN")
    assert [one.method_name for one in chinese.payments] == ["微信", "银行卡"]
    desk.sells("1 USDT @ 1 EUR", uid=BOB)
    assert (await desk.advertised("bob"))[0].label is None


async def test_own_advertisements_others_and_all() -> None:
    desk = P2PDesk(alice="100 USDT", bob="100 USDT")
    desk.do(control.register_merchant, "operator", RegisterMerchant(uid=BOB, nick_name="bob's"))
    mine, hidden = desk.sells("10 USDT @ 0.9 EUR"), desk.sells("10 USDT @ 0.91 EUR", hide=True)
    his, secret = desk.sells("10 USDT @ 0.92 EUR", uid=BOB), desk.sells("10 USDT @ 0.93 EUR", uid=BOB, hide=True)
    asleep = desk.sells("10 USDT @ 0.94 EUR", uid=BOB)
    desk.do(control.set_advertisement_status, "operator", SetAdvertisementStatus(adv_no=asleep, status="offline"))

    async def numbers(who: str, **more: Any) -> list[str]:
        return [one.advertisement_id for one in await desk.advertised(who, **more)]

    assert await numbers("alice") == await numbers("alice", source_type="owner") == [hidden, mine]
    assert await numbers("alice", source_type="competitior") == [his]
    assert await numbers("alice", source_type="ownerAndCompetitior") == [his, hidden, mine]
    assert await numbers("bob") == [secret, his]
    assert await numbers("bob", status="offline") == [asleep]
    assert await numbers("alice", status="offline", source_type="competitior") == []
    assert await numbers("carol", source_type="competitior") == await numbers(
        "carol", source_type="ownerAndCompetitior"
    )
    assert await numbers("carol", source_type="competitior") == [his, mine]
    request = ListAdvertisements(start_time=OPENED, status="online", side="sell", coin="USDT", fiat="EUR")
    assert await refusal(desk, advertisements, "carol", request) == "60049"


async def test_advertisements_are_found_by_what_they_are() -> None:
    desk = P2PDesk(alice="100 USDT")
    cheap = desk.sells("10 USDT @ 0.9 EUR", payment_ids=["11"])
    dear = desk.sells("10 USDT @ 0.95 EUR", payment_ids=["13", "11"])
    fair = desk.sells("10 USDT @ 0.92 EUR")
    wanted = desk.buys("1 BTC @ 80000 EUR")
    desk.do(control.set_advertisement_status, "operator", SetAdvertisementStatus(adv_no=fair, status="editing"))
    found = {
        "newest": await desk.advertised(),
        "price": await desk.advertised(order_by="price"),
        "editing": await desk.advertised(status="editing"),
        "method": await desk.advertised(payment_id="13"),
        "number": await desk.advertised(advertisement_number=cheap),
        "bitcoin": await desk.advertised(side="buy", coin="btc", fiat="eur"),
        "dollars": await desk.advertised(fiat="USD"),
        "earlier": await desk.advertised(end_time=OPENED - 1),
    }
    assert {name: [one.advertisement_number for one in rows] for name, rows in found.items()} == {
        "newest": [dear, cheap],
        "price": [dear, cheap],
        "editing": [fair],
        "method": [dear],
        "number": [cheap],
        "bitcoin": [wanted],
        "dollars": [],
        "earlier": [],
    }


async def test_completed_advertisements_stay_to_be_seen_by_their_merchant() -> None:
    desk = P2PDesk(alice="100 USDT")
    sold, closed, half = (desk.sells("10 USDT @ 0.9 EUR", payment_ids=ids.split()) for ids in ("11", "13", "11 13"))
    desk.trades(sold)
    order = desk.takes("bob", half, count="4")
    for number in (closed, half):
        desk.do(control.close_advertisement, "operator", CloseAdvertisement(adv_no=number))
    assert [one.advertisement_id for one in await desk.advertised(status="completed")] == [half, closed, sold]
    desk.pays(order)
    desk.releases(order)
    rows = await desk.advertised(status="completed")
    assert [(one.advertisement_id, str(one.filled_size)) for one in rows] == [(half, "4"), (closed, "0"), (sold, "10")]
    by_method = await desk.advertised(status="completed", payment_id="11")
    assert [one.advertisement_id for one in by_method] == [half, sold]
    assert await desk.advertised() == []
    assert await desk.advertised(advertisement_number=sold) == []
    assert await desk.advertised("bob", status="completed", source_type="ownerAndCompetitior") == []
    assert [one.order_id for one in await desk.orders(half)] == [order]
    assert await desk.orders(closed) == []


async def test_advertisements_come_in_pages() -> None:
    desk = P2PDesk(alice="100 USDT")
    prices = ("0.9", "0.95", "0.93", "0.99", "0.91")
    numbers = [desk.sells(f"10 USDT @ {price} EUR") for price in prices]
    request = {"start_time": OPENED, "status": "online", "side": "sell", "coin": "USDT", "fiat": "EUR", "limit": 3}
    first = await desk.ask(advertisements, "alice", ListAdvertisements(**request, order_by="price"))
    second = await desk.ask(
        advertisements, "alice", ListAdvertisements(**request, id_less_than=first.smallest_advertisement_id)
    )
    assert first.smallest_advertisement_id == numbers[2]
    assert [str(one.price) for one in first.advertisements] == ["0.99", "0.93", "0.91"]
    assert [one.advertisement_id for one in second.advertisements] == [numbers[1], numbers[0]]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"advertisement_number": "1"}, "60004"),
        ({"advertisement_number": "abc"}, "40020"),
        ({"payment_id": "99"}, "60028"),
        ({"id_less_than": "abc"}, "40020"),
        ({"limit": 21}, "40020"),
        ({"limit": 0}, "40020"),
        ({"end_time": OPENED - 1}, "20001"),
        ({"end_time": OPENED + 91 * DAY}, "00001"),
    ],
)
async def test_a_list_of_advertisements_that_cannot_be_is_refused(changes: dict[str, Any], code: str) -> None:
    fields = {"start_time": OPENED, "status": "online", "side": "sell", "coin": "USDT", "fiat": "EUR"} | changes
    assert await refusal(P2PDesk(), advertisements, "alice", ListAdvertisements(**fields)) == code
