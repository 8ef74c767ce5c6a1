"""The control plane's accounts and keys in stories."""

from __future__ import annotations

from typing import Any

import pytest

from papertape.contract.control import CreateKey, CreateUser, DeleteKey, ListKeys, ListUsers, ModifyUser
from papertape.contract.protocol.errors import Rejected
from papertape.engine.state import dump
from papertape.journal.sealing import SealingVault
from papertape.operations.control.accounts import (
    create_key,
    create_user,
    delete_key,
    keys,
    modify_user,
    prepare_key,
    users,
)
from tests.bank import ALICE, BOB, CALLERS, SAVINGS, Bank

PUBLIC_KEY = """-----BEGIN PUBLIC KEY-----
MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBALRiMLAHudeSA/x3hB2f+2NRkJLA7sL4
aMzgPVRkVUZo0FZBEdpJVoIvXRVYqM2SyNEBFyLmPjxPxiyzvyJZfQUCAwEAAQ==
-----END PUBLIC KEY-----
"""


def create(bank: Bank, vault: SealingVault, **fields: Any) -> Any:
    """A key as the control plane creates it: completed and sealed, then applied."""
    prepared = prepare_key(bank.exchange, vault, CALLERS["operator"], CreateKey(**fields))
    return bank.do(create_key, "operator", prepared)


def refusal(**fields: Any) -> str:
    bank = Bank()
    with pytest.raises(Rejected) as refused:
        create(bank, SealingVault(), **fields)
    return refused.value.error.code


def test_a_user_gets_the_next_free_uid() -> None:
    bank = Bank()
    user = bank.do(create_user, "operator", CreateUser(name="dora", vip_level=2))
    assert (user.uid, user.name, user.vip_level, user.parent_uid) == (SAVINGS + 1, "dora", 2, 0)
    child = bank.do(create_user, "operator", CreateUser(uid=2_000_000_000, parent_uid=user.uid))
    assert child.parent_uid == user.uid


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (CreateUser(uid=ALICE), "40020"),
        (CreateUser(uid=1), "40020"),
        (CreateUser(uid=10**12), "40020"),
        (CreateUser(parent_uid=SAVINGS), "40048"),
        (CreateUser(parent_uid=42), "40034"),
        (CreateUser(vip_level=8), "40053"),
        (CreateUser(name="x" * 65), "40020"),
    ],
)
def test_a_user_that_cannot_be_is_refused(request_: CreateUser, code: str) -> None:
    assert Bank().code(create_user, "operator", request_) == code


def test_a_user_is_modified_where_something_is_given() -> None:
    bank = Bank()
    bank.do(modify_user, "operator", ModifyUser(uid=ALICE, frozen=True))
    changed = bank.do(modify_user, "operator", ModifyUser(uid=ALICE, vip_level=3))
    assert (changed.name, changed.frozen, changed.vip_level) == ("alice", True, 3)
    assert bank.code(modify_user, "operator", ModifyUser(uid=42)) == "40034"


def test_users_are_listed_in_order_and_in_pages() -> None:
    bank = Bank()
    assert [user.name for user in bank.do(users, "operator", ListUsers())] == ["alice", "bob", "carol", "savings"]
    assert [user.uid for user in bank.do(users, "operator", ListUsers(after_uid=ALICE, limit=1))] == [BOB]
    assert [user.uid for user in bank.do(users, "operator", ListUsers(parent_uid=ALICE))] == [SAVINGS]
    assert bank.code(users, "operator", ListUsers(limit=501)) == "40020"


def test_a_key_is_made_whole_and_only_its_seal_is_kept() -> None:
    bank, vault = Bank(), SealingVault()
    created = create(bank, vault, uid=ALICE, permissions=["read", "spot_trade"], label="bot")
    secret, passphrase = vault.open(created.secret), vault.open(created.passphrase)
    assert (len(secret), len(passphrase)) == (64, 16)
    state = dump(bank.exchange)
    assert created.key.encode() in state
    assert secret.encode() not in state
    assert passphrase.encode() not in state
    kept = bank.exchange.keys[created.key]
    assert (vault.open(kept.secret), kept.permissions, kept.label) == (secret, ("read", "spot_trade"), "bot")


def test_a_key_takes_what_is_given() -> None:
    bank, vault = Bank(), SealingVault()
    created = create(bank, vault, uid=BOB, key="bobs-second", secret="0123456789abcdef", passphrase="openSesame1")
    assert (created.key, vault.open(created.secret), vault.open(created.passphrase)) == (
        "bobs-second",
        "0123456789abcdef",
        "openSesame1",
    )
    with pytest.raises(Rejected, match="40020"):
        create(bank, vault, uid=BOB, key="bobs-second")


def test_an_rsa_key_is_the_users_public_key_and_has_no_secret() -> None:
    bank, vault = Bank(), SealingVault()
    created = create(bank, vault, uid=ALICE, kind="rsa", public_key=PUBLIC_KEY, passphrase="openSesame1")
    assert vault.open(created.secret) == ""
    assert bank.exchange.keys[created.key].secret == PUBLIC_KEY


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"uid": 42}, "40034"),
        ({"uid": ALICE, "passphrase": "short"}, "40070"),
        ({"uid": ALICE, "passphrase": "with a space"}, "40070"),
        ({"uid": ALICE, "secret": "short"}, "40020"),
        ({"uid": ALICE, "key": "a b"}, "40020"),
        ({"uid": ALICE, "label": "x" * 21}, "40020"),
        ({"uid": ALICE, "ips": ["here"]}, "40018"),
        ({"uid": ALICE, "ips": ["127.0.0.1"] * 31}, "40058"),
        ({"uid": ALICE, "kind": "rsa"}, "40019"),
        ({"uid": ALICE, "kind": "rsa", "public_key": "no key"}, "40020"),
    ],
)
def test_a_key_that_cannot_be_is_refused(fields: dict[str, Any], code: str) -> None:
    assert refusal(**fields) == code


def test_a_user_has_ten_keys_at_most() -> None:
    bank, vault = Bank(), SealingVault()
    for _ in range(9):
        create(bank, vault, uid=ALICE)
    with pytest.raises(Rejected, match="40063"):
        create(bank, vault, uid=ALICE)
    bank.do(delete_key, "operator", DeleteKey(key="alice-key"))
    create(bank, vault, uid=ALICE)
    assert len(bank.do(keys, "operator", ListKeys(uid=ALICE))) == 10
    assert bank.code(delete_key, "operator", DeleteKey(key="alice-key")) == "40037"
