"""The asynchronous road: HTTP/1.1 with keep-alive over aiohttp, which is imported at the first call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from papertape.contract.endpoint import Endpoint
from papertape.contract.response import Response
from papertape.sdk import response
from papertape.sdk.exceptions import NetworkError, RequestTimeout
from papertape.sdk.message import Composer, Message
from papertape.sdk.response import Answer

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


class AsyncTransport:
    """Sends messages and awaits their answers; ``timeout`` in seconds for a whole call."""

    def __init__(self, composer: Composer, pool: AsyncPool, timeout: float) -> None:
        self.composer, self.pool, self.timeout = composer, pool, timeout

    def with_timeout(self, timeout: float) -> AsyncTransport:
        """The same connections and key with another timeout."""
        return AsyncTransport(self.composer, self.pool, timeout)

    async def acall(self, endpoint: Endpoint[..., Any, R], request: Any) -> R:
        """Sends one typed request; returns its typed reply or raises a ``BitgetError``."""
        message = self.composer.typed(endpoint, request)
        return response.typed(endpoint, message, await self.exchange(message))

    async def request(self, message: Message) -> Response[Any]:
        """Sends a free message; returns the answer as it came or raises a ``BitgetError``."""
        return response.free(message, await self.exchange(message))

    async def exchange(self, message: Message) -> Answer:
        """One message out, one answer in. Redirects are not followed: a signature is for one place."""
        from aiohttp import ClientConnectorError, ClientError, ClientTimeout, ConnectionTimeoutError
        from yarl import URL

        url = URL(self.composer.environment.rest + message.target, encoded=True)
        place = f"{url.host}:{url.port}"
        try:
            async with self.pool.session().request(
                message.method,
                url,
                data=message.body or None,
                headers=message.headers,
                allow_redirects=False,
                timeout=ClientTimeout(total=self.timeout, sock_connect=self.timeout),
            ) as reply:
                content = await reply.read()
        except ClientConnectorError as error:
            reason = error.strerror or str(error)
            raise NetworkError(f"cannot reach {place}: {reason}", endpoint=message.endpoint) from error
        except TimeoutError as error:
            sent = not isinstance(error, ConnectionTimeoutError)
            raise RequestTimeout(f"no answer from {place} in time", endpoint=message.endpoint, sent=sent) from error
        except (ClientError, OSError) as error:
            raise NetworkError(f"{place} broke off: {error}", endpoint=message.endpoint, sent=True) from error
        return Answer(reply.status, {name.lower(): value for name, value in reply.headers.items()}, content)
