"""Who logs in on a private stream: key, timestamp, signature, passphrase, then what REST checks as well.

Source: documentation, "Websocket API / Login": the timestamp counts seconds and holds for 30; what is signed is
timestamp + ``GET`` + ``/user/verify``. Clients also send numbers in place of strings, and ``api_key`` for ``apiKey``.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from papertape.contract.protocol import errors, signing
from papertape.contract.protocol.errors import Rejected
from papertape.engine.accounts.accounts import ApiKey, allows_ip
from papertape.engine.exchange.environments import Environment
from papertape.engine.exchange.exchange import Exchange
from papertape.gateway.authentication import VERIFIERS
from papertape.operations.ports import Vault

VERIFY = "/user/verify"
WINDOW_SECONDS = 30
_SECONDS = re.compile(r"\d{1,16}(\.\d{1,9})?", re.ASCII)


class Login:
    """An account on a connection: the key it logged in with and the address it came from."""

    __slots__ = ("environment", "key", "peer", "uid")

    def __init__(self, key: ApiKey, peer: str) -> None:
        self.key, self.uid, self.environment, self.peer = key.key, key.uid, key.environment, peer

    def holds(self, exchange: Exchange) -> bool:
        """Whether the key would still be let in: it is there, its account is not frozen, the address is allowed."""
        key = exchange.keys.get(self.key)
        return key is not None and key.uid == self.uid and may_enter(exchange, key, self.peer, self.environment)


def authenticate(
    exchange: Exchange, vault: Vault, fields: Mapping[str, Any], now: int, peer: str, *, environment: Environment
) -> Login:
    """The login that the fields ask for, at gateway time ``now`` (ms).

    Raises ``Rejected`` at the first check that fails: 30011 key, 30013 and 30014 timestamp, 30015 signature,
    30012 passphrase, 30005 for a frozen account, an address outside the key's list or the other environment's key.
    """
    key = exchange.keys.get(claimed_key(fields))
    if key is None:
        raise Rejected(errors.LOGIN_KEY_INVALID)
    timestamp = _text(fields.get("timestamp"))
    if not _SECONDS.fullmatch(timestamp):
        raise Rejected(errors.LOGIN_TIMESTAMP_INVALID)
    if abs(now - Decimal(timestamp) * 1000) > WINDOW_SECONDS * 1000:
        raise Rejected(errors.LOGIN_TIMESTAMP_EXPIRED)
    signature = _text(fields.get("sign"))
    secret = key.secret if key.kind == "rsa" else vault.open(key.secret)
    message = signing.prehash(timestamp, "GET", VERIFY)
    if not signature.isascii() or not VERIFIERS[key.kind](secret, message, signature):
        raise Rejected(errors.LOGIN_SIGNATURE_INVALID)
    passphrase = _text(fields.get("passphrase"))
    if not hmac.compare_digest(passphrase.encode(), vault.open(key.passphrase).encode()):
        raise Rejected(errors.LOGIN_PASSPHRASE_INVALID)
    if not may_enter(exchange, key, peer, environment):
        raise Rejected(errors.LOGIN_FAILED)
    return Login(key, peer)


def claimed_key(fields: Mapping[str, Any]) -> str:
    """The API key that a login names, whether or not there is such a key."""
    return _text(fields.get("apiKey") or fields.get("api_key"))


def may_enter(exchange: Exchange, key: ApiKey, peer: str, environment: Environment) -> bool:
    """Whether the key's account may be used from this address, in this environment."""
    return key.environment == environment and not exchange.account(key.uid).frozen and allows_ip(key, peer)


def _text(value: Any) -> str:
    """A field as text: JSON numbers come as they were written."""
    return str(value) if isinstance(value, str | int) else ""
