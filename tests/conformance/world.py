"""One exchange in which everything documented has happened, all of it by calls that a client or an operator makes.

world = await open_world(exchange)
answer = await world.call("/api/v2/spot/account/assets", {"coin": "USDT"})
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from papertape import AsyncClient, BitgetError
from papertape.config import Config
from papertape.contract.catalog import BY_PATH
from papertape.engine.state import digest
from papertape.runtime.local_exchange import LocalExchange
from papertape.sdk.environment import at

DEVELOPER, SECOND = 1_000_000_001, 1_000_000_002
OPENED = 1_750_000_000_000
DAY = 86_400_000
PASSPHRASE = "openSesame1"
LOOPBACK = ["127.0.0.1"]
CONFIG = Config(data=":memory:", port=0, ws_port=0, market="still", limits="off", clock="manual", start=OPENED)


class Answer(NamedTuple):
    """What came back: ``code`` is Bitget's, ``data`` plain JSON."""

    status: int
    code: str
    message: str
    data: Any


@dataclass
class World:
    """The exchange and who is in it, by name; requests to public endpoints go without a key."""

    exchange: LocalExchange
    clients: dict[str, AsyncClient] = field(default_factory=dict)
    uids: dict[str, str] = field(default_factory=lambda: {"developer": str(DEVELOPER), "second": str(SECOND)})
    known: dict[str, str] = field(default_factory=dict)
    """Ids of what was made, by a name for it: ``known["advertisement"]``."""
    _names: int = 0

    @property
    def now(self) -> int:
        """Market time."""
        return self.exchange.market_clock.now()

    @property
    def operator(self) -> AsyncClient:
        """Whoever holds the control plane's token."""
        return self.clients["developer"]

    @property
    def state_hash(self) -> str:
        """The hash of the whole state."""
        return digest(self.exchange.sequencer.exchange)

    @property
    def imbalances(self) -> dict[str, Decimal]:
        """The coins that do not sum to zero."""
        totals = self.exchange.sequencer.exchange.ledger.totals()
        return {coin: total for coin, total in totals.items() if total}

    async def call(self, path: str, request: Any = None, *, who: str = "developer") -> Answer:
        """One real request: of a GET ``request`` is the query, of a POST the body (bytes as they are)."""
        endpoint, sent = BY_PATH[path], {} if request is None else request
        query, body = (sent, None) if endpoint.method == "GET" else (None, sent)
        signed = endpoint.access == "signed"
        try:
            response = await self.clients[who].request(endpoint.method, path, query, body, signed=signed)
        except BitgetError as refusal:
            envelope = msgspec.json.decode(refusal.content)
            return Answer(refusal.status, refusal.code, refusal.message, envelope["data"])
        return Answer(response.status, "00000", "", response.data)

    async def do(self, path: str, request: Any = None, *, who: str = "developer") -> Any:
        """The data of a request that must succeed."""
        answer = await self.call(path, request, who=who)
        assert answer.code == "00000", f"{path} {request}: {answer.code} {answer.message}"
        return answer.data

    async def control(self, path: str, **fields: Any) -> Any:
        """What the operator does."""
        return (await self.operator.request("POST", f"/papertape/v1/{path}", body=fields)).data

    async def wait(self, milliseconds: int) -> None:
        """Market time passes; what falls due happens."""
        await self.control("clock/advance", milliseconds=milliseconds)

    async def fund(self, uid: str, amount: str, coin: str, wallet: str = "spot") -> None:
        """Credits a coin, as a deposit."""
        await self.control("fund", uid=int(uid), coin=coin, amount=amount, wallet=wallet)

    def new_name(self, length: int = 8) -> str:
        """Letters that no one has used: an alias, a client id."""
        self._names += 1
        letters, number = string.ascii_lowercase, self._names
        return "walk" + "".join(letters[number // 26**place % 26] for place in reversed(range(length - 4)))

    def add(self, name: str, uid: str, key: Mapping[str, Any]) -> None:
        """A client with this key, as the control plane or a main account made it."""
        self.uids[name] = uid
        self.clients[name] = AsyncClient(
            at(self.exchange.url),
            key=key["key"],
            secret=key["secret"],
            passphrase=key.get("passphrase", PASSPHRASE),
            control_token="papertape",
        )

    async def close(self) -> None:
        """Closes all connections."""
        for client in self.clients.values():
            await client.close()


async def open_world(exchange: LocalExchange) -> World:
    """The developer and the second trader, on the exchange's first day."""
    world = World(exchange)
    for name, key in (("developer", "papertape-key"), ("second", "papertape-key-2")):
        world.add(name, world.uids[name], {"key": key, "secret": "papertape-secret", "passphrase": "papertape"})
    return world
