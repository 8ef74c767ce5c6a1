"""One aiohttp session of the asynchronous client. Imported at the first call: aiohttp loads slowly."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from time import perf_counter
from typing import TYPE_CHECKING

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    TCPConnector,
)
from yarl import URL

from papertape.sdk.exceptions import NetworkError, RequestTimeout, Unreachable
from papertape.sdk.rest.answer import Answer
from papertape.sdk.rest.clock import machine_ms

if TYPE_CHECKING:
    from papertape.sdk.http_request import HttpRequest

MOST_CONNECTIONS = 100


class HttpSession:
    """Holds the connections to one address in the event loop that runs when it is made."""

    def __init__(self, address: str) -> None:
        self.loop = asyncio.get_running_loop()
        self._address = address
        self._http = ClientSession(
            connector=TCPConnector(limit=MOST_CONNECTIONS),
            cookie_jar=DummyCookieJar(),
            skip_auto_headers=("Content-Type",),
        )

    async def close(self) -> None:
        """Close every connection."""
        await self._http.close()

    async def exchange(self, message: HttpRequest, headers: dict[str, str], timeout: float) -> Answer:
        """Send one message and read one answer. Redirects are not followed: a signature is for one address."""
        url = URL(self._address + message.target, encoded=True)
        sent, started = machine_ms(), perf_counter()
        try:
            async with self._http.request(
                message.method,
                url,
                data=message.body or None,
                headers=headers,
                allow_redirects=False,
                timeout=_timeout(timeout),
            ) as reply:
                content = await reply.read()
        except ConnectionTimeoutError as error:
            raise RequestTimeout(f"no connection to {url.host}:{url.port} in time", request=message) from error
        except ClientConnectorError as error:
            reason = error.strerror or str(error)
            raise Unreachable(f"cannot reach {url.host}:{url.port}: {reason}", request=message) from error
        except TimeoutError as error:
            text = f"no answer from {url.host}:{url.port} in time"
            raise RequestTimeout(text, request=message, sent=True) from error
        except (ClientError, OSError) as error:
            text = f"{url.host}:{url.port} broke off: {error}"
            raise NetworkError(text, request=message, sent=True) from error
        latency = perf_counter() - started
        named = {name.lower(): value for name, value in reply.headers.items()}
        return Answer(reply.status, named, content, sent, machine_ms(), latency)


@lru_cache(maxsize=64)
def _timeout(seconds: float) -> ClientTimeout:
    """Count as the synchronous client does: once for a connection, then for every wait on the answer.

    Not for all of it together: then a timeout would not tell whether the request had been sent.
    """
    return ClientTimeout(total=None, connect=seconds, sock_read=seconds)
