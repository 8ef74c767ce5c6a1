"""From an order in the program to the signed bytes that would go out, with a key of the HMAC kind."""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import ccxt
from typed_bitget.core import auth
from typed_bitget.core.types import timestamp_millis

from benchmarks.figures import median, microseconds, ratio, show
from papertape.contract.protocol.endpoint import Endpoint
from papertape.contract.spot.trade import PlaceOrder, SpotTrade
from papertape.sdk.credentials import Credentials
from papertape.sdk.environment import LIVE
from papertape.sdk.limiter import Limiter
from papertape.sdk.rest.calls import RestCalls
from papertape.sdk.rest.clock import ExchangeClock
from papertape.sdk.rest.options import Options
from papertape.sdk.rest.request_builder import RequestBuilder
from papertape.sdk.rest.steps import Send

AIM_MICROSECONDS = "30"
ORDERS = 2_000
ROUNDS = 7
KEY, SECRET, PASSPHRASE = "papertape-key", "papertape-secret", "papertape"
PATH = "/api/v2/spot/trade/place-order"
ORDER = {
    "symbol": "BTCUSDT", "side": "buy", "orderType": "limit", "force": "gtc", "price": "84000.5", "size": "0.0001",
    "clientOid": "benchmark-1",
}  # fmt: skip

PRICE, SIZE = Decimal("84000.5"), Decimal("0.0001")

_CALLER = RestCalls(
    RequestBuilder(LIVE, Credentials(KEY, SECRET, PASSPHRASE), None), ExchangeClock(), Limiter(), Options(limits="off")
)

Signed = tuple[str, str, str]
"""Timestamp, body and signature, as they go out."""

Maker = Callable[[], Callable[[], Signed]]


def measure() -> None:
    """Print the table."""
    makers = {"papertape": ours(), "ccxt": of_ccxt(), "typed-bitget": of_typed_bitget()}
    times: dict[str, list[float]] = {name: [] for name in makers}
    for _ in range(ROUNDS):
        for name, make in makers.items():
            times[name].append(timed(make, ORDERS))
    mine = median(times["papertape"])
    show(
        "Build and sign one order",
        ["", "microseconds", "aim", "ratio to ours"],
        [
            [name, microseconds(median(each)), AIM_MICROSECONDS if name == "papertape" else "-",
             ratio(median(each), mine)]
            for name, each in times.items()
        ],
        ["ours makes the typed order, too; of typed-bitget only body and headers, without its check of the order"],
    )  # fmt: skip


def timed(make: Callable[[], Signed], count: int) -> float:
    """Seconds for one."""
    gc.collect()
    began = time.perf_counter()
    for _ in range(count):
        make()
    return (time.perf_counter() - began) / count


def sending(endpoint: Endpoint[..., Any, Any], request: Any) -> Send:
    """What our client would send first, its limiter off."""
    step = next(_CALLER.typed(endpoint, request))
    assert isinstance(step, Send)
    return step


def ours() -> Callable[[], Signed]:
    """The typed order and its message, as a client makes them."""

    def make() -> Signed:
        order = PlaceOrder(
            symbol="BTCUSDT", side="buy", order_type="limit", force="gtc", price=PRICE, size=SIZE,
            client_oid="benchmark-1",
        )  # fmt: skip
        sent = sending(SpotTrade.place_order, order)
        return sent.headers["ACCESS-TIMESTAMP"], sent.message.body.decode(), sent.headers["ACCESS-SIGN"]

    return make


def of_ccxt() -> Callable[[], Signed]:
    """ccxt's ``sign``, to which orders are plain fields."""
    exchange: Any = ccxt.bitget({"apiKey": KEY, "secret": SECRET, "password": PASSPHRASE})

    def make() -> Signed:
        signed = exchange.sign(PATH.removeprefix("/api/"), ["private", "spot"], "POST", dict(ORDER))
        return signed["headers"]["ACCESS-TIMESTAMP"], signed["body"], signed["headers"]["ACCESS-SIGN"]

    return make


def of_typed_bitget() -> Callable[[], Signed]:
    """The steps of its ``authed_request`` up to the sending."""
    credentials = auth.resolve_credentials(KEY, SECRET, PASSPHRASE, public=False)
    assert credentials is not None

    def make() -> Signed:
        body, moment = json.dumps(ORDER, separators=(",", ":")), str(timestamp_millis.now())
        headers = auth.auth_headers(credentials, timestamp=moment, method="POST", path=PATH, body=body)
        return headers["ACCESS-TIMESTAMP"], body, headers["ACCESS-SIGN"]

    return make
