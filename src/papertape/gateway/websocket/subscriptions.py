"""Subscribe and unsubscribe: each argument is acknowledged or refused alone, and acknowledged before its first push."""

from __future__ import annotations

from typing import Any

from papertape.contract.channels import CHANNELS
from papertape.contract.protocol import errors
from papertape.contract.protocol.channel import Argument, Channel
from papertape.contract.protocol.decoding import Decoder
from papertape.contract.protocol.errors import Rejected
from papertape.gateway.websocket.broadcast import Broadcast
from papertape.gateway.websocket.events import acknowledged, failure
from papertape.gateway.websocket.session import StreamSession, StreamSubscription

_arguments = Decoder(Argument)


class Subscriptions:
    """Answers the two operations; what is subscribed lies with the session and with the broadcast."""

    def __init__(self, broadcast: Broadcast) -> None:
        self._broadcast = broadcast

    def subscribe(self, session: StreamSession, given: list[Any], now: int) -> None:
        """Subscribes to each argument in turn; 30006 for a request too many in this hour."""
        if not session.allowance.subscribe(now):
            session.answer(failure(errors.REQUESTS_TOO_MANY, "subscribe"))
            return
        for fields in given:
            try:
                argument = _read(fields)
                channel = self._check(session, argument)
            except Rejected as rejected:
                session.answer(failure(rejected.error, "subscribe", fields))
                continue
            session.answer(acknowledged("subscribe", argument))
            uid = session.login.uid if session.login else None
            self._broadcast.subscribe(StreamSubscription(session, argument, channel, uid))

    def unsubscribe(self, session: StreamSession, given: list[Any]) -> None:
        """Ends the subscription to each argument; one that there was not is acknowledged as well."""
        for fields in given:
            try:
                argument = _read(fields)
                self._check(session, argument, more=0)
            except Rejected as rejected:
                session.answer(failure(rejected.error, "unsubscribe", fields))
                continue
            for who in [who for who in session.subscriptions if who.topic == argument.topic]:
                self._broadcast.unsubscribe(session, who)
            session.answer(acknowledged("unsubscribe", argument))

    def _check(self, session: StreamSession, argument: Argument, more: int = 1) -> Channel[Any]:
        """The channel, if this connection may have it; the public and the private side serve different ones."""
        topic = argument.topic
        error = self._broadcast.feeds.check(argument, session.login.uid if session.login else None)
        channel = CHANNELS.get((topic.inst_type, topic.channel))
        if channel is None or channel.private != session.path.private:
            raise Rejected(errors.CHANNEL_DOES_NOT_EXIST.of(_description(argument)))
        if error is not None:
            raise Rejected(error)
        if more and not session.allowance.channel(len(session.subscriptions)):
            raise Rejected(errors.REQUESTS_TOO_MANY)
        return channel


def _read(fields: Any) -> Argument:
    """The argument; 30016 for what is none."""
    if not isinstance(fields, dict):
        raise Rejected(errors.STREAM_PARAMETER_ERROR)
    try:
        return _arguments.build(fields)
    except Rejected:
        raise Rejected(errors.STREAM_PARAMETER_ERROR) from None


def _description(argument: Argument) -> str:
    key = argument.inst_id or argument.coin
    return f"instType:{argument.inst_type},channel:{argument.channel},instId:{key}"
