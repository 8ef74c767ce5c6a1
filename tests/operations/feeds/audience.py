"""A small market with listeners: what each command pushes, as it goes over the wire.

market = Audience(alice="1000 USDT", bob="2 BTC")
market.listen("trade", "BTCUSDT")
market.sell("bob", "1 @ 100")
market.buy("alice", "1 @ 100")
assert [row["price"] for row in market.data("trade")] == ["100.00"]
"""

from __future__ import annotations

from typing import Any

import msgspec

from papertape.contract.protocol.channel import Argument, Topic
from papertape.contract.protocol.endpoint import Endpoint
from papertape.contract.protocol.errors import Error
from papertape.contract.protocol.wire import encode
from papertape.engine.exchange.environments import Environment
from papertape.operations import every as every
from papertape.operations.feeds.feed import FeedPush
from papertape.operations.feeds.feeds import Feeds, who_hears
from papertape.operations.registry import OPERATIONS, Caller
from tests.chronicle import Chronicle, Output
from tests.market import UIDS


class Audience(Chronicle):
    """A market and its feeds; ``pushes`` are those not yet asked for.

    History is kept in an ``async with`` block only.
    """

    def __init__(self, **balances: str) -> None:
        super().__init__(**balances)
        self.exchange.sequence = 1000
        self.exchange.ledger.touched.clear()
        self.feeds = Feeds(lambda: self.exchange, self)
        self.pushes: list[FeedPush] = []
        self.clock = 1_000_000

    def of(self, environment: Environment) -> Audience:
        """History is kept of one environment."""
        return self

    async def candles(self, *question: Any) -> Any:
        """The one question that feeds have to history."""
        return await self.past.candles(*question)

    def happened_now(self) -> None:
        """The last command's records go to history, if it is open, and to the feeds."""
        if hasattr(self, "projector"):
            super().happened_now()
        else:
            self.exchange.sequence += 1
        output = Output(self.exchange.sequence, self.exchange.happened)
        self.pushes += self.feeds.observe(output)
        self.exchange.ledger.touched.clear()

    def command(self, endpoint: Endpoint[..., Any, Any], who: str, **parameters: Any) -> Any:
        """Runs any command."""
        self.exchange.events = []
        reply = OPERATIONS[endpoint.path].function(self.exchange, Caller(UIDS[who]), endpoint.request(**parameters))
        self.happened_now()
        return reply

    def later(self, milliseconds: int = 1000) -> None:
        """Lets the feeds' clock go on and collects what has become due."""
        self.clock += milliseconds
        self.pushes += self.feeds.due(self.clock)

    def refusal(self, channel: str, key: str | None = None, who: str | None = None, **fields: Any) -> Error | None:
        """Why this cannot be listened to."""
        return self.feeds.check(argument(channel, key, **fields), who and UIDS[who])

    def listen(self, channel: str, key: str | None = None, who: str | None = None) -> Any:
        """Subscribes; the rows of the snapshot, or None where there is none."""
        asked, uid = argument(channel, key), UIDS[who] if who else None
        assert self.feeds.check(asked, uid) is None
        self.feeds.subscribed(who_hears("live", asked, uid))
        push = self.feeds.snapshot(who_hears("live", asked, uid))
        assert push is None or push.action == "snapshot"
        return None if push is None else wire(push.data)

    def leave(self, channel: str, key: str | None = None, who: str | None = None) -> None:
        """Unsubscribes."""
        self.feeds.unsubscribed(who_hears("live", argument(channel, key), UIDS[who] if who else None))

    def heard(self, channel: str, who: str | None = None) -> list[FeedPush]:
        """The pushes on this channel since they were last asked for."""
        found = [
            push for push in self.pushes if push.who.topic.channel == channel and push.who.uid == (who and UIDS[who])
        ]
        self.pushes = [push for push in self.pushes if push not in found]
        return found

    def data(self, channel: str, who: str | None = None) -> list[Any]:
        """The rows of those pushes."""
        return [row for push in self.heard(channel, who) for row in wire(push.data)]


def argument(channel: str, key: str | None = None, **fields: Any) -> Argument:
    """An argument for spot."""
    return Argument(**({"inst_type": "SPOT", "channel": channel, "inst_id": key} | fields))


def topic(channel: str, key: str) -> Topic:
    """A topic of spot."""
    return Topic("SPOT", channel, key)


def wire(data: Any) -> Any:
    """What a client reads."""
    return msgspec.json.decode(encode(data))
