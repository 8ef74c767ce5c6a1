"""The wallet in stories: what moves where, what it costs, what is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from papertape.contract.control import AddAddress
from papertape.contract.spot.wallet import (
    AskDepositAddress,
    AskSubaccountDepositAddress,
    AskTransferCoins,
    CancelWithdrawal,
    ListDeposits,
    ListSubaccountDeposits,
    ListWithdrawals,
    MakeSubaccountTransfer,
    MakeTransfer,
    ModifyDepositAccount,
    Withdraw,
)
from papertape.engine.accounts.accounts import ApiKey
from papertape.engine.accounts.settings import Settings
from papertape.engine.funds.coins import Chain
from papertape.engine.funds.ledger import FEES, ISSUANCE
from papertape.engine.funds.pending import Pending
from papertape.engine.funds.records import BillRecord, DepositRecord, TransferRecord, WithdrawalRecord
from papertape.operations.control.funds import add_address
from papertape.operations.registry import Caller
from papertape.operations.spot.wallet import (
    cancel_withdrawal,
    deposit_address,
    deposit_records,
    modify_deposit_account,
    subaccount_deposit_address,
    subaccount_deposit_records,
    subaccount_transfer,
    transfer,
    transfer_coins,
    withdraw,
    withdrawal_records,
)
from tests.bank import ALICE, BOB, OPENED, SAVINGS, Bank

TRON = "TQutnFMqjVcb66h6LR1vFXBZkxboba7U8G"
OTHER_TRON = "TPoi1LEUMfJnrwsJeCXBtJvzDGsEjKGxGN"
RIPPLE = "r3X9pT4j7yHAVs7kR2KUJ4hctUvw7HcME3"
MINUTE = 60_000


def move(amount: str, route: str, coin: str = "USDT", **more: Any) -> MakeTransfer:
    source, target = route.split(" > ")
    fields: dict[str, Any] = {"from_type": source, "to_type": target}
    return MakeTransfer(amount=Decimal(amount), coin=coin, **fields, **more)


def move_sub(amount: str, source: int, target: int, route: str = "spot > spot", **more: Any) -> MakeSubaccountTransfer:
    wallets: dict[str, Any] = dict(zip(("from_type", "to_type"), route.split(" > "), strict=True))
    return MakeSubaccountTransfer(
        amount=Decimal(amount), coin="USDT", from_user_id=str(source), to_user_id=str(target), **wallets, **more
    )


def send(size: str, *, coin: str = "USDT", chain: str = "TRC20", address: str = TRON, **more: Any) -> Withdraw:
    return Withdraw(coin=coin, transfer_type="on_chain", address=address, chain=chain, size=Decimal(size), **more)


def hand_over(size: str, address: str = str(BOB), **more: Any) -> Withdraw:
    return Withdraw(coin="USDT", transfer_type="internal_transfer", address=address, size=Decimal(size), **more)


def test_a_transfer_moves_coins_and_writes_a_bill_in_each_wallet() -> None:
    bank = Bank(alice="100 USDT")
    reply = bank.do(transfer, "alice", move("30.5", "spot > usdt_futures", client_oid="mine"))
    assert (bank.balances("alice"), bank.balances("alice", "usdt_futures")) == ({"USDT": "69.5"}, {"USDT": "30.5"})
    bills = [(bill.wallet, bill.business_type, str(bill.size), str(bill.balance)) for bill in bank.happened(BillRecord)]
    assert bills == [("spot", "transfer_out", "-30.5", "69.5"), ("usdt_futures", "trans_from_exchange", "30.5", "30.5")]
    record = bank.happened(TransferRecord)[0]
    assert (reply.transfer_id, reply.client_oid) == (str(record.transfer_id), "mine")


def test_a_repeated_client_oid_returns_the_earlier_transfer() -> None:
    bank = Bank(alice="100 USDT", bob="100 USDT")
    first = bank.do(transfer, "alice", move("30", "spot > p2p", client_oid="mine"))
    bank.restart()
    assert bank.do(transfer, "alice", move("30", "spot > p2p", client_oid="mine")) == first
    assert bank.balances("alice", "funding") == {"USDT": "30"}
    assert bank.do(transfer, "bob", move("30", "spot > p2p", client_oid="mine")) != first


def test_an_isolated_margin_account_belongs_to_one_instrument() -> None:
    bank = Bank(alice="100 USDT, 5 ETH")
    bank.do(transfer, "alice", move("40", "spot > isolated_margin", symbol="BTCUSDT"))
    assert bank.balances("alice", "isolated_margin:BTCUSDT") == {"USDT": "40"}
    assert bank.code(transfer, "alice", move("1", "spot > isolated_margin", "ETH", symbol="BTCUSDT")) == "43129"
    assert bank.code(transfer, "alice", move("1", "spot > isolated_margin")) == "40019"
    assert bank.code(transfer, "alice", move("1", "isolated_margin > spot", symbol="ETHUSDT")) == "43012"


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (move("100.01", "spot > p2p"), "43012"),
        (move("1", "spot > spot"), "40020"),
        (move("1", "spot > coin_futures"), "43129"),
        (move("1", "spot > p2p", "NOPE"), "43129"),
        (move("0", "spot > p2p"), "01001"),
        (move("-1", "spot > p2p"), "01001"),
        (move("0.123456789", "spot > p2p"), "01002"),
        (move("1", "spot > p2p", client_oid="x" * 50), "40304"),
        (move("1", "spot > p2p", client_oid="a b"), "40402"),
        (move("1", "spot > isolated_margin", symbol="NOPE"), "40034"),
    ],
)
def test_a_transfer_that_cannot_be_is_refused(request_: MakeTransfer, code: str) -> None:
    assert Bank(alice="100 USDT").code(transfer, "alice", request_) == code


def test_which_coins_can_move_depends_on_both_wallets() -> None:
    bank = Bank()
    assert bank.do(transfer_coins, "alice", AskTransferCoins(from_type="spot", to_type="usdt_futures")) == ["USDT"]
    both = bank.do(transfer_coins, "alice", AskTransferCoins(from_type="p2p", to_type="coin_futures"))
    assert both == ["BTC", "ETH"]
    assert "XRP" in bank.do(transfer_coins, "alice", AskTransferCoins(from_type="spot", to_type="isolated_margin"))
    assert bank.code(transfer_coins, "alice", AskTransferCoins(from_type="spot", to_type="spot")) == "40020"


def test_the_main_account_moves_coins_to_and_inside_its_sub_account() -> None:
    bank = Bank(alice="100 USDT")
    bank.do(subaccount_transfer, "alice", move_sub("60", ALICE, SAVINGS))
    bank.do(subaccount_transfer, "alice", move_sub("20", SAVINGS, SAVINGS, "spot > usdt_futures"))
    bank.do(subaccount_transfer, "alice", move_sub("5", SAVINGS, ALICE, "usdt_futures > p2p"))
    assert (bank.balances("alice"), bank.balances("alice", "funding")) == ({"USDT": "40"}, {"USDT": "5"})
    assert (bank.balances("savings"), bank.balances("savings", "usdt_futures")) == ({"USDT": "40"}, {"USDT": "15"})


@pytest.mark.parametrize(
    ("who", "source", "target", "code"),
    [
        ("savings", SAVINGS, ALICE, "43127"),
        ("alice", ALICE, BOB, "43127"),
        ("alice", BOB, ALICE, "43127"),
        ("alice", ALICE, ALICE, "43127"),
        ("alice", ALICE, 42, "43127"),
        ("carol", 1_000_000_003, SAVINGS, "22010"),
    ],
)
def test_only_the_main_account_moves_coins_of_its_family(who: str, source: int, target: int, code: str) -> None:
    bank = Bank(alice="100 USDT", bob="100 USDT", savings="100 USDT")
    assert bank.code(subaccount_transfer, who, move_sub("1", source, target, "spot > p2p")) == code


def test_a_frozen_sub_account_neither_gives_nor_takes() -> None:
    bank = Bank(alice="100 USDT", savings="100 USDT")
    bank.account("savings").frozen = True
    assert bank.code(subaccount_transfer, "alice", move_sub("1", ALICE, SAVINGS)) == "43136"
    assert bank.code(subaccount_transfer, "alice", move_sub("1", SAVINGS, ALICE)) == "40024"


def test_deposit_addresses_stay_and_differ_between_users() -> None:
    bank = Bank()
    asked = AskDepositAddress(coin="USDT", chain="trc20")
    mine = bank.do(deposit_address, "alice", asked)
    assert (mine.coin, mine.chain, mine.tag, mine.address[0], len(mine.address)) == ("USDT", "TRC20", "", "T", 34)
    assert bank.do(deposit_address, "alice", asked) == mine
    assert bank.do(deposit_address, "bob", asked).address != mine.address
    of_sub = AskSubaccountDepositAddress(sub_uid=str(SAVINGS), coin="USDT", chain="TRC20")
    address = bank.do(subaccount_deposit_address, "alice", of_sub).address
    assert address == bank.do(deposit_address, "savings", asked).address
    assert bank.code(subaccount_deposit_address, "bob", of_sub) == "40028"


def test_users_share_the_ripple_address_and_are_told_apart_by_tag() -> None:
    bank = Bank()
    mine, his = (bank.do(deposit_address, who, AskDepositAddress(coin="XRP")) for who in ("alice", "bob"))
    assert mine.address == his.address
    assert mine.tag.isdigit()
    assert mine.tag != his.tag


@pytest.mark.parametrize(("coin", "chain", "code"), [("NOPE", None, "41104"), ("USDT", "BTC", "40020")])
def test_there_is_no_address_for_what_is_not_listed(coin: str, chain: str | None, code: str) -> None:
    assert Bank().code(deposit_address, "alice", AskDepositAddress(coin=coin, chain=chain)) == code


def test_a_withdrawal_is_reviewed_then_processed_then_gone() -> None:
    bank = Bank(alice="100 USDT")
    bank.do(withdraw, "alice", send("50"))
    assert bank.balances("alice") == {"USDT": "50 + 50 frozen"}
    bank.wait(MINUTE)
    bank.restart()
    assert bank.balances("alice") == {"USDT": "50 + 50 frozen"}
    bank.wait(MINUTE)
    assert bank.balances("alice") == {"USDT": "50"}
    assert [record.stage for record in bank.happened(WithdrawalRecord)] == ["review", "processing", "success"]
    bill = bank.happened(BillRecord)[0]
    assert (bill.group_type, bill.business_type) == ("withdraw", "withdraw")
    assert (bill.size, bill.fee, bill.balance) == (Decimal("-48.5"), Decimal("-1.5"), 50)
    fees = bank.exchange.ledger.balance(FEES.uid, FEES.wallet, "USDT").available
    outside = bank.exchange.ledger.balance(ISSUANCE.uid, ISSUANCE.wallet, "USDT").available
    assert (fees, outside) == (Decimal("1.5"), Decimal("-51.5"))
    assert bank.exchange.part(Pending).withdrawals == {}
    assert bank.exchange.next_due() is None


def test_a_long_jump_of_time_takes_a_withdrawal_through_all_stages() -> None:
    bank = Bank(alice="100 USDT")
    bank.do(withdraw, "alice", send("50"))
    assert bank.exchange.next_due() == OPENED + MINUTE
    bank.wait(480 * MINUTE)
    assert bank.balances("alice") == {"USDT": "50"}


def test_a_withdrawal_can_be_taken_back_while_it_is_reviewed() -> None:
    bank = Bank(alice="100 USDT")
    first = bank.do(withdraw, "alice", send("50")).order_id
    assert bank.code(cancel_withdrawal, "bob", CancelWithdrawal(order_id=first)) == "43001"
    assert bank.do(cancel_withdrawal, "alice", CancelWithdrawal(order_id=first)) == "success"
    assert bank.balances("alice") == {"USDT": "100"}
    assert bank.code(cancel_withdrawal, "alice", CancelWithdrawal(order_id=first)) == "43001"
    second = bank.do(withdraw, "alice", send("50")).order_id
    bank.wait(MINUTE)
    assert bank.code(cancel_withdrawal, "alice", CancelWithdrawal(order_id=second)) == "13010"


def test_a_repeated_withdrawal_is_not_sent_twice() -> None:
    bank = Bank(alice="100 USDT")
    first = bank.do(withdraw, "alice", send("50", client_oid="mine"))
    assert bank.do(withdraw, "alice", send("50", client_oid="mine")) == first
    assert bank.balances("alice") == {"USDT": "50 + 50 frozen"}


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (send("50", coin="NOPE"), "41104"),
        (send("50", chain="BTC"), "40020"),
        (Withdraw(coin="USDT", transfer_type="on_chain", address=TRON, size=Decimal(50)), "40019"),
        (send("50", address="somewhere"), "47002"),
        (send("20", coin="XRP", chain="XRP", address=RIPPLE), "43116"),
        (send("9.9"), "43114"),
        (send("0"), "01001"),
        (send("50.1234567"), "01002"),
        (send("100.1"), "43012"),
        (send("50", tag="x" * 129), "40020"),
        (send("50", member_code="korbit"), "40019"),
        (send("50", identity_type="company"), "40019"),
    ],
)
def test_a_withdrawal_that_cannot_be_is_refused(request_: Withdraw, code: str) -> None:
    assert Bank(alice="100 USDT, 100 XRP").code(withdraw, "alice", request_) == code


def test_a_withdrawal_to_the_own_deposit_address_is_refused() -> None:
    bank = Bank(alice="100 USDT")
    own = bank.do(deposit_address, "alice", AskDepositAddress(coin="USDT", chain="TRC20")).address
    assert bank.code(withdraw, "alice", send("50", address=own)) == "43121"


def test_an_address_book_once_begun_names_the_only_addresses() -> None:
    bank = Bank(alice="100 USDT")
    bank.do(add_address, "operator", AddAddress(uid=ALICE, coin="USDT", chain="TRC20", address=TRON))
    assert bank.code(withdraw, "alice", send("20", address=OTHER_TRON)) == "47003"
    bank.do(withdraw, "alice", send("20"))
    assert bank.balances("alice") == {"USDT": "80 + 20 frozen"}


def test_withdrawals_want_a_key_bound_to_addresses_and_one_of_these() -> None:
    bank = Bank(alice="100 USDT", carol="100 USDT")
    assert bank.code(withdraw, "carol", send("50")) == "22010"
    abroad = Caller(ALICE, "alice-key", "203.0.113.7")
    assert bank.code(lambda exchange, _, request: withdraw(exchange, abroad, request), "alice", send("50")) == "40038"
    bank.exchange.keys["wide"] = ApiKey(
        key="wide", uid=ALICE, secret="", passphrase="", permissions=("withdraw",), ips=("203.0.113.0/24",)
    )
    through = Caller(ALICE, "wide", "203.0.113.7")
    bank.do(lambda exchange, _, request: withdraw(exchange, through, request), "alice", send("50"))
    assert bank.balances("alice") == {"USDT": "50 + 50 frozen"}


def test_coins_reach_another_user_at_once_and_without_a_fee() -> None:
    bank = Bank(alice="100 USDT")
    bank.do(modify_deposit_account, "bob", ModifyDepositAccount(account_type="usdt-futures", coin="USDT"))
    order_id = bank.do(withdraw, "alice", hand_over("25")).order_id
    assert (bank.balances("alice"), bank.balances("bob", "usdt_futures")) == ({"USDT": "75"}, {"USDT": "25"})
    sent, received = bank.happened(WithdrawalRecord)[0], bank.happened(DepositRecord)[0]
    assert (str(sent.order_id), sent.status, sent.destination) == (order_id, "success", "internal_transfer")
    assert (received.uid, received.transaction, received.from_address) == (BOB, order_id, str(ALICE))


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (hand_over("25", str(ALICE)), "43121"),
        (hand_over("25", "1000009999"), "47002"),
        (hand_over("25", "9" * 5000), "47002"),
        (hand_over("25", "a@example.org", inner_to_type="email"), "47002"),
        (hand_over("25", "5550100", inner_to_type="mobile"), "40019"),
        (hand_over("100.5"), "43012"),
        (hand_over("0.123456789"), "01002"),
    ],
)
def test_a_handover_that_cannot_be_is_refused(request_: Withdraw, code: str) -> None:
    assert Bank(alice="100 USDT").code(withdraw, "alice", request_) == code


def test_deposits_go_to_the_wallet_that_takes_the_coin() -> None:
    bank = Bank()
    unfit = ModifyDepositAccount(account_type="usdc-futures", coin="USDT")
    assert bank.code(modify_deposit_account, "alice", unfit) == "43129"
    assert (
        bank.do(modify_deposit_account, "alice", ModifyDepositAccount(account_type="funding", coin="usdt")) == "success"
    )
    assert bank.exchange.part(Settings).of(bank.account("alice").uid).deposit_wallets == {"USDT": "funding"}


async def test_records_tell_what_was_sent_and_received() -> None:
    bank = Bank(alice="100 USDT")
    bank.do(withdraw, "alice", send("50", client_oid="mine"))
    bank.do(withdraw, "alice", hand_over("5", str(SAVINGS)))
    bank.wait(2 * MINUTE)
    window = {"start_time": OPENED, "end_time": OPENED + MINUTE}
    rows = await bank.ask(withdrawal_records, "alice", ListWithdrawals(**window))
    assert [(row.destination, row.status, row.size, row.fee) for row in rows] == [
        ("internal_transfer", "success", 5, 0),
        ("on_chain", "success", 50, Decimal("-1.5")),
    ]
    assert len(rows[1].trade_id) == 64
    found = await bank.ask(withdrawal_records, "alice", ListWithdrawals(client_oid="mine", **window))
    assert [row.client_oid for row in found] == ["mine"]
    received = await bank.ask(deposit_records, "savings", ListDeposits(**window))
    assert [(row.status, row.destination, row.from_address) for row in received] == [
        ("success", "internal_transfer", str(ALICE))
    ]
    of_sub = await bank.ask(subaccount_deposit_records, "alice", ListSubaccountDeposits(sub_uid=str(SAVINGS)))
    assert [row.order_id for row in of_sub] == [received[0].order_id]


def with_lightning(**balances: str) -> Bank:
    bank = Bank(**balances)
    lightning = Chain(
        name="Lightning",
        withdrawal_fee=Decimal("0.000001"),
        minimum_withdrawal=Decimal("0.000001"),
        withdrawal_places=8,
    )
    bank.exchange.coins["BTC"] = replace(bank.exchange.coins["BTC"], chains=(lightning,))
    return bank


def test_a_lightning_deposit_gets_an_invoice_over_its_amount() -> None:
    bank = with_lightning()
    asked = AskDepositAddress(coin="BTC", chain="lightning", size=Decimal("0.0012"))
    assert bank.do(deposit_address, "alice", asked).address.startswith("lnbc1200u1")
    assert bank.code(deposit_address, "alice", AskDepositAddress(coin="BTC")) == "40019"
    assert bank.code(deposit_address, "alice", replace(asked, size=Decimal("0.011"))) == "40053"
    assert bank.code(deposit_address, "alice", replace(asked, size=Decimal("0.0000001"))) == "40053"


def test_a_lightning_invoice_is_paid_in_full_and_the_fee_on_top() -> None:
    bank = with_lightning(alice="1 BTC")
    asked = AskDepositAddress(coin="BTC", size=Decimal("0.0012"))
    invoice = bank.do(deposit_address, "bob", asked).address
    unequal = send("0.0013", coin="BTC", chain="Lightning", address=invoice)
    assert bank.code(withdraw, "alice", unequal) == "40020"
    bank.do(withdraw, "alice", replace(unequal, size=Decimal("0.0012")))
    bank.wait(2 * MINUTE)
    assert bank.balances("alice") == {"BTC": "0.998799"}
