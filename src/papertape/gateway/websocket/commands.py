"""Commands on a stream (``op: trade``): the endpoint that an argument stands for, asked as on REST.

Permission and quota are those of the endpoint, shared with REST. Answers come as they are ready.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from typing import Any

from papertape.contract.channels import order_call
from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected
from papertape.contract.protocol.stream_orders import OrderArgument, argument_of, done, refused
from papertape.contract.protocol.wire import encode
from papertape.gateway.app import Gateway
from papertape.gateway.faults.streams import StreamFaults
from papertape.gateway.websocket.events import failure
from papertape.gateway.websocket.session import StreamSession

logger = logging.getLogger("papertape.gateway")

MOST_RUNNING = 64
"""Commands of one connection that are being answered; for one more comes 30006."""


class Commands:
    """Answers commands; ``start`` runs each beside the others."""

    def __init__(
        self, gateway: Gateway, start: Callable[[Coroutine[Any, Any, None]], None], faults: StreamFaults
    ) -> None:
        self._gateway, self._start, self._faults = gateway, start, faults

    def answer(self, session: StreamSession, given: list[Any], now: int) -> None:
        """Begins to answer a request; it has one argument, since there are no batches."""
        if session.login is None:
            session.answer(failure(errors.LOGIN_NEEDED, "trade"))
        elif len(given) != 1:
            session.answer(failure(errors.STREAM_PARAMETER_ERROR, "trade"))
        elif session.running >= MOST_RUNNING:
            session.answer(failure(errors.REQUESTS_TOO_MANY, "trade", given[0]))
        else:
            try:
                argument = argument_of(given[0])
            except Rejected as rejected:
                session.answer(failure(rejected.error, "trade", given[0]))
                return
            session.running += 1
            self._start(self._perform(session, argument, session.login.key, now))

    async def _perform(self, session: StreamSession, argument: OrderArgument, key: str, now: int) -> None:
        try:
            endpoint, request = order_call(argument)
            reference = await self._gateway.perform(endpoint, key, request, session.peer)
            answer = done(argument, reference, now)
        except Rejected as rejected:
            answer = refused(argument, rejected.error, now)
        except Exception:
            # The boundary of a task: a defect of ours is logged, the client is answered, the connection goes on.
            logger.exception("%s on a stream failed", argument.channel)
            answer = refused(argument, errors.SERVER_FAILED, now)
        finally:
            session.running -= 1
        if self._gateway.faults.on_streams and self._faults.loses_answer(session, argument.channel, argument.inst_id):
            session.cut()
        else:
            session.answer(encode(answer))
