"""The course of a call that must not be made twice."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar, Generic, NamedTuple, Protocol, TypeVar

import msgspec

from papertape.contract.protocol.endpoint import Endpoint
from papertape.contract.protocol.response import Response
from papertape.sdk.exceptions import BitgetError, OutcomeUnknown
from papertape.sdk.rest.steps import Course, Wait

Q = TypeVar("Q")
R = TypeVar("R")
S = TypeVar("S")

SETTLING_SECONDS = 0.3
"""The pause before a lookup: the request may still be on its way."""


class Ask(Protocol):
    """Calls an endpoint, with the retries that are safe for it."""

    def __call__(self, endpoint: Endpoint[..., Any, S], request: Any) -> Course[Response[S]]:
        """Return the course of the call."""
        ...


class LookupResult(NamedTuple, Generic[Q, R]):
    """What a lookup has found: the reply to what was done, and the request for what was not."""

    done: Response[R] | None
    missing: Q | None


class Recovery(Generic[Q, R]):
    """How one kind of request is looked up; this one looks nothing up, for what may simply be sent again."""

    refusals: ClassVar[tuple[type[BitgetError], ...]] = ()
    """Refusals of what may already be done: after a lost answer they do not tell that nothing was done."""

    def can_repeat(self, request: Q) -> bool:
        """Determine whether the exchange does this only once however often it is asked."""
        return True

    def identified(self, request: Q) -> Q:
        """Return the request with a client id of ours wherever it lacks one."""
        return request

    def names(self, request: Q) -> tuple[str, ...]:
        """Return the client ids to look for, for users who have to do it themselves."""
        return ()

    def find(self, ask: Ask, request: Q) -> Course[LookupResult[Q, R]]:
        """Look up what became of the request."""
        yield Wait(0)
        return LookupResult(None, request)

    def joined(self, earlier: R, later: R) -> R:
        """Join two parts of one reply."""
        return later


REPEATED: Recovery[Any, Any] = Recovery()
"""For what has the same effect once and twice."""


def recovered(
    send: Ask, ask: Ask, recovery: Recovery[Q, R], endpoint: Endpoint[..., Any, R], request: Q, retries: int
) -> Course[Response[R]]:
    """Send a request, look it up if its answer is lost, and send again what is not there.

    ``send`` sends it, over REST or over a socket, ``ask`` makes the lookups.
    A refusal of a second sending may be due to the first one, so it is raised only if a lookup finds nothing.
    Raises ``OutcomeUnknown`` when within ``retries`` it could neither be found nor be sent again.
    """
    request = whole = recovery.identified(request)
    done: Response[R] | None = None
    lost: BitgetError | None = None
    while True:
        try:
            reply = yield from send(endpoint, request)
            return _joined(recovery, done, reply)
        except BitgetError as error:
            if lost is None and not error.uncertain:
                raise
            lost = error
        try:
            yield Wait(SETTLING_SECONDS)
            found = yield from recovery.find(ask, request)
        except BitgetError as error:
            raise _unknown(recovery, whole, lost) from error
        if found.done is not None:
            done = _joined(recovery, done, found.done)
        if found.missing is None:
            assert done is not None, "a lookup finds what was done or says what is missing"
            return done
        if done is None and not lost.uncertain and not isinstance(lost, recovery.refusals):
            raise lost
        if not retries or not recovery.can_repeat(found.missing):
            raise _unknown(recovery, whole, lost) from lost
        request, retries = found.missing, retries - 1


def _joined(recovery: Recovery[Q, R], earlier: Response[R] | None, later: Response[R]) -> Response[R]:
    return later if earlier is None else told(later, recovery.joined(earlier.data, later.data))


def _unknown(recovery: Recovery[Q, R], request: Q, lost: BitgetError) -> OutcomeUnknown:
    names = recovery.names(request)
    text = f"the answer was lost ({lost.message}) and what became of the request could not be found out"
    return OutcomeUnknown(text, request=lost.request, client_oids=names)


def told(response: Response[Any], data: R) -> Response[R]:
    """Return the response with other data: what a lookup's answer means for the lost request."""
    return msgspec.structs.replace(response, data=data)


def client_oid() -> str:
    """Make a new client id: 32 characters of those that the documentation allows."""
    return f"pt-{secrets.token_hex(14)}x"
