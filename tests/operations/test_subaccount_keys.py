"""The keys of sub-accounts in stories. Alice is a main account; Savings is a general sub-account of hers."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from papertape.contract.protocol.endpoint import Endpoint
from papertape.contract.subaccounts import (
    CreateSubaccountKey,
    CreateSubaccountsWithKeys,
    ListSubaccountKeys,
    ModifySubaccount,
    ModifySubaccountKey,
    SubaccountManagement,
)
from papertape.engine.state import digest, dump, load
from papertape.journal.apply import apply
from papertape.journal.entry import Entry
from papertape.operations import subaccounts as desk
from tests.bank import LOOPBACK, SAVINGS
from tests.operations.subaccount_desk import MAIN, PASSPHRASE, Desk, codes, row


def test_a_key_is_shown_with_its_secret_once_and_kept_sealed() -> None:
    bank = Desk()
    [uid] = bank.open("arbitrag")
    key = bank.key(uid, permissions=["transfer", "spot_trade"], ips=["127.0.0.1", "10.0.0.0/8", "127.0.0.1"])

    secret = bank.vault.open(key.secret)
    assert (len(secret), key.permissions) == (64, ["spot_trade", "transfer"])
    assert key.ips == ["127.0.0.1", "10.0.0.0/8"]
    state = dump(bank.exchange)
    assert secret.encode() not in state
    assert PASSPHRASE.encode() not in state
    [listed] = bank.do(desk.keys, "alice", ListSubaccountKeys(uid=uid))
    assert (listed.key, listed.label, listed.permissions, listed.ips) == (key.key, "bot", key.permissions, key.ips)


def test_what_is_journaled_is_sealed_and_applies_again_as_it_did() -> None:
    bank = Desk()
    [uid] = bank.open("arbitrag")
    asked = CreateSubaccountKey(uid=uid, passphrase=PASSPHRASE, label="bot")
    rows = CreateSubaccountsWithKeys(subaccounts=[row("abcdefgh")])
    exchange, vault = bank.exchange, bank.vault
    prepared: list[tuple[Endpoint[..., Any, Any], Any]] = [
        (SubaccountManagement.create_key, desk.prepare_key(exchange, vault, MAIN, asked)),
        (SubaccountManagement.create_with_keys, desk.prepare_batch(exchange, vault, MAIN, rows)),
    ]
    keys, again = len(exchange.keys), load(dump(exchange))

    for endpoint, request in prepared:
        written = msgspec.json.encode(request)
        assert PASSPHRASE.encode() not in written
        entry = Entry(exchange.sequence + 1, exchange.now, MAIN.uid, MAIN.key, MAIN.ip, endpoint.path, written)
        assert [apply(each, entry).error for each in (exchange, again)] == [None, None]
    assert digest(exchange) == digest(again)
    assert len(again.keys) == keys + 2


def test_a_key_made_without_permissions_reads_and_without_addresses_is_bound_to_none() -> None:
    bank = Desk()
    [uid] = bank.open("arbitrag")
    assert (bank.key(uid).permissions, bank.key(uid).ips) == (["read"], [])
    assert bank.key(uid, permissions=[]).permissions == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"passphrase": "short12"}, "40070"),
        ({"passphrase": "x" * 33}, "40070"),
        ({"passphrase": "with space1"}, "40070"),
        ({"label": "x" * 21}, "40020"),
        ({"label": "two\nlines"}, "40020"),
        ({"ips": ["here"]}, "40018"),
        ({"ips": ["127.0.0.1/99"]}, "40018"),
        ({"ips": ["127.0.0.1"] * 31}, "40058"),
        ({"uid": "77"}, "40028"),
        ({"uid": str(SAVINGS)}, "40066"),
        ({"uid": "mine"}, "40020"),
    ],
)
def test_a_key_that_cannot_be_is_refused(changes: dict[str, Any], code: str) -> None:
    bank = Desk()
    [uid] = bank.open("arbitrag")
    assert codes(bank, bank.key, **{"uid": uid} | changes) == code


def test_a_sub_account_has_ten_keys_at_most() -> None:
    bank = Desk()
    [uid] = bank.open("arbitrag")
    for _ in range(10):
        bank.key(uid)
    assert codes(bank, bank.key, uid) == "40063"


def test_a_key_may_not_do_more_than_its_account() -> None:
    bank = Desk()
    [uid] = bank.open("arbitrag")
    bank.do(desk.modify, "alice", ModifySubaccount(uid=uid, permissions=["contract_trade"], status="normal"))

    assert codes(bank, bank.key, uid, permissions=["spot_trade"]) == "40040"
    assert codes(bank, bank.key, uid, permissions=["margin_trade"]) == "40040"
    key = bank.key(uid, permissions=["contract_trade", "transfer"])
    assert codes(bank, bank.change, key, permissions=["spot_trade"]) == "40040"


def test_a_frozen_sub_account_gets_no_key() -> None:
    bank = Desk()
    [uid] = bank.open("arbitrag")
    bank.do(desk.modify, "alice", ModifySubaccount(uid=uid, permissions=["read"], status="freeze"))
    assert codes(bank, bank.key, uid) == "40024"


def test_permissions_left_out_stay_and_an_empty_list_removes_them() -> None:
    bank = Desk()
    [uid] = bank.open("arbitrag")
    key = bank.key(uid, permissions=["spot_trade"], ips=[LOOPBACK])

    kept = bank.change(key, label="renamed")
    assert (kept.permissions, kept.label, kept.ips, kept.secret) == (["spot_trade"], "renamed", [], "")
    assert bank.change(key, permissions=["read", "transfer"]).permissions == ["read", "transfer"]
    assert bank.change(key, permissions=[], ips=["::0001"]).permissions == []
    assert bank.exchange.keys[key.key].ips == ("::1",)
    assert bank.vault.open(bank.exchange.keys[key.key].secret) == bank.vault.open(key.secret)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"passphrase": "openSesame2"}, "40036"),
        ({"passphrase": "short"}, "40070"),
        ({"key": "alice-key"}, "40065"),
        ({"key": "nobodys-key"}, "40065"),
        ({"uid": "1000000002", "key": "bob-key"}, "40028"),
        ({"uid": "77"}, "40028"),
        ({"label": "x" * 21}, "40020"),
        ({"ips": ["127.0.0.1"] * 31}, "40058"),
    ],
)
def test_a_change_that_cannot_be_is_refused(changes: dict[str, Any], code: str) -> None:
    bank = Desk()
    [uid] = bank.open("arbitrag")
    assert codes(bank, bank.change, bank.key(uid), **changes) == code


def test_a_general_sub_accounts_keys_are_listed_and_changed_too() -> None:
    bank = Desk()
    bank.exchange.keys["savings-key"] = msgspec.structs.replace(
        bank.exchange.keys["savings-key"], passphrase=bank.vault.seal(PASSPHRASE)
    )
    [listed] = bank.do(desk.keys, "alice", ListSubaccountKeys(uid=str(SAVINGS)))
    changed = bank.do(
        desk.modify_key,
        "alice",
        ModifySubaccountKey(uid=str(SAVINGS), key="savings-key", passphrase="", label="", permissions=["read"]),
    )
    assert listed.permissions == ["read", "spot_trade", "margin_trade", "contract_trade", "transfer"]
    assert (changed.uid, changed.permissions) == (str(SAVINGS), ["read"])
    assert bank.code(desk.keys, "bob", ListSubaccountKeys(uid=str(SAVINGS))) == "40028"
