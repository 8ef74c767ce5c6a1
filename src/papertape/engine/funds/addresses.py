"""Deposit addresses: each user has one a chain, derived from the exchange's seed and written as the chain does.

Nobody holds keys to them: they exist so that clients which check an address's form accept it, and so that the
exchange can tell a withdrawal to itself. Addresses of users' own choice are checked for form only: prefix,
alphabet and length, not checksum.
"""

from __future__ import annotations

import hashlib
import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from papertape.contract.protocol.wire import plain
from papertape.engine.exchange.money import is_multiple
from papertape.engine.funds import bech32

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_XRP_BASE58 = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
_BASE58_CHARACTERS = "[1-9A-HJ-NP-Za-km-z]"
_BECH32_CHARACTERS = "[02-9ac-hj-np-z]"

FAMILIES = {
    "BTC": "bitcoin",
    "BITCOIN": "bitcoin",
    "LIGHTNING": "lightning",
    "LTC": "litecoin",
    "DOGE": "dogecoin",
    "DOGECOIN": "dogecoin",
    "TRC20": "tron",
    "TRX": "tron",
    "XRP": "ripple",
    "RIPPLE": "ripple",
    "SOL": "solana",
    "SOLANA": "solana",
    "ADA": "cardano",
    "CARDANO": "cardano",
    "APTOS": "move",
    "SUI": "move",
}
"""The address form of each chain, by its name up to a bracket or hyphen; all others are EVM chains."""

_FORMS = {
    "bitcoin": f"(1|3){_BASE58_CHARACTERS}{{25,34}}|bc1{_BECH32_CHARACTERS}{{11,87}}",
    "lightning": f"ln(bc|tb)([0-9]+[munp]?)?1{_BECH32_CHARACTERS}{{6,2000}}",
    "litecoin": f"(L|M|3){_BASE58_CHARACTERS}{{25,34}}|ltc1{_BECH32_CHARACTERS}{{11,87}}",
    "dogecoin": f"(D|A|9){_BASE58_CHARACTERS}{{25,34}}",
    "tron": f"T{_BASE58_CHARACTERS}{{33}}",
    "ripple": f"r{_BASE58_CHARACTERS}{{24,34}}",
    "solana": f"{_BASE58_CHARACTERS}{{32,44}}",
    "cardano": f"addr1{_BECH32_CHARACTERS}{{50,110}}|(Ae2|DdzFF){_BASE58_CHARACTERS}{{50,110}}",
    "move": "0x[0-9a-fA-F]{1,64}",
    "evm": "0x[0-9a-fA-F]{40}",
}
_VERSIONS = {"bitcoin": 0x00, "litecoin": 0x30, "dogecoin": 0x1E, "tron": 0x41}

LIGHTNING_SMALLEST = Decimal("0.000001")
LIGHTNING_LARGEST = Decimal("0.01")
"""The amounts of a Lightning invoice, in BTC (documentation, deposit address)."""
_MULTIPLIERS = {"": 0, "m": 3, "u": 6, "n": 9, "p": 12}


class ChainAddress(NamedTuple):
    """An address and, on chains where many users share one, the tag that tells them apart."""

    address: str
    tag: str = ""


def family(chain: str) -> str:
    """The address form of a chain: ``bitcoin``, ``tron``, ... , ``evm``."""
    return FAMILIES.get(re.split(r"[(\- ]", chain, maxsplit=1)[0].upper(), "evm")


@lru_cache(maxsize=16_384)
def deposit_address(seed: int, uid: int, chain: str) -> ChainAddress:
    """The user's address on the chain; the same on all EVM chains. Lightning has invoices instead."""
    form = family(chain)
    if form == "lightning":
        return ChainAddress("")
    if form == "ripple":
        shared = _base58_checked(0x00, _derive(seed, 0, form)[:20], _XRP_BASE58)
        return ChainAddress(
            shared, str(100_000_000 + int.from_bytes(_derive(seed, uid, "tag")[:8], "big") % 900_000_000)
        )
    entropy = _derive(seed, uid, form)
    if form in _VERSIONS:
        return ChainAddress(_base58_checked(_VERSIONS[form], entropy[:20]))
    if form == "solana":
        return ChainAddress(_base58(entropy))
    if form == "cardano":
        payload = b"\x01" + entropy[:28] + _derive(seed, uid, "cardano stake")[:28]
        return ChainAddress(bech32.encode("addr", bech32.five_bit_groups(payload)))
    return ChainAddress("0x" + (entropy if form == "move" else entropy[:20]).hex())


def lightning_invoice(seed: int, uid: int, amount: Decimal, now: int) -> str:
    """An invoice over an amount in BTC, made at ``now`` (ms). It is not payable: nobody signed it."""
    places = next(unit for unit in ("", "m", "u", "n", "p") if is_multiple(amount.scaleb(_MULTIPLIERS[unit]), 0))
    figures = plain(amount.scaleb(_MULTIPLIERS[places]).to_integral_value())
    seconds = now // 1000
    stamp = [seconds >> 5 * (6 - place) & 31 for place in range(7)]
    entropy = b"".join(_derive(seed, uid, f"invoice {figures}{places} {now} {part}") for part in range(4))
    return bech32.encode(f"lnbc{figures}{places}", stamp + bech32.five_bit_groups(entropy))


def invoice_amount(invoice: str) -> Decimal | None:
    """The amount in BTC that a Lightning invoice asks for, or None if it leaves it open."""
    figures = re.match(r"ln(?:bc|tb)([0-9]+)([munp]?)1", invoice.lower())
    if figures is None:
        return None
    return Decimal(figures[1]).scaleb(-_MULTIPLIERS[figures[2]])


def looks_right(chain: str, address: str) -> bool:
    """Whether the text can be an address on the chain, by its form."""
    form = family(chain)
    text = address.lower() if form == "lightning" else address
    return re.fullmatch(_FORMS[form], text) is not None


def transaction_hash(seed: int, chain: str, number: int) -> str:
    """The hash of the transaction that carries a deposit or withdrawal, in the chain's form."""
    digest = _derive(seed, number, "transaction").hex()
    return "0x" + digest if family(chain) in ("evm", "move") else digest


def _derive(seed: int, number: int, purpose: str) -> bytes:
    return hashlib.sha256(f"{seed}/{number}/{purpose}".encode()).digest()


def _base58_checked(version: int, payload: bytes, alphabet: str = _BASE58) -> str:
    data = bytes([version]) + payload
    checksum = hashlib.sha256(hashlib.sha256(data).digest()).digest()[:4]
    return _base58(data + checksum, alphabet)


def _base58(data: bytes, alphabet: str = _BASE58) -> str:
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = alphabet[digit] + text
    return alphabet[0] * (len(data) - len(data.lstrip(b"\0"))) + text
