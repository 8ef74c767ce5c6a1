"""All feeds together: who listens to what, and what an applied entry or the passing of time makes to push.

A listener's argument is ``check``ed, counted with ``subscribed``, and answered with a ``snapshot``, on which all later
pushes follow; where there is none yet because history must be read first, ``load`` is awaited before. Nothing is
kept, made or looked at that nobody listens to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from papertape.contract.channels import CHANNELS
from papertape.contract.protocol import errors
from papertape.contract.protocol.channel import DEFAULT, Argument, Topic
from papertape.contract.protocol.errors import Error
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.records import Record
from papertape.operations.feeds.feed import FEEDS, LISTED, OWNERS, Feed, Push
from papertape.operations.ports import History
from papertape.operations.spot.feeds import (
    accounts,
    auctions,
    books,
    candles,
    fills,
    orders,
    plan_orders,
    tickers,
    trades,
)

FAMILIES = (accounts, auctions, books, candles, fills, orders, plan_orders, tickers, trades)
assert FEEDS.keys() == set(CHANNELS.values()), "a channel has no feed"

Who = tuple[Topic, int | None]
Listeners = dict[int | str, list[Feed]]


class Happened(Protocol):
    """What feeds need of an entry's output."""

    @property
    def events(self) -> Sequence[Record]:
        """What the entry made happen, in order."""
        ...


class Feeds:
    """The feeds of all topics that somebody listens to; ``exchange`` gives the exchange of the moment."""

    def __init__(self, exchange: Callable[[], Exchange], history: History) -> None:
        self._exchange, self._history = exchange, history
        self._feeds: dict[Who, Feed] = {}
        self._counts: dict[Who, int] = {}
        self._listeners: dict[type[Record], Listeners] = {}
        self._holders: Listeners = {}
        self._paced: dict[Who, Feed] = {}

    def check(self, argument: Argument, uid: int | None) -> Error | None:
        """Why this cannot be subscribed to: 30001 not known, 30004 not logged in, 30016 no instrument named."""
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
        if channel.key == "default" or topic.key not in LISTED[topic.inst_type](self._exchange()):
            return unknown
        return None

    def subscribed(self, argument: Argument, uid: int | None) -> None:
        """Counts one more listener; the argument must have passed ``check``."""
        who = _who(argument, uid)
        topic, owner = who
        channel = CHANNELS[topic.inst_type, topic.channel]
        self._counts[who] = self._counts.get(who, 0) + 1
        if who not in self._feeds:
            self._add(who, FEEDS[channel](topic, channel, owner))

    def unsubscribed(self, argument: Argument, uid: int | None) -> None:
        """Counts one listener less; the last one's feed goes with it."""
        who = _who(argument, uid)
        self._counts[who] -= 1
        if not self._counts[who]:
            del self._counts[who]
            self._remove(who)

    def loaded(self, argument: Argument, uid: int | None) -> bool:
        """Whether a snapshot can be taken at once."""
        return self._feeds[_who(argument, uid)].loaded

    async def load(self, argument: Argument, uid: int | None) -> None:
        """Reads what snapshots need from history, unless nobody listens any more."""
        feed = self._feeds.get(_who(argument, uid))
        if feed is not None and not feed.loaded:
            await feed.load(self._exchange(), self._history)

    def snapshot(self, argument: Argument, uid: int | None) -> Push | None:
        """What a new listener, or one that missed something, gets before any other push, if it is loaded."""
        feed = self._feeds.get(_who(argument, uid))
        return feed.snapshot(self._exchange()) if feed is not None and feed.loaded else None

    def observe(self, output: Happened) -> list[Push]:
        """What the entry that the exchange has just applied makes to push at once."""
        listeners, holders = self._listeners, self._holders
        if not listeners and not holders:
            return []
        exchange = self._exchange()
        stirred: dict[Feed, None] = {}
        for record in output.events:
            kind = type(record)
            if (owners := listeners.get(kind)) is not None:
                for feed in owners.get(OWNERS[kind](record), ()):
                    feed.take(exchange, record)
                    stirred[feed] = None
        if holders:
            for place in exchange.ledger.touched:
                for feed in holders.get(place[0], ()):
                    feed.take(exchange, place)
                    stirred[feed] = None
        return [push for feed in stirred for push in feed.flush(exchange)]

    def due(self, now: int) -> list[Push]:
        """What paced topics have to tell at ``now``, milliseconds of any clock that never goes back."""
        exchange = self._exchange()
        pushes: list[Push] = []
        for feed in self._paced.values():
            if now < feed.next_push:
                continue
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
        """To be called when the exchange was replaced by another state of it, before anything else happens."""
        for feed in self._feeds.values():
            feed.forget()

    async def reload(self) -> list[Push]:
        """After ``forget``: a snapshot of every topic that has one, for all who listen."""
        pushes: list[Push] = []
        for who, feed in list(self._feeds.items()):
            if not feed.loaded:
                await feed.load(self._exchange(), self._history)
            if self._feeds.get(who) is feed and (push := feed.snapshot(self._exchange())) is not None:
                pushes.append(push)
        return pushes

    def _add(self, who: Who, feed: Feed) -> None:
        self._feeds[who] = feed
        for kind in feed.records:
            self._listeners.setdefault(kind, {}).setdefault(feed.owner, []).append(feed)
        if feed.balances:
            self._holders.setdefault(feed.owner, []).append(feed)
        if feed.channel.pace_ms:
            self._paced[who] = feed

    def _remove(self, who: Who) -> None:
        feed = self._feeds.pop(who)
        self._paced.pop(who, None)
        for kind in feed.records:
            _let_go(self._listeners[kind], feed)
            if not self._listeners[kind]:
                del self._listeners[kind]
        if feed.balances:
            _let_go(self._holders, feed)


def _who(argument: Argument, uid: int | None) -> Who:
    topic = argument.topic
    return topic, uid if CHANNELS[topic.inst_type, topic.channel].private else None


def _let_go(listeners: Listeners, feed: Feed) -> None:
    mine: list[Any] = listeners[feed.owner]
    mine.remove(feed)
    if not mine:
        del listeners[feed.owner]
