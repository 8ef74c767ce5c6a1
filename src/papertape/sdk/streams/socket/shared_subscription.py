"""A topic on the wire, shared by all who listen to it: subscribed, read and recovered once for all of them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from papertape.contract.protocol.channel import Channel, Topic
from papertape.sdk.exceptions import BitgetError
from papertape.sdk.streams.events import Gap, Push, Reconnected
from papertape.sdk.streams.socket.mailbox import MOST_STATES, Sink
from papertape.sdk.streams.socket.messages import StreamEnvelope, argument, rows_decoder
from papertape.sdk.streams.tracking.tracker import Missed, Tracker

logger = logging.getLogger("papertape.stream")

MOST_HELD = 10_000
"""Rows that are held back while what was missed is fetched; for more there is a gap."""


def state_key(channel: Channel[Any]) -> Callable[[Any], Any]:
    """Return what tells the states of a channel apart: candles by their start, everything else is one state."""
    return (lambda row: row.start) if channel.name.startswith("candle") else (lambda row: None)


class SubscriptionOwner(Protocol):
    """The connection that a shared subscription is on."""

    def drop(self, subscription: SharedSubscription) -> None:
        """Unsubscribe it."""

    def renew(self, subscription: SharedSubscription) -> None:
        """Unsubscribe it and subscribe it again."""


class SharedSubscription:
    """A topic's subscription. ``epoch`` counts how often it was made; pushes are those of the newest one."""

    def __init__(self, channel: Channel[Any], topic: Topic, tracker: Tracker | None) -> None:
        self.channel, self.topic = channel, topic
        self.argument = argument(topic, by_coin=channel.key == "default")
        self.owner: SubscriptionOwner | None = None
        self.epoch = 0
        self.live = self.begun = False
        self.error: Exception | None = None
        self._tracker = tracker
        self._sinks: list[Sink] = []
        self._decode = rows_decoder(channel.message).decode
        self._settled = asyncio.Event()
        self._states: dict[Any, Any] | None = {} if channel.slow == "latest" else None
        self._state_key = state_key(channel)
        self._held: list[Push[Any]] | None = None
        self._recovery: asyncio.Task[None] | None = None
        self._interruption: tuple[str, float] | None = None
        self._last = 0

    @property
    def endpoint(self) -> str:
        """The topic in words, for errors."""
        return f"{self.topic.inst_type} {self.topic.channel} {self.topic.key}"

    def join(self, sink: Sink) -> None:
        """Add a listener; a later one is given the state that is known."""
        self._sinks.append(sink)
        if self.error is not None:
            sink.end(self.error)
        elif self.live:
            known = self._tracker.state() if self._tracker is not None else list((self._states or {}).values())
            if known:
                sink.deliver(Push(action="snapshot", data=known, time=self._last, epoch=self.epoch))
            if self.channel.slow == "resnapshot":
                self.resubscribe()

    def leave(self, sink: Sink) -> None:
        """Remove a listener; the last one ends the subscription on the wire."""
        if sink in self._sinks:
            self._sinks.remove(sink)
            sink.end(None)
            if not self._sinks and self.owner is not None:
                self.owner.drop(self)

    def resubscribe(self) -> None:
        """Subscribe anew to get a new snapshot."""
        if self.owner is not None:
            self.owner.renew(self)

    async def ready(self) -> None:
        """Wait until nothing can be missed from now on; raises why that cannot be."""
        while not (self.live and self.begun):
            if self.error is not None:
                raise self.error
            self._settled.clear()
            await self._settled.wait()

    def asked(self) -> int:
        """Begin a new epoch, as the subscription is being sent, and return it."""
        self.epoch += 1
        self.live = False
        return self.epoch

    def acknowledged(self) -> None:
        """Note that the exchange has acknowledged. After an interruption what was missed is delivered first."""
        if self.live:
            return
        self.live = True
        if self._tracker is not None and self._interruption is None:
            self._run(self._begin(self._tracker))
            return
        self._start()
        if self._tracker is None:
            self._resume([], complete=self.channel.slow != "disconnect")
        else:
            self._held = []
            self._run(self._recover(self._tracker))

    def push(self, envelope: StreamEnvelope) -> None:
        """Deliver a push's rows to all listeners."""
        try:
            rows = self._decode(envelope.data)
        except msgspec.DecodeError as error:
            logger.warning("a push of %s does not fit its declaration: %s", self.endpoint, error)
            self._each(lambda sink: sink.missed(Gap(lost=None, reason="unreadable", since=self._last)))
            return
        push = Push(action=envelope.action, data=rows, time=envelope.time, epoch=self.epoch)
        if self._held is None:
            self._deliver(push)
        elif sum(len(held.data) for held in self._held) < MOST_HELD:
            self._held.append(push)
        else:
            self._held.clear()
            self._each(lambda sink: sink.missed(Gap(lost=None, reason="disconnected", since=self._last)))

    def interrupt(self, reason: str, now: float) -> None:
        """Note that the socket is gone; rows that were held back are fetched again with the missing ones."""
        self.live, self._held = False, None
        if self._recovery is not None:
            self._recovery.cancel()
            self._recovery = None
        if not self.begun and not self._last:
            # No row was delivered and no listener was told that it is ready: the next connection begins anew.
            return
        if self._interruption is None:
            self._interruption = reason, now
            if self._tracker is not None:
                self._tracker.mark()
        self._each(lambda sink: sink.interrupted())

    def end(self, error: Exception | None) -> None:
        """End it, with an error if it was refused."""
        self.live, self.error, self.owner = False, error, None
        if self._recovery is not None:
            self._recovery.cancel()
        self._settled.set()
        self._each(lambda sink: sink.end(error))

    def _deliver(self, push: Push[Any]) -> None:
        if self._tracker is not None:
            rows = self._tracker.fresh(push.data)
            if not rows:
                return
            push = Push(action=push.action, data=rows, time=push.time, epoch=push.epoch)
        elif self._states is not None:
            for row in push.data:
                self._states[self._state_key(row)] = row
            while len(self._states) > MOST_STATES:
                del self._states[next(iter(self._states))]
        self._last = push.time
        for sink in self._sinks:
            sink.deliver(push)

    def _each(self, tell: Callable[[Sink], None]) -> None:
        for sink in list(self._sinks):
            tell(sink)

    def _start(self) -> None:
        """Fetch whatever is missed from now on, or report it as a gap."""
        self.begun = True
        self._settled.set()

    def _run(self, work: Any) -> None:
        self._recovery = asyncio.get_running_loop().create_task(work)

    async def _begin(self, tracker: Tracker) -> None:
        """Note the state at the beginning; without it a later gap may be reported although nothing is missing."""
        try:
            await tracker.begin()
        except BitgetError as error:
            logger.info("how things stand with %s could not be asked: %s", self.endpoint, error)
        self._start()

    async def _recover(self, tracker: Tracker) -> None:
        """Fetch and deliver what was missed, then what has come meanwhile, each row once."""
        try:
            missed = await tracker.missed()
        except BitgetError as error:
            logger.warning("what was missed of %s could not be fetched: %s", self.endpoint, error)
            missed = Missed([], complete=False)
        except Exception:
            logger.exception("what was missed of %s could not be read", self.endpoint)
            missed = Missed([], complete=False)
        held, self._held = self._held or [], None
        rows = tracker.new(missed.rows, [row for push in held for row in push.data])
        self._resume(rows, complete=missed.complete)
        for push in held:
            self._deliver(push)

    def _resume(self, rows: list[Any], *, complete: bool) -> None:
        if self._interruption is None:
            return
        (reason, began), self._interruption = self._interruption, None
        since = self._last
        gap = None if complete else Gap(lost=None, reason="disconnected", since=since)
        event = Reconnected(
            recovered=len(rows), reason=reason, seconds=asyncio.get_running_loop().time() - began, since=since
        )
        if rows:
            push = Push(action="update", data=rows, time=since, epoch=self.epoch)
            self._each(lambda sink: sink.deliver(push))
        self._each(lambda sink: sink.resumed(event, gap))
