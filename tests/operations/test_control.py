"""The control plane sets a scene, and users play it: from nothing to a traded, transferred and withdrawn balance."""

from __future__ import annotations

from decimal import Decimal

from papertape.contract.control import CreateKey, CreateUser, Fund, ModifyUser
from papertape.contract.spot.wallet import MakeTransfer, Withdraw
from papertape.engine.accounts.access import sub_accounts
from papertape.engine.state import digest
from papertape.journal.sealing import SealingVault
from papertape.operations.control.accounts import create_key, create_user, modify_user, prepare_key
from papertape.operations.control.funds import fund
from papertape.operations.registry import Caller
from papertape.operations.spot.wallet import transfer, withdraw
from tests.bank import CALLERS, LOOPBACK, Bank

TRON = "TQutnFMqjVcb66h6LR1vFXBZkxboba7U8G"


def test_a_new_user_is_funded_and_withdraws_with_a_new_key() -> None:
    bank, vault = Bank(), SealingVault()
    uid = bank.do(create_user, "operator", CreateUser(name="dora")).uid
    prepared = prepare_key(bank.exchange, vault, CALLERS["operator"], CreateKey(uid=uid, ips=[LOOPBACK]))
    dora = Caller(uid, bank.do(create_key, "operator", prepared).key, LOOPBACK)
    bank.do(fund, "operator", Fund(uid=uid, coin="USDT", amount=Decimal(100)))
    moved = MakeTransfer(from_type="spot", to_type="usdt_futures", amount=Decimal(30), coin="USDT")
    transfer(bank.exchange, dora, moved)
    request = Withdraw(coin="USDT", transfer_type="on_chain", address=TRON, chain="TRC20", size=Decimal(70))
    withdraw(bank.exchange, dora, request)
    bank.wait(120_000)
    assert bank.exchange.ledger.balance(uid, "spot", "USDT").total == 0
    assert bank.exchange.ledger.balance(uid, "usdt_futures", "USDT").total == 30


def test_a_sub_account_belongs_to_its_main_account() -> None:
    bank = Bank()
    main = bank.do(create_user, "operator", CreateUser(name="desk"))
    children = [bank.do(create_user, "operator", CreateUser(parent_uid=main.uid)).uid for _ in range(3)]
    assert [account.uid for account in sub_accounts(bank.exchange, main.uid)] == children


def test_what_the_operator_did_survives_a_snapshot() -> None:
    bank = Bank()
    user = bank.do(create_user, "operator", CreateUser(name="dora"))
    bank.do(modify_user, "operator", ModifyUser(uid=user.uid, frozen=True))
    before = digest(bank.exchange)
    bank.restart()
    assert digest(bank.exchange) == before
    assert bank.exchange.account(user.uid).frozen
