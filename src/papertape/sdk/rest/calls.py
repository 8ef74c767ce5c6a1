"""A REST call from beginning to end: wait for a turn, sign, send, read, and handle a failure.

Source of the rules: documentation, "Signature", "Access Restriction", "Request interaction". What is safe to send
twice: what only reads; what was refused unread (429, a wrong timestamp); what was never sent. An order whose answer
was lost is looked up instead, see ``recovery``.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from papertape.contract.protocol.endpoint import UNLIMITED, Endpoint, Limit
from papertape.contract.protocol.response import Response
from papertape.contract.protocol.wire import Nothing
from papertape.contract.public import Public
from papertape.sdk.credentials import Credentials
from papertape.sdk.exceptions import BitgetError, NetworkError, RateLimited, TimestampError
from papertape.sdk.http_request import HttpRequest
from papertape.sdk.limiter import Limiter
from papertape.sdk.rest.answer import Answer, typed_reply, untyped_reply
from papertape.sdk.rest.clock import ExchangeClock
from papertape.sdk.rest.options import Options
from papertape.sdk.rest.request_builder import RequestBuilder
from papertape.sdk.rest.steps import Course, Send, Sign, Wait

R = TypeVar("R")

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 8.0
"""Seconds of the longest pause before the first retry, which doubles with each retry, and its upper bound."""

REFUSED_SECONDS = 1.0
"""Seconds without a call to an endpoint after a 429 that does not say how long: limits count by the second."""


class RestCalls:
    """Makes calls as courses of steps; clock, limiter and request builder may be shared, options are its own."""

    def __init__(self, composer: RequestBuilder, clock: ExchangeClock, limiter: Limiter, options: Options) -> None:
        self.composer, self.clock, self.limiter, self.options = composer, clock, limiter, options

    def with_options(self, options: Options) -> RestCalls:
        """Return the same with other options."""
        return RestCalls(self.composer, self.clock, self.limiter, options)

    def typed(self, endpoint: Endpoint[..., Any, R], request: Any) -> Course[Response[R]]:
        """Call a declared endpoint: gives its typed reply or raises a ``BitgetError``; looks up a lost answer."""
        if endpoint.method == "GET":
            return self.once(endpoint, request)
        # Imported when needed: it loads every order's models.
        from papertape.sdk.recovery import RECOVERIES, recovered

        recovery = RECOVERIES.get(endpoint.path)
        if recovery is None:
            return self.once(endpoint, request)
        return recovered(self.once, self.once, recovery, endpoint, request, self.options.retries)

    def once(self, endpoint: Endpoint[..., Any, R], request: Any) -> Course[Response[R]]:
        """Call a declared endpoint without looking up a lost answer; nothing that may have been done is sent again."""
        message = self.composer.typed(endpoint, request)
        read = partial(typed_reply, endpoint, message)
        return self._attempts(message, read, endpoint.limit, urgent=endpoint.urgent)

    def free(self, message: HttpRequest) -> Course[Response[Any]]:
        """Call any other path, whose limit is unknown here."""
        return self._attempts(message, partial(untyped_reply, message), UNLIMITED, urgent=False)

    def _attempts(
        self, message: HttpRequest, read: Callable[[Answer], Response[R]], limit: Limit, *, urgent: bool
    ) -> Course[Response[R]]:
        """Send a message as often as is safe and as the options allow, until its answer is a success."""
        retries, re_signed = self.options.retries, False
        while True:
            try:
                yield from self._turn(message, limit, urgent)
                answer = yield from self._sending(message)
                return self._observed(read, answer)
            except TimestampError as error:
                if re_signed:
                    raise
                re_signed = True
                if not error.request_time:
                    yield from self._asked_the_time(error)
            except BitgetError as error:
                if isinstance(error, RateLimited):
                    self.refused(message.path, limit, error)
                pause = _pause(self.options.retries - retries, error)
                if not retries or pause > self.options.patience or not _repeatable(message, error):
                    raise
                yield Wait(pause)
                retries -= 1

    def synchronise(self) -> Course[None]:
        """Ask the exchange for its time and set the clock by it."""
        asked = self.composer.typed(Public.time, Nothing())
        answer = yield from self._sending(asked)
        told = typed_reply(Public.time, asked, answer).data.server_time
        self.clock.observe(told, answer.sent, answer.received, certain=True)

    def _asked_the_time(self, refusal: TimestampError) -> Course[None]:
        """Ask for the time after a refusal that does not tell it; without an answer the refusal is raised."""
        try:
            yield from self.synchronise()
        except BitgetError as error:
            raise refusal from error

    def _observed(self, read: Callable[[Answer], Response[R]], answer: Answer) -> Response[R]:
        """Read an answer or raise its failure, and set the clock by the time that it tells."""
        try:
            said = read(answer)
        except BitgetError as error:
            certain = isinstance(error, TimestampError)
            self.clock.observe(error.request_time, answer.sent, answer.received, certain=certain)
            raise
        self.clock.observe(said.request_time, answer.sent, answer.received)
        return said

    def _turn(self, message: HttpRequest, limit: Limit, urgent: bool) -> Course[None]:
        if self.options.limits == "off" or message.access == "control":
            return
        patience = self.options.patience if self.options.limits == "wait" else 0.0
        yield from self.turn(message.path, limit, urgent=urgent, patience=patience, request=message)

    def turn(
        self, path: str, limit: Limit, *, urgent: bool, patience: float, request: HttpRequest | None = None
    ) -> Course[None]:
        """Wait until the endpoint's limit lets a call out; raises ``RateLimited`` if that is beyond ``patience``."""
        turn = self.limiter.reserve(path, limit, self._key, urgent=urgent, patience=patience)
        if turn.seconds > patience:
            text = f"the next call may go out in {turn.seconds:.2f} s"
            place = path if request is None else request.endpoint
            raise TurnTooFar(text, endpoint=place, request=request, retry_after=turn.seconds)
        if turn.seconds > 0:
            try:
                yield Wait(turn.seconds)
            except GeneratorExit:
                self.limiter.give_back(turn)
                raise

    def _sending(self, message: HttpRequest) -> Course[Answer]:
        headers = self.options.headers
        if message.access == "signed":
            timestamp = str(self.clock.now())
            signature = yield from self._signature(self.composer.to_sign(message, timestamp))
            every = self.composer.signed(message, timestamp, signature, headers)
        else:
            every = self.composer.unsigned(message, headers)
        answer: Answer = yield Send(message, every, self.options.timeout)
        return answer

    def _signature(self, content: bytes) -> Course[str]:
        signer = self.composer.signer
        assert signer is not None
        if isinstance(signer, Credentials):
            return signer.sign(content)
        signature: str = yield Sign(signer, content)
        return signature

    def refused(self, path: str, limit: Limit, error: RateLimited) -> None:
        """Let no call out to an endpoint for a while after the exchange has refused one."""
        if not isinstance(error, TurnTooFar):
            self.limiter.refused(path, limit, self._key, _rest(error))

    @property
    def _key(self) -> str:
        return "" if self.composer.signer is None else self.composer.signer.key


class TurnTooFar(RateLimited):
    """The client's own limiter did not let the call out in time: nothing was sent."""


def _repeatable(message: HttpRequest, error: BitgetError) -> bool:
    """Determine whether sending again is safe and may succeed."""
    if not error.retryable or isinstance(error, TurnTooFar):
        return False
    if message.method == "GET" or isinstance(error, RateLimited):
        return True
    return isinstance(error, NetworkError) and not error.sent


def _rest(error: BitgetError) -> float:
    """Return the seconds before which sending again cannot succeed."""
    return error.retry_after or (REFUSED_SECONDS if isinstance(error, RateLimited) else 0.0)


def _pause(attempt: int, error: BitgetError) -> float:
    """Return the seconds before the next attempt, with jitter so that many clients do not come back at once."""
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * float(2**attempt))
    return _rest(error) + random.uniform(0.1, 1.0) * longest
