"""Short ways to declare endpoints: who may call them and by which method is in the name."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from papertape.contract.protocol.endpoint import UNLIMITED, Endpoint, Limit, Permission
from papertape.contract.protocol.listing import ListEndpoint
from papertape.contract.protocol.paging import Paging

P = ParamSpec("P")
Q = TypeVar("Q")
R = TypeVar("R")
Row = TypeVar("Row")


def public_get(path: str, request: Callable[P, Q], reply: type[R], summary: str, limit: Limit) -> Endpoint[P, Q, R]:
    """A call that everybody may make."""
    return Endpoint("GET", path, request, reply, summary, limit=limit)


def signed_get(
    path: str,
    request: Callable[P, Q],
    reply: type[R],
    summary: str,
    permission: Permission,
    limit: Limit,
    *,
    main_account: bool = False,
    aliases: tuple[str, ...] = (),
) -> Endpoint[P, Q, R]:
    """A call with a key that reads."""
    return Endpoint(
        "GET",
        path,
        request,
        reply,
        summary,
        limit=limit,
        permission=permission,
        main_account=main_account,
        aliases=aliases,
    )


def signed_post(
    path: str,
    request: Callable[P, Q],
    reply: type[R],
    summary: str,
    permission: Permission,
    limit: Limit,
    *,
    main_account: bool = False,
    aliases: tuple[str, ...] = (),
    urgent: bool = False,
) -> Endpoint[P, Q, R]:
    """A call with a key that changes something."""
    return Endpoint(
        "POST",
        path,
        request,
        reply,
        summary,
        limit=limit,
        permission=permission,
        main_account=main_account,
        aliases=aliases,
        urgent=urgent,
    )


def public_list(
    path: str, request: Callable[P, Q], reply: type[R], summary: str, limit: Limit, *, item: type[Row], pages: Paging
) -> ListEndpoint[P, Q, R, Row]:
    """A list that everybody may read, page by page."""
    return ListEndpoint("GET", path, request, reply, summary, item=item, pages=pages, limit=limit)


def signed_list(
    path: str,
    request: Callable[P, Q],
    reply: type[R],
    summary: str,
    permission: Permission,
    limit: Limit,
    *,
    item: type[Row],
    pages: Paging,
) -> ListEndpoint[P, Q, R, Row]:
    """A list of one's own, page by page."""
    return ListEndpoint(
        "GET", path, request, reply, summary, item=item, pages=pages, limit=limit, permission=permission
    )


def control_get(path: str, request: Callable[P, Q], reply: type[R], summary: str) -> Endpoint[P, Q, R]:
    """A question of the control plane's."""
    return Endpoint("GET", path, request, reply, summary, limit=UNLIMITED, access="control")


def control_list(
    path: str, request: Callable[P, Q], reply: type[R], summary: str, *, item: type[Row], pages: Paging
) -> ListEndpoint[P, Q, R, Row]:
    """A list of the control plane's, page by page."""
    return ListEndpoint("GET", path, request, reply, summary, item=item, pages=pages, limit=UNLIMITED, access="control")


def control_post(path: str, request: Callable[P, Q], reply: type[R], summary: str) -> Endpoint[P, Q, R]:
    """A call of the control plane's that changes something."""
    return Endpoint("POST", path, request, reply, summary, limit=UNLIMITED, access="control")


def internal_post(path: str, request: Callable[P, Q], reply: type[R], summary: str) -> Endpoint[P, Q, R]:
    """A command of the exchange's own: in the log, never on a socket."""
    return Endpoint("POST", path, request, reply, summary, limit=UNLIMITED, access="internal")
