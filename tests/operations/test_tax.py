"""Tax records in stories: every change of a wallet with its documented type, a year that sums to the balance."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from papertape.contract.control import FailWithdrawal, Fund, MoveFunds, StartDeposit
from papertape.contract.convert import AskQuote, ConvertSmallBalances, TakeQuote
from papertape.contract.protocol.decoding import Decoder
from papertape.contract.protocol.errors import Rejected
from papertape.contract.spot.account import SwitchDeduct
from papertape.contract.spot.trade import PlaceOrder
from papertape.contract.spot.wallet import CancelWithdrawal, MakeTransfer, Withdraw
from papertape.contract.tax import SPOT_TAX_TYPES, ListTaxRecords, SpotTaxRecord, Tax
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.funds import bills
from papertape.engine.funds.bills import post_bill
from papertape.engine.funds.ledger import LedgerAccount
from papertape.operations.control.funds import fail_withdrawal, fund, start_deposit
from papertape.operations.control.grants import move_funds
from papertape.operations.convert import convert_small_balances, quoted_price
from papertape.operations.convert import trade as convert
from papertape.operations.registry import Caller
from papertape.operations.spot.account import switch_deduct
from papertape.operations.spot.trade import place_order
from papertape.operations.spot.wallet import cancel_withdrawal, transfer, withdraw
from papertape.operations.tax import PEER_TO_PEER, SPOT_TYPES, p2p_records, spot_records
from tests.bank import ALICE, BOB, OPENED, Bank
from tests.documented import departures
from tests.market import plain

DAY = 86_400_000
MONTH = 30 * DAY
TRON = "TQutnFMqjVcb66h6LR1vFXBZkxboba7U8G"
EVER = ListTaxRecords(start_time=OPENED, end_time=OPENED + MONTH)


def order(bank: Bank, who: str, side: Any, size: str, price: str | None = None, symbol: str = "BTCUSDT") -> None:
    kind: Any = "market" if price is None else "limit"
    request = PlaceOrder(
        symbol=symbol,
        side=side,
        order_type=kind,
        force="gtc",
        size=Decimal(size),
        price=None if price is None else Decimal(price),
    )
    bank.do(place_order, who, request)


def move(bank: Bank, amount: str, source: Any = "spot", target: Any = "p2p", coin: str = "USDT") -> None:
    request = MakeTransfer(from_type=source, to_type=target, amount=Decimal(amount), coin=coin)
    bank.do(transfer, "alice", request)


def send(bank: Bank, size: str, who: str = "alice", to: int | None = None) -> str:
    where: dict[str, Any] = {"transfer_type": "on_chain", "address": TRON, "chain": "TRC20"}
    if to is not None:
        where = {"transfer_type": "internal_transfer", "address": str(to)}
    return bank.do(withdraw, who, Withdraw(coin="USDT", size=Decimal(size), **where)).order_id


def amounts(rows: list[SpotTaxRecord]) -> list[tuple[str, str, str, str, str]]:
    return [(row.tax_type, row.coin, plain(row.amount), plain(row.fee), plain(row.balance)) for row in rows]


async def test_each_change_of_the_spot_wallet_has_its_type() -> None:
    bank = Bank(alice="20000 USDT", bob="2 BTC")
    order(bank, "bob", "sell", "0.1", "84000")
    order(bank, "alice", "buy", "0.1", "84000")
    move(bank, "100")
    move(bank, "40", "p2p", "spot")
    send(bank, "50")
    bank.wait(120_000)
    bank.do(fund, "operator", Fund(uid=ALICE, coin="ETH", amount=Decimal(3), wallet="spot"))
    rows = await bank.ask(spot_records, "alice", EVER)
    assert amounts(rows) == [
        ("Deposit", "ETH", "3", "0", "3"),
        ("Withdrawal", "USDT", "-48.5", "-1.5", "11490"),
        ("Transfer in", "USDT", "40", "0", "11540"),
        ("Transfer out", "USDT", "-100", "0", "11500"),
        ("Buy", "BTC", "0.1", "-0.0001", "0.0999"),
        ("Buy", "USDT", "-8400", "0", "11600"),
        ("Airdrop Reward-A", "USDT", "20000", "0", "20000"),
    ]
    assert departures(Tax.spot_records.path, rows) == []
    sold = await bank.ask(spot_records, "bob", EVER)
    assert [(row.tax_type, row.coin) for row in sold][:2] == [("Sell", "USDT"), ("Sell", "BTC")]


async def test_a_fee_in_bgb_is_a_record_of_its_own_and_comes_after_what_was_bought() -> None:
    bank = Bank(alice="100 USDT, 1 BGB", bob="50 BGB")
    bank.do(switch_deduct, "alice", SwitchDeduct(deduct="on"))
    order(bank, "bob", "sell", "10", "4.4", "BGBUSDT")
    order(bank, "alice", "buy", "10", "4.4", "BGBUSDT")
    rows = await bank.ask(spot_records, "alice", ListTaxRecords(start_time=OPENED, end_time=OPENED, coin="bgb"))
    assert amounts(rows) == [
        ("Transaction fee deduct", "BGB", "-0.008", "0", "10.992"),
        ("Buy", "BGB", "10", "0", "11"),
        ("Airdrop Reward-A", "BGB", "1", "0", "1"),
    ]


async def test_both_sides_of_a_trade_with_oneself_show_the_balance_in_between() -> None:
    bank = Bank(alice="20000 USDT, 1 BTC")
    order(bank, "alice", "sell", "0.1", "84000")
    order(bank, "alice", "buy", "0.1", "84000")
    rows = await bank.ask(spot_records, "alice", ListTaxRecords(start_time=OPENED, end_time=OPENED, coin="USDT"))
    assert amounts(rows) == [
        ("Buy", "USDT", "-8400", "0", "19991.6"),
        ("Sell", "USDT", "8400", "-8.4", "28391.6"),
        ("Airdrop Reward-A", "USDT", "20000", "0", "20000"),
    ]


async def test_a_tax_year_sums_to_the_balance() -> None:
    bank = Bank(alice="500000 USDT, 5 BTC, 500 BGB", bob="500000 USDT, 5 BTC, 500 BGB")
    chance = random.Random(11)
    for side, price in (("buy", "4.3"), ("sell", "4.5")):
        order(bank, "bob", side, "200", price, "BGBUSDT")
    order(bank, "bob", "buy", "10", "1600", "ETHUSDT")
    happenings = events_of_a_year(bank, chance)
    while bank.exchange.now < OPENED + 365 * DAY:
        chance.choice(happenings)()
        bank.wait(chance.randrange(4 * DAY))
    rows = await records_by_month(bank, 365 * DAY)

    assert {row.tax_type for row in rows} == set(SPOT_TYPES.values())
    assert [row.id for row in rows] == sorted({row.id for row in rows}, key=int)
    running: dict[str, Decimal] = {}
    for row in rows:
        running[row.coin] = running.get(row.coin, Decimal(0)) + row.amount + row.fee
        assert row.balance == running[row.coin], row
    held = bank.exchange.ledger.coins(ALICE, "spot")
    assert running == {coin: balance.total for coin, balance in held.items()}
    assert len(rows) > 200


def events_of_a_year(bank: Bank, chance: random.Random) -> list[Callable[[], object]]:
    """What may happen to Alice, each by itself; some of it leaves no record."""

    def trade(maker: str, taker: str, symbol: str, price: str) -> None:
        side = chance.choice(["buy", "sell"])
        order(bank, maker, "sell" if side == "buy" else "buy", "0.01" if symbol == "BTCUSDT" else "3", price, symbol)
        if side == "buy" and chance.random() < 0.5:
            order(bank, taker, "buy", "9", None, symbol)
        order(bank, taker, side, "0.01" if symbol == "BTCUSDT" else "2", price, symbol)

    def conversion() -> None:
        coins = chance.sample(["USDT", "BGB"], 2)
        asked = AskQuote(from_coin=coins[0], to_coin=coins[1], from_coin_size=Decimal(chance.randrange(5, 9)))
        quote = bank.do(quoted_price, "alice", asked)
        terms = {name: getattr(quote, name) for name in TakeQuote.__struct_fields__}
        bank.do(convert, "alice", TakeQuote(**terms))

    def sweep() -> None:
        bank.do(fund, "operator", Fund(uid=ALICE, coin="ETH", amount=Decimal("0.0005"), wallet="spot"))
        bank.do(convert_small_balances, "alice", ConvertSmallBalances(coin_list=["ETH"]))

    def deposit() -> None:
        size = Decimal(chance.randrange(100, 9999)) / 100
        bank.do(start_deposit, "operator", StartDeposit(uid=ALICE, coin="USDT", amount=size))

    return [
        lambda: trade("bob", "alice", "BTCUSDT", "84000"),
        lambda: trade("alice", "bob", "BTCUSDT", "84100.5"),
        lambda: trade("alice", "alice", "BTCUSDT", "84050.25"),
        lambda: trade("bob", "alice", "BGBUSDT", "4.4"),
        lambda: trade("alice", "alice", "BGBUSDT", "4.41"),
        lambda: bank.do(switch_deduct, "alice", SwitchDeduct(deduct="on")),
        lambda: bank.do(switch_deduct, "alice", SwitchDeduct(deduct="off")),
        deposit,
        conversion,
        sweep,
        lambda: bot(bank, "spot", "bots_spot"),
        lambda: bank.balances("alice", "bots:spot").get("USDT") and bot(bank, "bots_spot", "spot"),
        lambda: move(bank, "7.25"),
        lambda: move(bank, "0.001", "spot", "coin_futures", "BTC"),
        lambda: bank.balances("alice", "funding").get("USDT") and move(bank, "1.5", "p2p", "spot"),
        lambda: send(bank, "25.5"),
        lambda: send(bank, "11", to=BOB),
        lambda: send(bank, "13", "bob", ALICE),
        lambda: bank.do(cancel_withdrawal, "alice", CancelWithdrawal(order_id=send(bank, "30"))),
        lambda: bank.do(fail_withdrawal, "operator", FailWithdrawal(order_id=send(bank, "30"))),
    ]


def bot(bank: Bank, source: Any, target: Any) -> None:
    asked = MoveFunds(uid=ALICE, coin="USDT", amount=Decimal("2.5"), from_wallet=source, to_wallet=target)
    bank.do(move_funds, "operator", asked)


async def records_by_month(bank: Bank, length: int) -> list[SpotTaxRecord]:
    """All of Alice's records, the oldest first, as a client gets them: window by window, page by page."""
    found: list[SpotTaxRecord] = []
    for start in range(OPENED, OPENED + length + MONTH, MONTH):
        month: list[SpotTaxRecord] = []
        last = None
        while True:
            request = ListTaxRecords(start_time=start, end_time=start + MONTH - 1, limit=20, id_less_than=last)
            page = await bank.ask(spot_records, "alice", request)
            month += page
            if len(page) < 20:
                break
            last = page[-1].id
        found += reversed(month)
    return found


async def test_the_funding_wallets_records_are_transfers_and_p2p_trades() -> None:
    bank = Bank(alice="100 USDT")
    move(bank, "60")
    move(bank, "10", "p2p", "spot")
    bank.do(sell_to_bob, "alice", Decimal(20))
    rows = await bank.ask(p2p_records, "alice", EVER)
    assert [(row.tax_type, row.coin, plain(row.total), plain(row.balance)) for row in rows] == [
        ("sell", "USDT", "-20", "30"),
        ("transfer_out", "USDT", "-10", "50"),
        ("transfer_in", "USDT", "60", "60"),
    ]
    assert departures(Tax.p2p_records.path, rows) == []
    (bought,) = await bank.ask(p2p_records, "bob", EVER)
    assert (bought.tax_type, bought.total, bought.balance, bought.time) == ("buy", 20, 20, OPENED)
    assert await bank.ask(p2p_records, "alice", ListTaxRecords(start_time=0, end_time=1)) == []


def sell_to_bob(exchange: Exchange, caller: Caller, amount: Decimal) -> None:
    """What a P2P order leaves in two funding wallets."""
    exchange.ledger.move("USDT", amount, LedgerAccount(caller.uid, "funding"), LedgerAccount(BOB, "funding"))
    post_bill(exchange, caller.uid, "funding", "USDT", -amount, PEER_TO_PEER, "sell")
    post_bill(exchange, BOB, "funding", "USDT", amount, PEER_TO_PEER, "buy")


async def test_records_are_the_callers_own() -> None:
    bank = Bank(alice="100 USDT")
    assert await bank.ask(spot_records, "bob", EVER) == []
    assert await bank.ask(spot_records, "savings", EVER) == []
    assert await bank.ask(p2p_records, "alice", EVER) == []


def test_every_reason_of_a_spot_bill_has_a_documented_type() -> None:
    words = [value for value in vars(bills).values() if isinstance(value, tuple) and len(value) == 2]
    reasons = {reason for reason in words if all(isinstance(word, str) for word in reason)}
    assert {reason for reason in reasons if reason[0] != PEER_TO_PEER} == set(SPOT_TYPES)
    assert set(SPOT_TYPES.values()) <= set(SPOT_TAX_TYPES)


@pytest.mark.parametrize("function", [spot_records, p2p_records])
@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "40019"),
        ("startTime=1", "40019"),
        ("startTime=&endTime=2", "40019"),
        ("startTime=today&endTime=2", "40020"),
        ("startTime=-1&endTime=2", "40020"),
        ("startTime=1.5&endTime=2", "40020"),
        ("startTime=2&endTime=1", "20001"),
        (f"startTime=0&endTime={MONTH + 1001}", "00001"),
        ("startTime=1&endTime=2&limit=0", "40020"),
        ("startTime=1&endTime=2&limit=501", "40020"),
        ("startTime=1&endTime=2&limit=many", "40020"),
        ("startTime=1&endTime=2&idLessThan=x", "40020"),
        ("startTime=1&endTime=2&idLessThan=-5", "40020"),
        ("startTime=1&endTime=2&coin=NOPE", "41104"),
    ],
)
async def test_what_cannot_be_asked_is_refused(function: Any, query: str, code: str) -> None:
    bank = Bank()
    with pytest.raises(Rejected) as refusal:
        await bank.ask(function, "alice", Decoder(ListTaxRecords).decode_query(query))
    assert refusal.value.error.code == code


@pytest.mark.parametrize("late", [0, 2])
async def test_a_window_of_thirty_days_is_answered_though_its_ends_were_read_at_two_times(late: int) -> None:
    asked = ListTaxRecords(start_time=OPENED, end_time=OPENED + MONTH + late)
    rows = await Bank(alice="100 USDT").ask(spot_records, "alice", asked)
    assert [row.amount for row in rows] == [100]
