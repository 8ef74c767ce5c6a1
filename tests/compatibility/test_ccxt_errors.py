"""What Papertape refuses is, in ccxt, the exception that the real exchange's refusal is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import ccxt
import pytest

from tests.cli.serving import Served
from tests.compatibility.clients import BTC, DEVELOPER_UID, KINDS, available, control, credentials

UNKNOWN = "1300000000000999999"

REFUSED: dict[str, tuple[type[Exception], str, Callable[[Any], Any]]] = {
    "too expensive": (ccxt.InsufficientFunds, "43012", lambda own: own.create_order(BTC, "limit", "buy", 10, 84000)),
    "too much sold": (ccxt.InsufficientFunds, "43012", lambda own: own.create_order(BTC, "market", "sell", 10.5)),
    "transfer of too much": (ccxt.InsufficientFunds, "43012", lambda own: own.transfer("USDT", 1e8, "spot", "p2p")),
    "cancel of nothing": (ccxt.OrderNotFound, "43001", lambda own: own.cancel_order(UNKNOWN, BTC)),
    "edit of nothing": (
        ccxt.OrderNotFound, "43001", lambda own: own.edit_order(UNKNOWN, BTC, "limit", "buy", 0.01, 84000)
    ),
    "order that is not there": (ccxt.OrderNotFound, "could not find", lambda own: own.fetch_order(UNKNOWN, BTC)),
    "trigger order that is not there": (
        ccxt.InvalidOrder, "43025", lambda own: own.cancel_order(UNKNOWN, BTC, {"trigger": True})
    ),
    "too small": (ccxt.InvalidOrder, "45110", lambda own: own.create_order(BTC, "limit", "buy", 0.000001, 84000)),
    "too precise": (ccxt.InvalidOrder, "40808", lambda own: place(own, price="84000.123")),
    "price far above": (ccxt.ExchangeError, "43009", lambda own: own.create_order(BTC, "limit", "buy", 0.01, 184000)),
    "price far below": (ccxt.ExchangeError, "43008", lambda own: own.create_order(BTC, "limit", "sell", 0.01, 4000)),
    "no price": (ccxt.BadRequest, "40019", lambda own: place(own, price="")),
    "no such symbol": (ccxt.ExchangeError, "40034", lambda own: place(own, symbol="NOTUSDT")),
    "symbol that ccxt does not know": (ccxt.BadSymbol, "NOT/USDT", lambda own: own.fetch_ticker("NOT/USDT")),
    "address that is none": (
        ccxt.ExchangeError, "47002", lambda own: own.withdraw("USDT", 50, "nowhere", params={"network": "TRC20"})
    ),
}  # fmt: skip


def place(client: Any, **changes: str) -> Any:
    terms = {"symbol": "BTCUSDT", "side": "buy", "orderType": "limit", "force": "gtc", "price": "84000", "size": "0.01"}
    return client.private_spot_post_v2_spot_trade_place_order(terms | changes)


@pytest.mark.parametrize("reason", list(REFUSED))
def test_a_refusal_is_ccxts_own_and_changes_nothing(developer: Any, reason: str) -> None:
    expected, text, call = REFUSED[reason]
    before = available(developer)
    with pytest.raises(expected, match=text) as caught:
        call(developer)
    assert caught.type is expected
    assert available(developer) == before
    assert developer.fetch_open_orders(BTC) == []


def test_an_own_id_serves_once(developer: Any) -> None:
    developer.create_order(BTC, "limit", "buy", 0.01, 84000, {"clientOrderId": "once"})
    with pytest.raises(ccxt.ExchangeError, match="43118"):
        developer.create_order(BTC, "limit", "buy", 0.01, 83000, {"clientOrderId": "once"})
    assert len(developer.fetch_open_orders(BTC)) == 1


@contextmanager
def with_settings(kind: str, served: Served, settings: dict[str, Any]) -> Iterator[Any]:
    client = KINDS[kind](served, settings)
    try:
        yield client
    finally:
        client.close()


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        (credentials(key="nobodys"), "40037"),
        (credentials(secret="wrong"), "40009"),
        (credentials(passphrase="wrong"), "40012"),
    ],
)
def test_wrong_credentials_are_an_authentication_error(
    kind: str, still: Served, settings: dict[str, Any], code: str
) -> None:
    with with_settings(kind, still, settings) as client, pytest.raises(ccxt.AuthenticationError, match=code):
        client.fetch_balance()


def test_a_clock_that_is_wrong_is_an_invalid_nonce(still: Served) -> None:
    with with_settings("sync", still, credentials()) as client:
        client.nonce = lambda: client.milliseconds() - 31_000
        with pytest.raises(ccxt.InvalidNonce, match="40008"):
            client.private_spot_get_v2_spot_account_assets()


def test_a_key_may_do_what_it_is_permitted_to(kind: str, still: Served) -> None:
    key = control(still, "keys/create", uid=DEVELOPER_UID, permissions=["read"])
    with with_settings(kind, still, credentials(key["key"], key["secret"], key["passphrase"])) as reader:
        assert reader.fetch_balance()["BTC"]["free"] == 10
        for refused in (
            lambda: reader.create_order(BTC, "limit", "buy", 0.01, 84000),
            lambda: reader.transfer("USDT", 1, "spot", "p2p"),
            lambda: reader.cancel_all_orders(BTC),
        ):
            with pytest.raises(ccxt.PermissionDenied, match="40014"):
                refused()
        assert reader.fetch_open_orders(BTC) == []


def test_a_demo_key_is_for_ccxts_sandbox_only(kind: str, still: Served) -> None:
    with with_settings(kind, still, credentials("papertape-demo-key")) as client:
        with pytest.raises(ccxt.ExchangeError, match="40099"):
            client.fetch_balance()
        client.set_sandbox_mode(True)
        assert client.fetch_balance()["USDT"]["free"] == 100_000


def test_too_many_requests_are_a_rate_limit_error(kind: str, limited: Served) -> None:
    with with_settings(kind, limited, credentials()) as client:
        client.load_markets()
        with pytest.raises(ccxt.DDoSProtection, match="429"):
            for _ in range(100):
                client.private_spot_get_v2_spot_account_assets()


def test_ccxts_own_rate_limit_keeps_within_bitgets(kind: str, limited: Served) -> None:
    with with_settings(kind, limited, credentials() | {"enableRateLimit": True}) as client:
        replies = [client.public_spot_get_v2_spot_market_tickers({"symbol": "BTCUSDT"}) for _ in range(12)]
    assert {reply["code"] for reply in replies} == {"00000"}
