"""Sign with something that keeps the secret to itself: here a stand-in for a vault or a hardware module."""

from __future__ import annotations

import base64
import hashlib
import hmac

from papertape import Client


class Vault:
    """Any object with a key, a passphrase and a ``sign`` method will do."""

    key = "papertape-key"
    passphrase = "papertape"

    def sign(self, message: bytes) -> str:
        """The signature as base64; a real vault would be asked over its own connection."""
        return base64.b64encode(hmac.digest(b"papertape-secret", message, hashlib.sha256)).decode()


with Client(credentials=Vault()) as client:
    print("signed by the vault for", client.spot.account.info().user_id)
