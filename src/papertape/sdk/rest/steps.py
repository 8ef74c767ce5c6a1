"""The steps of a call: what a client does is written once, without I/O, and performed by either transport.

A course is a generator: it yields a step and is sent what came of it (or thrown a ``BitgetError``).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from typing import Any, NamedTuple, TypeAlias, TypeVar

from papertape.sdk.credentials import Signer
from papertape.sdk.http_request import HttpRequest

R = TypeVar("R")


class Wait(NamedTuple):
    """Let this many seconds pass."""

    seconds: float


class Sign(NamedTuple):
    """Have a signer of the user's sign these bytes; gives the signature as base64. It may block."""

    signer: Signer
    content: bytes


class Send(NamedTuple):
    """Send one message; gives the ``Answer`` or raises a ``NetworkError``. ``timeout`` is in seconds.

    ``headers`` are all that go out: the message's and those that only this sending has, secrets among them. They are
    apart, for the message is what errors show.
    """

    message: HttpRequest
    headers: dict[str, str]
    timeout: float


class Perform(NamedTuple):
    """Have this work done on the event loop and give its result; a synchronous client has no such step."""

    work: Callable[[], Awaitable[Any]]


Step: TypeAlias = Wait | Sign | Send | Perform
Course: TypeAlias = Generator[Step, Any, R]
