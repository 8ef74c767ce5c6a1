"""The control plane's transfers to bots, trading bonuses and demo coins in stories."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from papertape.contract.assets import ListBotAssets
from papertape.contract.control import ClaimDemoCoins, Fund, GrantBonus, MoveFunds
from papertape.contract.spot.account import ListBills, ListTransfers
from papertape.engine.funds.ledger import LedgerAccount
from papertape.engine.funds.records import BillRecord
from papertape.operations.assets import bots
from papertape.operations.control.funds import fund
from papertape.operations.control.grants import claim_demo_coins, grant_bonus, move_funds
from papertape.operations.spot.account import bills, transfer_records
from tests.bank import ALICE, CALLERS, OPENED, SAVINGS, Bank

HOUR = 3_600_000


def move(amount: str, source: Any, target: Any, **more: Any) -> MoveFunds:
    terms = {"uid": ALICE, "coin": "USDT", "from_wallet": source, "to_wallet": target} | more
    return MoveFunds(amount=Decimal(amount), **terms)


def bonus(amount: str, coin: str = "USDT", uid: int = ALICE) -> GrantBonus:
    return GrantBonus(uid=uid, coin=coin, amount=Decimal(amount))


def claim(uid: int = ALICE) -> ClaimDemoCoins:
    return ClaimDemoCoins(uid=uid, coin="SUSDT")


async def test_bots_hold_what_transfers_put_there() -> None:
    bank = Bank(alice="100 USDT")
    bank.do(move_funds, "operator", move("60", "spot", "bots_futures"))
    bank.do(move_funds, "operator", move("20", "bots_futures", "spot"))
    assert bank.balances("alice") == {"USDT": "60"}
    assert bank.balances("alice", "bots:futures") == {"USDT": "40"}
    lines = await bank.ask(bills, "alice", ListBills(group_type="strategy"))
    assert [(line.business_type, line.size) for line in lines] == [
        ("strategy_transfer_in", 20),
        ("strategy_transfer_out", -60),
    ]
    moved = await bank.ask(transfer_records, "alice", ListTransfers(coin="USDT"))
    assert [(row.from_type, row.to_type) for row in moved] == [("bots_futures", "spot"), ("spot", "bots_futures")]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (move("1", "spot", "spot"), "40020"),
        (move("0", "spot", "earn"), "01001"),
        (move("101", "spot", "earn"), "43012"),
        (move("1", "spot", "earn", coin="NONE"), "43129"),
        (move("1", "spot", "isolated_margin"), "40019"),
        (move("1", "spot", "earn", uid=7), "40034"),
    ],
)
def test_transfers_that_cannot_be(asked: MoveFunds, code: str) -> None:
    assert Bank(alice="100 USDT").code(move_funds, "operator", asked) == code


def test_a_bonus_trades_and_does_not_leave() -> None:
    bank = Bank()
    bank.do(fund, "operator", Fund(uid=ALICE, coin="USDT", amount=Decimal(10), wallet="bots_futures"))
    assert bank.do(grant_bonus, "operator", bonus("25")).bonus == 25
    assert bank.do(grant_bonus, "operator", bonus("5")).bonus == 30
    (held,) = bots(bank.exchange, CALLERS["alice"], ListBotAssets(kind="futures"))
    assert (held.available, held.bonus, held.equity, held.usdt_value) == (10, 30, 40, 40)
    assert bank.code(move_funds, "operator", move("11", "bots_futures", "spot")) == "43012"


@pytest.mark.parametrize(
    ("asked", "code"),
    [(bonus("0"), "01001"), (bonus("1", coin="NONE"), "41104"), (bonus("1", uid=7), "40034")],
)
def test_bonuses_that_cannot_be(asked: GrantBonus, code: str) -> None:
    assert Bank().code(grant_bonus, "operator", asked) == code


def test_demo_coins_are_claimed_every_72_hours() -> None:
    bank = Bank()
    first = bank.do(claim_demo_coins, "operator", claim())
    assert (first.amount, first.balance, first.wallet) == (1000, 1000, "susdt_futures")
    assert first.next_claim == OPENED + 72 * HOUR
    bank.wait(72 * HOUR - 1)
    assert bank.code(claim_demo_coins, "operator", claim()) == "70228"
    bank.wait(1)
    bank.restart()
    assert bank.do(claim_demo_coins, "operator", claim()).balance == 2000
    other = ClaimDemoCoins(uid=ALICE, coin="SUSDC")
    assert bank.do(claim_demo_coins, "operator", other).wallet == "susdc_futures"


def test_who_holds_more_than_a_claim_gets_none() -> None:
    bank = Bank()
    bank.do(claim_demo_coins, "operator", claim())
    bank.wait(72 * HOUR)
    bank.do(claim_demo_coins, "operator", claim())
    bank.wait(72 * HOUR)
    assert bank.code(claim_demo_coins, "operator", claim()) == "70211"
    lost = LedgerAccount(CALLERS["bob"].uid, "susdt_futures")
    bank.exchange.ledger.move("SUSDT", Decimal(1000), LedgerAccount(ALICE, "susdt_futures"), lost)
    assert bank.do(claim_demo_coins, "operator", claim()).balance == 2000


def test_demo_coins_are_for_main_accounts_and_leave_a_bill() -> None:
    bank = Bank()
    assert bank.code(claim_demo_coins, "operator", claim(SAVINGS)) == "40048"
    assert bank.code(claim_demo_coins, "operator", claim(7)) == "40034"
    bank.do(claim_demo_coins, "operator", claim())
    bill = bank.happened(BillRecord)[-1]
    assert (bill.wallet, bill.coin, bill.size, bill.balance) == ("susdt_futures", "SUSDT", 1000, 1000)
