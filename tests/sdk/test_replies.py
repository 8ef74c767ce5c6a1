"""Replies come as the declared types, and what Bitget adds or bends does not break them."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

import papertape
from papertape import AsyncClient, Client, UnexpectedReply
from tests.sdk.recording import Answer, RecordingServer


def data(content: str) -> Answer:
    return Answer(b'{"code":"00000","msg":"success","requestTime":1700000000000,"data":%b}' % content.encode())


def test_amounts_are_exact_decimals(server: RecordingServer, client: Client) -> None:
    server.answers = [data('{"makerFeeRate":"0.00020","makerRate":"0.00020","takerFeeRate":"0.0000000001"}')]
    rate = client.public.trade_rate(symbol="BTCUSDT", business_type="spot")
    assert isinstance(rate.taker_fee_rate, Decimal)
    assert (str(rate.maker_fee_rate), rate.taker_fee_rate) == ("0.00020", Decimal("1E-10"))
    assert server.last.target == "/api/v2/common/trade-rate?businessType=spot&symbol=BTCUSDT"


@pytest.mark.parametrize(
    "bent",
    [
        '{"makerFeeRate":0.0002,"makerRate":0.0002,"takerFeeRate":0.0006}',
        '{"makerFeeRate":"0.0002","makerRate":"0.0002","takerFeeRate":"0.0006","news":{"of":["tomorrow"]}}',
    ],
    ids=["bare numbers", "unknown fields"],
)
def test_a_bent_reply_is_read(server: RecordingServer, client: Client, bent: str) -> None:
    server.answers = [data(bent)]
    rate = client.public.trade_rate(symbol="BTCUSDT", business_type="spot")
    assert (rate.maker_rate, rate.taker_fee_rate) == (Decimal("0.0002"), Decimal("0.0006"))


def test_missing_amounts_read_as_zero(server: RecordingServer, client: Client) -> None:
    server.answers = [data('{"makerFeeRate":"","makerRate":null,"takerFeeRate":"0.0006"}')]
    rate = client.public.trade_rate(symbol="BTCUSDT", business_type="spot")
    assert (rate.maker_fee_rate, rate.maker_rate) == (0, 0)


def test_what_an_answer_leaves_out_reads_as_nothing(server: RecordingServer, client: Client) -> None:
    server.answers = [data('[{"orderId":"7","symbol":"BTCUSDT","side":"buy","status":"live","clientOid":null}]')]
    (order,) = client.spot.trade.order_info(order_id="7")
    assert (order.order_id, order.client_oid, order.tpsl_type) == ("7", "", "")
    assert (order.size, order.updated, order.trigger_price) == (0, 0, None)


def test_an_answer_with_nothing_that_was_asked_for_is_no_reply(server: RecordingServer, client: Client) -> None:
    server.answers = [data('{"orders":"7"}')]
    with pytest.raises(UnexpectedReply):
        client.spot.market.order_book(symbol="BTCUSDT")


@pytest.mark.parametrize("detail", ["", ',"feeDetail":null', ',"feeDetail":{"feeCoin":null}'])
def test_an_object_that_is_left_out_reads_as_one_that_says_nothing(
    server: RecordingServer, client: Client, detail: str
) -> None:
    server.answers = [data(f'[{{"tradeId":"9","orderId":"1","symbol":"BTCUSDT"{detail}}}]')]
    (fill,) = client.spot.trade.fills()
    assert (fill.fee_detail.fee_coin, fill.fee_detail.total_fee) == ("", 0)


def test_bare_numbers_are_read_where_texts_are_documented(server: RecordingServer, client: Client) -> None:
    server.answers = [data('{"orderId":1234567890123456789,"clientOid":null}')]
    placed = client.spot.trade.place_order(
        symbol="BTCUSDT", side="buy", order_type="market", force="gtc", size=Decimal(5)
    )
    assert (placed.order_id, placed.client_oid) == ("1234567890123456789", None)


def test_any_path_answers_raw_data_with_headers(server: RecordingServer, client: Client) -> None:
    answer = data('{"list":[1,"2"]}')
    answer.headers["X-MBX-USED-REMAIN-LIMIT"] = "9"
    server.answers = [answer]
    response = client.request("get", "/api/v2/mix/account/accounts", {"productType": "USDT-FUTURES"})
    assert response.data == {"list": [1, "2"]}
    assert (response.status, response.request_time, response.remaining) == (200, 1_700_000_000_000, 9)
    assert response.headers["content-type"] == "application/json"
    assert response.content == answer.content


def test_an_answer_without_envelope_is_handed_over(server: RecordingServer, client: Client) -> None:
    server.answers = [Answer(b'[{"key":"a"}]')]
    assert client.request("GET", "/papertape/v1/keys").data == [{"key": "a"}]


def test_a_path_must_start_with_a_slash(client: Client) -> None:
    with pytest.raises(ValueError, match="starts with /"):
        client.request("GET", "api/v2/public/time")


def test_a_shown_secret_hides_from_repr(server: RecordingServer, client: Client) -> None:
    server.answers = [
        Answer(
            b'{"key":"k","uid":1,"secret":"hush","passphrase":"quiet","kind":"hmac","permissions":["read"],'
            b'"ips":[],"label":"","demo":false,"created":1}'
        )
    ]
    made = client.control.create_key(uid=1)
    assert (made.secret, made.passphrase) == ("hush", "quiet")
    assert "hush" not in repr(made)
    assert "quiet" not in repr(made)


def test_a_list_that_does_not_go_on_is_an_error_of_the_clients(server: RecordingServer, client: Client) -> None:
    async def walk() -> None:
        async with AsyncClient(server.environment, limits="off") as other:
            async for _ in other.spot.trade.fills.iterate(symbol="BTCUSDT"):
                pass

    row = '{"tradeId":"%d","orderId":"1","symbol":"BTCUSDT","feeDetail":{"feeCoin":"BTC"}}'
    page = f"[{row % 9},{row % 8}]"
    for read in (lambda: list(client.spot.trade.fills.iterate(symbol="BTCUSDT")), lambda: asyncio.run(walk())):
        server.answers = [data(page)] * 2
        with pytest.raises(papertape.RepeatedPage, match="the same rows again") as caught:
            read()
        assert isinstance(caught.value, papertape.BitgetError)
        assert caught.value.endpoint == "GET /api/v2/spot/trade/fills"
