"""Pushes in the shapes that Bitget documents and sends, which lack some of what a Papertape sends."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from papertape.contract.protocol.channel import Channel
from papertape.contract.spot import streams as channels
from papertape.sdk.streams.socket.messages import envelope, rows_decoder

TICKER = {
    "instId": "ETHUSDT", "lastPr": "2200.10", "open24h": "0.00", "high24h": "0.00", "low24h": "0.00",
    "change24h": "0.00", "bidPr": "1792", "askPr": "2200.1", "bidSz": "0.0084", "askSz": "19740.8811",
    "baseVolume": "0.0000", "quoteVolume": "0.0000", "openUtc": "0.00", "changeUtc24h": "0", "ts": "1695702438018",
}  # fmt: skip
ORDER = {
    "instId": "BTCUSDT", "orderId": "1", "clientOid": "1", "size": "8.0000", "newSize": "500.0000",
    "orderType": "market", "force": "gtc", "side": "buy", "status": "live", "cTime": "1695797773257",
    "uTime": "1695797773326", "stpMode": "none", "enterPointSource": "WEB",
}  # fmt: skip
FILLED = {
    **ORDER, "notional": "8.000000", "fillPrice": "26256.0", "tradeId": "1", "baseVolume": "0.0003",
    "fillTime": "1695797773286", "fillFee": "-0.00000018", "fillFeeCoin": "BTC", "tradeScope": "T",
    "accBaseVolume": "0.0003", "priceAvg": "26256.0", "feeDetail": [{"feeCoin": "BTC", "fee": "-0.00000018"}],
}  # fmt: skip
BOOK = {"asks": [["26274.9", "0.0009"]], "bids": [["26274.8", "0.0009"]], "ts": "1695710946294"}
DOCUMENTED: list[tuple[Channel[Any], Any]] = [
    (channels.ticker, TICKER),
    (channels.candles[0], ["1695672780000", "2200.1", "2200.1", "2200.1", "2200.1", "0", "0", "0"]),
    (channels.books[0], BOOK),
    (channels.books[0], {**BOOK, "checksum": 0, "seq": 123}),
    (channels.books[0], {**BOOK, "seq": 124, "pseq": 123}),
    (channels.orders, ORDER),
    (channels.orders, FILLED),
]


@pytest.mark.parametrize(("channel", "row"), DOCUMENTED, ids=lambda value: getattr(value, "name", ""))
def test_a_push_is_read_as_documented(channel: Channel[Any], row: Any) -> None:
    (message,) = rows_decoder(channel.message).decode(msgspec.json.encode([row]))
    assert isinstance(message, channel.message)


@pytest.mark.parametrize("code", ["0", 0])
def test_success_is_a_number_or_a_text(code: Any) -> None:
    assert envelope(msgspec.json.encode({"event": "login", "code": code, "msg": ""})).failure == ""
    assert envelope(msgspec.json.encode({"event": "error", "code": code, "msg": "no"})).failure != ""
    assert envelope(msgspec.json.encode({"event": "error", "code": "30001", "msg": "no"})).failure == "30001"
