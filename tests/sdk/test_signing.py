"""What is signed is what is sent, to the byte."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from urllib.parse import parse_qs

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from papertape import AsyncClient, Client, Credentials, CredentialsMissing
from papertape.contract.protocol.signing import prehash, verify_hmac, verify_rsa
from papertape.contract.protocol.wire import Amount, Count
from tests.sdk.recording import Answer, Received, RecordingServer


def signed_bytes(sent: Received) -> bytes:
    return prehash(sent.headers["access-timestamp"], sent.method, sent.target, sent.body)


def test_an_order_is_signed_over_the_body_that_goes_out(server: RecordingServer, client: Client) -> None:
    client.request("POST", "/api/v2/spot/trade/place-order", body={"symbol": "BTCUSDT", "size": Decimal("0.10")})
    sent = server.last
    assert sent.body == b'{"symbol":"BTCUSDT","size":"0.10"}'
    assert sent.headers["content-type"] == "application/json"
    assert verify_hmac("papertape-secret", signed_bytes(sent), sent.headers["access-sign"])


def test_a_typed_order_carries_plain_decimal_strings(server: RecordingServer, client: Client) -> None:
    order = b'{"code":"00000","msg":"success","requestTime":1,"data":{"orderId":"7","clientOid":"a-1"}}'
    server.answers = [Answer(order)]
    placed = client.spot.trade.place_order(
        symbol="BTCUSDT", side="buy", order_type="limit", force="gtc", size=Decimal("1E-7"), price=Decimal("64000.50")
    )
    assert (placed.order_id, placed.client_oid) == ("7", "a-1")
    assert b'"size":"0.0000001"' in server.last.body
    assert b'"price":"64000.50"' in server.last.body
    assert verify_hmac("papertape-secret", signed_bytes(server.last), server.last.headers["access-sign"])


def test_what_a_reply_holds_can_be_sent_back(server: RecordingServer, client: Client) -> None:
    server.answers = [Answer(b'{"code":"00000","msg":"success","data":{"orderId":"7","clientOid":null}}')]
    client.spot.trade.place_order(
        symbol="BTCUSDT", side="buy", order_type="limit", force="gtc", size=Amount("0.10"), price=Amount("64000.50")
    )
    assert b'"size":"0.10","price":"64000.50"' in server.last.body
    now = client.public.time().server_time
    server.answers = [Answer(b'{"code":"00000","msg":"success","data":[]}')]
    assert client.spot.trade.fills(start_time=now, limit=Count(5)) == []
    assert server.last.target == "/api/v2/spot/trade/fills?limit=5&startTime=1700000000123"


def test_a_query_is_sorted_and_percent_encoded_once(server: RecordingServer, client: Client) -> None:
    client.request("GET", "/api/v2/spot/trade/orderInfo", {"symbol": "A B", "clientOid": "x#1+2", "b": "ä&=/", "n": 5})
    assert server.last.target == ("/api/v2/spot/trade/orderInfo?b=%C3%A4%26%3D%2F&clientOid=x%231%2B2&n=5&symbol=A%20B")
    assert verify_hmac("papertape-secret", signed_bytes(server.last), server.last.headers["access-sign"])


def test_a_query_in_the_path_is_joined_with_the_parameters(server: RecordingServer, client: Client) -> None:
    client.request("GET", "/api/v2/x?symbol=BTCUSDT&empty=", {"limit": 5, "none": None})
    assert server.last.target == "/api/v2/x?empty=&limit=5&symbol=BTCUSDT"


def test_the_order_of_arguments_does_not_change_what_is_sent(server: RecordingServer, client: Client) -> None:
    client.request("GET", "/api/v2/x", {"a": "1", "b": "2"})
    client.request("GET", "/api/v2/x", {"b": "2", "a": "1"})
    assert server.received[0].target == server.received[1].target == "/api/v2/x?a=1&b=2"


def test_async_sends_the_same_target_and_body(server: RecordingServer, client: Client) -> None:
    query, body = {"symbol": "A B", "id": "x#1+2%"}, {"price": "1", "note": "ä"}

    async def both() -> None:
        async with AsyncClient(server.environment) as other:
            await other.request("GET", "/api/v2/x", query)
            await other.request("POST", "/api/v2/y", body=body)

    client.request("GET", "/api/v2/x", query)
    client.request("POST", "/api/v2/y", body=body)
    asyncio.run(both())
    assert parse_qs(server.received[0].target.partition("?")[2]) == {"symbol": ["A B"], "id": ["x#1+2%"]}
    ours, theirs = server.received[:2], server.received[2:]
    assert [(sent.target, sent.body) for sent in ours] == [(sent.target, sent.body) for sent in theirs]
    for sent in theirs:
        assert verify_hmac("papertape-secret", signed_bytes(sent), sent.headers["access-sign"])


@pytest.mark.parametrize("layout", [serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL])
def test_an_rsa_key_signs_in_either_pem_layout(server: RecordingServer, layout: serialization.PrivateFormat) -> None:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = private.private_bytes(serialization.Encoding.PEM, layout, serialization.NoEncryption()).decode()
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    with Client(server.environment, key="k", secret=pem, passphrase="p") as client:
        client.request("POST", "/api/v2/x", body={"a": "1"})
    assert verify_rsa(public.decode(), signed_bytes(server.last), server.last.headers["access-sign"])


def test_public_calls_carry_no_key(server: RecordingServer, client: Client) -> None:
    assert client.public.time().server_time == 1_700_000_000_123
    assert not [name for name in server.last.headers if name.startswith("access-")]


def test_the_control_plane_gets_its_token_and_no_key(server: RecordingServer, client: Client) -> None:
    client.request("GET", "/papertape/v1/clock")
    assert server.last.headers["authorization"] == "Bearer papertape"
    assert "access-key" not in server.last.headers


def test_demo_says_so_in_a_header(server: RecordingServer) -> None:
    place = server.environment
    with Client(type(place)(rest=place.rest, ws=place.ws, demo=True)) as client:
        client.request("GET", "/api/v2/x")
    assert server.last.headers["paptrading"] == "1"
    assert server.last.headers["access-key"] == "papertape-demo-key"


def test_without_a_key_a_signed_call_is_not_sent() -> None:
    with Client("live") as client, pytest.raises(CredentialsMissing, match="needs an API key"):
        client.spot.account.assets()


def test_secrets_show_in_no_repr() -> None:
    credentials = Credentials("a-key", "a-secret", "a-phrase")
    with Client("live", credentials=credentials) as client:
        shown = f"{client!r} {credentials!r} {credentials} {vars(client)!r} {credentials.__rich_repr__()!r}"
    assert "a-secret" not in shown
    assert "a-phrase" not in shown
