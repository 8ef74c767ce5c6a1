"""How faults strike streams: connections that end or fall silent, late pongs, wrong and lost pushes, lost answers."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from msgspec.structs import replace

from papertape.contract.control.faults import FaultKind
from papertape.contract.protocol.errors import LOGIN_SIGNATURE_INVALID, Rejected
from papertape.engine.exchange.exchange import Exchange
from papertape.gateway.faults.switch import Switch
from papertape.gateway.faults.switchboard import Switchboard
from papertape.gateway.websocket.session import StreamPath, StreamSession, StreamSubscription
from papertape.operations.feeds.feed import FeedPush

ON_CONNECTIONS: tuple[FaultKind, ...] = ("stream_drop", "stream_silence")


class StreamFaults:
    """Asked at each place where a stream may be struck; ``switchboard.on_streams`` says whether it is worth asking."""

    def __init__(self, switchboard: Switchboard) -> None:
        self.switchboard = switchboard

    def refused(self, path: StreamPath) -> HTTPStatus | None:
        """The status that a handshake is refused with, if it is."""
        for switch in self._of("stream_refuse"):
            if switch.wanted.private in (None, path.private) and self.switchboard.strikes(switch):
                return HTTPStatus(switch.wanted.status or 503)
        return None

    def connection(self, session: StreamSession) -> FaultKind | None:
        """Whether a connection is to be cut or to fall silent; each fault looks at it once it is aimed at it."""
        for kind in ON_CONNECTIONS:
            for switch in self._of(kind):
                if switch.number not in session.judged and self._aims_at_connection(switch, session):
                    session.judged |= {switch.number}
                    if self.switchboard.strikes(switch):
                        return kind
        return None

    def close_round(self) -> None:
        """Those that are there have been looked at: for a fault without a count that was all."""
        for kind in ON_CONNECTIONS:
            for switch in self._of(kind):
                switch.over = switch.over or switch.wanted.times is None
        self.switchboard.sort()

    def late_pong(self, session: StreamSession) -> float:
        """Seconds that a pong is late."""
        late = 0
        for switch in self._of("late_pong"):
            if self._aims_at_session(switch, session) and self.switchboard.strikes(switch):
                late += switch.wanted.milliseconds or 0
        return late / 1000

    def check_login(self, exchange: Exchange, key: str) -> None:
        """Raises ``Rejected`` for a login with this key that is to fail."""
        known = exchange.keys.get(key)
        for switch in self._of("login_error"):
            if switch.aims_at_caller(key, known.uid if known else 0) and self.switchboard.strikes(switch):
                raise Rejected(switch.error(LOGIN_SIGNATURE_INVALID.code))

    def loses_answer(self, session: StreamSession, channel: str, symbol: str) -> bool:
        """Whether an order's answer is lost."""
        return any(
            self._aims_at_session(switch, session)
            and switch.aims_at_topic(channel, symbol)
            and self.switchboard.strikes(switch)
            for switch in self._of("lost_order_answer")
        )

    def first_push(self, subscription: StreamSubscription, push: FeedPush) -> FeedPush:
        """A snapshot as this subscriber gets it: it is never lost."""
        if any(hasattr(row, "checksum") for row in push.data) and self._strike("wrong_checksum", subscription):
            return replace(push, data=[_falsified(row) for row in push.data])
        return push

    def push(self, subscription: StreamSubscription, push: FeedPush) -> FeedPush | None:
        """A push as this subscriber gets it, the same object if nothing strikes it; None for one that is lost."""
        if self._strike("lost_push", subscription):
            return None
        return self.first_push(subscription, push)

    def _strike(self, kind: FaultKind, subscription: StreamSubscription) -> bool:
        topic = subscription.argument.topic
        return any(
            self._aims_at_session(switch, subscription.session)
            and switch.aims_at_topic(topic.channel, topic.key)
            and self.switchboard.strikes(switch)
            for switch in self._of(kind)
        )

    def _of(self, kind: FaultKind) -> tuple[Switch, ...]:
        return self.switchboard.on_streams.get(kind, ())

    def _aims_at_session(self, switch: Switch, session: StreamSession) -> bool:
        login = session.login
        key, uid = ("", 0) if login is None else (login.key, login.uid)
        return switch.wanted.private in (None, session.path.private) and switch.aims_at_caller(key, uid)

    def _aims_at_connection(self, switch: Switch, session: StreamSession) -> bool:
        if not self._aims_at_session(switch, session):
            return False
        topics = (who.topic for who in session.subscriptions)
        return switch.any_topic or any(switch.aims_at_topic(topic.channel, topic.key) for topic in topics)


def _falsified(row: Any) -> Any:
    return replace(row, checksum=row.checksum ^ 1) if hasattr(row, "checksum") else row
