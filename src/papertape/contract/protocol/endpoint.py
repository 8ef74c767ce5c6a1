"""Endpoint declarations: the one statement of what an API call is.

Router, permission check, limiter, typed client methods, OpenAPI and the coverage table derive from it.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Generic, Literal, ParamSpec, Protocol, TypeVar, overload

import msgspec

from papertape.contract.protocol.response import Response

P = ParamSpec("P")
Q = TypeVar("Q")
R = TypeVar("R")
T = TypeVar("T")

Access = Literal["public", "signed", "control", "internal"]
Permission = Literal["read", "spot_trade", "margin_trade", "contract_trade", "transfer", "withdraw"]
PERMISSIONS: tuple[Permission, ...] = (
    "read",
    "spot_trade",
    "margin_trade",
    "contract_trade",
    "transfer",
    "withdraw",
)


class Limit(msgspec.Struct, frozen=True):
    """``count`` requests in ``per_seconds``, counted by UID or by IP; 0 = not limited."""

    count: int
    by: Literal["uid", "ip"]
    per_seconds: int = 1


UNLIMITED = Limit(0, "ip")


class Synchronous(Protocol):
    """A transport whose calls return the reply."""

    def now(self) -> int:
        """The exchange's time in ms, as well as it is known here."""
        ...

    def repeated(self, endpoint: Endpoint[..., Any, Any], text: str) -> Exception:
        """What to raise where a list does not go on."""
        ...

    def call(self, endpoint: Endpoint[..., Any, R], request: Any) -> R:
        """Send one request and return its typed reply."""
        ...


class Asynchronous(Protocol):
    """A transport whose calls return a coroutine of the reply."""

    def now(self) -> int:
        """The exchange's time in ms, as well as it is known here."""
        ...

    def repeated(self, endpoint: Endpoint[..., Any, Any], text: str) -> Exception:
        """What to raise where a list does not go on."""
        ...

    def acall(self, endpoint: Endpoint[..., Any, R], request: Any) -> Coroutine[Any, Any, R]:
        """Send one request; await its typed reply."""
        ...


class RawSynchronous(Protocol):
    """A transport whose calls return the whole response."""

    def call_raw(self, endpoint: Endpoint[..., Any, R], request: Any) -> Response[R]:
        """Send one request and return its reply with everything around it."""
        ...


class RawAsynchronous(Protocol):
    """A transport whose calls return a coroutine of the whole response."""

    def acall_raw(self, endpoint: Endpoint[..., Any, R], request: Any) -> Coroutine[Any, Any, Response[R]]:
        """Send one request; await its reply with everything around it."""
        ...


class Group(Generic[T]):
    """A product area's endpoints, bound to a transport: ``SpotTrade(transport).place_order(...)``."""

    def __init__(self, transport: T) -> None:
        self.transport = transport


class Endpoint(Generic[P, Q, R]):
    """One API call: method, path, request and reply model, who may call it and how often.

    ``access`` is ``public`` (no key), ``signed`` (key with ``permission``), ``control`` (bearer token, no
    envelope) or ``internal`` (never on a socket: the exchange's own commands in the log). ``aliases`` are
    further paths for the same call; ``main_account`` wants a main account's key bound to an IP. ``urgent``
    calls (cancels) go before others where a client has to wait for its turn.
    """

    def __init__(
        self,
        method: Literal["GET", "POST"],
        path: str,
        request: Callable[P, Q],
        reply: type[R],
        summary: str,
        *,
        limit: Limit,
        permission: Permission | None = None,
        access: Access | None = None,
        main_account: bool = False,
        aliases: tuple[str, ...] = (),
        urgent: bool = False,
    ) -> None:
        self.method, self.path, self.request, self.reply, self.summary = method, path, request, reply, summary
        self.limit, self.permission, self.aliases = limit, permission, aliases
        self.access: Access = access or ("signed" if permission else "public")
        self.main_account, self.urgent = main_account, urgent
        self.name = self.group = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name, self.group = name, owner.__name__

    @overload
    def __get__(self, group: None, owner: type) -> Endpoint[P, Q, R]: ...
    @overload
    def __get__(self, group: Group[Synchronous], owner: type) -> Callable[P, R]: ...
    @overload
    def __get__(self, group: Group[Asynchronous], owner: type) -> Callable[P, Coroutine[Any, Any, R]]: ...
    @overload
    def __get__(self, group: Group[RawSynchronous], owner: type) -> Callable[P, Response[R]]: ...
    @overload
    def __get__(self, group: Group[RawAsynchronous], owner: type) -> Callable[P, Coroutine[Any, Any, Response[R]]]: ...
    def __get__(self, group: Any, owner: type) -> Any:
        """The call, bound to a transport; made once, for a group then has it as an attribute of its own."""
        if group is None:
            return self
        send = _sending(group.transport)

        def call(*args: P.args, **kwargs: P.kwargs) -> Any:
            return send(self, self.request(*args, **kwargs))

        call.__name__, call.__doc__ = self.name, self.summary
        call.__dict__["__wrapped__"] = self.request
        group.__dict__[self.name] = call
        return call

    def __repr__(self) -> str:
        return f"<Endpoint {self.method} {self.path}>"


def _sending(transport: Any) -> Callable[..., Any]:
    """The one method that a transport has."""
    for name in ("call", "acall", "call_raw", "acall_raw"):
        method: Callable[..., Any] | None = getattr(transport, name, None)
        if method is not None:
            return method
    raise AssertionError(f"{transport!r} calls nothing")


def endpoints_of(group: type[Group[Any]]) -> list[Endpoint[..., Any, Any]]:
    """The endpoints declared on a group, in their order."""
    return [value for value in vars(group).values() if isinstance(value, Endpoint)]
