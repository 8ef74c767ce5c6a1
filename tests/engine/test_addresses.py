"""Addresses: each chain's form, the same for the same user, and Lightning invoices."""

from __future__ import annotations

from decimal import Decimal

import pytest

from papertape.engine.funds import bech32
from papertape.engine.funds.addresses import (
    deposit_address,
    invoice_amount,
    lightning_invoice,
    looks_right,
    transaction_hash,
)

USER = 1_000_000_001


@pytest.mark.parametrize(
    ("chain", "start"),
    [
        ("BTC", "1"),
        ("TRC20", "T"),
        ("ERC20", "0x"),
        ("BEP20(BSC)", "0x"),
        ("LTC", "L"),
        ("DOGE", "D"),
        ("XRP", "r"),
        ("Cardano", "addr1"),
        ("APTOS", "0x"),
        ("SOL", ""),
    ],
)
def test_an_address_has_its_chains_form(chain: str, start: str) -> None:
    for user in range(USER, USER + 50):
        address = deposit_address(1, user, chain).address
        assert address.startswith(start)
        assert looks_right(chain, address)


def test_addresses_are_fixed_by_seed_user_and_family() -> None:
    assert deposit_address(1, USER, "ERC20") == deposit_address(1, USER, "BEP20")
    assert deposit_address(1, USER, "ERC20") != deposit_address(1, USER + 1, "ERC20")
    assert deposit_address(1, USER, "ERC20") != deposit_address(2, USER, "ERC20")


@pytest.mark.parametrize(
    ("chain", "address"),
    [
        ("TRC20", "0x72cadeb7f5952d6d5190303731b81ce85a795060"),
        ("ERC20", "TQutnFMqjVcb66h6LR1vFXBZkxboba7U8G"),
        ("BTC", "1AZc2gpC3ZsBpJDJripZvJjoKxz3zQWTbH with a note"),
        ("ERC20", ""),
    ],
)
def test_an_address_of_another_form_is_told_apart(chain: str, address: str) -> None:
    assert not looks_right(chain, address)


@pytest.mark.parametrize(
    "address", ["bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"]
)
def test_other_forms_of_bitcoin_addresses_are_known(address: str) -> None:
    assert looks_right("BTC", address)


@pytest.mark.parametrize("amount", ["0.000001", "0.01", "0.00012345", "0.005"])
def test_an_invoice_names_its_amount(amount: str) -> None:
    invoice = lightning_invoice(1, USER, Decimal(amount), 1_700_000_000_000)
    assert looks_right("Lightning", invoice)
    assert invoice_amount(invoice) == Decimal(amount)
    assert invoice_amount("lnbc1qqqqqqq") is None


def test_bech32_agrees_with_its_specification() -> None:
    program = bytes.fromhex("751e76e8199196d454941c45d1b3a323f1433bd6")
    address = bech32.encode("bc", [0, *bech32.five_bit_groups(program)])
    assert address == "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"


def test_a_transaction_is_written_as_its_chain_does() -> None:
    assert len(transaction_hash(1, "BTC", 5)) == 64
    assert transaction_hash(1, "ERC20", 5) == "0x" + transaction_hash(1, "BTC", 5)
