"""Keeps one connection open, logged in and subscribed, and makes a new one whenever it breaks."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec

from papertape.contract.protocol.channel import Topic
from papertape.sdk.exceptions import BitgetError, RequestTimeout, TimestampError, Unreachable
from papertape.sdk.streams.settings import StreamSettings
from papertape.sdk.streams.socket import messages
from papertape.sdk.streams.socket.connection import OpeningFailed, SocketConnection
from papertape.sdk.streams.socket.messages import StreamEnvelope
from papertape.sdk.streams.socket.pace import SUBSCRIBE_REQUESTS, SUBSCRIBE_SECONDS, Attempts, SlidingWindow
from papertape.sdk.streams.socket.shared_subscription import SharedSubscription

T = TypeVar("T")

logger = logging.getLogger("papertape.stream")

PONG = b"pong"
STEADY_SECONDS = 10.0
"""After a connection of at least this length the next attempt to connect is made at once."""

MOST_SHORT_LIVED = 2
"""Short connections count as so many failures at most, so that the pauses stop growing."""

LOGIN_TRIES = 5
"""Logins in a row that may fail, once one has succeeded; before that only a wrong clock is tried again.

An exchange in trouble refuses signatures that it accepted before, and a bot that runs for days must not lose the stream
of its orders for that. A key that no longer exists ends the stream at once.
"""

MOST_ECHOES = 4000
"""Spellings of arguments that are remembered."""


class ConnectionTarget:
    """An address and how to log in there: ``login`` makes the request, ``synchronise`` corrects its clock."""

    def __init__(
        self,
        url: str,
        login: Callable[[], Awaitable[str]] | None = None,
        synchronise: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.url, self.login, self.synchronise = url, login, synchronise
        self.place = urlsplit(url).netloc


class Supervisor:
    """Keeps one connection for its subscriptions; calls ``answered`` for answers to orders, ``interrupted`` for breaks.

    ``ended`` is called when it gives up: it cannot log in, or never could connect.
    """

    def __init__(self, target: ConnectionTarget, settings: StreamSettings, ended: Callable[[Supervisor], None]) -> None:
        self.subscriptions: dict[Topic, SharedSubscription] = {}
        self.ready = asyncio.Event()
        self.error: Exception | None = None
        self.answered: Callable[[StreamEnvelope], None] = _nobody
        self.interrupted: Callable[[], None] = _nothing
        self._target, self._settings, self._ended = target, settings, ended
        self._loop = asyncio.get_running_loop()
        self._connection: SocketConnection | None = None
        self._gone: asyncio.Future[str] | None = None
        self._login_answer: asyncio.Future[StreamEnvelope] | None = None
        self._new: dict[Topic, SharedSubscription] = {}
        self._old: list[SharedSubscription] = []
        self._leaving: Counter[Topic] = Counter()
        self._echoes: dict[bytes, SharedSubscription] = {}
        self._subscribes = SlidingWindow(SUBSCRIBE_REQUESTS, SUBSCRIBE_SECONDS)
        self._flushing: asyncio.TimerHandle | asyncio.Handle | None = None
        self._failed_logins = 0
        self._served = self._logged_in = False
        self._task = self._loop.create_task(self._supervise())

    def take(self, subscription: SharedSubscription) -> None:
        """Subscribe a topic, together with all others of this moment in as few requests as possible."""
        subscription.owner = self
        self.subscriptions[subscription.topic] = self._new[subscription.topic] = subscription
        self._soon()

    def drop(self, subscription: SharedSubscription) -> None:
        """Unsubscribe a topic."""
        subscription.owner = None
        if self.subscriptions.get(subscription.topic) is subscription:
            del self.subscriptions[subscription.topic]
        if self._new.pop(subscription.topic, None) is None and subscription.epoch:
            self._old.append(subscription)
            self._soon()

    def renew(self, subscription: SharedSubscription) -> None:
        """Unsubscribe and subscribe a topic; without a connection that happens anyway."""
        if self.ready.is_set() and subscription.topic not in self._new:
            self._old.append(subscription)
            self._new[subscription.topic] = subscription
            subscription.live = False
            self._soon()

    def send(self, text: str) -> bool:
        """Send an urgent message; False if no connection is ready for it."""
        return self.ready.is_set() and self._connection is not None and self._connection.send(text, urgent=True)

    def has_room(self, channels: int) -> bool:
        """Determine whether one more topic fits, with so many at most."""
        return len(self.subscriptions) < channels and not self._subscribes.wait(self._loop.time())

    async def close(self) -> None:
        """Close the connection with a close frame."""
        connection = self._connection
        self._task.cancel()
        if self._flushing is not None:
            self._flushing.cancel()
        for subscription in list(self.subscriptions.values()):
            subscription.end(None)
        self.subscriptions.clear()
        if connection is not None:
            connection.close("closed by the client")
            await connection.gone()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _supervise(self) -> None:
        failures, began = 0, self._loop.time()
        while True:
            while wait := Attempts.wait(self._target.place):
                await asyncio.sleep(wait)
            opened = self._loop.time()
            try:
                reason = await self._serve()
            except OpeningFailed as error:
                logger.info("cannot reach %s: %s", self._target.url, error)
                if not self._served and self._loop.time() - began >= self._settings.timeout:
                    self._give_up(Unreachable(f"cannot reach {self._target.url}: {error}"))
            except BitgetError as error:
                if not await self._may_try_again(error):
                    self._give_up(error)
            except Exception:
                logger.exception("a message of %s could not be handled", self._target.url)
                self._interrupt("a message could not be handled")
            else:
                logger.info("disconnected from %s: %s", self._target.url, reason)
                self._interrupt(reason)
                failures = min(failures, MOST_SHORT_LIVED)
            if self.error is not None:
                return
            failures = 0 if self._loop.time() - opened > STEADY_SECONDS else failures + 1
            await asyncio.sleep(self._backoff(failures))

    def _backoff(self, failures: int) -> float:
        longest = min(self._settings.longest_backoff, self._settings.first_backoff * 2.0 ** min(failures, 30))
        return longest * random.uniform(0.5, 1.0)

    async def _serve(self) -> str:
        """Run one connection from its opening to its end and return why it ended."""
        settings = self._settings
        gone: asyncio.Future[str] = self._loop.create_future()
        self._gone = gone
        connection = self._connection = await SocketConnection.open(
            self._target.url, self._received, lambda reason: _settle(gone, reason),
            timeout=settings.timeout, ping_every=settings.ping_every, silence=settings.silence,
        )  # fmt: skip
        try:
            if self._target.login is not None:
                await self._login(connection, await self._target.login())
            self._subscribes = SlidingWindow(SUBSCRIBE_REQUESTS, SUBSCRIBE_SECONDS)
            self._new.update(self.subscriptions)
            self._served = True
            self.ready.set()
            self._soon()
            reason = await gone
        finally:
            self.ready.clear()
            if not connection.closed:
                connection.cut("given up")
        await connection.gone()
        return reason

    async def _login(self, connection: SocketConnection, request: str) -> None:
        """Log in, before anything else is sent; raises the exchange's refusal."""
        answer = self._login_answer = self._loop.create_future()
        assert self._gone is not None
        try:
            connection.send(request, urgent=True)
            await asyncio.wait(
                (answer, self._gone), timeout=self._settings.timeout, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            self._login_answer = None
        if not answer.done():
            raise ConnectionError(self._gone.result() if self._gone.done() else "no answer to the login in time")
        if answer.result().failure:
            raise answer.result().error("login")
        self._logged_in, self._failed_logins = True, 0

    async def _may_try_again(self, error: BitgetError) -> bool:
        """Determine whether to log in again: once with the clock corrected; later on, a few times."""
        self._failed_logins += 1
        of_the_clock = isinstance(error, TimestampError) or error.code == messages.CODE_LOGIN_FAILED
        if self._failed_logins == 1 and of_the_clock and self._target.synchronise is not None:
            try:
                await self._target.synchronise()
            except BitgetError as failure:
                logger.info("the clock could not be set: %s", failure)
            return True
        final = error.code in messages.CODES_OF_A_KEY
        return self._logged_in and not final and self._failed_logins < LOGIN_TRIES

    def _give_up(self, error: Exception) -> None:
        self.error = error
        subscriptions, self.subscriptions = list(self.subscriptions.values()), {}
        for subscription in subscriptions:
            subscription.end(error)
        self.ready.set()
        self._ended(self)

    def _interrupt(self, reason: str) -> None:
        self._echoes.clear()
        self._leaving.clear()
        self._old.clear()
        now = self._loop.time()
        for subscription in list(self.subscriptions.values()):
            subscription.interrupt(reason, now)
        self.interrupted()

    def _soon(self) -> None:
        if self.ready.is_set() and self._flushing is None:
            self._flushing = self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        """Send what is to be unsubscribed, then what is to be subscribed."""
        self._flushing = None
        connection = self._connection
        if connection is None or connection.closed or not self.ready.is_set():
            return
        old, self._old = self._old, []
        self._leaving.update(subscription.topic for subscription in old)
        for request in messages.requests("unsubscribe", (subscription.argument for subscription in old)):
            connection.send(request)
        if not self._new:
            return
        now = self._loop.time()
        if wait := self._subscribes.wait(now):
            self._flushing = self._loop.call_later(wait, self._flush)
            return
        new, self._new = list(self._new.values()), {}
        epochs = [(subscription, subscription.asked()) for subscription in new]
        for request in messages.requests("subscribe", (subscription.argument for subscription in new)):
            self._subscribes.take(now)
            connection.send(request)
        self._loop.call_later(self._settings.timeout, self._unanswered, connection, epochs)

    def _unanswered(self, connection: SocketConnection, asked: list[tuple[SharedSubscription, int]]) -> None:
        """End subscriptions that got no answer in time; reconnect if one of them had been acknowledged before."""
        for subscription, epoch in asked:
            if connection.closed:
                return
            if subscription.owner is self and subscription.epoch == epoch and not subscription.live:
                if subscription.begun:
                    connection.cut("a subscription was not acknowledged in time")
                else:
                    error = RequestTimeout(
                        "the subscription was not acknowledged in time", endpoint=subscription.endpoint
                    )
                    self._refuse(subscription, error)

    def _refuse(self, subscription: SharedSubscription, error: Exception) -> None:
        self.subscriptions.pop(subscription.topic, None)
        subscription.end(error)

    def _received(self, payload: bytes) -> None:
        if payload == PONG:
            return
        try:
            envelope = messages.envelope(payload)
        except msgspec.DecodeError as error:
            logger.warning("%s sends what is no message: %s", self._target.url, error)
            return
        if envelope.event:
            self._event(envelope)
        elif (
            (subscription := self._subscription(envelope)) is not None
            and subscription.epoch
            and subscription.topic not in self._leaving
        ):
            subscription.acknowledged()
            subscription.push(envelope)

    def _subscription(self, envelope: StreamEnvelope) -> SharedSubscription | None:
        """Find whose push it is; cached by the argument's bytes, which repeat."""
        echo = bytes(envelope.arg)
        subscription = self._echoes.get(echo)
        if subscription is None or subscription.owner is not self:
            topic = messages.topic_of(echo)
            subscription = self.subscriptions.get(topic) if topic is not None else None
            if subscription is not None:
                if len(self._echoes) >= MOST_ECHOES:
                    self._echoes.clear()
                self._echoes[echo] = subscription
        return subscription

    def _event(self, envelope: StreamEnvelope) -> None:
        event = envelope.event
        if self._login_answer is not None and event in ("login", "error"):
            _settle(self._login_answer, envelope)
        elif event == "subscribe":
            if (subscription := self._about(envelope)) is not None:
                self._leaving.pop(subscription.topic, None)
                subscription.acknowledged()
        elif event == "unsubscribe":
            topic = messages.topic_of(envelope.arg)
            if topic is not None and self._leaving[topic] > 1:
                self._leaving[topic] -= 1
            elif topic is not None:
                del self._leaving[topic]
        elif event == "trade" or envelope.op == "trade" or bytes(envelope.arg).startswith(b"["):
            self.answered(envelope)
        elif event == "error":
            self._error(envelope)

    def _about(self, envelope: StreamEnvelope) -> SharedSubscription | None:
        topic = messages.topic_of(envelope.arg, envelope.message or "")
        return self.subscriptions.get(topic) if topic is not None else None

    def _error(self, envelope: StreamEnvelope) -> None:
        """Handle the refusal of one argument, or of a request as a whole."""
        code, subscription = envelope.failure, self._about(envelope)
        if code == messages.CODE_LOGIN_NEEDED and self._connection is not None:
            # The exchange no longer knows the login: a new connection logs in again before it subscribes.
            self._connection.cut("the exchange wants a new login")
        elif envelope.op == "unsubscribe" or code == messages.CODE_OVER_LIMIT:
            logger.warning("%s refuses: %s %s", self._target.url, code, envelope.message)
        elif subscription is not None:
            self._refuse(subscription, envelope.error(subscription.endpoint))
        else:
            for waiting in self._waiting():
                self._refuse(waiting, envelope.error(waiting.endpoint))

    def _waiting(self) -> Iterable[SharedSubscription]:
        return [
            subscription
            for subscription in self.subscriptions.values()
            if subscription.epoch and not subscription.live and subscription.topic not in self._new
        ]


def _settle(future: asyncio.Future[T], value: T) -> None:
    if not future.done():
        future.set_result(value)


def _nobody(envelope: StreamEnvelope) -> None:
    pass


def _nothing() -> None:
    pass
