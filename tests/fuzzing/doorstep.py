"""A stranger at the door: signs as the exchange wants it, sends anything, and watches what it does to the state."""

from __future__ import annotations

import re
import time
import zlib
from typing import Any

import msgspec
import requests
from requests.auth import AuthBase

from papertape.contract.protocol import signing
from papertape.gateway.replies import ErrorReply
from tests.cli.serving import Served

CONTROL = {"authorization": "Bearer papertape"}
PATIENCE = 20.0


class Signed(AuthBase):
    """Signs a request as it goes out: the target and the body to the byte."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        body = request.body or b""
        timestamp = str(time.time_ns() // 1_000_000)
        assert request.method is not None
        message = signing.prehash(
            timestamp, request.method, request.path_url, body.encode() if isinstance(body, str) else body
        )
        request.headers["ACCESS-KEY"] = "papertape-key"
        request.headers["ACCESS-TIMESTAMP"] = timestamp
        request.headers["ACCESS-PASSPHRASE"] = "papertape"
        request.headers["ACCESS-SIGN"] = signing.sign_hmac("papertape-secret", message)
        return request


class Bearer(AuthBase):
    """The control plane's token."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers.update(CONTROL)
        return request


KNOWN: dict[str, list[Any]] = {
    "symbol": ["BTCUSDT", "BTCUSDT", "ETHBTC", "BGBUSDT"],
    "coin": ["USDT", "BTC", "XRP", "USDC"],
    "chain": ["TRC20", "BEP20", "BTC", "XRP"],
    "size": ["0.001", "0.5", "20", "100"],
    "amount": ["0.001", "25", "1000"],
    "price": ["84000", "84250.5", "85000.01", "0.03"],
    "triggerPrice": ["80000", "84250", "90000"],
    "executePrice": ["80000", "84250", "90000"],
    "uid": [1_000_000_001, 1_000_000_002, 1_000_000_003],
    "parentUid": [1_000_000_001],
    "fromUserId": ["1000000001", "1000000003"],
    "toUserId": ["1000000001", "1000000003"],
    "subUid": ["1000000003"],
    "address": ["1000000002", "0x" + "52" * 20],
    "limit": [1, 10, 100],
    "endTime": [1_700_000_000_000, 2_000_000_000_000],
    "name": ["here", "there"],
}
"""Values that mean something at the door, by the name of the field."""
IDS = {"orderId", "planOrderId", "idLessThan", "transferId", "cursor"}


class Stranger:
    """One who calls a served exchange and compares its state before and after."""

    def __init__(self, served: Served) -> None:
        self.url = served.rest
        self.session = requests.Session()
        self.ids: list[str] = ["1"]
        self.state = self.state_now()

    def informed(self, given: Any) -> Any:
        """The same request with some of its values replaced by what exists: which, the values themselves decide."""
        if isinstance(given, list):
            return [self.informed(each) for each in given]
        if not isinstance(given, dict):
            return given
        return {name: self._informed_value(name, value) for name, value in given.items()}

    def _informed_value(self, name: str, value: Any) -> Any:
        known = self.ids[-12:] if name in IDS else KNOWN.get(name, [])
        dice = zlib.crc32(repr(value).encode("utf-8", "replace"))
        if not known or not isinstance(value, str | int) or dice % 5 == 0:
            return self.informed(value)
        return known[dice // 5 % len(known)]

    def remember(self, body: bytes) -> None:
        """Keeps the ids in an answer, to ask about them later."""
        self.ids += re.findall(r'"(?:orderId|transferId|planOrderId)":"(\d+)"', body.decode())

    def state_now(self) -> str:
        """The exchange's state hash."""
        reply = self.session.get(f"{self.url}/papertape/v1/state-hash", headers=CONTROL, timeout=PATIENCE)
        state: str = reply.json()["stateHash"]
        return state

    def judge(self, method: str, status: int, body: bytes, *, bare: bool) -> None:
        """Holds an answer to the exchange's promises; ``bare`` successes come without an envelope."""
        before, self.state = self.state, self.state_now()
        self.remember(body)
        assert status < 500, body
        if status != 200:
            refusal: Any = msgspec.json.decode(body, type=ErrorReply) if method != "HEAD" else None
            assert refusal is None or refusal.code != "00000"
        elif not bare:
            assert msgspec.json.decode(body)["code"] == "00000"
        if status != 200 or method != "POST":
            assert self.state == before, f"{method} changed the state, though it was answered with {status} {body!r}"
