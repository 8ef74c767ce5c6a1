"""Who signs a request: key, timestamp, signature, passphrase, environment, address, permission, in this order.

Codes as the exchange answers them: a missing key is 40006, an unknown one 40037; the other headers when empty
40002 and 40011; a key used in the other environment 40099. Source: documentation, "Signature" and error codes.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from urllib.parse import unquote, unquote_plus

from papertape.contract.protocol import errors, signing
from papertape.contract.protocol.endpoint import Endpoint
from papertape.contract.protocol.errors import Rejected
from papertape.engine.accounts.accounts import ApiKey, allows_ip, permits
from papertape.engine.exchange.environments import Environment
from papertape.engine.exchange.exchange import Exchange
from papertape.gateway.incoming import IncomingRequest
from papertape.operations.ports import Vault
from papertape.operations.registry import Caller

TIMESTAMP_WINDOW_MS = 30_000
TIMESTAMP_DIGITS = 16
VERIFIERS: dict[str, Callable[[str, bytes, str], bool]] = {"hmac": signing.verify_hmac, "rsa": signing.verify_rsa}


class Authentication:
    """Checks signed requests against the keys of the exchange."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def authenticate(
        self, exchange: Exchange, endpoint: Endpoint[..., object, object], incoming: IncomingRequest
    ) -> Caller:
        """The caller of a signed request; raises ``Rejected`` at the first check that fails."""
        headers = incoming.headers
        name = headers.get("access-key", "")
        signature = headers.get("access-sign", "")
        timestamp = headers.get("access-timestamp", "")
        passphrase = headers.get("access-passphrase", "")
        if not name:
            raise Rejected(errors.ACCESS_KEY_INVALID)
        if not signature:
            raise Rejected(errors.ACCESS_SIGN_EMPTY)
        if not timestamp:
            raise Rejected(errors.TIMESTAMP_INVALID)
        if not passphrase:
            raise Rejected(errors.PASSPHRASE_EMPTY)
        key = exchange.keys.get(name)
        if key is None:
            raise Rejected(errors.KEY_DOES_NOT_EXIST)
        _check_timestamp(timestamp, incoming.now)
        if not self._signed(key, timestamp, incoming, signature):
            raise Rejected(errors.SIGNATURE_WRONG)
        if not hmac.compare_digest(passphrase.encode(), self._vault.open(key.passphrase).encode()):
            raise Rejected(errors.PASSPHRASE_WRONG)
        if key.environment != asked_environment(headers):
            raise Rejected(errors.ENVIRONMENT_WRONG)
        return _caller(exchange, endpoint, key, incoming.peer)

    def known(self, exchange: Exchange, endpoint: Endpoint[..., object, object], name: str, peer: str) -> Caller:
        """The caller of a request on a connection that has logged in with this key; only access is checked."""
        key = exchange.keys.get(name)
        if key is None:
            raise Rejected(errors.KEY_DOES_NOT_EXIST)
        return _caller(exchange, endpoint, key, peer)

    def _signed(self, key: ApiKey, timestamp: str, incoming: IncomingRequest, signature: str) -> bool:
        """Whether the signature covers the target as sent or, as some clients sign it, decoded."""
        if not signature.isascii():
            return False
        secret = key.secret if key.kind == "rsa" else self._vault.open(key.secret)
        verify = VERIFIERS[key.kind]
        method, target, body = incoming.method, incoming.target, incoming.body
        if verify(secret, signing.prehash(timestamp, method, target, body), signature):
            return True
        if "%" not in target and "+" not in target:
            return False
        return any(
            verify(secret, signing.prehash(timestamp, method, decoded, body), signature)
            for decoded in (unquote(target), unquote_plus(target))
        )


def asked_environment(headers: Mapping[str, str]) -> Environment:
    """The environment that a request is for: demo with the header ``paptrading: 1``."""
    return "demo" if headers.get("paptrading", "") == "1" else "live"


def _check_timestamp(timestamp: str, now: int) -> None:
    if len(timestamp) > TIMESTAMP_DIGITS or not (timestamp.isascii() and timestamp.isdigit()):
        raise Rejected(errors.TIMESTAMP_INVALID)
    if not -TIMESTAMP_WINDOW_MS <= now - int(timestamp) <= TIMESTAMP_WINDOW_MS:
        raise Rejected(errors.TIMESTAMP_EXPIRED)


def _caller(exchange: Exchange, endpoint: Endpoint[..., object, object], key: ApiKey, peer: str) -> Caller:
    """The key's account, if it may; with the address where the endpoint's rules need it."""
    _check_access(exchange, endpoint, key, peer)
    needs_address = endpoint.main_account or endpoint.permission == "withdraw"
    return Caller(key.uid, key.key, peer if needs_address else "", environment=key.environment)


def _check_access(exchange: Exchange, endpoint: Endpoint[..., object, object], key: ApiKey, peer: str) -> None:
    account = exchange.account(key.uid)
    if account.frozen:
        raise Rejected(errors.ACCOUNT_FROZEN)
    if not allows_ip(key, peer):
        raise Rejected(errors.IP_NOT_WHITELISTED)
    needed = endpoint.permission
    if needed and not permits(account, key, needed):
        raise Rejected(errors.PERMISSION_MISSING.of(needed.replace("_", " ")))
    if endpoint.main_account:
        if account.parent:
            raise Rejected(errors.KEY_MUST_BE_MAIN)
        if not key.ips:
            raise Rejected(errors.IP_LIST_MISSING)
