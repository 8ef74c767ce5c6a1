"""A topic on the wire, shared by all who listen to it: subscribed once, read once, recovered once after a gap."""

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
    """What tells the states of a channel apart: candles by their start, everything else is one state."""
    return (lambda row: row.start) if channel.name.startswith("candle") else (lambda row: None)


class SubscriptionOwner(Protocol):
    """The connection that a shared subscription is on."""

    def drop(self, subscription: SharedSubscription) -> None:
        """Unsubscribe it."""

    def renew(self, subscription: SharedSubscription) -> None:
        """Unsubscribe it and subscribe it again."""


class SharedSubscription:
    """One topic. ``epoch`` counts how often it was subscribed; pushes are those of the newest subscription."""

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

    @property
    def deserted(self) -> bool:
        """Whether nobody listens any more."""
        return not self._sinks

    def join(self, sink: Sink) -> None:
        """Lets one more listen; who comes later gets what there is of the state."""
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
        """Ends one's listening; the last one ends the subscription on the wire."""
        if sink in self._sinks:
            self._sinks.remove(sink)
            sink.end(None)
            if not self._sinks and self.owner is not None:
                self.owner.drop(self)

    def resubscribe(self) -> None:
        """Subscribes anew: a new snapshot comes."""
        if self.owner is not None:
            self.owner.renew(self)

    async def ready(self) -> None:
        """Waits until nothing that happens from now on can be missed; raises why that is not to be."""
        while not (self.live and self.begun):
            if self.error is not None:
                raise self.error
            self._settled.clear()
            await self._settled.wait()

    def asked(self) -> int:
        """The subscription is being sent; answers the epoch that begins."""
        self.epoch += 1
        self.live = False
        return self.epoch

    def acknowledged(self) -> None:
        """The exchange has the subscription. After an interruption what was missed comes first."""
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
        """Rows for all who listen."""
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
        """The socket is gone; what was held back will be fetched with the rest of what is missing."""
        self.live, self._held = False, None
        if self._recovery is not None:
            self._recovery.cancel()
            self._recovery = None
        if not self.begun and not self._last:
            # Nothing has been told and nobody has been told that all is: it begins anew with the next connection.
            return
        if self._interruption is None:
            self._interruption = reason, now
            if self._tracker is not None:
                self._tracker.mark()
        self._each(lambda sink: sink.interrupted())

    def end(self, error: Exception | None) -> None:
        """Nothing more comes; with an error if it was refused."""
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
        """From now on what is missed is fetched or told as a gap."""
        self.begun = True
        self._settled.set()

    def _run(self, work: Any) -> None:
        self._recovery = asyncio.get_running_loop().create_task(work)

    async def _begin(self, tracker: Tracker) -> None:
        """Without a beginning that is known a later gap may be told as one; nothing else is lost."""
        try:
            await tracker.begin()
        except BitgetError as error:
            logger.info("how things stand with %s could not be asked: %s", self.endpoint, error)
        self._start()

    async def _recover(self, tracker: Tracker) -> None:
        """Fetches what was missed, tells it, then what has come meanwhile, without telling anything twice."""
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
