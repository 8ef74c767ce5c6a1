"""What a client may ask on a stream: login, subscribe, unsubscribe, trade; anything else is an invalid op."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from picows import WSCloseCode

from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected
from papertape.gateway.app import Gateway
from papertape.gateway.faults.streams import StreamFaults
from papertape.gateway.websocket.commands import Commands
from papertape.gateway.websocket.events import LOGGED_IN, failure
from papertape.gateway.websocket.login import authenticate, claimed_key
from papertape.gateway.websocket.session import StreamSession
from papertape.gateway.websocket.subscriptions import Subscriptions


class StreamRequest(msgspec.Struct):
    """A request as it comes in; further fields are ignored. ``args`` is read once its length is known to be right."""

    op: str
    args: msgspec.Raw = msgspec.Raw(b"[]")


_message = msgspec.json.Decoder(StreamRequest)
_args = msgspec.json.Decoder(list[Any], float_hook=str)


class Requests:
    """Answers requests; one that cannot be read at all is 30002.

    ``judge`` lets faults strike a session that has just logged in or subscribed.
    """

    def __init__(
        self,
        gateway: Gateway,
        subscriptions: Subscriptions,
        commands: Commands,
        faults: StreamFaults,
        judge: Callable[[StreamSession], None],
    ) -> None:
        self._gateway, self._faults, self._judge = gateway, faults, judge
        self._subscribing, self._commands = subscriptions, commands

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
            self._subscribe(session, op, args, len(message.args), now)
        elif op == "login" and session.path.private:
            self._login(session, args, now)
        elif op == "trade" and session.path.private:
            self._commands.answer(session, args, now)
        else:
            session.answer(failure(errors.INVALID_OP, op[:64]))

    def _subscribe(self, session: StreamSession, op: str, args: list[Any], size: int, now: int) -> None:
        if not session.allowance.arguments(size):
            session.answer(failure(errors.ILLEGAL_REQUEST, op))
        elif op == "subscribe":
            self._subscribing.subscribe(session, args, now)
            self._judge(session)
        else:
            self._subscribing.unsubscribe(session, args)

    def _login(self, session: StreamSession, args: list[Any], now: int) -> None:
        """Logs in; a login that fails ends the connection. One connection serves one account."""
        fields = args[0] if args and isinstance(args[0], dict) else {}
        exchange, vault = self._gateway.exchange, self._gateway.vault
        try:
            if self._gateway.faults.on_streams:
                self._faults.check_login(exchange, claimed_key(fields))
            login = authenticate(exchange, vault, fields, now, session.peer, environment=session.path.environment)
        except Rejected as rejected:
            session.answer(failure(rejected.error, "login"))
            session.close(WSCloseCode.POLICY_VIOLATION, rejected.error.message)
            return
        if session.login is not None and session.login.uid != login.uid:
            session.answer(failure(errors.ILLEGAL_REQUEST, "login"))
            return
        session.login = login
        session.answer(LOGGED_IN)
        self._judge(session)
