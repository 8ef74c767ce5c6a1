"""Logging in on a private stream: with what, when not, and what ends it."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.gateway.websocket.sockets import ORDERS, SECOND, Streams, eventually


async def failed(streams: Streams, path: str = "/v2/ws/private", **changes: Any) -> int:
    """The code of a login that fails; the connection ends with it."""
    socket = await streams.connect(path)
    code = await socket.refused("login", streams.credentials(**changes))
    assert await socket.end() == ([], 1008)
    return code


async def test_a_login_is_acknowledged_with_the_number_zero(streams: Streams) -> None:
    socket = await streams.connect("/v2/ws/private")
    assert await socket.told("login", streams.credentials()) == {"event": "login", "code": 0, "msg": ""}


async def test_other_spellings_numbers_and_further_fields_log_in_too(streams: Streams) -> None:
    socket = await streams.connect("/v2/ws/private")
    fields = streams.credentials(timestamp=streams.clock.now() // 1000)
    fields["api_key"] = fields.pop("apiKey")
    assert (await socket.told("login", fields, url="wss://elsewhere"))["event"] == "login"


async def test_a_timestamp_may_have_a_fraction_as_the_sample_has_it(streams: Streams) -> None:
    socket = await streams.login(timestamp=f"{streams.clock.now() // 1000}.251")
    assert await socket.pong()


@pytest.mark.parametrize("seconds", [-30, 30])
async def test_a_timestamp_holds_for_thirty_seconds(streams: Streams, seconds: int) -> None:
    socket = await streams.login(timestamp=str(streams.clock.now() // 1000 + seconds))
    assert await socket.pong()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"apiKey": None}, 30011),
        ({"apiKey": "nobody"}, 30011),
        ({"timestamp": "soon"}, 30013),
        ({"timestamp": ""}, 30013),
        ({"timestamp": None}, 30013),
        ({"timestamp": "1e9"}, 30013),
        ({"timestamp": "1749999969"}, 30014),
        ({"timestamp": "1750000031"}, 30014),
        ({"timestamp": "1750000000000"}, 30014),
        ({"sign": None}, 30015),
        ({"sign": "Zm9yZ2Vk"}, 30015),
        ({"sign": "ungültig"}, 30015),
        ({"secret": "another"}, 30015),
        ({"passphrase": "sesame"}, 30012),
        ({"passphrase": None}, 30012),
        ({"apiKey": "papertape-demo-key"}, 30005),
    ],
)
async def test_a_login_that_fails_says_why_and_ends_the_connection(
    streams: Streams, changes: dict[str, Any], code: int
) -> None:
    assert await failed(streams, **changes) == code


async def test_a_login_without_arguments_fails(streams: Streams) -> None:
    socket = await streams.connect("/v2/ws/private")
    assert await socket.refused("login") == 30011


async def test_the_demo_key_logs_in_on_the_demo_side_only(streams: Streams) -> None:
    await streams.login("/demo/v2/ws/private", apiKey="papertape-demo-key")
    assert await failed(streams, "/demo/v2/ws/private") == 30005


async def test_an_rsa_key_logs_in(streams: Streams) -> None:
    private = rsa.generate_private_key(65537, 2048)
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    secret = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    made = await streams.desk.control(
        "POST", "keys/create", uid=1_000_000_001, passphrase="papertape1", kind="rsa", publicKey=public.decode()
    )
    assert made.status == 200, made.body
    changes = {"apiKey": made.json["key"], "passphrase": "papertape1"}
    await streams.login(secret=secret.decode(), **changes)
    assert await failed(streams, secret="papertape-secret", **changes) == 30015


async def test_a_public_stream_takes_no_login(streams: Streams) -> None:
    socket = await streams.connect()
    assert await socket.refused("login", streams.credentials()) == 30003
    assert await socket.pong()


async def test_a_second_login_is_of_the_same_account(streams: Streams) -> None:
    socket = await streams.login()
    assert (await socket.told("login", streams.credentials()))["event"] == "login"
    assert await socket.refused("login", streams.credentials(apiKey="papertape-key-2")) == 30002
    assert (await socket.told("subscribe", ORDERS))["event"] == "subscribe"


async def test_a_key_that_is_deleted_ends_its_connections(streams: Streams) -> None:
    stays, goes = await streams.login(), await streams.login(apiKey="papertape-key-2")
    assert (await streams.desk.control("POST", "keys/delete", key="papertape-key-2")).status == 200
    streams.pass_time(0)
    rest, code = await goes.end()
    assert ([event["code"] for event in rest], code) == ([30005], 1008)
    assert await stays.pong()
    assert await failed(streams, apiKey="papertape-key-2") == 30011


async def test_a_frozen_account_is_told_nothing_more(streams: Streams) -> None:
    socket = await streams.login()
    await socket.told("subscribe", ORDERS)
    frozen = await streams.desk.control("POST", "users/modify", uid=1_000_000_001, frozen=True)
    assert frozen.status == 200, frozen.body
    streams.pass_time(0)
    rest, code = await socket.end()
    assert ([event["code"] for event in rest], code) == ([30005], 1008)
    assert await failed(streams) == 30005
    await eventually(lambda: streams.server.open_connections == 0)
    assert streams.server.broadcast.subscriptions == 0


async def test_an_address_outside_the_keys_list_may_not_log_in(streams: Streams) -> None:
    made = await streams.desk.control(
        "POST", "keys/create", uid=1_000_000_001, passphrase="papertape1", permissions=["read"], ips=["10.0.0.1"]
    )
    changes = {"apiKey": made.json["key"], "secret": made.json["secret"], "passphrase": "papertape1"}
    assert await failed(streams, **changes) == 30005


async def test_the_clock_that_counts_is_the_gateways(streams: Streams) -> None:
    fields = streams.credentials()
    streams.pass_time(31 * SECOND)
    socket = await streams.connect("/v2/ws/private")
    assert await socket.refused("login", fields) == 30014
