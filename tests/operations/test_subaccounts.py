"""Virtual sub-accounts and their keys in stories. Alice is a main account; Savings is a general sub-account of hers."""

from __future__ import annotations

from decimal import Decimal

import pytest

from papertape.contract.control import CreateUser, ModifyUser
from papertape.contract.protocol.errors import Rejected
from papertape.contract.public import AskTradeRate
from papertape.contract.spot.account import ListSubaccountAssets
from papertape.contract.spot.wallet import MakeSubaccountTransfer
from papertape.contract.subaccounts import (
    CreateSubaccounts,
    ListSubaccountKeys,
    ListSubaccounts,
    ModifySubaccount,
    SubaccountWithKey,
)
from papertape.engine.state import digest
from papertape.operations import subaccounts as desk
from papertape.operations.control.accounts import create_user, modify_user
from papertape.operations.public import trade_rate
from papertape.operations.registry import Caller
from papertape.operations.spot.account import subaccount_assets
from papertape.operations.spot.wallet import subaccount_transfer
from tests.bank import ALICE, SAVINGS
from tests.operations.subaccount_desk import Desk, codes, name, row


def test_a_sub_account_opens_with_everything_a_sub_account_may_do() -> None:
    bank = Desk()
    made = bank.do(desk.create, "alice", CreateSubaccounts(aliases=["arbitrag", "Momentum"]))

    first, second = made.successes
    assert (first.uid, first.alias, first.status, first.label) == (str(SAVINGS + 1), "arbitrag", "normal", "")
    assert first.permissions == ["read", "spot_trade", "contract_trade"]
    assert (second.uid, second.alias, made.failures) == (str(SAVINGS + 2), "Momentum", [])
    assert bank.exchange.account(int(first.uid)).parent == ALICE


def test_an_alias_is_unique_over_all_main_accounts_and_in_any_case() -> None:
    bank = Desk()
    bank.open("arbitrag", who="bob")
    made = bank.do(desk.create, "alice", CreateSubaccounts(aliases=["Arbitrag", "momentum"]))

    assert [each.alias for each in made.successes] == ["momentum"]
    [failure] = made.failures
    assert (failure.alias, failure.error_code, failure.error_message) == (
        "Arbitrag",
        "40060",
        "subNames already exists",
    )


def test_the_twenty_first_sub_account_fails_and_general_ones_do_not_count() -> None:
    bank = Desk()
    made = bank.do(desk.create, "alice", CreateSubaccounts(aliases=[name(number) for number in range(22)]))

    assert len(made.successes) == 20
    assert [(each.alias, each.error_code) for each in made.failures] == [(name(20), "40069"), (name(21), "40069")]


@pytest.mark.parametrize(
    ("aliases", "code"),
    [
        (["seven77"], "40055"),
        (["ninechars"], "40055"),
        (["with a b"], "40055"),
        (["ümlautsx"], "40055"),
        (["abcdefgh", "number12"], "40055"),
        (["abcdefgh", "ABCDEFGH"], "40071"),
        ([name(number) for number in range(51)], "40058"),
    ],
)
def test_aliases_that_cannot_be_are_refused(aliases: list[str], code: str) -> None:
    assert Desk().code(desk.create, "alice", CreateSubaccounts(aliases=aliases)) == code


@pytest.mark.parametrize(("who", "code"), [("carol", "22010"), ("savings", "40048")])
def test_only_a_main_accounts_bound_key_opens_sub_accounts(who: str, code: str) -> None:
    bank = Desk()
    [uid] = bank.open("arbitrag")
    assert bank.code(desk.create, who, CreateSubaccounts(aliases=["abcdefgh"])) == code
    assert codes(bank, bank.batch, row("abcdefgh"), who=who) == code
    assert bank.code(desk.keys, who, ListSubaccountKeys(uid=uid)) == code


def test_a_key_from_an_address_outside_its_list_opens_nothing() -> None:
    bank = Desk()
    elsewhere = Caller(ALICE, "alice-key", "10.0.0.1")
    with pytest.raises(Rejected, match="40038"):
        desk.create(bank.exchange, elsewhere, CreateSubaccounts(aliases=["abcdefgh"]))


def test_a_sub_account_is_restricted_and_frozen() -> None:
    bank = Desk()
    [uid] = bank.open("arbitrag")
    bank.wait(1000)
    changed = bank.do(desk.modify, "alice", ModifySubaccount(uid=uid, permissions=["read"], status="freeze"))
    [listed] = bank.do(desk.subaccounts, "alice", ListSubaccounts()).subaccounts

    assert changed.result == "success"
    assert (listed.status, listed.permissions, listed.updated - listed.created) == ("freeze", ["read"], 1000)
    bank.do(desk.modify, "alice", ModifySubaccount(uid=uid, permissions=["read"], status="normal"))
    assert not bank.exchange.account(int(uid)).frozen


@pytest.mark.parametrize(
    ("who", "uid", "code"),
    [
        ("bob", "1000000102", "40028"),
        ("alice", "1000000002", "40028"),
        ("alice", "77", "40028"),
        ("alice", str(ALICE), "40028"),
        ("alice", str(SAVINGS), "40066"),
        ("alice", "arbitrag", "40020"),
        ("alice", "-1", "40020"),
        ("savings", "1000000102", "40048"),
    ],
)
def test_only_ones_own_virtual_sub_account_is_modified(who: str, uid: str, code: str) -> None:
    bank = Desk()
    bank.open("arbitrag")
    assert bank.code(desk.modify, who, ModifySubaccount(uid=uid, permissions=["read"], status="normal")) == code


def test_sub_accounts_are_listed_newest_first_in_pages_and_by_status() -> None:
    bank = Desk()
    uids = bank.open(*(name(number) for number in range(5)))
    bank.do(desk.modify, "alice", ModifySubaccount(uid=uids[1], permissions=["read"], status="freeze"))

    first = bank.do(desk.subaccounts, "alice", ListSubaccounts(limit=2))
    second = bank.do(desk.subaccounts, "alice", ListSubaccounts(limit=2, id_less_than=first.end_id))
    frozen = bank.do(desk.subaccounts, "alice", ListSubaccounts(status="freeze"))
    assert [each.uid for each in first.subaccounts] == [uids[4], uids[3]]
    assert [each.uid for each in second.subaccounts] == [uids[2], uids[1]]
    assert [each.uid for each in frozen.subaccounts] == [uids[1]]
    assert bank.do(desk.subaccounts, "bob", ListSubaccounts()).end_id == ""


@pytest.mark.parametrize(
    "asked", [ListSubaccounts(limit=501), ListSubaccounts(limit=0), ListSubaccounts(id_less_than="x")]
)
def test_a_page_that_cannot_be_is_refused(asked: ListSubaccounts) -> None:
    assert Desk().code(desk.subaccounts, "alice", asked) == "40020"


def test_five_sub_accounts_with_keys_are_made_at_once() -> None:
    bank = Desk()
    made = bank.batch(*(row(name(number), permissions=["read", "margin_trade"]) for number in range(5)))

    assert len({each.key for each in made} | {bank.vault.open(each.secret) for each in made}) == 10
    assert (made[0].alias, made[0].label, made[0].permissions) == (name(0), "desk", ["read", "margin_trade"])
    assert [each.label for each in bank.do(desk.subaccounts, "alice", ListSubaccounts()).subaccounts] == ["desk"] * 5
    assert bank.exchange.keys[made[4].key].uid == int(made[4].uid)


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([row(name(number)) for number in range(6)], "40058"),
        ([row("abcdefgh"), row("abcdefgh")], "40071"),
        ([row("abcdefgh"), row("arbitrag")], "40060"),
        ([row("abcdefgh"), row("test")], "40055"),
        ([row("abcdefgh"), row("ijklmnop", passphrase="123")], "40070"),
        ([row("abcdefgh"), row("ijklmnop", label="x" * 21)], "40020"),
        ([row("abcdefgh"), row("ijklmnop", ips=["here"])], "40018"),
    ],
)
def test_a_batch_with_one_bad_row_makes_nothing(rows: list[SubaccountWithKey], code: str) -> None:
    bank = Desk()
    bank.open("arbitrag")
    assert codes(bank, bank.batch, *rows) == code


def test_a_batch_that_would_make_the_twenty_first_makes_nothing() -> None:
    bank = Desk()
    bank.open(*(name(number) for number in range(18)))
    assert codes(bank, bank.batch, row("abcdefgh"), row("ijklmnop"), row("qrstuvwx")) == "40069"


def test_an_exchange_without_room_opens_no_account() -> None:
    bank = Desk()
    bank.do(create_user, "operator", CreateUser(uid=9_999_999_999))
    assert bank.code(desk.create, "alice", CreateSubaccounts(aliases=["abcdefgh"])) == "40067"


def test_a_sub_account_holds_what_its_main_account_gives_it_and_gives_it_back() -> None:
    bank = Desk(alice="1000 USDT")
    [uid] = bank.open("arbitrag")

    def move(source: object, target: object, amount: int) -> None:
        bank.do(
            subaccount_transfer,
            "alice",
            MakeSubaccountTransfer(
                from_type="spot", to_type="spot", amount=Decimal(amount), coin="USDT",
                from_user_id=str(source), to_user_id=str(target),
            ),
        )  # fmt: skip

    move(ALICE, uid, 300)
    [held] = bank.do(subaccount_assets, "alice", ListSubaccountAssets())
    move(uid, ALICE, 100)
    assert (held.user_id, held.assets_list[0].available) == (int(uid), 300)
    assert bank.balances("alice") == {"USDT": "800"}
    assert bank.exchange.ledger.balance(int(uid), "spot", "USDT").available == 200


def test_a_sub_account_trades_at_its_main_accounts_tier() -> None:
    bank = Desk()
    bank.do(modify_user, "operator", ModifyUser(uid=ALICE, vip_level=2))
    [uid] = bank.open("arbitrag")
    bank.do(modify_user, "operator", ModifyUser(uid=ALICE, vip_level=4))

    rate = trade_rate(bank.exchange, Caller(int(uid)), AskTradeRate(symbol="BTCUSDT", business_type="spot"))
    assert (rate.maker_fee_rate, rate.taker_fee_rate) == (Decimal("0.00032"), Decimal("0.0005"))


def test_sub_accounts_and_keys_survive_a_snapshot() -> None:
    bank = Desk()
    [uid] = bank.open("arbitrag")
    bank.do(desk.modify, "alice", ModifySubaccount(uid=uid, permissions=["read"], status="freeze"))
    before = digest(bank.exchange)
    bank.restart()

    assert digest(bank.exchange) == before
    assert bank.do(desk.subaccounts, "alice", ListSubaccounts()).subaccounts[0].status == "freeze"
