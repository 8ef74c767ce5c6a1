"""From a push to the sockets of those who subscribed: encoded once, written many times.

``{"action":...,"arg":<as subscribed>,"data":[...],"ts":<ms>}``: the data is encoded once for a topic, the message is
put together once for each way in which the topic's argument was spelled.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from picows import WSCloseCode

from papertape.contract.protocol.wire import encode
from papertape.gateway.faults.streams import StreamFaults
from papertape.gateway.websocket.framing import TEXT
from papertape.gateway.websocket.session import StreamSession, StreamSubscription
from papertape.operations.feeds.feed import FeedPush, Who
from papertape.operations.feeds.feeds import Feeds

logger = logging.getLogger("papertape.gateway")


Spelled = dict[StreamSubscription, None]


class Broadcast:
    """All who listen, by topic and spelling; ``pushed`` counts messages, those that wait for slow readers included.

    ``start`` runs what a first push may have to wait for; ``faults`` are asked while any of them strikes pushes.
    """

    def __init__(self, feeds: Feeds, start: Callable[[Coroutine[Any, Any, None]], None], faults: StreamFaults) -> None:
        self.feeds, self._faults, self._switchboard = feeds, faults, faults.switchboard
        self.pushed = self.subscriptions = 0
        self._start = start
        self._audiences: dict[Who, dict[bytes, Spelled]] = {}
        self._loading: dict[Who, list[StreamSubscription]] = {}

    def subscribe(self, subscription: StreamSubscription) -> None:
        """Adds a subscription; it replaces one of the same connection to the same topic."""
        session, who = subscription.session, subscription.who
        self.feeds.subscribed(who)
        self.unsubscribe(session, who)
        session.subscriptions[who] = subscription
        self.subscriptions += 1
        if self.feeds.loaded(who):
            self._join(subscription)
        elif who in self._loading:
            self._loading[who].append(subscription)
        else:
            self._loading[who] = [subscription]
            self._start(self._load(subscription))

    def unsubscribe(self, session: StreamSession, who: Who) -> None:
        """Ends a subscription, if there is one."""
        subscription = session.subscriptions.pop(who, None)
        if subscription is None:
            return
        self.subscriptions -= 1
        session.outbox.forget(subscription)
        if subscription.joined:
            self._part(subscription)
        self.feeds.unsubscribed(who)

    def snapshot(self, subscription: StreamSubscription) -> bytes | None:
        """The message that holds all that is known of the topic; None for one that has no such thing."""
        push = self.feeds.snapshot(subscription.who)
        if push is not None and self._switchboard.on_pushes:
            push = self._faults.first_push(subscription, push)
        return None if push is None else _head(push) + subscription.echo + _tail(push)

    def publish(self, pushes: Iterable[FeedPush]) -> None:
        """Writes each push to those who listen; nothing here waits for any of them."""
        if self._switchboard.on_pushes:
            self._publish_with_faults(pushes)
            return
        for push in pushes:
            audience = self._audiences.get(push.who)
            if audience is None:
                continue
            head, tail, private = _head(push), _tail(push), push.who.uid is not None
            for echo, subscriptions in audience.items():
                message = head + echo + tail
                self.pushed += len(subscriptions)
                for subscription in subscriptions:
                    session = subscription.session
                    if private or session.paused:
                        session.push(subscription, message)
                    else:
                        session.write(TEXT, message)

    def _publish_with_faults(self, pushes: Iterable[FeedPush]) -> None:
        """The same, one listener after the other: what strikes one leaves the others as they are."""
        for push in pushes:
            for echo, subscriptions in self._audiences.get(push.who, {}).items():
                message = _head(push) + echo + _tail(push)
                for subscription in subscriptions:
                    given = self._faults.push(subscription, push)
                    if given is None:
                        continue
                    self.pushed += 1
                    whole = message if given is push else _head(given) + echo + _tail(given)
                    subscription.session.push(subscription, whole)

    async def _load(self, first: StreamSubscription) -> None:
        """Reads what the topic's snapshot needs, once for all who wait for it."""
        who = first.who
        try:
            while (waiting := self._alive(who)) and not self.feeds.loaded(who):
                await self.feeds.load(who)
        except Exception:
            logger.exception("%s could not be read", who.topic)
            for subscription in self._alive(who):
                subscription.session.close(WSCloseCode.INTERNAL_ERROR)
            waiting = []
        del self._loading[who]
        for subscription in waiting:
            self._join(subscription)

    def _alive(self, who: Who) -> list[StreamSubscription]:
        """Those who wait for a topic to be read and have not gone meanwhile."""
        return [each for each in self._loading[who] if each.session.subscriptions.get(who) is each]

    def _join(self, subscription: StreamSubscription) -> None:
        """Sends what a new listener gets first, and lets it listen from that moment on."""
        if (message := self.snapshot(subscription)) is not None:
            self.pushed += 1
            subscription.session.push(subscription, message)
        subscription.joined = True
        self._audiences.setdefault(subscription.who, {}).setdefault(subscription.echo, {})[subscription] = None

    def _part(self, subscription: StreamSubscription) -> None:
        audience = self._audiences[subscription.who]
        spelled = audience[subscription.echo]
        del spelled[subscription]
        if not spelled:
            del audience[subscription.echo]
        if not audience:
            del self._audiences[subscription.who]


def _head(push: FeedPush) -> bytes:
    return b'{"action":"%b","arg":' % push.action.encode()


def _tail(push: FeedPush) -> bytes:
    return b',"data":%b,"ts":%d}' % (encode(push.data), push.time)
