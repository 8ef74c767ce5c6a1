"""Signatures, used by both sides: HMAC-SHA256 and RSA (PKCS#1 v1.5 with SHA-256), base64 over exact bytes.

Source: documentation, "Signature": timestamp + METHOD + path[?query] + body.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey


def prehash(timestamp: str, method: str, target: str, body: bytes = b"") -> bytes:
    """The bytes to sign; ``target`` is the path with its query, exactly as sent."""
    return f"{timestamp}{method.upper()}{target}".encode() + body


def sign_hmac(secret: str, message: bytes) -> str:
    """The HMAC-SHA256 signature as base64."""
    return base64.b64encode(hmac.digest(secret.encode(), message, hashlib.sha256)).decode()


def verify_hmac(secret: str, message: bytes, signature: str) -> bool:
    """Whether the signature is right, compared in constant time."""
    return hmac.compare_digest(sign_hmac(secret, message).encode(), signature.encode())


def sign_rsa(private_key: str, message: bytes) -> str:
    """The RSA signature as base64; ``private_key`` is PEM, PKCS#1 or PKCS#8."""
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    return base64.b64encode(_private(private_key).sign(message, PKCS1v15(), SHA256())).decode()


def verify_rsa(public_key: str, message: bytes, signature: str) -> bool:
    """Whether the RSA signature was made by the private half of ``public_key`` (PEM)."""
    from binascii import Error as Base64Error

    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    try:
        _public(public_key).verify(base64.b64decode(signature), message, PKCS1v15(), SHA256())
    except (InvalidSignature, Base64Error):
        return False
    return True


def is_private_key(secret: str) -> bool:
    """Whether a client's secret is an RSA private key rather than an HMAC secret."""
    return secret.lstrip().startswith("-----BEGIN")


def is_public_key(pem: str) -> bool:
    """Whether the text is an RSA public key in PEM."""
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        _public(pem)
    except (ValueError, UnsupportedAlgorithm):
        return False
    return True


@lru_cache(maxsize=64)
def _private(pem: str) -> RSAPrivateKey:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("not an RSA private key")
    return key


@lru_cache(maxsize=1024)
def _public(pem: str) -> RSAPublicKey:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    key = load_pem_public_key(pem.encode())
    if not isinstance(key, RSAPublicKey):
        raise ValueError("not an RSA public key")
    return key
