"""``Client``: the exchange as typed methods, synchronous and usable from many threads."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from types import TracebackType
from typing import Any

from papertape.contract.protocol.endpoint import RawSynchronous, Synchronous
from papertape.contract.protocol.response import Response
from papertape.sdk.credentials import Signer, control_token_for, credentials_for
from papertape.sdk.environment import Environment, Name, chosen
from papertape.sdk.limiter import Limiter
from papertape.sdk.rest.calls import RestCalls
from papertape.sdk.rest.clock import ExchangeClock
from papertape.sdk.rest.options import NO_HEADERS, Limits, Options
from papertape.sdk.rest.request_builder import RequestBuilder
from papertape.sdk.rest.surface import Surface
from papertape.sdk.rest.transport import Pool, RawTransport, Transport


class Client(Surface[Synchronous]):
    """A client of Bitget or of a local Papertape: ``Client().spot.market.tickers(symbol="BTCUSDT")``.

    ``environment`` is ``"local"`` unless you say otherwise, so that nothing reaches the real exchange by
    mistake; ``"live"`` and ``"demo"`` are Bitget's. ``key``, ``secret`` (HMAC secret or RSA private key as PEM)
    and ``passphrase`` default to ``PAPERTAPE_API_KEY``, ``PAPERTAPE_API_SECRET``, ``PAPERTAPE_API_PASSPHRASE``, then to
    the file that ``PAPERTAPE_CREDENTIALS`` names (``Credentials.from_file``), and on this machine to the built-in
    developer's; or give ``credentials``, which may be any ``Signer``.

    ``timeout`` is in seconds, ``retries`` how often a call is tried again after a failure that may pass; ``limits``
    says whether a call that would break a documented limit waits, fails or goes out; clients of one address can
    share a ``limiter``. Calls raise ``BitgetError``. An order whose answer is lost is looked up, never placed twice.
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
        self._transport = Transport(calls, Pool(place.rest))
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
    def raw(self) -> Surface[RawSynchronous]:
        """The same methods with the whole ``Response``: reply, status, headers, latency, remaining quota."""
        return Surface(RawTransport(self._transport.calls, self._transport.pool))

    def with_options(
        self,
        *,
        timeout: float | None = None,
        retries: int | None = None,
        limits: Limits | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Client:
        """Return a client on the same connections with other options: ``client.with_options(timeout=2)``.

        What is given replaces what was said before, ``headers`` join. Closing either client closes both.
        """
        calls = self._transport.calls
        options = calls.options.changed(timeout=timeout, retries=retries, limits=limits, headers=headers)
        other = Client.__new__(Client)
        other._transport = Transport(calls.with_options(options), self._transport.pool)
        Surface.__init__(other, other._transport)
        return other

    def request(
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
        return self._transport.drive(calls.free(calls.composer.free(method, path, params, body, signed)))

    def synchronise(self) -> None:
        """Set the client's clock by the exchange's. Every answer does so too; this does it earlier."""
        self._transport.drive(self._transport.calls.synchronise())

    def close(self) -> None:
        """Close the connections; the client cannot be used afterwards."""
        self._transport.pool.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Client {self.environment.name} {self.environment.rest}>"
