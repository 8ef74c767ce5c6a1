"""A client's desk: signs as a client would, calls the gateway's one function, reads the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from papertape.config import Config
from papertape.contract.catalog import ENDPOINTS, v1_paths
from papertape.contract.protocol import signing
from papertape.gateway.app import Gateway
from papertape.journal.clock import Clock
from papertape.runtime.local_exchange import LocalExchange

NOON = 1_750_000_000_000
"""Gateway time when a story begins; it stands still until the story moves it."""

ASSETS = "/api/v2/spot/account/assets"
ORDER = "/api/v2/spot/trade/place-order"
TIME = "/api/v2/public/time"
LIMIT_BUY = b'{"symbol":"BTCUSDT","side":"buy","orderType":"limit","force":"gtc","price":"50000","size":"0.01"}'


@dataclass
class Answered:
    """An answer, read."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)

    @property
    def code(self) -> str:
        return str(self.json["code"])

    @property
    def data(self) -> Any:
        assert self.status == 200, self.body
        return self.json["data"]


class Desk:
    """An exchange in memory, without a market, behind a gateway whose clock stands at noon."""

    def __init__(self, exchange: LocalExchange, *, limits: bool = True) -> None:
        self.exchange = exchange
        self.clock = exchange.administration.gateway_clock = Clock("manual", NOON)
        self.gateway = Gateway(
            endpoints=ENDPOINTS,
            sequencer=exchange.sequencer,
            history=exchange.gateway.history,
            vault=exchange.storage.vault,
            administration=exchange.administration,
            control_token="open sesame",
            limits=limits,
            v1_paths=v1_paths(),
        )

    async def send(
        self, method: str, target: str, body: bytes = b"", peer: str = "127.0.0.1", **headers: str
    ) -> Answered:
        """One request with these headers: ``access_key="..."`` is ``access-key: ...``."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        status, out, reply = await self.gateway.handle(method, target, named, body, peer)
        return Answered(status, dict(out), reply)

    def signature(self, method: str, target: str, body: bytes = b"", **changes: str) -> dict[str, str]:
        """The four headers of the developer's key; ``changes`` replaces any of them, "" leaves it out."""
        timestamp = changes.pop("timestamp", str(self.clock.now()))
        secret = changes.pop("secret", "papertape-secret")
        message = signing.prehash(timestamp, method, changes.pop("signed_target", target), body)
        sign = signing.sign_rsa if signing.is_private_key(secret) else signing.sign_hmac
        headers = {
            "access_key": "papertape-key",
            "access_sign": sign(secret, message),
            "access_timestamp": timestamp,
            "access_passphrase": "papertape",
        }
        return {name: value for name, value in (headers | changes).items() if value}

    async def signed(
        self, method: str, target: str, body: bytes = b"", peer: str = "127.0.0.1", **changes: str
    ) -> Answered:
        """One signed request."""
        return await self.send(method, target, body, peer, **self.signature(method, target, body, **changes))

    async def control(self, method: str, path: str, /, token: str = "open sesame", **fields: Any) -> Answered:
        """One request to the control plane."""
        body = msgspec.json.encode(fields) if method == "POST" else b""
        return await self.send(method, f"/papertape/v1/{path}", body, authorization=f"Bearer {token}")


def quiet(**changes: Any) -> Config:
    """An exchange that keeps nothing and in which nobody trades by himself."""
    return Config(**{"port": 0, "ws_port": 0, "data": ":memory:", "market": "still"} | changes)
