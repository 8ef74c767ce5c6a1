"""Sealing: API secrets and passphrases are encrypted before they are journaled, with a key that stays in its file.

What is sealed is journaled as it is, so that a replay needs neither the key nor a random number.
"""

from __future__ import annotations

import secrets
import string
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from papertape.journal.log import JournalError
from papertape.journal.segment import write_durably

KEY_BYTES = 32
NONCE_BYTES = 12
PREFIX = "sealed:"
OPENED = 4096
"""How many opened secrets are remembered, so that a request does not pay for decryption."""

ALPHABET = string.ascii_letters + string.digits


class SealingVault:
    """Seals with AES-256-GCM; the vault that operations are given."""

    def __init__(self, key: bytes | None = None) -> None:
        """With a key of 32 bytes, or a new one that is never kept."""
        self._cipher = AESGCM(key or AESGCM.generate_key(KEY_BYTES * 8))
        self._opened = lru_cache(OPENED)(self._decrypt)

    @classmethod
    def from_file(cls, path: Path, *, create: bool) -> SealingVault:
        """The vault of a key file, made with mode 0600 if there is none and ``create`` is set.

        Raises ``JournalError`` if the file is missing, open to others, or not a key.
        """
        if create and not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_durably(path, AESGCM.generate_key(KEY_BYTES * 8).hex().encode() + b"\n", 0o600)
        try:
            mode = path.stat().st_mode & 0o777
            text = path.read_text("ascii").strip()
        except FileNotFoundError:
            raise JournalError(f"{path}: the key file is missing; the secrets in the journal need it") from None
        except UnicodeDecodeError:
            raise JournalError(f"{path}: this is no key file") from None
        if mode & 0o077:
            raise JournalError(f"{path}: mode {mode:04o} lets others read the key; run: chmod 600 {path}")
        try:
            key = bytes.fromhex(text)
        except ValueError:
            key = b""
        if len(key) != KEY_BYTES:
            raise JournalError(f"{path}: this is no key file")
        return cls(key)

    def seal(self, secret: str) -> str:
        """The secret, encrypted; another text each time."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return PREFIX + urlsafe_b64encode(nonce + self._cipher.encrypt(nonce, secret.encode(), None)).decode()

    def open(self, sealed: str) -> str:
        """The secret in clear; raises ``JournalError`` if it was sealed with another key."""
        return self._opened(sealed)

    def token(self, length: int) -> str:
        """Random letters and digits."""
        return "".join(secrets.choice(ALPHABET) for _ in range(length))

    def _decrypt(self, sealed: str) -> str:
        assert sealed.startswith(PREFIX), "not a sealed secret"
        raw = urlsafe_b64decode(sealed[len(PREFIX) :])
        try:
            return self._cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], None).decode()
        except InvalidTag:
            raise JournalError("a secret was sealed with another key file") from None
