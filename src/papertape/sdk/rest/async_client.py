"""``AsyncClient``: the exchange as typed methods to await."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from types import TracebackType
from typing import Any

from papertape.contract.protocol.endpoint import Asynchronous, RawAsynchronous
from papertape.contract.protocol.response import Response
from papertape.sdk.credentials import Signer, control_token_for, credentials_for
from papertape.sdk.environment import Environment, Name, chosen
from papertape.sdk.limiter import Limiter
from papertape.sdk.rest.async_transport import AsyncCallDriver, AsyncPool, AsyncRawTransport, AsyncTransport
from papertape.sdk.rest.calls import RestCalls
from papertape.sdk.rest.clock import ExchangeClock
from papertape.sdk.rest.options import NO_HEADERS, Limits, Options
from papertape.sdk.rest.request_builder import RequestBuilder
from papertape.sdk.rest.surface import Surface


def driver_of(client: AsyncClient) -> AsyncCallDriver:
    """Return the driver of a client's calls, for orders over a socket: they share key, clock and limits with it."""
    return client._transport


class AsyncClient(Surface[Asynchronous]):
    """The asynchronous form of ``Client``: ``await AsyncClient().spot.market.tickers(symbol="BTCUSDT")``.

    Same arguments, same methods. It serves one event loop at a time; close it with ``async with`` or ``await
    client.close()`` before the loop ends.
    """

    def __init__(
        self,
        environment: Name | Environment = "local",
        *,
        key: str | None = None,
        secret: str | None = None,
        passphrase: str | None = None,
        credentials: Signer | None = None,
        control_token: str | None = None,
        timeout: float = 10.0,
        retries: int = 2,
        limits: Limits = "wait",
        limiter: Limiter | None = None,
        headers: Mapping[str, str] = NO_HEADERS,
        locale: str = "en-US",
    ) -> None:
        place = chosen(environment)
        signer = credentials or credentials_for(place, key, secret, passphrase)
        composer = RequestBuilder(place, signer, control_token_for(place, control_token), locale=locale)
        options = Options(timeout=timeout, retries=retries, limits=limits, headers=headers)
        calls = RestCalls(composer, ExchangeClock(), limiter or Limiter(), options)
        self._transport = AsyncTransport(calls, AsyncPool(place.rest))
        super().__init__(self._transport)

    @property
    def environment(self) -> Environment:
        """The exchange that this client connects to."""
        return self._transport.calls.composer.environment

    @property
    def clock(self) -> ExchangeClock:
        """The exchange's clock, as far as the answers have told it."""
        return self._transport.calls.clock

    @property
    def limiter(self) -> Limiter:
        """The budgets that calls keep to; another client of the same address may share them."""
        return self._transport.calls.limiter

    @cached_property
    def raw(self) -> Surface[RawAsynchronous]:
        """The same methods with the whole ``Response``: reply, status, headers, latency, remaining quota."""
        return Surface(AsyncRawTransport(self._transport.calls, self._transport.pool))

    def with_options(
        self,
        *,
        timeout: float | None = None,
        retries: int | None = None,
        limits: Limits | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncClient:
        """Return a client on the same connections with other options: ``client.with_options(timeout=2)``.

        What is given replaces what was said before, ``headers`` join. Closing either client closes both.
        """
        calls = self._transport.calls
        options = calls.options.changed(timeout=timeout, retries=retries, limits=limits, headers=headers)
        other = AsyncClient.__new__(AsyncClient)
        other._transport = AsyncTransport(calls.with_options(options), self._transport.pool)
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
        """Call any path and return raw data with status and headers.

        ``params`` go into the query, ``body`` is sent as JSON (bytes as they are). ``signed`` defaults to
        whether the client has a key. Paths under ``/papertape/`` get the control token. What does not only read is
        not sent again after a lost answer, and not looked up either.
        """
        calls = self._transport.calls
        return await self._transport.drive(calls.free(calls.composer.free(method, path, params, body, signed)))

    async def synchronise(self) -> None:
        """Set the client's clock by the exchange's. Every answer does so too; this does it earlier."""
        await self._transport.drive(self._transport.calls.synchronise())

    async def close(self) -> None:
        """Close the connections; the client cannot be used afterwards."""
        await self._transport.pool.close()

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"<AsyncClient {self.environment.name} {self.environment.rest}>"
