"""Opens a stream's connections on demand and spreads its topics over them, within the documented limits."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any
from urllib.parse import urlsplit

from papertape.contract.channels import CHANNELS
from papertape.contract.protocol.channel import Channel, Topic
from papertape.sdk.credentials import Signer
from papertape.sdk.environment import Environment
from papertape.sdk.exceptions import CredentialsMissing, StreamError
from papertape.sdk.limiter import Limiter
from papertape.sdk.rest.async_client import AsyncClient, driver_of
from papertape.sdk.streams.settings import MOST_CHANNELS, MOST_CONNECTIONS, StreamSettings
from papertape.sdk.streams.socket import messages
from papertape.sdk.streams.socket.shared_subscription import SharedSubscription
from papertape.sdk.streams.socket.supervisor import ConnectionTarget, Supervisor
from papertape.sdk.streams.socket_orders import SocketOrders
from papertape.sdk.streams.topic_request import TopicRequest
from papertape.sdk.streams.tracking.table import TRACKERS


def path(environment: Environment, *, private: bool) -> str:
    """Return the streams' address: Bitget's demo environment has a host of its own, a Papertape's a path of its own."""
    host = urlsplit(environment.ws).hostname or ""
    apart = environment.demo and not host.endswith("bitget.com")
    return f"{environment.ws}{'/demo' if apart else ''}/v2/ws/{'private' if private else 'public'}"


class ConnectionPool:
    """Holds the connections of one stream, on the event loop that it was made on."""

    def __init__(
        self, environment: Environment, signer: Signer | None, settings: StreamSettings, limiter: Limiter | None
    ) -> None:
        self.environment, self.signer, self.settings = environment, signer, settings
        self.loop = asyncio.get_running_loop()
        self.closed = False
        self.client = AsyncClient(environment, credentials=signer, timeout=settings.timeout, limiter=limiter)
        """The same exchange over REST; connects at its first call."""
        self.orders = SocketOrders(driver_of(self.client), settings.timeout, self._trading)
        self._supervisors: dict[bool, list[Supervisor]] = {False: [], True: []}
        self._tasks: set[asyncio.Task[None]] = set()

    def check_loop(self) -> None:
        """Raise ``RuntimeError`` on another event loop than that of the first subscription."""
        if asyncio.get_running_loop() is not self.loop:
            raise RuntimeError("a stream belongs to the event loop of its first subscription")

    def shared(self, wanted: TopicRequest[Any]) -> SharedSubscription:
        """Find the topic's subscription, or begin it on a connection with room."""
        if self.closed:
            raise RuntimeError("this stream is closed")
        channel = wanted.channel
        topic = messages.normal(Topic(wanted.inst_type or product_of(channel), channel.name, wanted.key))
        supervisors = self._supervisors[channel.private]
        for supervisor in supervisors:
            if topic in supervisor.subscriptions:
                return supervisor.subscriptions[topic]
        supervisor = self._with_room(channel.private)
        kind = TRACKERS.get((topic.inst_type, topic.channel))
        shared = SharedSubscription(channel, topic, kind(topic, self.client) if kind else None)
        supervisor.take(shared)
        return shared

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Run work in the background until it is done or the stream ends."""
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """End all iterations and close all sockets."""
        self.closed = True
        everyone = [supervisor for supervisors in self._supervisors.values() for supervisor in supervisors]
        await asyncio.gather(*(supervisor.close() for supervisor in everyone))
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.client.close()

    def _trading(self) -> Supervisor:
        """Return the connection that orders go over."""
        if self.closed:
            raise RuntimeError("this stream is closed")
        return next(iter(self._supervisors[True]), None) or self._open(True)

    def _with_room(self, private: bool) -> Supervisor:
        supervisors = self._supervisors[private]
        most = self.settings.channels_per_connection
        for supervisor in supervisors:
            if supervisor.has_room(most):
                return supervisor
        if sum(map(len, self._supervisors.values())) < MOST_CONNECTIONS:
            return self._open(private)
        for supervisor in sorted(supervisors, key=lambda supervisor: len(supervisor.subscriptions)):
            if supervisor.has_room(MOST_CHANNELS):
                return supervisor
        raise StreamError(f"{MOST_CONNECTIONS} connections are all that an address may have, and they are full")

    def _open(self, private: bool) -> Supervisor:
        url = path(self.environment, private=private)
        target = ConnectionTarget(url, self._login, self.client.synchronise) if private else ConnectionTarget(url)
        if private and self.signer is None:
            raise CredentialsMissing("this channel needs an API key", endpoint=url)
        supervisor = Supervisor(target, self.settings, self._supervisors[private].remove)
        self._supervisors[private].append(supervisor)
        return supervisor

    async def _login(self) -> str:
        assert self.signer is not None, "a private connection is opened with a key only"
        return await messages.login(self.signer, self.client.clock.now() // 1000)


def product_of(channel: Channel[Any]) -> str:
    """Find the product (``instType``) that declares a channel; raises ``ValueError`` if none does, or several do."""
    products = [product for (product, _), declared in CHANNELS.items() if declared is channel]
    if len(products) > 1:
        raise ValueError(f"{channel!r} is a channel of {', '.join(products)}: say which one is wanted")
    if not products:
        raise ValueError(f"not a declared channel: {channel!r}")
    return products[0]
