"""Bech32, the text form of Bitcoin, Litecoin and Cardano addresses and of Lightning invoices (BIP 173)."""

from __future__ import annotations

ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def encode(prefix: str, groups: list[int]) -> str:
    """Prefix, separator, five-bit groups and checksum."""
    data = groups + _checksum(prefix, groups)
    return f"{prefix}1" + "".join(ALPHABET[group] for group in data)


def five_bit_groups(data: bytes) -> list[int]:
    """Bytes regrouped by five bits, padded with zeros at the end."""
    length = -(-len(data) * 8 // 5)
    number = int.from_bytes(data, "big") << (length * 5 - len(data) * 8)
    return [number >> 5 * (length - 1 - place) & 31 for place in range(length)]


def _checksum(prefix: str, groups: list[int]) -> list[int]:
    expanded = [ord(letter) >> 5 for letter in prefix] + [0] + [ord(letter) & 31 for letter in prefix]
    remainder = _polymod(expanded + groups + [0] * 6) ^ 1
    return [remainder >> 5 * (5 - place) & 31 for place in range(6)]


def _polymod(values: list[int]) -> int:
    remainder = 1
    for value in values:
        top = remainder >> 25
        remainder = (remainder & 0x1FFFFFF) << 5 ^ value
        for place, term in enumerate(_GENERATOR):
            remainder ^= term if top >> place & 1 else 0
    return remainder
