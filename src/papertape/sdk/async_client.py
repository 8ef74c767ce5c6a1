"""``AsyncClient``: the exchange as typed methods to await."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any

from papertape.contract.endpoint import Asynchronous
from papertape.contract.response import Response
from papertape.sdk.async_transport import AsyncPool, AsyncTransport
from papertape.sdk.credentials import Credentials, control_token_for, credentials_for
from papertape.sdk.environment import Environment, Name, chosen
from papertape.sdk.message import Composer
from papertape.sdk.surface import Surface


class AsyncClient(Surface[Asynchronous]):
    """The asynchronous twin of ``Client``: ``await AsyncClient().spot.market.tickers(symbol="BTCUSDT")``.

    Same arguments, same methods. Its connections belong to the event loop of the first call; close it with
    ``async with`` or ``await client.close()``.
    """

    def __init__(
        self,
        environment: Name | Environment = "local",
        *,
        key: str | None = None,
        secret: str | None = None,
        passphrase: str | None = None,
        credentials: Credentials | None = None,
        control_token: str | None = None,
        timeout: float = 10.0,
        locale: str = "en-US",
    ) -> None:
        place = chosen(environment)
        signer = credentials or credentials_for(place, key, secret, passphrase)
        composer = Composer(place, signer, control_token_for(place, control_token), locale=locale)
        self._transport = AsyncTransport(composer, AsyncPool(), timeout)
        super().__init__(self._transport)

    @property
    def environment(self) -> Environment:
        """Where this client speaks to."""
        return self._transport.composer.environment

    def with_options(self, *, timeout: float) -> AsyncClient:
        """A client on the same connections with another timeout."""
        other = AsyncClient.__new__(AsyncClient)
        other._transport = self._transport.with_timeout(timeout)
        Surface.__init__(other, other._transport)
        return other

    async def request(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | None = None,
        body: Any = None,
        *,
        signed: bool | None = None,
    ) -> Response[Any]:
        """Calls any path; answers raw data with status and headers.

        ``params`` go into the query, ``body`` is sent as JSON (bytes as they are). ``signed`` defaults to
        whether the client has a key. Paths under ``/papertape/`` get the control token.
        """
        return await self._transport.request(self._transport.composer.free(method, path, params, body, signed))

    async def close(self) -> None:
        """Closes the connections; the client cannot be used afterwards."""
        await self._transport.pool.close()

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"<AsyncClient {self.environment.name} {self.environment.rest}>"
