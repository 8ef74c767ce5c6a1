"""From bytes to typed requests: what is taken as meant, and what is refused with which code."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papertape.contract.catalog import ENDPOINTS
from papertape.contract.control import CreateKey
from papertape.contract.futures.market import ListContracts
from papertape.contract.protocol.decoding import MAXIMUM_PARAMETERS, Decoder
from papertape.contract.protocol.errors import Rejected
from papertape.contract.protocol.wire import body, query_parameters
from papertape.contract.public import AskTradeRate
from papertape.contract.spot.account import SwitchDeduct, UpgradeAccount
from papertape.contract.spot.market import AskCandles, AskMergeDepth
from papertape.contract.spot.plan import BatchCancelPlanOrders, PlacePlanOrder
from papertape.contract.spot.trade import BatchOrders, PlaceOrder
from papertape.contract.spot.wallet import MakeTransfer, ModifyDepositAccount
from papertape.contract.subaccounts import CreateSubaccountsWithKeys, ModifySubaccountKey, SubaccountWithKey

ORDER = {"symbol": "BTCUSDT", "side": "buy", "orderType": "limit", "force": "gtc", "price": "23222.5", "size": "1"}
place_order, batch_orders, candles = Decoder(PlaceOrder), Decoder(BatchOrders), Decoder(AskCandles)


def order(**changes: Any) -> PlaceOrder:
    fields = {name: value for name, value in (ORDER | changes).items() if value is not ...}
    return place_order.decode_body(json.dumps(fields).encode())


def refusal(**changes: Any) -> str:
    with pytest.raises(Rejected) as caught:
        order(**changes)
    return str(caught.value)


def test_a_documented_body_becomes_a_typed_request():
    assert order(clientOid="abc") == PlaceOrder(
        symbol="BTCUSDT",
        side="buy",
        order_type="limit",
        force="gtc",
        price=Decimal("23222.5"),
        size=Decimal(1),
        client_oid="abc",
    )


@pytest.mark.parametrize("force", ["GTC", "gtc", "Gtc"])
def test_words_are_taken_in_any_case(force):
    assert order(force=force).force == "gtc"


@pytest.mark.parametrize("word", ["POST_ONLY", "post-only", "Post_Only"])
def test_hyphen_and_underscore_are_the_same(word):
    assert order(force=word).force == "post_only"


def test_a_word_keeps_the_spelling_of_the_documentation():
    decoder = Decoder(ModifyDepositAccount)
    assert decoder.decode_body(b'{"coin":"USDT","accountType":"USDT_FUTURES"}').account_type == "usdt-futures"
    contracts = Decoder(ListContracts).decode_query("productType=susdt-futures")
    assert contracts.product_type == "SUSDT-FUTURES"


def test_candle_lengths_are_told_apart_by_their_case():
    decoder = Decoder(AskCandles)
    assert decoder.decode_query("symbol=BTCUSDT&granularity=1M").granularity == "1M"
    with pytest.raises(Rejected, match="40020 Parameter granularity error"):
        decoder.decode_query("symbol=BTCUSDT&granularity=1m")


def test_words_of_v1_and_of_the_examples_are_understood():
    plan = {"symbol": "B", "side": "buy", "triggerPrice": 1, "orderType": "market", "size": 1}
    decoded = Decoder(PlacePlanOrder).decode_body(json.dumps(plan | {"triggerType": "market_price"}).encode())
    assert decoded.trigger_type == "mark_price"


@pytest.mark.parametrize("name", ["businessType", "business"])
def test_both_spellings_of_a_parameter_are_accepted(name):
    assert Decoder(AskTradeRate).decode_query(f"symbol=BTCUSDT&{name}=SPOT").business_type == "spot"


def test_the_documented_spelling_wins_over_the_other():
    decoded = Decoder(AskTradeRate).decode_query("business=mix&symbol=BTCUSDT&businessType=spot")
    assert decoded.business_type == "spot"


@pytest.mark.parametrize(("sent", "meant"), [("1.10", "1.10"), (1, "1"), ("1e-7", "0.0000001"), ("1E+3", "1000")])
def test_amounts_are_exact_and_have_no_exponent(sent, meant):
    size = order(size=sent).size
    assert format(size, "f") == meant == str(size if size.adjusted() >= -6 else format(size, "f"))


def test_json_numbers_keep_every_digit():
    decoded = place_order.decode_body(json.dumps(ORDER).replace('"23222.5"', "0.1000000000000000055511").encode())
    assert decoded.price == Decimal("0.1000000000000000055511")


@pytest.mark.parametrize(
    "size",
    [
        *["NaN", "Infinity", "-inf", "1_000", " 1", "1 ", "١", "0x10", "1e31", "1e-31", "1" * 31, "1" * 5000, ".", "-"],
        *[True, [], {}, [1], 10**30],
    ],
)
def test_what_is_no_plain_finite_number_is_refused(size):
    assert refusal(size=size) == "40020 Parameter size error"


@pytest.mark.parametrize("value", [..., None, ""])
def test_a_missing_or_empty_required_parameter_is_named(value):
    assert refusal(orderType=value) == "40019 Parameter orderType cannot be empty"


@pytest.mark.parametrize("value", [None, ""])
def test_empty_and_null_are_absent_where_optional(value):
    assert order(price=value, clientOid=value).price is None


@pytest.mark.parametrize("side", ["hold", "buy ", 1, True, ["buy"], {"buy": 1}])
def test_an_unknown_word_is_refused(side):
    assert refusal(side=side) == "40020 Parameter side error"


def test_unknown_fields_are_ignored():
    assert order(hedged=False, whatever={"a": [1]}) == order()


def test_numbers_are_taken_as_text_and_text_as_numbers():
    assert order(clientOid=12345, requestTime="1659076670000").client_oid == "12345"
    assert order(requestTime="1659076670000").request_time == 1_659_076_670_000
    assert order(requestTime=1659076670000).request_time == 1_659_076_670_000


@pytest.mark.parametrize("value", ["1.5", "x", 1.5, True, "9" * 19, 10**40, "1" * 70])
def test_what_is_no_whole_number_of_64_bits_is_refused(value):
    assert refusal(requestTime=value) == "40020 Parameter requestTime error"


def test_text_is_bounded():
    assert refusal(clientOid="x" * 5000) == "40020 Parameter clientOid error"


@pytest.mark.parametrize(
    "raw",
    [
        *[b"{", b"[]", b"1", b'"x"', b"null", b"\xff", b'{"a":NaN}', b'{"a":1}x', b'{"a":"\\ud800"}', b"[" * 9999],
        *[b'{"a":' * 9999, b'{"a":%s}' % (b"1" * 9999)],
    ],
)
def test_what_is_no_json_object_is_a_bad_request(raw):
    with pytest.raises(Rejected, match="400 Bad Request"):
        place_order.decode_body(raw)


def test_an_empty_body_is_an_empty_object():
    assert Decoder(UpgradeAccount).decode_body(b"") == UpgradeAccount()
    with pytest.raises(Rejected, match="40019"):
        place_order.decode_body(b"")


def test_rows_of_a_batch_are_decoded_like_requests():
    row = {"side": "BUY", "orderType": "limit", "force": "GTC", "price": 1, "size": "2", "extra": 0}
    batch = Decoder(BatchOrders).decode_body(json.dumps({"symbol": "BTCUSDT", "orderList": [row, row]}).encode())
    assert [(each.side, each.force, each.price) for each in batch.order_list] == [("buy", "gtc", Decimal(1))] * 2


@pytest.mark.parametrize(
    ("rows", "code"), [([], "40019"), ("x", "40020"), ([1], "40020"), ([{"side": "buy"}], "40019"), ({}, "40020")]
)
def test_a_malformed_batch_is_refused(rows, code):
    with pytest.raises(Rejected, match=code):
        Decoder(BatchOrders).decode_body(json.dumps({"orderList": rows}).encode())


def test_lists_come_as_arrays_or_joined_by_commas():
    decoder = Decoder(BatchCancelPlanOrders)
    assert decoder.decode_body(b'{"symbolList":["A","B"]}') == decoder.decode_body(b'{"symbolList":"A,B"}')
    assert decoder.decode_body(b'{"symbolList":[]}').symbol_list == []


@pytest.mark.parametrize(("sent", "meant"), [("50", 50), ("max", "max"), ("MAX", "max")])
def test_depth_is_a_number_or_everything(sent, meant):
    assert Decoder(AskMergeDepth).decode_query(f"symbol=B&limit={sent}").limit == meant


def test_queries_are_decoded_from_their_escapes():
    decoded = Decoder(AskTradeRate).decode_query("symbol=%42TC%55SDT&business=spot&x=%ff&y=%zz&&=&z")
    assert decoded.symbol == "BTCUSDT"


def test_of_a_repeated_parameter_the_last_counts():
    assert Decoder(AskTradeRate).decode_query("symbol=A&symbol=B&business=spot").symbol == "B"


def test_a_flood_of_parameters_is_cut():
    query = "&".join(f"x{number}=1" for number in range(MAXIMUM_PARAMETERS)) + "&symbol=A&business=spot"
    with pytest.raises(Rejected, match="40019 Parameter symbol"):
        Decoder(AskTradeRate).decode_query(query)


def test_flags_come_as_booleans_or_words():
    decoder = Decoder(CreateKey)
    assert decoder.decode_body(b'{"uid":1,"demo":true}').demo is decoder.decode_body(b'{"uid":1,"demo":"True"}').demo
    with pytest.raises(Rejected, match="40020 Parameter demo error"):
        decoder.decode_body(b'{"uid":1,"demo":"yes"}')


@pytest.mark.parametrize(("sent", "meant"), [(b"true", "on"), (b"false", "off"), (b'"ON"', "on")])
def test_a_switch_is_a_word_or_a_boolean(sent, meant):
    assert Decoder(SwitchDeduct).decode_body(b'{"deduct":' + sent + b"}").deduct == meant


def test_what_the_client_sends_is_what_the_server_reads():
    sent = MakeTransfer(from_type="spot", to_type="p2p", amount=Decimal("0.00000010"), coin="BTC", client_oid="a b&c=%")
    assert Decoder(MakeTransfer).decode_body(body(sent)) == sent
    assert query_parameters(sent)["amount"] == "0.00000010"


ROW = {"subAccountName": "abcdefgh", "passphrase": "openSesame1", "label": "bot"}


@pytest.mark.parametrize("sent", [[ROW], ROW, {"subAccountList": [ROW]}], ids=["list", "row", "object"])
def test_a_body_that_is_a_bare_list_may_be_a_lone_row_or_named(sent):
    rows = [SubaccountWithKey(alias="abcdefgh", passphrase="openSesame1", label="bot")]
    decoded = Decoder(CreateSubaccountsWithKeys).decode_body(json.dumps(sent).encode())
    assert decoded == CreateSubaccountsWithKeys(subaccounts=rows)
    assert json.loads(body(decoded)) == [ROW]


@pytest.mark.parametrize(
    ("given", "read"), [({}, None), ({"permList": None}, None), ({"permList": []}, []), ({"permList": ""}, [])]
)
def test_a_list_that_can_be_cleared_is_told_from_one_left_out(given, read):
    fields = {"subAccountUid": "1", "subAccountApiKey": "pt_1", "passphrase": "openSesame1", "label": "bot"}
    assert Decoder(ModifySubaccountKey).decode_body(json.dumps(fields | given).encode()).permissions == read


def test_every_endpoint_on_a_socket_can_be_decoded():
    for endpoint in ENDPOINTS:
        if endpoint.access != "internal":
            assert Decoder(endpoint.request), endpoint


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
NAMES = sorted({field.encode_name for kind in (PlaceOrder, BatchOrders) for field in msgspec.structs.fields(kind)})


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), JSON | st.sampled_from(["buy", "limit", "1.5", "GTC"]), max_size=8))
def test_no_json_raises_anything_but_a_rejection(fields):
    sent = json.dumps(fields).encode()
    for decoder in (place_order, batch_orders):
        try:
            decoded = decoder.decode_body(sent)
        except Rejected as refused:
            assert refused.error.code in ("400", "40019", "40020")
        else:
            assert msgspec.json.decode(msgspec.json.encode(decoded), type=type(decoded)) == decoded


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60))
def test_no_bytes_raise_anything_but_a_rejection(raw):
    for read, sent in ((place_order.decode_body, raw), (candles.decode_query, raw.decode("latin-1"))):
        try:
            read(sent)
        except Rejected as refused:
            assert refused.error.code in ("400", "40019", "40020")
