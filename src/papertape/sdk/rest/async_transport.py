"""The asynchronous transport: HTTP/1.1 with keep-alive over aiohttp, which is imported at the first call."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, TypeVar

from papertape.contract.protocol.endpoint import Endpoint
from papertape.contract.protocol.response import Response
from papertape.sdk.exceptions import BitgetError, RepeatedPage
from papertape.sdk.rest.calls import RestCalls
from papertape.sdk.rest.steps import Course, Perform, Send, Sign, Step

if TYPE_CHECKING:
    from papertape.sdk.rest.http_session import HttpSession

R = TypeVar("R")


class AsyncPool:
    """Holds the connections to one address, for one event loop at a time."""

    def __init__(self, address: str) -> None:
        self._session: HttpSession | None = None
        self._address = address
        self._closed = False

    async def session(self) -> HttpSession:
        """Return the session of the running event loop, opening it if necessary.

        Raises ``RuntimeError`` once closed, and while another event loop uses the client.
        """
        from asyncio import get_running_loop

        if self._closed:
            raise RuntimeError("this client is closed")
        session = self._session
        if session is not None and session.loop is not get_running_loop():
            if not session.loop.is_closed():
                raise RuntimeError("an AsyncClient belongs to one event loop at a time; make one for each")
            self._session = None
            await session.close()
        if self._session is None:
            from papertape.sdk.rest.http_session import HttpSession

            self._session = HttpSession(self._address)
        return self._session

    async def close(self) -> None:
        """Close every connection."""
        self._closed = True
        if self._session is not None:
            await self._session.close()

    def __del__(self) -> None:
        if self._session is not None and not self._closed:
            text = "an AsyncClient was not closed: use 'async with' or await its close()"
            warnings.warn(text, ResourceWarning, stacklevel=1)


class AsyncCallDriver:
    """Runs calls on the event loop: performs each step that a call yields."""

    def __init__(self, calls: RestCalls, pool: AsyncPool) -> None:
        self.calls, self.pool = calls, pool

    def now(self) -> int:
        """Return the exchange's time in ms, as well as it is known here."""
        return self.calls.clock.now()

    def repeated(self, endpoint: Endpoint[..., Any, Any], text: str) -> BitgetError:
        """Return the error of a list that does not go on."""
        return RepeatedPage(text, endpoint=f"{endpoint.method} {endpoint.path}")

    async def drive(self, course: Course[R]) -> R:
        """Run a call to its end; raises what it raises. One that is cancelled is closed."""
        try:
            step = next(course)
            while True:
                try:
                    outcome = await self._perform(step)
                except BitgetError as error:
                    step = course.throw(error)
                else:
                    step = course.send(outcome)
        except StopIteration as end:
            result: R = end.value
            return result
        finally:
            course.close()

    async def _perform(self, step: Step) -> Any:
        if isinstance(step, Send):
            session = await self.pool.session()
            return await session.exchange(step.message, step.headers, step.timeout)
        if isinstance(step, Perform):
            return await step.work()
        import asyncio

        if isinstance(step, Sign):
            return await asyncio.to_thread(step.signer.sign, step.content)
        return await asyncio.sleep(step.seconds)


class AsyncTransport(AsyncCallDriver):
    """A transport whose calls return a coroutine of the reply."""

    async def acall(self, endpoint: Endpoint[..., Any, R], request: Any) -> R:
        """Make one typed call; raises a ``BitgetError``."""
        return (await self.drive(self.calls.typed(endpoint, request))).data


class AsyncRawTransport(AsyncCallDriver):
    """A transport whose calls return a coroutine of the whole response."""

    async def acall_raw(self, endpoint: Endpoint[..., Any, R], request: Any) -> Response[R]:
        """Make one typed call; raises a ``BitgetError``."""
        return await self.drive(self.calls.typed(endpoint, request))
