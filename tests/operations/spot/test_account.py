"""The spot account in stories: what it shows of keys, balances, bills and transfers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from papertape.contract.protocol.errors import Rejected
from papertape.contract.protocol.wire import Nothing, encode
from papertape.contract.spot.account import (
    ListAssets,
    ListBills,
    ListMainSubTransfers,
    ListSubaccountAssets,
    ListTransfers,
    SwitchDeduct,
    UpgradeAccount,
)
from papertape.contract.spot.wallet import MakeSubaccountTransfer, MakeTransfer, Withdraw
from papertape.operations.spot.account import (
    assets,
    bills,
    deduct_info,
    info,
    main_sub_transfer_records,
    subaccount_assets,
    switch_deduct,
    transfer_records,
    upgrade,
    upgrade_status,
)
from papertape.operations.spot.wallet import subaccount_transfer, transfer, withdraw
from tests.bank import ALICE, BOB, LOOPBACK, OPENED, SAVINGS, Bank

DAY = 86_400_000


def move(bank: Bank, amount: str, source: Any = "spot", target: Any = "p2p", coin: str = "USDT") -> str:
    request = MakeTransfer(from_type=source, to_type=target, amount=Decimal(amount), coin=coin)
    return bank.do(transfer, "alice", request).transfer_id


def move_to_sub(bank: Bank, amount: str, source: int = ALICE, target: int = SAVINGS) -> str:
    request = MakeSubaccountTransfer(
        from_type="spot",
        to_type="spot",
        amount=Decimal(amount),
        coin="USDT",
        from_user_id=str(source),
        to_user_id=str(target),
    )
    return bank.do(subaccount_transfer, "alice", request).transfer_id


def test_information_shows_what_the_key_may_do() -> None:
    bank = Bank()
    shown = bank.do(info, "alice", Nothing())
    assert (shown.user_id, shown.ips, shown.parent_id, shown.trader_type) == (str(ALICE), LOOPBACK, ALICE, "not_trader")
    assert shown.registered == OPENED
    assert {"stor", "stow", "wtow", "wwow"} < set(shown.authorities)
    bank.exchange.keys["savings-key"].permissions = ("read",)
    of_sub = bank.do(info, "savings", Nothing())
    assert of_sub.parent_id == ALICE
    assert all(code.endswith("r") for code in of_sub.authorities)


def test_assets_are_those_held_one_or_all() -> None:
    bank = Bank(alice="100 USDT, 2 BTC")
    move(bank, "100")
    assert [row.coin for row in bank.do(assets, "alice", ListAssets())] == ["BTC"]
    one = bank.do(assets, "alice", ListAssets(coin="usdt"))
    assert [(row.coin, row.available) for row in one] == [("USDT", 0)]
    every = bank.do(assets, "alice", ListAssets(asset_type="all"))
    assert [row.coin for row in every] == list(bank.exchange.coins)
    assert bank.code(assets, "alice", ListAssets(coin="NOPE")) == "41104"


def test_assets_tell_available_from_frozen() -> None:
    bank = Bank(alice="100 USDT")
    address = "TQutnFMqjVcb66h6LR1vFXBZkxboba7U8G"
    request = Withdraw(coin="USDT", transfer_type="on_chain", address=address, chain="TRC20", size=Decimal(40))
    bank.do(withdraw, "alice", request)
    row = bank.do(assets, "alice", ListAssets())[0]
    assert encode(row) == (
        b'{"coin":"USDT","available":"60","frozen":"40","locked":"0","limitAvailable":"0","uTime":"1700000000000"}'
    )


def test_sub_accounts_with_something_are_listed_for_their_main_account() -> None:
    bank = Bank(alice="100 USDT")
    assert bank.do(subaccount_assets, "alice", ListSubaccountAssets()) == []
    move_to_sub(bank, "60")
    rows = bank.do(subaccount_assets, "alice", ListSubaccountAssets())
    assert [(row.user_id, row.assets_list[0].available) for row in rows] == [(SAVINGS, 60)]
    assert bank.do(subaccount_assets, "alice", ListSubaccountAssets(id_less_than=str(rows[0].id))) == []
    assert bank.do(subaccount_assets, "bob", ListSubaccountAssets()) == []
    assert bank.code(subaccount_assets, "savings", ListSubaccountAssets()) == "40048"


async def test_bills_tell_each_change_with_the_balance_after_it() -> None:
    bank = Bank(alice="100 USDT, 2 BTC")
    cause = move(bank, "30")
    move(bank, "10", "p2p", "spot")
    move(bank, "0.5", coin="BTC")
    rows = await bank.ask(bills, "alice", ListBills(coin="usdt"))
    assert [(row.group_type, row.business_type, str(row.size), str(row.balance)) for row in rows] == [
        ("transfer", "transfer_in", "10", "80"),
        ("transfer", "transfer_out", "-30", "70"),
        ("other", "airdrop_rewards", "100", "100"),
    ]
    assert rows[1].order_id == cause
    out = await bank.ask(bills, "alice", ListBills(group_type="transfer", business_type="TRANSFER_OUT"))
    assert [row.coin for row in out] == ["BTC", "USDT"]
    older = await bank.ask(bills, "alice", ListBills(coin="USDT", id_less_than=rows[0].bill_id, limit=1))
    assert [row.bill_id for row in older] == [rows[1].bill_id]


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (ListBills(limit=501), "40020"),
        (ListBills(limit=0), "40020"),
        (ListBills(id_less_than="x"), "40020"),
        (ListBills(start_time=2, end_time=1), "20001"),
        (ListBills(start_time=0, end_time=91 * DAY), "00001"),
    ],
)
async def test_pages_that_cannot_be_are_refused(request_: ListBills, code: str) -> None:
    with pytest.raises(Rejected) as refusal:
        await Bank().ask(bills, "alice", request_)
    assert refusal.value.error.code == code


async def test_transfer_records_are_the_callers_own() -> None:
    bank = Bank(alice="100 USDT")
    first, second = move(bank, "30"), move(bank, "10", "p2p", "usdt_futures")
    move_to_sub(bank, "5")
    rows = await bank.ask(transfer_records, "alice", ListTransfers(coin="USDT"))
    assert [(row.transfer_id, row.from_type, row.to_type, str(row.size), row.status) for row in rows] == [
        (second, "p2p", "usdt_futures", "10", "Successful"),
        (first, "spot", "p2p", "30", "Successful"),
    ]
    from_spot = await bank.ask(transfer_records, "alice", ListTransfers(coin="USDT", from_type="spot"))
    assert [row.transfer_id for row in from_spot] == [first]
    second_page = await bank.ask(transfer_records, "alice", ListTransfers(coin="USDT", limit=1, page_number=2))
    assert [row.transfer_id for row in second_page] == [first]
    assert await bank.ask(transfer_records, "bob", ListTransfers(coin="USDT")) == []


async def test_transfers_in_the_family_are_seen_from_both_ends() -> None:
    bank = Bank(alice="100 USDT")
    out, back = move_to_sub(bank, "60"), move_to_sub(bank, "20", SAVINGS, ALICE)
    sent = await bank.ask(main_sub_transfer_records, "alice", ListMainSubTransfers())
    received = await bank.ask(main_sub_transfer_records, "alice", ListMainSubTransfers(role="receiver"))
    of_sub = await bank.ask(main_sub_transfer_records, "alice", ListMainSubTransfers(sub_uid=str(SAVINGS)))
    assert [row.transfer_id for row in sent] == [out]
    assert [row.transfer_id for row in received] == [row.transfer_id for row in of_sub] == [back]
    assert (sent[0].from_user_id, sent[0].to_user_id) == (str(ALICE), str(SAVINGS))
    with pytest.raises(Rejected, match="40028"):
        await bank.ask(main_sub_transfer_records, "alice", ListMainSubTransfers(sub_uid=str(BOB)))


def test_paying_fees_in_bgb_is_switched_on_and_off() -> None:
    bank = Bank()
    assert bank.do(deduct_info, "alice", Nothing()).deduct == "off"
    assert bank.do(switch_deduct, "alice", SwitchDeduct(deduct="on")) is True
    assert bank.do(deduct_info, "alice", Nothing()).deduct == "on"
    assert bank.do(deduct_info, "bob", Nothing()).deduct == "off"


def test_an_upgrade_is_in_process_for_a_minute_and_then_fails() -> None:
    bank = Bank()
    asked = UpgradeAccount()
    assert bank.do(upgrade_status, "alice", asked).reason == "upgrade_not_requested"
    bank.do(upgrade, "alice", asked)
    assert bank.do(upgrade_status, "alice", asked).status == "process"
    bank.wait(60_000)
    ended = bank.do(upgrade_status, "alice", asked)
    assert (ended.status, ended.reason) == ("fail", "upgrade_disabled")
    assert bank.code(upgrade, "bob", UpgradeAccount(sub_uid=str(SAVINGS))) == "40028"
