"""A bank where main accounts open sub-accounts and make keys, each through the step that the journal takes."""

from __future__ import annotations

from typing import Any

import pytest

from papertape.contract.protocol.errors import Rejected
from papertape.contract.subaccounts import (
    CreatedSubaccountKey,
    CreatedSubaccountWithKey,
    CreateSubaccountKey,
    CreateSubaccounts,
    CreateSubaccountsWithKeys,
    ModifiedSubaccountKey,
    ModifySubaccountKey,
    SubaccountWithKey,
)
from papertape.engine.state import digest
from papertape.journal.sealing import SealingVault
from papertape.operations import subaccounts as desk
from tests.bank import CALLERS, Bank

PASSPHRASE = "openSesame1"
MAIN = CALLERS["alice"]


class Desk(Bank):
    """A bank with a vault, as the sequencer has one."""

    def __init__(self, **holdings: str) -> None:
        super().__init__(**holdings)
        self.vault = SealingVault()

    def open(self, *aliases: str, who: str = "alice") -> list[str]:
        """Opens sub-accounts; their UIDs."""
        made = self.do(desk.create, who, CreateSubaccounts(aliases=list(aliases)))
        return [each.uid for each in made.successes]

    def key(self, uid: str, **changes: Any) -> CreatedSubaccountKey:
        """A new key, through the step that the journal takes."""
        asked = CreateSubaccountKey(**{"uid": uid, "passphrase": PASSPHRASE, "label": "bot"} | changes)
        prepared = desk.prepare_key(self.exchange, self.vault, MAIN, asked)
        return self.do(desk.create_key, "alice", prepared)

    def batch(self, *rows: SubaccountWithKey, who: str = "alice") -> list[CreatedSubaccountWithKey]:
        """Sub-accounts with keys, through the step that the journal takes."""
        asked = CreateSubaccountsWithKeys(subaccounts=list(rows))
        prepared = desk.prepare_batch(self.exchange, self.vault, CALLERS[who], asked)
        return self.do(desk.create_with_keys, who, prepared)

    def change(self, made: CreatedSubaccountKey, **changes: Any) -> ModifiedSubaccountKey:
        """The key after a change."""
        same = {"uid": made.uid, "key": made.key, "passphrase": PASSPHRASE, "label": "bot"}
        asked = ModifySubaccountKey(**same | changes)
        return self.do(desk.modify_key, "alice", desk.prove_passphrase(self.exchange, self.vault, MAIN, asked))


def row(alias: str, **changes: Any) -> SubaccountWithKey:
    return SubaccountWithKey(**{"alias": alias, "passphrase": PASSPHRASE, "label": "desk"} | changes)


def codes(bank: Desk, call: Any, *arguments: Any, **changes: Any) -> str:
    """The code that refuses this; nothing may have changed."""
    before = digest(bank.exchange)
    with pytest.raises(Rejected) as refused:
        call(*arguments, **changes)
    assert digest(bank.exchange) == before
    return refused.value.error.code


def name(number: int) -> str:
    """Another alias of eight letters for each number."""
    return "desk" + "".join(chr(ord("a") + int(digit)) for digit in f"{number:04}")
