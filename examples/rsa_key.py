"""Sign with an RSA key: the exchange keeps the public half, the secret is the private one."""

from __future__ import annotations

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from papertape import Client

private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
public_pem = private.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)
private_pem = private.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
)

with Client() as operator:
    key = operator.control.create_key(
        uid=1_000_000_001, kind="rsa", public_key=public_pem.decode(), permissions=["read"], label="rsa"
    )

with Client(key=key.key, secret=private_pem.decode(), passphrase=key.passphrase) as client:
    info = client.spot.account.info()
    print("signed with RSA as", info.user_id, "may:", ", ".join(info.authorities))
