"""Every failure is an exception of its family, with what the exchange said."""

from __future__ import annotations

import asyncio
import socket

import pytest

import papertape
from papertape import AsyncClient, BitgetError, Client, Environment
from papertape.sdk.exceptions import error_class
from tests.sdk.recording import Answer, RecordingServer


def refusal(code: str, message: str) -> bytes:
    return b'{"code":"%b","msg":"%b","requestTime":1700000000000,"data":null}' % (code.encode(), message.encode())


@pytest.mark.parametrize(
    ("code", "status", "family"),
    [
        ("40009", 400, papertape.AuthenticationError),
        ("40008", 400, papertape.TimestampError),
        ("40014", 403, papertape.PermissionDenied),
        ("40019", 400, papertape.InvalidRequest),
        ("40034", 400, papertape.UnknownSymbol),
        ("43012", 400, papertape.InsufficientBalance),
        ("43001", 400, papertape.OrderNotFound),
        ("43006", 400, papertape.InvalidOrder),
        ("43118", 400, papertape.DuplicateClientOid),
        ("40404", 404, papertape.EndpointNotFound),
        ("429", 429, papertape.RateLimited),
        ("45129", 400, papertape.RateLimited),
        ("40015", 400, papertape.ServerError),
        ("43059", 400, papertape.ServerError),
        ("99999", 503, papertape.ServerError),
        ("99999", 400, papertape.InvalidRequest),
    ],
)
def test_a_code_raises_its_family(
    server: RecordingServer, client: Client, code: str, status: int, family: type[BitgetError]
) -> None:
    server.answers = [Answer(refusal(code, "no"), status)] * 2
    with pytest.raises(family) as caught:
        client.spot.account.assets(coin="BTC")
    error = caught.value
    assert (error.code, error.message, error.status, error.request_time) == (code, "no", status, 1_700_000_000_000)
    assert error.endpoint == "GET /api/v2/spot/account/assets"
    assert error.retryable == (family in (papertape.TimestampError, papertape.RateLimited, papertape.ServerError))


def test_an_error_inside_a_200_is_raised(server: RecordingServer, client: Client) -> None:
    server.answers = [Answer(refusal("43012", "Insufficient balance"), 200)]
    with pytest.raises(papertape.InsufficientBalance, match="43012 Insufficient balance"):
        client.request("POST", "/api/v2/spot/wallet/transfer", body={})


def test_http_429_is_a_rate_limit_whatever_the_body_says(server: RecordingServer, client: Client) -> None:
    server.answers = [Answer(refusal("429", "too many"), 429), Answer(b"<html>slow down</html>", 429)]
    for _ in range(2):
        with pytest.raises(papertape.RateLimited):
            client.public.time()


@pytest.mark.parametrize(
    ("content", "status", "family"),
    [
        (b"<html>bad gateway</html>", 502, papertape.ServerError),
        (b"<html>hello</html>", 200, papertape.UnexpectedReply),
        (b'{"code":"00000","data":{"serverTime":{}}}', 200, papertape.UnexpectedReply),
        (b'{"code":"00000","data":{"serverTime":"soon"}}', 200, papertape.UnexpectedReply),
        (b'{"code":"00000","da', 200, papertape.UnexpectedReply),
        (b"{}", 200, papertape.UnexpectedReply),
        (b"", 301, papertape.UnexpectedReply),
    ],
)
def test_what_is_not_bitgets_is_told_apart(
    server: RecordingServer, client: Client, content: bytes, status: int, family: type[BitgetError]
) -> None:
    server.answers = [Answer(content, status, {"Location": "http://elsewhere.invalid/"} if status == 301 else {})]
    with pytest.raises(family) as caught:
        client.public.time()
    assert caught.value.content == content


def test_a_control_plane_error_is_raised(server: RecordingServer, client: Client) -> None:
    server.answers = [Answer(refusal("40019", "Parameter uid cannot be empty"), 400)]
    with pytest.raises(papertape.InvalidRequest, match="uid"):
        client.control.users()


def test_a_control_plane_without_its_token_says_what_is_missing() -> None:
    with Client("live") as client, pytest.raises(papertape.CredentialsMissing, match="control_token") as caught:
        client.control.users()
    assert "PAPERTAPE_API_KEY" not in caught.value.hint


def test_nobody_listening_is_a_network_error_that_was_not_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    place = Environment(rest=f"http://127.0.0.1:{port}", ws="ws://127.0.0.1:1")
    with (
        Client(place) as client,
        pytest.raises(papertape.NetworkError, match=f"cannot reach 127.0.0.1:{port}") as caught,
    ):
        client.public.time()
    assert not caught.value.sent
    assert "PAPERTAPE_URL" in caught.value.hint

    async def same() -> None:
        async with AsyncClient(place) as other:
            with pytest.raises(papertape.NetworkError, match="cannot reach") as seen:
                await other.public.time()
            assert not seen.value.sent
            assert seen.value.hint == caught.value.hint

    asyncio.run(same())


def test_a_lost_answer_is_not_sent_again(server: RecordingServer, client: Client) -> None:
    server.answers = [Answer(status=None)]
    with pytest.raises(papertape.NetworkError) as caught:
        client.request("POST", "/api/v2/spot/trade/place-order", body={"a": "1"})
    assert caught.value.sent
    assert len(server.received) == 1


def test_a_lost_answer_is_not_sent_again_by_async(server: RecordingServer) -> None:
    async def order() -> None:
        async with AsyncClient(server.environment) as client:
            await client.request("GET", "/api/v2/x")
            server.answers = [Answer(status=None)]
            with pytest.raises(papertape.NetworkError) as caught:
                await client.request("POST", "/api/v2/spot/trade/place-order", body={"a": "1"})
            assert caught.value.sent

    asyncio.run(order())
    assert len(server.received) == 2


def test_a_slow_answer_is_a_timeout(server: RecordingServer, client: Client) -> None:
    server.answers = [Answer(wait=True), Answer(wait=True)]
    with pytest.raises(papertape.RequestTimeout) as caught:
        client.with_options(timeout=0.05).public.time()
    assert caught.value.sent

    async def same() -> None:
        async with AsyncClient(server.environment, timeout=0.05, retries=0) as other:
            with pytest.raises(papertape.RequestTimeout) as seen:
                await other.public.time()
            assert seen.value.sent

    asyncio.run(same())


def test_a_closed_client_says_so(server: RecordingServer) -> None:
    client = Client(server.environment)
    client.close()
    with pytest.raises(RuntimeError, match="closed"):
        client.public.time()


def test_every_family_derives_from_one_root() -> None:
    families = [getattr(papertape, name) for name in papertape.__all__ if name.endswith(("Error", "Denied", "Found"))]
    assert len(families) > 5
    assert all(issubclass(family, BitgetError) for family in families)
    assert error_class("", 401) is papertape.AuthenticationError
