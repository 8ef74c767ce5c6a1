"""``Stream``: the exchange's pushes and orders over WebSocket. Heavy imports wait for the first subscription."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from papertape.contract.protocol.channel import DEFAULT, Channel, M
from papertape.contract.protocol.endpoint import Endpoint
from papertape.sdk.credentials import Signer, credentials_for
from papertape.sdk.environment import Environment, Name, chosen
from papertape.sdk.limiter import Limiter
from papertape.sdk.streams.events import Gap, Reconnected
from papertape.sdk.streams.products import Products
from papertape.sdk.streams.settings import StreamSettings
from papertape.sdk.streams.topic_request import TopicRequest

if TYPE_CHECKING:
    from papertape.sdk.streams.blocking import BlockingStream
    from papertape.sdk.streams.book.feed import OrderBookFeed
    from papertape.sdk.streams.connection_pool import ConnectionPool
    from papertape.sdk.streams.subscription import Subscription

R = TypeVar("R")
Y = TypeVar("Y")


class Stream(Products["Stream"]):
    """Live data and your own orders, of Bitget or of a local Papertape.

    ``async with Stream() as stream: async for ticker in stream.spot.ticker("BTCUSDT")``; with a plain ``with`` and
    ``for`` the same without async: a thread runs the loop. Environment and key are chosen as for ``Client``.

    ``timeout`` (s) is for connecting, logging in, acknowledgements and answers; a first connection fails after it, a
    later one is tried again for ever. ``queue`` is how many messages wait for a slow consumer before the oldest are
    replaced by a ``Gap``. A connection holds ``channels_per_connection`` topics, sends ``ping`` every ``ping_every``
    seconds, and is dropped when nothing at all was received for ``silence`` seconds. Orders keep to the budgets of
    ``limiter``; give the same one to a client with the same key.
    """

    def __init__(
        self,
        environment: Name | Environment = "local",
        *,
        key: str | None = None,
        secret: str | None = None,
        passphrase: str | None = None,
        credentials: Signer | None = None,
        timeout: float = 10.0,
        queue: int = 10_000,
        channels_per_connection: int = 50,
        ping_every: float = 25.0,
        silence: float = 60.0,
        limiter: Limiter | None = None,
    ) -> None:
        super().__init__(self)
        self.environment = chosen(environment)
        self._signer = credentials or credentials_for(self.environment, key, secret, passphrase)
        self._settings = StreamSettings(
            timeout=timeout,
            queue=queue,
            channels_per_connection=channels_per_connection,
            ping_every=ping_every,
            silence=silence,
        )
        self._limiter = limiter
        self._pool: ConnectionPool | None = None
        self._blocking: BlockingStream | None = None

    def subscribe(
        self, channel: Channel[M], key: str = DEFAULT, inst_type: str = ""
    ) -> Subscription[M | Gap | Reconnected]:
        """Subscribe to a declared channel by its key: an instrument, or ``default`` for all of one's own.

        ``inst_type`` is the product, for a channel that several products declare.
        """
        return self.open(TopicRequest(channel, key, inst_type=inst_type))

    def open(self, wanted: TopicRequest[Y]) -> Subscription[Y]:
        """Subscribe to a topic; needs a running event loop, the same for all topics of a stream."""
        from papertape.sdk.streams.socket.mailbox import EventMailbox, Mailbox, StateMailbox
        from papertape.sdk.streams.socket.shared_subscription import state_key
        from papertape.sdk.streams.subscription import Subscription

        channel, pool = wanted.channel, self._open_pool()
        shared = pool.shared(wanted)
        mailbox: Mailbox
        if channel.slow == "latest":
            mailbox = StateMailbox(state_key(channel))
        else:
            mailbox = EventMailbox(self._settings.queue, whole=wanted.whole)
        return Subscription(pool, shared, mailbox)

    def open_book(self, wanted: TopicRequest[Any]) -> OrderBookFeed:
        """Keep a live order book from a channel."""
        from papertape.sdk.streams.book.feed import OrderBookFeed

        pool = self._open_pool()
        return OrderBookFeed(pool, pool.shared(wanted))

    async def order(self, endpoint: Endpoint[..., Any, R], request: Any) -> R:
        """Place or cancel an order over the socket; raises as REST does, never repeats what may have been done."""
        return await self._open_pool().orders.perform(endpoint, request)

    async def close(self) -> None:
        """End all subscriptions and connections; the stream cannot be used afterwards."""
        if self._pool is not None:
            await self._pool.close()

    async def __aenter__(self) -> Stream:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    def __enter__(self) -> BlockingStream:
        from papertape.sdk.streams.blocking import BlockingStream

        self._blocking = BlockingStream(self)
        return self._blocking

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._blocking is not None:
            self._blocking.close()

    def __repr__(self) -> str:
        return f"<Stream {self.environment.name} {self.environment.ws}>"

    def _open_pool(self) -> ConnectionPool:
        if self._pool is None:
            from papertape.sdk.streams.connection_pool import ConnectionPool

            self._pool = ConnectionPool(self.environment, self._signer, self._settings, self._limiter)
        self._pool.check_loop()
        return self._pool
