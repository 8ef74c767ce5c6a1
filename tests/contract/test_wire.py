"""How replies look on the wire, and that a client reads them back as they were."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

from papertape.contract.protocol.wire import (
    ABSENT,
    Amount,
    Count,
    Number,
    Reply,
    Sealed,
    Timestamp,
    decode_hook,
    encode,
    query_parameters,
)
from papertape.contract.spot.market import AskCandles, Candle, MergeDepth


class Sample(Reply):
    amount: Amount
    unset: Amount
    level: tuple[Number, Number]
    made_at: Timestamp = msgspec.field(name="cTime")
    price_places: Count
    missing: Amount | None


@pytest.mark.parametrize(
    ("value", "text"), [("0E-8", "0.00000000"), ("1E+3", "1000"), ("1.10", "1.10"), ("-5E-7", "-0.0000005")]
)
def test_amounts_never_have_an_exponent(value, text):
    assert encode(Amount(value)) == f'"{text}"'.encode()
    assert encode(Number(value)) == text.encode()


def sample() -> Sample:
    return Sample(
        amount=Amount("1.50"),
        unset=ABSENT,
        level=(Number("38084.5"), Number("0.0039")),
        made_at=Timestamp(1_659_076_670_000),
        price_places=Count(2),
        missing=None,
    )


def test_a_reply_on_the_wire():
    assert msgspec.json.decode(encode(sample())) == {
        "amount": "1.50",
        "unset": "",
        "level": [38084.5, 0.0039],
        "cTime": "1659076670000",
        "pricePlaces": "2",
        "missing": None,
    }


def test_a_client_reads_back_what_was_sent():
    read = msgspec.json.Decoder(Sample, dec_hook=decode_hook).decode(encode(sample()))
    assert read == sample()
    assert (type(read.amount), type(read.made_at), read.unset) == (Amount, Timestamp, Decimal(0))


def test_a_candle_is_a_list_of_eight_strings():
    candle = Candle(
        start=Timestamp(60_000),
        open=Amount(1),
        high=Amount(4),
        low=Amount("0.5"),
        close=Amount(2),
        base_volume=Amount(10),
        usdt_volume=Amount(20),
        quote_volume=Amount(20),
    )
    assert encode([candle]) == b'[["60000","1","4","0.5","2","10","20","20"]]'


def test_merge_depth_numbers_keep_their_digits():
    decoded = msgspec.json.Decoder(MergeDepth, dec_hook=decode_hook).decode(
        b'{"asks":[[38084.50,1]],"bids":[],"precision":"scale9","scale":"0.1","isMaxPrecision":"NO","ts":"1","new":1}'
    )
    assert decoded.asks == [(Number("38084.5"), Number(1))]
    assert decoded.precision == "scale9"


def test_secrets_stay_sealed_without_a_vault():
    assert isinstance(Sealed("cipher"), str)
    with pytest.raises(NotImplementedError):
        encode(object())


def test_absent_parameters_are_not_sent():
    asked = AskCandles(symbol="BTCUSDT", granularity="1min", limit=5)
    assert query_parameters(asked) == {"symbol": "BTCUSDT", "granularity": "1min", "limit": "5"}
