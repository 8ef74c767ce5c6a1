"""What a client may ask on a stream: login, subscribe, unsubscribe, trade; anything else is an invalid op."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from picows import WSCloseCode

from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected
from papertape.gateway.websocket.events import LOGGED_IN, failure
from papertape.gateway.websocket.login import authenticate, claimed_key
from papertape.gateway.websocket.session import StreamSession

if TYPE_CHECKING:
    from papertape.gateway.websocket.server import StreamServer


class StreamRequest(msgspec.Struct):
    """A request as it comes in; further fields are ignored. ``args`` is read once its length is known to be right."""

    op: str
    args: msgspec.Raw = msgspec.Raw(b"[]")


_message = msgspec.json.Decoder(StreamRequest)
_args = msgspec.json.Decoder(list[Any], float_hook=str)


class Requests:
    """Answers requests; one that cannot be read at all is 30002."""

    def __init__(self, server: StreamServer) -> None:
        self._server = server

    def answer(self, session: StreamSession, text: str, now: int) -> None:
        """Answers one request that came in at gateway time ``now`` (ms)."""
        try:
            message = _message.decode(text)
            args = _args.decode(message.args)
        except (ValueError, RecursionError):
            session.answer(failure(errors.ILLEGAL_REQUEST))
            return
        op = message.op
        if op == "subscribe" or op == "unsubscribe":
            self._subscriptions(session, op, args, len(message.args), now)
        elif op == "login" and session.door.private:
            self._login(session, args, now)
        elif op == "trade" and session.door.private:
            self._server.commands.answer(session, args, now)
        else:
            session.answer(failure(errors.INVALID_OP, op[:64]))

    def _subscriptions(self, session: StreamSession, op: str, args: list[Any], size: int, now: int) -> None:
        if not session.allowance.arguments(size):
            session.answer(failure(errors.ILLEGAL_REQUEST, op))
        elif op == "subscribe":
            self._server.subscriptions.subscribe(session, args, now)
            self._server.judge(session)
        else:
            self._server.subscriptions.unsubscribe(session, args)

    def _login(self, session: StreamSession, args: list[Any], now: int) -> None:
        """Logs in; a login that fails ends the connection. One connection serves one account."""
        fields = args[0] if args and isinstance(args[0], dict) else {}
        exchange, vault = self._server.exchange, self._server.gateway.vault
        try:
            if self._server.faults.on_streams:
                self._server.stream_faults.check_login(exchange, claimed_key(fields))
            login = authenticate(exchange, vault, fields, now, session.peer, environment=session.door.environment)
        except Rejected as rejected:
            session.answer(failure(rejected.error, "login"))
            session.close(WSCloseCode.POLICY_VIOLATION, rejected.error.message)
            return
        if session.login is not None and session.login.uid != login.uid:
            session.answer(failure(errors.ILLEGAL_REQUEST, "login"))
            return
        session.login = login
        session.answer(LOGGED_IN)
        self._server.judge(session)
