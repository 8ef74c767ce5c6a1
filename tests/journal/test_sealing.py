"""Secrets are sealed with a key that only its owner can read, and shown nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from papertape.journal.log import JournalError
from papertape.journal.sealing import SealingVault


def test_a_sealed_secret_is_opened_by_the_same_key_file(tmp_path: Path) -> None:
    sealed = SealingVault.from_file(tmp_path / "key", create=True).seal("correct horse")
    assert "correct horse" not in sealed
    assert SealingVault.from_file(tmp_path / "key", create=False).open(sealed) == "correct horse"


def test_the_same_secret_is_sealed_differently_each_time() -> None:
    vault = SealingVault()
    assert vault.seal("battery") != vault.seal("battery")


def test_the_key_file_is_for_its_owner_only(tmp_path: Path) -> None:
    SealingVault.from_file(tmp_path / "key", create=True)
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    SealingVault.from_file(tmp_path / "key", create=True)
    (tmp_path / "key").chmod(mode)
    with pytest.raises(JournalError, match="chmod 600"):
        SealingVault.from_file(tmp_path / "key", create=True)


def test_a_lost_key_file_is_not_replaced_when_the_journal_needs_it(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="missing"):
        SealingVault.from_file(tmp_path / "key", create=False)
    assert not (tmp_path / "key").exists()


@pytest.mark.parametrize("content", [b"", b"00ff", b"not a key", b"\xff\xfe" * 40])
def test_a_key_file_that_holds_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key").write_bytes(content)
    (tmp_path / "key").chmod(0o600)
    with pytest.raises(JournalError, match="no key file"):
        SealingVault.from_file(tmp_path / "key", create=True)


def test_another_key_opens_nothing() -> None:
    sealed = SealingVault().seal("staple")
    with pytest.raises(JournalError, match="another key"):
        SealingVault().open(sealed)


def test_a_changed_seal_is_noticed() -> None:
    vault = SealingVault()
    sealed = vault.seal("staple")
    changed = sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:]
    with pytest.raises(JournalError, match="another key"):
        vault.open(changed)


def test_a_vault_shows_nothing_of_what_it_knows() -> None:
    vault = SealingVault(b"k" * 32)
    vault.open(vault.seal("staple"))
    assert "staple" not in repr(vault)
    assert "kkk" not in repr(vault)


def test_tokens_are_letters_and_digits_and_never_the_same() -> None:
    tokens = {SealingVault().token(32) for _ in range(100)}
    assert len(tokens) == 100
    assert all(len(token) == 32 and token.isalnum() and token.isascii() for token in tokens)
