"""Who may sign what, and which check speaks first."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from tests.gateway.desk import ASSETS, LIMIT_BUY, NOON, ORDER, TIME, Desk

ORDER_OF_CHECKS = [
    ("no key", {"access_key": ""}, "40006"),
    ("no signature", {"access_sign": ""}, "40002"),
    ("no timestamp", {"access_timestamp": ""}, "40005"),
    ("no passphrase", {"access_passphrase": ""}, "40011"),
    ("unknown key", {"access_key": "stranger"}, "40037"),
    ("timestamp in words", {"timestamp": "noon"}, "40005"),
    ("timestamp with a fraction", {"timestamp": f"{NOON}.5"}, "40005"),
    ("timestamp in other digits", {"timestamp": "١٧٥٠٠٠٠٠٠٠٠٠٠"}, "40005"),
    ("timestamp without end", {"timestamp": "9" * 5000}, "40005"),
    ("30 s late", {"timestamp": str(NOON - 30_001)}, "40008"),
    ("30 s early", {"timestamp": str(NOON + 30_001)}, "40008"),
    ("seconds for milliseconds", {"timestamp": str(NOON // 1000)}, "40008"),
    ("wrong secret", {"secret": "guess"}, "40009"),
    ("signature of another request", {"signed_target": TIME}, "40009"),
    ("signature beyond ASCII", {"access_sign": "é" * 44}, "40009"),
    ("wrong passphrase", {"access_passphrase": "Papertape"}, "40012"),
    ("live key on demo", {"paptrading": "1"}, "40099"),
]


@pytest.mark.parametrize(
    ("changes", "code"), [row[1:] for row in ORDER_OF_CHECKS], ids=[row[0] for row in ORDER_OF_CHECKS]
)
async def test_each_check_has_its_code(desk: Desk, changes: dict[str, str], code: str) -> None:
    answer = await desk.signed("GET", ASSETS, **changes)
    assert (answer.status, answer.code, answer.json["data"]) == (400, code, None)


async def test_the_checks_come_in_order(desk: Desk) -> None:
    wrong = {
        "access_key": "stranger", "timestamp": str(NOON - 60_000), "access_sign": "wrong",
        "access_passphrase": "wrong", "paptrading": "1",
    }  # fmt: skip
    right = {"access_key": "papertape-key", "timestamp": str(NOON), "access_passphrase": "papertape"}
    codes = [(await desk.signed("POST", ORDER, b"no json", **wrong)).code]
    for name, value in right.items():
        wrong[name] = value
        if name == "timestamp":
            codes.append((await desk.signed("POST", ORDER, b"no json", **wrong)).code)
            del wrong["access_sign"]
        else:
            codes.append((await desk.signed("POST", ORDER, b"no json", **wrong)).code)
    del wrong["paptrading"]
    codes.append((await desk.signed("POST", ORDER, b"no json", **wrong)).code)
    assert codes == ["40037", "40008", "40009", "40099", "400"]


async def test_the_edge_of_the_window_is_inside(desk: Desk) -> None:
    for timestamp in (NOON - 30_000, NOON + 30_000):
        assert (await desk.signed("GET", ASSETS, timestamp=str(timestamp))).code == "00000"


async def test_a_query_may_be_signed_as_sent_or_decoded(desk: Desk) -> None:
    sent = f"{ASSETS}?coin=US%44T&assetType=hold_only"
    decoded = f"{ASSETS}?coin=USDT&assetType=hold_only"
    for signed in (sent, decoded):
        answer = await desk.signed("GET", sent, signed_target=signed)
        assert [row["coin"] for row in answer.data] == ["USDT"]


async def test_a_body_is_signed_byte_for_byte(desk: Desk) -> None:
    headers = desk.signature("POST", ORDER, LIMIT_BUY)
    assert (await desk.send("POST", ORDER, LIMIT_BUY.replace(b"0.01", b"0.02"), **headers)).code == "40009"
    assert (await desk.send("POST", ORDER, LIMIT_BUY, **headers)).code == "00000"


async def test_a_public_call_is_served_whatever_its_headers_say(desk: Desk) -> None:
    assert (await desk.signed("GET", TIME, access_key="stranger", access_sign="wrong")).code == "00000"


async def test_an_rsa_key_signs_with_its_private_half(desk: Desk) -> None:
    pair = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = pair.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = pair.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    made = await desk.control(
        "POST", "keys/create", uid=1_000_000_001, kind="rsa", publicKey=public, key="rsa-test-key", permissions=["read"]
    )
    passphrase = made.json["passphrase"]
    login = {"access_key": "rsa-test-key", "access_passphrase": passphrase}
    assert (await desk.signed("GET", ASSETS, secret=private, **login)).code == "00000"
    assert (await desk.signed("GET", ASSETS, secret="papertape-secret", **login)).code == "40009"
    assert (await desk.signed("GET", ASSETS, access_sign="no base64 é", **login)).code == "40009"


async def test_a_key_trades_only_with_permission_and_from_its_addresses(desk: Desk) -> None:
    await desk.control(
        "POST", "keys/create",
        uid=1_000_000_001, key="read-only-key", secret="read-only-secret", passphrase="readerpass1",
        permissions=["read"], ips=["10.1.0.0/16", "10.2.2.2"],
    )  # fmt: skip
    login = {"access_key": "read-only-key", "secret": "read-only-secret", "access_passphrase": "readerpass1"}
    assert (await desk.signed("GET", ASSETS, **login)).code == "40038"
    for peer in ("10.1.1.1", "10.2.2.2"):
        assert (await desk.signed("GET", ASSETS, peer=peer, **login)).code == "00000"
    refused = await desk.signed("POST", ORDER, LIMIT_BUY, peer="10.1.1.1", **login)
    assert (refused.code, refused.json["msg"]) == ("40014", "Incorrect permissions, need spot trade permissions")


async def test_a_frozen_account_has_no_keys_until_it_is_thawed(desk: Desk) -> None:
    for frozen, code in ((True, "40024"), (False, "00000")):
        await desk.control("POST", "users/modify", uid=1_000_000_001, frozen=frozen)
        assert (await desk.signed("GET", ASSETS)).code == code


async def test_a_deleted_key_is_unknown_at_once(desk: Desk) -> None:
    assert (await desk.signed("GET", ASSETS)).code == "00000"
    await desk.control("POST", "keys/delete", key="papertape-key")
    assert (await desk.signed("GET", ASSETS)).code == "40037"


async def test_a_demo_key_works_only_with_the_demo_header(desk: Desk) -> None:
    login = {"access_key": "papertape-demo-key"}
    assert (await desk.signed("GET", ASSETS, **login)).code == "40099"
    assert (await desk.signed("GET", ASSETS, **login, paptrading="1")).code == "00000"
