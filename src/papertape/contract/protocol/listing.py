"""Endpoints that answer lists page by page, and the iterators over all their pages.

``client.spot.trade.fills(...)`` is one call; ``.iterate(...)`` takes the same arguments and gives every row.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any, Generic, Literal, ParamSpec, TypeVar, overload

from papertape.contract.protocol.endpoint import (
    Access,
    Asynchronous,
    Endpoint,
    Group,
    Limit,
    Permission,
    RawAsynchronous,
    RawSynchronous,
    Synchronous,
)
from papertape.contract.protocol.paging import Page, PageWalkStuck, Paging, Walk, begun, resumed
from papertape.contract.protocol.response import Response

P = ParamSpec("P")
Q = TypeVar("Q")
R = TypeVar("R")
Row = TypeVar("Row")


class ListEndpoint(Endpoint[P, Q, R], Generic[P, Q, R, Row]):
    """An endpoint that answers rows page by page: ``item`` is a row's model, ``pages`` how it is paged."""

    def __init__(
        self,
        method: Literal["GET"],
        path: str,
        request: Callable[P, Q],
        reply: type[R],
        summary: str,
        *,
        item: type[Row],
        pages: Paging,
        limit: Limit,
        permission: Permission | None = None,
        access: Access | None = None,
    ) -> None:
        super().__init__(method, path, request, reply, summary, limit=limit, permission=permission, access=access)
        self.item, self.pages = item, pages

    @overload
    def __get__(self, group: None, owner: type) -> ListEndpoint[P, Q, R, Row]: ...
    @overload
    def __get__(self, group: Group[Synchronous], owner: type) -> Listing[P, R, Row]: ...
    @overload
    def __get__(self, group: Group[Asynchronous], owner: type) -> AsyncListing[P, R, Row]: ...
    @overload
    def __get__(self, group: Group[RawSynchronous], owner: type) -> Callable[P, Response[R]]: ...
    @overload
    def __get__(self, group: Group[RawAsynchronous], owner: type) -> Callable[P, Coroutine[Any, Any, Response[R]]]: ...
    def __get__(self, group: Any, owner: type) -> Any:
        call = super().__get__(group, owner)
        if group is None:
            return call
        if hasattr(group.transport, "call"):
            call = Listing(self, call, group.transport)
        elif hasattr(group.transport, "acall"):
            call = AsyncListing(self, call, group.transport)
        group.__dict__[self.name] = call
        return call


class _Pageable(Generic[P, R, Row]):
    """What both kinds of listing share: how a walk begins."""

    def __init__(self, endpoint: ListEndpoint[P, Any, R, Row], transport: Synchronous | Asynchronous) -> None:
        self.endpoint, self._now, self._repeated = endpoint, transport.now, transport.repeated
        self.__name__, self.__doc__, self.__wrapped__ = endpoint.name, endpoint.summary, endpoint.request

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.endpoint.path}>"

    def _begun(self, *args: P.args, **kwargs: P.kwargs) -> Walk[R, Row]:
        endpoint = self.endpoint
        return begun(endpoint.path, endpoint.pages, endpoint.request(*args, **kwargs), self._now())

    def _resumed(self, cursor: str) -> Walk[R, Row]:
        return resumed(self.endpoint.path, self.endpoint.pages, self.endpoint.request, cursor)

    def _taken(self, walk: Walk[R, Row], reply: R) -> Page[Row]:
        try:
            return walk.take(reply)
        except PageWalkStuck as error:
            raise self._repeated(self.endpoint, str(error)) from error


class Listing(_Pageable[P, R, Row]):
    """A list on a synchronous client: call it for one page, or walk over all of them.

    A walk takes the call's arguments. It asks for the largest pages (``limit`` rows where you give one, which is
    a page's size and not how many rows come in all), splits windows that are too long for one request, and runs from
    the newest row to the oldest. Every page is a call like any other: it waits for the limits and raises the same
    exceptions, and ``PageWalkStuck`` where the exchange does not go on.
    """

    def __init__(self, endpoint: ListEndpoint[P, Any, R, Row], call: Callable[P, R], transport: Synchronous) -> None:
        super().__init__(endpoint, transport)
        self._call, self._transport = call, transport

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """One page, as the exchange answers it."""
        return self._call(*args, **kwargs)

    def iterate(self, *args: P.args, **kwargs: P.kwargs) -> Iterator[Row]:
        """Every row."""
        return self._rows(self._begun(*args, **kwargs))

    def pages(self, *args: P.args, **kwargs: P.kwargs) -> Iterator[Page[Row]]:
        """Every page that has rows, each with the cursor from which to go on after it."""
        return self._pages(self._begun(*args, **kwargs))

    def resume(self, cursor: str) -> Iterator[Row]:
        """Every row after the page that had this cursor; ValueError for another list's."""
        return self._rows(self._resumed(cursor))

    def resume_pages(self, cursor: str) -> Iterator[Page[Row]]:
        """Every page after the one that had this cursor; ValueError for another list's."""
        return self._pages(self._resumed(cursor))

    def _rows(self, walk: Walk[R, Row]) -> Iterator[Row]:
        for page in self._pages(walk):
            yield from page.rows

    def _pages(self, walk: Walk[R, Row]) -> Iterator[Page[Row]]:
        while (request := walk.request()) is not None:
            page = self._taken(walk, self._transport.call(self.endpoint, request))
            if page.rows:
                yield page


class AsyncListing(_Pageable[P, R, Row]):
    """A list on an asynchronous client: call it for one page, or walk over all of them.

    As ``Listing``, with ``async for``.
    """

    def __init__(
        self,
        endpoint: ListEndpoint[P, Any, R, Row],
        call: Callable[P, Coroutine[Any, Any, R]],
        transport: Asynchronous,
    ) -> None:
        super().__init__(endpoint, transport)
        self._call, self._transport = call, transport

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, R]:
        """One page, as the exchange answers it."""
        return self._call(*args, **kwargs)

    def iterate(self, *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[Row]:
        """Every row."""
        return self._rows(self._begun(*args, **kwargs))

    def pages(self, *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[Page[Row]]:
        """Every page that has rows, each with the cursor from which to go on after it."""
        return self._pages(self._begun(*args, **kwargs))

    def resume(self, cursor: str) -> AsyncIterator[Row]:
        """Every row after the page that had this cursor; ValueError for another list's."""
        return self._rows(self._resumed(cursor))

    def resume_pages(self, cursor: str) -> AsyncIterator[Page[Row]]:
        """Every page after the one that had this cursor; ValueError for another list's."""
        return self._pages(self._resumed(cursor))

    async def _rows(self, walk: Walk[R, Row]) -> AsyncIterator[Row]:
        async for page in self._pages(walk):
            for row in page.rows:
                yield row

    async def _pages(self, walk: Walk[R, Row]) -> AsyncIterator[Page[Row]]:
        while (request := walk.request()) is not None:
            page = self._taken(walk, await self._transport.acall(self.endpoint, request))
            if page.rows:
                yield page
