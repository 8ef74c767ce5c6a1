"""The control plane's deposits, withdrawals and address books in stories."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from papertape.contract.control import (
    AddAddress,
    ApproveWithdrawal,
    CompleteWithdrawal,
    ConfirmDeposit,
    DeleteAddress,
    FailDeposit,
    FailWithdrawal,
    Fund,
    ListAddresses,
    ListPending,
    StartDeposit,
)
from papertape.contract.spot.wallet import AskDepositAddress, ListDeposits, ModifyDepositAccount, Withdraw
from papertape.engine.funds.ledger import ISSUANCE
from papertape.engine.funds.records import BillRecord, DepositRecord
from papertape.operations.control.funds import (
    add_address,
    addresses,
    approve_withdrawal,
    complete_withdrawal,
    confirm_deposit,
    delete_address,
    fail_deposit,
    fail_withdrawal,
    fund,
    pending_deposits,
    pending_withdrawals,
    start_deposit,
)
from papertape.operations.spot.wallet import deposit_address, deposit_records, modify_deposit_account, withdraw
from tests.bank import ALICE, BOB, OPENED, Bank

TRON = "TQutnFMqjVcb66h6LR1vFXBZkxboba7U8G"
MINUTE = 60_000


def arrives(amount: str = "50", coin: str = "USDT", **more: Any) -> StartDeposit:
    return StartDeposit(uid=ALICE, coin=coin, amount=Decimal(amount), **more)


def confirmations_needed(bank: Bank, coin: str = "USDT") -> int:
    return bank.exchange.coins[coin].chains[0].deposit_confirmations


def withdrawn(bank: Bank) -> str:
    request = Withdraw(coin="USDT", transfer_type="on_chain", address=TRON, chain="TRC20", size=Decimal(40))
    return bank.do(withdraw, "alice", request).order_id


def test_funding_credits_a_wallet_at_once_and_leaves_a_deposit() -> None:
    bank = Bank()
    shown = bank.do(fund, "operator", Fund(uid=ALICE, coin="usdt", amount=Decimal("12.5"), wallet="p2p"))
    assert bank.balances("alice", "funding") == {"USDT": "12.5"}
    assert (shown.status, shown.wallet, shown.amount) == ("success", "p2p", Decimal("12.5"))
    assert [(bill.group_type, bill.wallet) for bill in bank.happened(BillRecord)] == [("deposit", "funding")]
    assert bank.exchange.ledger.balance(ISSUANCE.uid, ISSUANCE.wallet, "USDT").available == Decimal("-12.5")


def test_funding_an_isolated_margin_wallet_names_its_instrument() -> None:
    bank = Bank()
    isolated = Fund(uid=ALICE, coin="BTC", amount=Decimal(1), wallet="isolated_margin", symbol="btcusdt")
    bank.do(fund, "operator", isolated)
    assert bank.balances("alice", "isolated_margin:BTCUSDT") == {"BTC": "1"}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"uid": 42}, "40034"),
        ({"coin": "NOPE"}, "41104"),
        ({"amount": Decimal(0)}, "01001"),
        ({"amount": Decimal("0.123456789")}, "01002"),
        ({"wallet": "isolated_margin"}, "40019"),
    ],
)
def test_funding_that_cannot_be_is_refused(fields: dict[str, Any], code: str) -> None:
    request = Fund(**({"uid": ALICE, "coin": "USDT", "amount": Decimal(1)} | fields))
    assert Bank().code(fund, "operator", request) == code


async def test_a_deposit_is_credited_with_its_last_confirmation() -> None:
    bank = Bank()
    bank.do(modify_deposit_account, "alice", ModifyDepositAccount(account_type="funding", coin="USDT"))
    started = bank.do(start_deposit, "operator", arrives())
    needed = confirmations_needed(bank)
    bank.do(confirm_deposit, "operator", ConfirmDeposit(order_id=started.order_id, confirmations=needed - 1))
    assert bank.balances("alice", "funding") == {}
    assert [row.confirmations for row in bank.do(pending_deposits, "operator", ListPending(uid=ALICE))] == [needed - 1]
    ended = bank.do(confirm_deposit, "operator", ConfirmDeposit(order_id=started.order_id))
    assert (ended.status, ended.confirmations) == ("success", needed)
    assert bank.balances("alice", "funding") == {"USDT": "50"}
    assert bank.code(confirm_deposit, "operator", ConfirmDeposit(order_id=started.order_id)) == "43001"
    rows = await bank.ask(deposit_records, "alice", ListDeposits(start_time=OPENED, end_time=OPENED))
    own = bank.do(deposit_address, "alice", AskDepositAddress(coin="USDT"))
    assert [(row.order_id, row.status, row.to_address) for row in rows] == [(started.order_id, "success", own.address)]


def test_a_deposit_confirms_by_itself_as_time_passes() -> None:
    bank = Bank()
    bank.do(start_deposit, "operator", arrives())
    bank.wait(MINUTE)
    bank.restart()
    assert bank.balances("alice") == {}
    bank.wait(MINUTE * confirmations_needed(bank))
    assert bank.balances("alice") == {"USDT": "50"}
    assert bank.exchange.next_due() is None


def test_a_deposit_can_come_with_all_its_confirmations() -> None:
    bank = Bank()
    shown = bank.do(
        start_deposit, "operator", arrives("30", "XRP", tag="7", from_address="rSender", confirmations=1000)
    )
    assert (shown.status, shown.tag, shown.from_address) == ("success", "7", "rSender")
    assert bank.balances("alice") == {"XRP": "30"}
    assert [record.status for record in bank.happened(DepositRecord)] == ["success"]


def test_a_failed_deposit_brings_nothing() -> None:
    bank = Bank()
    started = bank.do(start_deposit, "operator", arrives())
    assert bank.do(fail_deposit, "operator", FailDeposit(order_id=started.order_id)).status == "fail"
    bank.wait(100 * MINUTE)
    assert bank.balances("alice") == {}


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (arrives("0.001"), "40053"),
        (arrives("0"), "01001"),
        (arrives(chain="BTC"), "40020"),
        (arrives(confirmations=-1), "40053"),
        (arrives(transaction="x" * 129), "40020"),
    ],
)
def test_a_deposit_that_cannot_be_is_refused(request_: StartDeposit, code: str) -> None:
    assert Bank().code(start_deposit, "operator", request_) == code


def test_the_operator_takes_a_withdrawal_through_its_stages() -> None:
    bank = Bank(alice="100 USDT")
    order_id = withdrawn(bank)
    assert bank.code(complete_withdrawal, "operator", CompleteWithdrawal(order_id=order_id)) == "43001"
    approved = bank.do(approve_withdrawal, "operator", ApproveWithdrawal(order_id=order_id, transaction="abc"))
    assert (approved.stage, approved.transaction) == ("processing", "abc")
    assert bank.code(approve_withdrawal, "operator", ApproveWithdrawal(order_id=order_id)) == "43001"
    done = bank.do(complete_withdrawal, "operator", CompleteWithdrawal(order_id=order_id, confirmations=3))
    assert (done.stage, done.status, done.transaction, done.confirmations) == ("success", "success", "abc", 3)
    bank.wait(10 * MINUTE)
    assert bank.balances("alice") == {"USDT": "60"}


def test_an_early_approval_does_not_shorten_the_processing() -> None:
    bank = Bank(alice="100 USDT")
    order_id = withdrawn(bank)
    bank.wait(MINUTE // 2)
    bank.do(approve_withdrawal, "operator", ApproveWithdrawal(order_id=order_id))
    bank.wait(MINUTE // 2)
    assert [row.stage for row in bank.do(pending_withdrawals, "operator", ListPending())] == ["processing"]
    bank.wait(MINUTE // 2)
    assert bank.balances("alice") == {"USDT": "60"}


@pytest.mark.parametrize("stage", ["review", "processing"])
def test_a_refused_withdrawal_gives_everything_back(stage: str) -> None:
    bank = Bank(alice="100 USDT")
    order_id = withdrawn(bank)
    if stage == "processing":
        bank.do(approve_withdrawal, "operator", ApproveWithdrawal(order_id=order_id))
    failed = bank.do(fail_withdrawal, "operator", FailWithdrawal(order_id=order_id, reason="sanctions"))
    assert (failed.status, failed.stage) == ("fail", "fail")
    assert bank.balances("alice") == {"USDT": "100"}
    bank.wait(10 * MINUTE)
    assert bank.balances("alice") == {"USDT": "100"}


def test_an_address_book_is_kept_for_each_user() -> None:
    bank = Bank()
    entry = AddAddress(uid=ALICE, coin="usdt", chain="trc20", address=TRON, label="cold")
    bank.do(add_address, "operator", entry)
    assert bank.code(add_address, "operator", entry) == "49065"
    shown = bank.do(addresses, "operator", ListAddresses(uid=ALICE))
    assert [(row.coin, row.chain, row.label) for row in shown] == [("USDT", "TRC20", "cold")]
    assert bank.do(addresses, "operator", ListAddresses(uid=BOB)) == []
    bank.do(delete_address, "operator", DeleteAddress(uid=ALICE, coin="USDT", chain="TRC20", address=TRON))
    assert bank.do(addresses, "operator", ListAddresses(uid=ALICE)) == []
    gone = DeleteAddress(uid=ALICE, coin="USDT", chain="TRC20", address=TRON)
    assert bank.code(delete_address, "operator", gone) == "40034"
    unfit = AddAddress(uid=ALICE, coin="USDT", chain="TRC20", address="nowhere")
    assert bank.code(add_address, "operator", unfit) == "47002"
