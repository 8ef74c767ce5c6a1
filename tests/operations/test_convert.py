"""Convert in stories: quotes from the book, what ends them, what they move, and small balances that become BGB."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from papertape.contract.convert import (
    AskQuote,
    ConvertSmallBalances,
    ListConversions,
    ListSmallBalanceConversions,
    Quote,
    TakeQuote,
)
from papertape.contract.protocol.wire import Nothing
from papertape.contract.spot.account import ListBills
from papertape.contract.spot.trade import PlaceOrder
from papertape.engine.convert.conversions import DESK
from papertape.engine.convert.quotes import Quotes
from papertape.engine.convert.quoting import MOST_PER_USER
from papertape.engine.funds.ledger import FEES, LedgerAccount
from papertape.engine.funds.records import BillRecord
from papertape.engine.state import digest, dump, load
from papertape.operations.convert import (
    convert_small_balances,
    currencies,
    quoted_price,
    records,
    small_balance_records,
    small_balances,
    trade,
)
from papertape.operations.spot.account import bills
from papertape.operations.spot.trade import place_order
from tests.bank import ALICE, CALLERS, OPENED, Bank

DAY = 86_400_000
MAKER = "100 BTC, 10000000 USDT, 100000 USDC, 1000 SOL, 100000 BGB"


def open_books(**holdings: str) -> Bank:
    """A bank where Bob makes the market; Alice asks for prices."""
    bank = Bank(**({"alice": "10000 USDT, 2 SOL"} | holdings), bob=MAKER)
    rest(bank, "BTCUSDT", "buy", "2 @ 84200")
    rest(bank, "BTCUSDT", "sell", "0.01 @ 84300")
    rest(bank, "BTCUSDT", "sell", "2 @ 84400")
    rest(bank, "SOLUSDT", "buy", "100 @ 131.20")
    rest(bank, "BGBUSDT", "sell", "10000 @ 4.5")
    return bank


def rest(bank: Bank, symbol: str, side: Any, terms: str) -> None:
    size, _, price = terms.partition(" @ ")
    order = PlaceOrder(
        symbol=symbol, side=side, order_type="limit", force="gtc", price=Decimal(price), size=Decimal(size)
    )
    bank.do(place_order, "bob", order)


def ask(sold: str, bought: str, **sizes: str) -> AskQuote:
    """``ask("USDT", "BTC", sell="1000")``: one of the sizes, or both, or none."""
    given = {name: Decimal(size) for name, size in sizes.items()}
    return AskQuote(from_coin=sold, to_coin=bought, from_coin_size=given.get("sell"), to_coin_size=given.get("buy"))


def taken(quote: Quote, **changes: Any) -> TakeQuote:
    terms = {name: getattr(quote, name) for name in TakeQuote.__struct_fields__}
    return TakeQuote(**(terms | changes))


def quoted(bank: Bank, who: str = "alice") -> Quote:
    return bank.do(quoted_price, who, ask("USDT", "BTC", sell="1000"))


def last_day() -> ListConversions:
    return ListConversions(start_time=OPENED, end_time=OPENED + DAY)


def test_a_quote_walks_the_book_and_keeps_the_spread() -> None:
    quote = quoted(open_books())
    assert (quote.from_coin, quote.from_coin_size, quote.to_coin, quote.fee) == ("USDT", 1000, "BTC", 0)
    # 0.01 BTC for 843 USDT and 157 / 84400 for the rest is 0.011860189..., of which 99.9 %.
    assert quote.to_coin_size == Decimal("0.01184832")
    assert quote.price == Decimal("0.00001184832")


def test_a_quote_for_what_is_bought_asks_for_enough() -> None:
    quote = open_books().do(quoted_price, "alice", ask("USDT", "BTC", buy="0.01"))
    assert quote.to_coin_size == Decimal("0.01")
    # 843 USDT is 99.9 % of it.
    assert quote.from_coin_size == Decimal("843.84384385")


def test_coins_without_a_common_instrument_go_by_way_of_usdt() -> None:
    quote = open_books().do(quoted_price, "alice", ask("sol", "btc", sell="2"))
    # 99.9 % of 262.4 USDT at 84300.
    assert quote.to_coin_size == Decimal("0.00310958")


def test_a_price_survives_a_client_that_reads_it_into_a_float() -> None:
    bank = open_books()
    for size in ("3.33333333", "7", "123.45678901", "9876.54321"):
        quote = bank.do(quoted_price, "alice", ask("USDT", "BTC", sell=size))
        assert Decimal(repr(float(quote.price))) == quote.price


def test_taking_a_quote_moves_exactly_what_it_says() -> None:
    bank = open_books(alice="1000 USDT")
    quote = quoted(bank)
    done = bank.do(trade, "alice", taken(quote))
    assert (done.to_coin, done.to_coin_size, done.price, done.time) == ("BTC", quote.to_coin_size, quote.price, OPENED)
    assert bank.balances("alice") == {"BTC": format(quote.to_coin_size, "f")}
    desk = bank.exchange.ledger.coins(DESK.uid, DESK.wallet)
    assert (desk["USDT"].available, desk["BTC"].available) == (1000, 0)


def test_the_desk_pays_from_what_it_was_given() -> None:
    bank = open_books(alice="1000 USDT", carol="0.01 BTC")
    bank.do(trade, "alice", taken(quoted(bank)))
    back = bank.do(quoted_price, "carol", ask("BTC", "USDT", sell="0.01"))
    bank.do(trade, "carol", taken(back))
    held = bank.exchange.ledger.balance(DESK.uid, DESK.wallet, "USDT").available
    assert held == 1000 - back.to_coin_size


def test_a_conversion_leaves_two_bills_and_a_record() -> None:
    bank = open_books(alice="1000 USDT")
    quote = quoted(bank)
    bank.do(trade, "alice", taken(quote))
    paid, received = bank.happened(BillRecord)[-2:]
    assert (paid.coin, paid.size, paid.group_type, paid.business_type) == ("USDT", -1000, "convert", "exchange_out")
    assert (received.coin, received.size, received.balance) == ("BTC", quote.to_coin_size, quote.to_coin_size)
    assert (received.group_type, received.business_type) == ("convert", "exchange_in")
    assert paid.order_id == received.order_id


async def test_bills_are_found_by_their_group() -> None:
    bank = open_books()
    bank.do(trade, "alice", taken(quoted(bank)))
    found = await bank.ask(bills, "alice", ListBills(group_type="convert"))
    assert [row.coin for row in found] == ["BTC", "USDT"]


def test_a_quote_dies_at_eight_seconds() -> None:
    bank = open_books()
    early, late = quoted(bank), quoted(bank)
    bank.exchange.now += 7_999
    assert bank.do(trade, "alice", taken(early)).to_coin_size == early.to_coin_size
    bank.exchange.now += 1
    assert bank.code(trade, "alice", taken(late)) == "12021"


def test_a_timer_forgets_quotes_that_nobody_took() -> None:
    bank = open_books()
    quote = quoted(bank)
    bank.wait(7_999)
    assert list(bank.exchange.part(Quotes).by_id) == [int(quote.trace_id)]
    bank.wait(1)
    assert bank.exchange.part(Quotes).by_id == {}
    assert bank.exchange.next_due() is None
    assert bank.code(trade, "alice", taken(quote)) == "12021"


def test_a_quote_is_taken_once() -> None:
    bank = open_books()
    quote = quoted(bank)
    bank.do(trade, "alice", taken(quote))
    assert bank.code(trade, "alice", taken(quote)) == "12021"


def test_a_quote_is_for_one_user() -> None:
    bank = open_books(carol="5000 USDT")
    quote = quoted(bank)
    assert bank.code(trade, "carol", taken(quote)) == "12022"
    assert bank.do(trade, "alice", taken(quote)).to_coin == "BTC"


@pytest.mark.parametrize(
    "altered",
    [
        {"price": Decimal("0.00002")},
        {"to_coin_size": Decimal("0.02")},
        {"from_coin_size": Decimal("999")},
        {"from_coin": "USDC"},
        {"to_coin": "ETH"},
        {"trace_id": "1399999999999999999"},
        {"trace_id": "1"},
    ],
)
def test_a_quote_is_taken_in_its_own_words(altered: dict[str, Any]) -> None:
    bank = open_books()
    quote = quoted(bank)
    assert bank.code(trade, "alice", taken(quote, **altered)) == "12022"
    assert bank.do(trade, "alice", taken(quote)).to_coin == "BTC"


def test_a_trace_id_is_a_number() -> None:
    bank = open_books()
    assert bank.code(trade, "alice", taken(quoted(bank), trace_id="none")) == "40020"


def test_taking_a_quote_needs_the_coins_and_leaves_it_standing() -> None:
    bank = open_books(alice="999 USDT")
    quote = quoted(bank)
    assert bank.code(trade, "alice", taken(quote)) == "43012"
    bank.exchange.ledger.move(
        "USDT", Decimal(1), LedgerAccount(CALLERS["bob"].uid, "spot"), LedgerAccount(ALICE, "spot")
    )
    assert bank.do(trade, "alice", taken(quote)).to_coin == "BTC"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (ask("USDT", "BTC"), "40019"),
        (ask("USDT", "BTC", sell="10", buy="1"), "40020"),
        (ask("BTC", "BTC", sell="1"), "40020"),
        (ask("USDT", "NONE", sell="10"), "43131"),
        (ask("NONE", "USDT", sell="10"), "43131"),
        (ask("USDT", "BTC", sell="0"), "01001"),
        (ask("USDT", "BTC", sell="-5"), "01001"),
        (ask("USDT", "BTC", buy="0.000000001"), "01002"),
        (ask("USDT", "BTC", sell="0.99"), "12006"),
        (ask("USDT", "BTC", sell="100001"), "12007"),
        (ask("USDT", "BTC", buy="0.00001"), "12006"),
        (ask("USDT", "ETH", sell="10"), "12014"),
        (ask("SOL", "BTC", sell="101"), "12014"),
    ],
)
def test_what_cannot_be_quoted(asked: AskQuote, code: str) -> None:
    assert open_books().code(quoted_price, "alice", asked) == code


def test_quotes_that_wait_are_bounded() -> None:
    bank = open_books()
    for _ in range(MOST_PER_USER):
        quoted(bank)
    assert bank.code(quoted_price, "alice", ask("USDT", "BTC", sell="10")) == "12004"
    assert quoted(bank, "carol").to_coin == "BTC"
    bank.wait(8_000)
    assert quoted(bank).to_coin == "BTC"


def test_a_quote_survives_a_restart_and_still_ends() -> None:
    bank = open_books()
    first, second = quoted(bank), quoted(bank)
    before = digest(bank.exchange)
    bank.wait(4_000)
    bank.restart()
    assert digest(load(dump(bank.exchange))) == before
    bank.do(trade, "alice", taken(first))
    bank.wait(4_000)
    assert bank.code(trade, "alice", taken(second)) == "12021"
    assert bank.exchange.part(Quotes).by_id == {}


def test_bounds_follow_the_price() -> None:
    bank = Bank(alice="1 BTC", bob=MAKER)
    assert may_convert(bank, "BTC") == (Decimal("0.00002"), Decimal("1.1"), 1)
    assert may_convert(bank, "USDT") == (1, 100_000, 0)
    assert may_convert(bank, "DOGE") == (7, 630_000, 0)
    rest(bank, "BTCUSDT", "buy", "0.4 @ 82000")
    rest(bank, "BTCUSDT", "sell", "0.1 @ 82000")
    assert may_convert(bank, "BTC") == (Decimal("0.00002"), Decimal("1.2"), 1)


def may_convert(bank: Bank, coin: str) -> tuple[Decimal, Decimal, Decimal]:
    rows = currencies(bank.exchange, CALLERS["alice"], Nothing())
    (row,) = (row for row in rows if row.coin == coin)
    return row.minimum, row.maximum, row.available


async def test_conversions_come_newest_first_in_pages() -> None:
    bank = open_books(carol="5000 USDT")
    for size in ("10", "20", "30"):
        quote = bank.do(quoted_price, "alice", ask("USDT", "BTC", sell=size))
        bank.do(trade, "alice", taken(quote))
    bank.do(trade, "carol", taken(quoted(bank, "carol")))
    page = await bank.ask(records, "alice", msgspec.structs.replace(last_day(), limit=2))
    assert [row.from_coin_size for row in page.data_list] == [30, 20]
    row = page.data_list[0]
    assert (row.from_coin, row.to_coin, row.to_coin_size, row.price) == ("USDT", "BTC", quote.to_coin_size, quote.price)
    assert page.end_id == page.data_list[-1].id
    rest_of_it = await bank.ask(records, "alice", msgspec.structs.replace(last_day(), id_less_than=page.end_id))
    assert [row.from_coin_size for row in rest_of_it.data_list] == [10]
    assert (await bank.ask(records, "bob", last_day())).end_id == ""


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"limit": 0}, "40020"),
        ({"limit": 101}, "40020"),
        ({"id_less_than": "abc"}, "40020"),
        ({"start_time": OPENED + DAY, "end_time": OPENED}, "20001"),
        ({"end_time": OPENED + 91 * DAY}, "00001"),
    ],
)
async def test_lists_have_bounds(changes: dict[str, Any], code: str) -> None:
    bank = open_books()
    with pytest.raises(Exception, match=code):
        await bank.ask(records, "alice", msgspec.structs.replace(last_day(), **changes))
    swept = {"start_time": OPENED, "end_time": OPENED + DAY} | changes
    with pytest.raises(Exception, match=code):
        await bank.ask(small_balance_records, "alice", ListSmallBalanceConversions(**swept))


def test_small_balances_are_listed_with_what_they_become() -> None:
    bank = open_books(alice="9 USDT, 0.0001 BTC, 2 SOL, 5 BGB, 1 ETH")
    offers = small_balances(bank.exchange, CALLERS["alice"], Nothing()).coin_list
    assert [(offer.coin, offer.available, offer.estimate, offer.fee_detail[0].fee) for offer in offers] == [
        ("BTC", Decimal("0.0001"), Decimal("1.87111111"), Decimal("0.03742223")),
        ("USDT", 9, 2, Decimal("0.04")),
    ]
    assert (offers[0].precision, offers[0].fee_detail[0].fee_rate, offers[0].time) == (8, Decimal("0.02"), OPENED)


async def test_small_balances_become_bgb_less_the_fee() -> None:
    bank = open_books(alice="9 USDT, 0.0001 BTC, 2 SOL")
    orders = bank.do(convert_small_balances, "alice", ConvertSmallBalances(coin_list=["usdt", "BTC"])).order_list
    assert [order.coin for order in orders] == ["USDT", "BTC"]
    assert bank.balances("alice") == {"SOL": "2", "BGB": "3.79368888"}
    assert bank.exchange.ledger.balance(FEES.uid, FEES.wallet, "BGB").available == Decimal("0.07742223")
    rows = await bank.ask(small_balance_records, "alice", ListSmallBalanceConversions())
    assert [row.order_id for row in rows] == [order.order_id for order in reversed(orders)]
    row = rows[0]
    assert (row.from_coin, row.from_amount, row.from_coin_price) == ("BTC", Decimal("0.0001"), 84200)
    assert (row.to_coin, row.to_amount, row.to_coin_price) == ("BGB", Decimal("1.87111111"), Decimal("4.5"))
    assert (row.fee_detail[0].fee_coin, row.fee_detail[0].fee, row.status) == ("BGB", Decimal("0.03742223"), "success")
    assert row.time == row.created == OPENED
    one = await bank.ask(small_balance_records, "alice", ListSmallBalanceConversions(order_id=orders[0].order_id))
    assert [row.from_coin for row in one] == ["USDT"]


def test_a_bill_of_bgb_shows_what_came_and_the_fee() -> None:
    bank = open_books(alice="9 USDT")
    bank.do(convert_small_balances, "alice", ConvertSmallBalances(coin_list=["USDT"]))
    bill = bank.happened(BillRecord)[-1]
    assert (bill.coin, bill.size, bill.fee, bill.balance) == ("BGB", 2, Decimal("-0.04"), Decimal("1.96"))
    assert (bill.group_type, bill.business_type) == ("convert", "exchange_in")


def test_a_balance_is_small_only_with_what_is_frozen_in_orders() -> None:
    bank = open_books(alice="100 USDT")
    order = PlaceOrder(
        symbol="BTCUSDT", side="buy", order_type="limit", force="gtc", price=Decimal(82000), size=Decimal("0.00117")
    )
    bank.do(place_order, "alice", order)
    assert bank.exchange.ledger.balance(ALICE, "spot", "USDT").available < 10
    assert small_balances(bank.exchange, CALLERS["alice"], Nothing()).coin_list == []
    assert bank.code(convert_small_balances, "alice", ConvertSmallBalances(coin_list=["USDT"])) == "12007"


@pytest.mark.parametrize(
    ("coins", "code"),
    [
        (["BGB"], "43131"),
        (["NONE"], "43131"),
        (["ETH"], "43131"),
        (["USDT", "usdt"], "40020"),
        (["USDT", "SOL"], "12007"),
        (["USDT", "USDC"], "43131"),
        (["BTC"], "43012"),
        (["USDT"] * 101, "40058"),
    ],
)
def test_small_balances_are_converted_all_or_none(coins: list[str], code: str) -> None:
    bank = open_books(alice="9 USDT, 2 SOL")
    assert bank.code(convert_small_balances, "alice", ConvertSmallBalances(coin_list=coins)) == code


def test_too_little_for_any_bgb_stays() -> None:
    bank = open_books(alice="0.00000004 USDT")
    assert small_balances(bank.exchange, CALLERS["alice"], Nothing()).coin_list == []
    assert bank.code(convert_small_balances, "alice", ConvertSmallBalances(coin_list=["USDT"])) == "12006"


def test_without_bgb_on_offer_nothing_is_swept() -> None:
    bank = Bank(alice="9 USDT")
    assert small_balances(bank.exchange, CALLERS["alice"], Nothing()).coin_list == []
    assert bank.code(convert_small_balances, "alice", ConvertSmallBalances(coin_list=["USDT"])) == "12014"
