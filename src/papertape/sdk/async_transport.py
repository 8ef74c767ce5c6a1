"""The asynchronous road: HTTP/1.1 with keep-alive over aiohttp, which is imported at the first call."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeVar

from papertape.contract.endpoint import Endpoint
from papertape.contract.response import Response
from papertape.sdk.caller import Caller
from papertape.sdk.clock import machine_ms
from papertape.sdk.exceptions import BitgetError, NetworkError, RequestTimeout
from papertape.sdk.message import Message
from papertape.sdk.response import Answer
from papertape.sdk.steps import Course, Send, Sign, Step

if TYPE_CHECKING:
    from aiohttp import ClientSession

R = TypeVar("R")

MOST_CONNECTIONS = 100


class AsyncPool:
    """One aiohttp session, opened in the event loop that makes the first call."""

    def __init__(self) -> None:
        self._session: ClientSession | None = None
        self._closed = False

    def session(self) -> ClientSession:
        """The session, opened if it is not."""
        if self._closed:
            raise RuntimeError("this client is closed")
        if self._session is None:
            from aiohttp import ClientSession, DummyCookieJar, TCPConnector

            self._session = ClientSession(
                connector=TCPConnector(limit=MOST_CONNECTIONS),
                cookie_jar=DummyCookieJar(),
                skip_auto_headers=("Content-Type",),
            )
        return self._session

    async def close(self) -> None:
        """Closes every connection."""
        self._closed = True
        if self._session is not None:
            await self._session.close()


class AsyncRoad:
    """Drives calls' courses on the event loop: waits, signs, sends."""

    def __init__(self, caller: Caller, pool: AsyncPool) -> None:
        self.caller, self.pool = caller, pool

    def now(self) -> int:
        """The exchange's time in ms, as well as it is known here."""
        return self.caller.clock.now()

    async def drive(self, course: Course[R]) -> R:
        """Runs a course to its end; raises what it raises."""
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

    async def _perform(self, step: Step) -> Any:
        if isinstance(step, Send):
            return await self._exchange(step.message, step.timeout)
        import asyncio

        if isinstance(step, Sign):
            return await asyncio.to_thread(step.signer.sign, step.content)
        return await asyncio.sleep(step.seconds)

    async def _exchange(self, message: Message, timeout: float) -> Answer:
        """One message out, one answer in. Redirects are not followed: a signature is for one place."""
        from aiohttp import ClientConnectorError, ClientError, ClientTimeout, ConnectionTimeoutError
        from yarl import URL

        url = URL(self.caller.composer.environment.rest + message.target, encoded=True)
        place = f"{url.host}:{url.port}"
        sent, started = machine_ms(), perf_counter()
        try:
            async with self.pool.session().request(
                message.method,
                url,
                data=message.body or None,
                headers=message.headers,
                allow_redirects=False,
                timeout=ClientTimeout(total=timeout, sock_connect=timeout),
            ) as reply:
                content = await reply.read()
        except ClientConnectorError as error:
            reason = error.strerror or str(error)
            raise NetworkError(f"cannot reach {place}: {reason}", request=message) from error
        except TimeoutError as error:
            unsent = isinstance(error, ConnectionTimeoutError)
            raise RequestTimeout(f"no answer from {place} in time", request=message, sent=not unsent) from error
        except (ClientError, OSError) as error:
            raise NetworkError(f"{place} broke off: {error}", request=message, sent=True) from error
        latency = perf_counter() - started
        headers = {name.lower(): value for name, value in reply.headers.items()}
        return Answer(reply.status, headers, content, sent, machine_ms(), latency)


class AsyncTransport(AsyncRoad):
    """Calls return a coroutine of the reply."""

    async def acall(self, endpoint: Endpoint[..., Any, R], request: Any) -> R:
        """Makes one typed call; raises a ``BitgetError``."""
        return (await self.drive(self.caller.typed(endpoint, request))).data


class AsyncRawTransport(AsyncRoad):
    """Calls return a coroutine of the whole response."""

    async def acall_raw(self, endpoint: Endpoint[..., Any, R], request: Any) -> Response[R]:
        """Makes one typed call; raises a ``BitgetError``."""
        return await self.drive(self.caller.typed(endpoint, request))
