"""All feeds together: who listens to what, and what an applied entry or the passing of time makes to push.

A listener's argument is ``check``ed, counted with ``subscribed``, and answered with a ``snapshot``, on which all later
pushes follow; where there is none yet because history must be read first, ``load`` is awaited before. Nothing is
kept, made or looked at that nobody listens to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from papertape.contract.channels import CHANNELS
from papertape.contract.protocol import errors
from papertape.contract.protocol.channel import DEFAULT, Argument
from papertape.contract.protocol.errors import Error
from papertape.engine.exchange.environments import ENVIRONMENTS, Environment
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.records import Record
from papertape.operations.feeds.feed import FEEDS, Feed, FeedPush, Who, product_of
from papertape.operations.ports import History

Listeners = dict[Any, list[Feed]]


class Events(Protocol):
    """What feeds need of an entry's output."""

    @property
    def events(self) -> Mapping[Environment, Sequence[Record]]:
        """What the entry made happen in each environment, in order."""
        ...


class Feeds:
    """The feeds of all topics that somebody listens to; ``exchange`` gives the exchange of the moment."""

    def __init__(self, exchange: Callable[[], Exchange], history: History) -> None:
        self._exchange, self._history = exchange, history
        self._feeds: dict[Who, Feed] = {}
        self._counts: dict[Who, int] = {}
        self._listeners: dict[Environment, dict[type[Record], Listeners]] = {name: {} for name in ENVIRONMENTS}
        self._holders: dict[Environment, Listeners] = {name: {} for name in ENVIRONMENTS}
        self._paced: dict[Who, Feed] = {}

    def check(self, argument: Argument, uid: int | None) -> Error | None:
        """Return why this cannot be subscribed to: 30001 not known, 30004 not logged in, 30016 no instrument named."""
        topic = argument.topic
        channel = CHANNELS.get((topic.inst_type, topic.channel))
        unknown = errors.CHANNEL_DOES_NOT_EXIST.of(
            f"instType:{argument.inst_type},channel:{argument.channel},instId:{argument.inst_id or argument.coin}"
        )
        if channel is None:
            return unknown
        if channel.private and uid is None:
            return errors.LOGIN_NEEDED
        if channel.key == "symbol" and not argument.inst_id:
            return errors.STREAM_PARAMETER_ERROR
        if topic.key == DEFAULT:
            return unknown if channel.key == "symbol" else None
        listed = self._exchange().markets.get(product_of(topic.inst_type), {})
        return unknown if channel.key == "default" or topic.key not in listed else None

    def subscribed(self, who: Who) -> None:
        """Count one more listener; the topic must have passed ``check``."""
        channel = CHANNELS[who.topic.inst_type, who.topic.channel]
        self._counts[who] = self._counts.get(who, 0) + 1
        if who not in self._feeds:
            self._add(who, FEEDS[channel](who, channel))

    def unsubscribed(self, who: Who) -> None:
        """Count one listener less; the last one's feed goes with it."""
        self._counts[who] -= 1
        if not self._counts[who]:
            del self._counts[who]
            self._remove(who)

    def loaded(self, who: Who) -> bool:
        """Tell whether a snapshot can be taken at once."""
        return self._feeds[who].loaded

    async def load(self, who: Who) -> None:
        """Read what snapshots need from history, unless nobody listens any more."""
        feed = self._feeds.get(who)
        if feed is not None and not feed.loaded:
            await feed.load(self._view(who), self._history.of(who.environment))

    def snapshot(self, who: Who) -> FeedPush | None:
        """Return what a new listener, or one that missed something, gets before any other push, if it is loaded."""
        feed = self._feeds.get(who)
        return feed.snapshot(self._view(who)) if feed is not None and feed.loaded else None

    def observe(self, output: Events) -> list[FeedPush]:
        """Return the pushes that the entry just applied makes at once."""
        pushes: list[FeedPush] = []
        for environment, events in output.events.items():
            listeners, holders = self._listeners[environment], self._holders[environment]
            if listeners or holders:
                pushes += self._stir(self._exchange().environments[environment], events, listeners, holders)
        return pushes

    def due(self, now: int) -> list[FeedPush]:
        """Return the pushes of paced topics at ``now``, milliseconds of any clock that never goes back."""
        pushes: list[FeedPush] = []
        for who, feed in self._paced.items():
            if now < feed.next_push:
                continue
            exchange = self._view(who)
            push = feed.due(exchange)
            quiet = feed.channel.quiet_ms
            if push is None and quiet and feed.last_push and now >= feed.last_push + quiet:
                push = feed.repeat(exchange)
            if push is not None:
                pushes.append(push)
                feed.next_push, feed.last_push = now + feed.channel.pace_ms, now
            elif not feed.last_push:
                feed.last_push = now
        return pushes

    def forget(self) -> None:
        """Drop what was derived from an exchange that has been replaced; to be called before anything else happens."""
        for feed in self._feeds.values():
            feed.forget()

    async def reload(self) -> list[FeedPush]:
        """Return a snapshot of every topic that has one, for all who listen; to be called after ``forget``."""
        pushes: list[FeedPush] = []
        for who, feed in list(self._feeds.items()):
            await self.load(who)
            if self._feeds.get(who) is feed and (push := feed.snapshot(self._view(who))) is not None:
                pushes.append(push)
        return pushes

    def _view(self, who: Who) -> Exchange:
        return self._exchange().environments[who.environment]

    def _stir(
        self,
        exchange: Exchange,
        events: Sequence[Record],
        listeners: dict[type[Record], Listeners],
        holders: Listeners,
    ) -> list[FeedPush]:
        """Tell the feeds of one environment what happened there, and return their pushes."""
        stirred: dict[Feed, None] = {}
        for record in events:
            kind = type(record)
            if (owners := listeners.get(kind)) is not None:
                for feed in owners.get(record.owner, ()):
                    feed.take(exchange, record)
                    stirred[feed] = None
        if holders:
            for place in exchange.ledger.touched:
                for feed in holders.get(place[0], ()):
                    feed.take(exchange, place)
                    stirred[feed] = None
        return [push for feed in stirred for push in feed.flush(exchange)]

    def _add(self, who: Who, feed: Feed) -> None:
        self._feeds[who] = feed
        for kind in feed.records:
            self._listeners[who.environment].setdefault(kind, {}).setdefault(feed.owner, []).append(feed)
        if feed.balances:
            self._holders[who.environment].setdefault(feed.uid, []).append(feed)
        if feed.channel.pace_ms:
            self._paced[who] = feed

    def _remove(self, who: Who) -> None:
        feed, listeners = self._feeds.pop(who), self._listeners[who.environment]
        self._paced.pop(who, None)
        for kind in feed.records:
            _let_go(listeners[kind], feed.owner, feed)
            if not listeners[kind]:
                del listeners[kind]
        if feed.balances:
            _let_go(self._holders[who.environment], feed.uid, feed)


def who_hears(environment: Environment, argument: Argument, uid: int | None) -> Who:
    """Tell whose pushes an argument asks for, of one who has logged in as ``uid``; it must have passed ``check``."""
    topic = argument.topic
    return Who(environment, topic, uid if CHANNELS[topic.inst_type, topic.channel].private else None)


def _let_go(listeners: Listeners, owner: Any, feed: Feed) -> None:
    mine: list[Any] = listeners[owner]
    mine.remove(feed)
    if not mine:
        del listeners[owner]
