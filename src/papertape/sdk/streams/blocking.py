"""The blocking form of a stream, for scripts and threads: a background thread runs the event loop."""

from __future__ import annotations

from functools import partial
from types import TracebackType
from typing import Any, Protocol, TypeVar

from papertape.contract.protocol.channel import DEFAULT, Channel, M
from papertape.contract.protocol.endpoint import Endpoint
from papertape.sdk.environment import Environment
from papertape.sdk.streams.background import Background
from papertape.sdk.streams.blocking_subscription import BlockingSubscription
from papertape.sdk.streams.book.blocking_feed import BlockingOrderBookFeed
from papertape.sdk.streams.book.feed import OrderBookFeed
from papertape.sdk.streams.events import Gap, Reconnected
from papertape.sdk.streams.products import Products
from papertape.sdk.streams.subscription import Subscription
from papertape.sdk.streams.surface import AsyncSurface
from papertape.sdk.streams.topic_request import TopicRequest

R = TypeVar("R")
Y = TypeVar("Y")

BATCH = 256
"""Events that are fetched from the loop's thread at once."""


class AsynchronousStream(AsyncSurface, Protocol):
    """The stream whose work a ``BlockingStream`` hands over to a thread."""

    @property
    def environment(self) -> Environment:
        """The exchange that the stream connects to."""
        ...

    async def close(self) -> None:
        """End all subscriptions and connections."""
        ...


class BlockingStream(Products["BlockingStream"]):
    """A stream without async, from ``with Stream(...) as stream``; usable from many threads."""

    def __init__(self, stream: AsynchronousStream) -> None:
        super().__init__(self)
        self._stream, self._background = stream, Background()

    @property
    def environment(self) -> Environment:
        """The exchange that this stream connects to."""
        return self._stream.environment

    def subscribe(
        self, channel: Channel[M], key: str = DEFAULT, inst_type: str = ""
    ) -> BlockingSubscription[M | Gap | Reconnected]:
        """Subscribe to a declared channel by its key: an instrument, or ``default`` for all of one's own.

        ``inst_type`` is the product, for a channel that several products declare.
        """
        return self.open(TopicRequest(channel, key, inst_type=inst_type))

    def open(self, wanted: TopicRequest[Y]) -> BlockingSubscription[Y]:
        """Subscribe to a topic."""

        async def opened() -> Subscription[Y]:
            return self._stream.open(wanted)

        subscription = self._background.run(opened)
        return BlockingSubscription(self._background, subscription, 1 if wanted.channel.slow == "latest" else BATCH)

    def open_book(self, wanted: TopicRequest[Any]) -> BlockingOrderBookFeed:
        """Keep a live order book from a channel."""

        async def opened() -> OrderBookFeed:
            return self._stream.open_book(wanted)

        return BlockingOrderBookFeed(self._background, self._background.run(opened))

    def order(self, endpoint: Endpoint[..., Any, R], request: Any) -> R:
        """Call an endpoint over the socket."""
        return self._background.run(partial(self._stream.order, endpoint, request))

    def close(self) -> None:
        """End all subscriptions and connections; the stream cannot be used afterwards."""
        if self._background.is_running:
            self._background.run(self._stream.close)
            self._background.close()

    def __enter__(self) -> BlockingStream:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return repr(self._stream)
