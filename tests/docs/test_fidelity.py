"""What docs/fidelity.md says that we answer is what we answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from papertape import BitgetError, Client
from papertape.sdk.environment import at
from tests.cli.serving import serving

ORDER = {"symbol": "BTCUSDT", "side": "buy", "orderType": "limit", "price": "82000", "size": "0.001"}


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """The developer on an exchange of their own."""
    with serving("--market", "still", "--limits", "off") as served, Client(at(served.rest)) as client:
        yield client


def get(client: Client, path: str, **parameters: str) -> Any:
    return client.request("GET", f"/api/v2/{path}", parameters).data


def post(client: Client, path: str, **fields: Any) -> Any:
    return client.request("POST", f"/api/v2/{path}", body=fields).data


def refusal(client: Client, method: str, path: str, parameters: dict[str, str] | None = None) -> BitgetError:
    with pytest.raises(BitgetError) as caught:
        client.request(method, path, parameters if method == "GET" else None, None if method == "GET" else parameters)
    return caught.value


@pytest.mark.parametrize("path", ["common/trade-rate", "public/trade-rate"])
@pytest.mark.parametrize("name", ["business", "businessType"])
def test_trade_rates_go_by_every_spelling(client: Client, path: str, name: str) -> None:
    rate = get(client, path, symbol="BTCUSDT", **{name: "spot"})
    assert rate["makerRate"] == rate["makerFeeRate"] == "0.001"


@pytest.mark.parametrize("language", ["en_US", "en-us", "fr_FR"])
def test_announcements_take_any_language(client: Client, language: str) -> None:
    rows = get(client, "public/annoucements", language=language)
    assert {row["language"] for row in rows} <= {"en_US"}


def test_flags_of_coins_are_strings_and_levels_of_tiers_are_numbers(client: Client) -> None:
    (coin,) = get(client, "spot/public/coins", coin="BTC")
    assert coin["transfer"] == coin["chains"][0]["withdrawable"] == "true"
    assert [tier["level"] for tier in get(client, "spot/market/vip-fee-rate")] == list(range(1, 8))


def test_an_order_takes_quantity_for_size_and_any_case_of_its_words(client: Client) -> None:
    terms = {**ORDER, "force": "GTC", "side": "Buy", "orderType": "LIMIT", "quantity": "0.001"}
    del terms["size"]
    placed = post(client, "spot/trade/place-order", **terms)
    (order,) = get(client, "spot/trade/unfilled-orders", orderId=placed["orderId"])
    assert (order["status"], order["priceAvg"], order["basePrice"]) == ("live", "82000.00", "0")
    post(client, "spot/trade/cancel-order", symbol="BTCUSDT", orderId=placed["orderId"])
    (order,) = get(client, "spot/trade/orderInfo", orderId=placed["orderId"])
    assert (order["status"], order["feeDetail"]) == ("cancelled", "")


def test_the_force_of_an_old_sample_is_refused(client: Client) -> None:
    error = refusal(client, "POST", "/api/v2/spot/trade/place-order", {**ORDER, "force": "normal"})
    assert (error.code, error.status) == ("40020", 400)


def test_an_unknown_order_is_an_empty_list(client: Client) -> None:
    assert get(client, "spot/trade/orderInfo", orderId="1") == []


def test_depth_has_numbers_where_amounts_are_strings_elsewhere(client: Client) -> None:
    placed = post(client, "spot/trade/place-order", **ORDER, force="gtc")
    assert get(client, "spot/market/merge-depth", symbol="BTCUSDT")["bids"] == [[82000.0, 0.001]]
    assert get(client, "spot/market/orderbook", symbol="BTCUSDT")["bids"] == [["82000.00", "0.001000"]]
    post(client, "spot/trade/cancel-order", symbol="BTCUSDT", orderId=placed["orderId"])


def test_a_plan_order_takes_the_old_trigger_word_and_comes_back_in_a_page(client: Client) -> None:
    post(client, "spot/trade/place-plan-order", symbol="BTCUSDT", side="buy", triggerPrice="80000", orderType="limit",
         executePrice="80000", size="0.001", triggerType="market_price")  # fmt: skip
    page = get(client, "spot/trade/current-plan-order", symbol="BTCUSDT")
    assert (page["nextFlag"], page["orderList"][0]["status"]) == (False, "live")
    assert page["orderList"][0]["triggerType"] == "mark_price"


@pytest.mark.parametrize("name", ["fromCoinSz", "fromCoinSize", "toCoinSz", "toCoinSize"])
def test_a_quote_takes_its_size_by_either_name(client: Client, name: str) -> None:
    unread = refusal(client, "GET", "/api/v2/convert/quoted-price", {"fromCoin": "USDT", "toCoin": "USDC"})
    too_much = {"fromCoin": "USDT", "toCoin": "USDC", name: "200000"}
    assert (unread.code, refusal(client, "GET", "/api/v2/convert/quoted-price", too_much).code) == ("40019", "12007")


@pytest.mark.parametrize("line", ["USDT", "COIN", "USDC", "SUSDT", "SCOIN", "SUSDC"])
def test_clients_find_no_contracts_at_start_up(client: Client, line: str) -> None:
    assert get(client, "mix/market/contracts", productType=f"{line.lower()}-futures") == []


def test_clients_find_no_margin_currencies_at_start_up(client: Client) -> None:
    assert get(client, "margin/currencies") == []


@pytest.mark.parametrize(
    ("method", "path", "code", "status"),
    [
        ("GET", "/api/v3/account/settings", "40084", 400),
        ("GET", "/api/spot/v1/market/ticker", "30032", 400),
        ("GET", "/api/v2/spot/nowhere", "40404", 404),
        ("GET", "/api/v2/spot/trade/place-order", "405", 405),
    ],
)
def test_what_is_not_served_says_so(client: Client, method: str, path: str, code: str, status: int) -> None:
    error = refusal(client, method, path)
    assert (error.code, error.status) == (code, status)
