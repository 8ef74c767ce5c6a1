"""``Client``: the exchange as typed methods, synchronous and usable from many threads."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any

from papertape.contract.endpoint import Synchronous
from papertape.contract.response import Response
from papertape.sdk.credentials import Credentials, control_token_for, credentials_for
from papertape.sdk.environment import Environment, Name, chosen
from papertape.sdk.message import Composer
from papertape.sdk.surface import Surface
from papertape.sdk.transport import Pool, Transport


class Client(Surface[Synchronous]):
    """A client of Bitget or of a local Papertape: ``Client().spot.market.tickers(symbol="BTCUSDT")``.

    ``environment`` is ``"local"`` unless you say otherwise, so that nothing reaches the real exchange by
    mistake; ``"live"`` and ``"demo"`` are Bitget's. ``key``, ``secret`` (HMAC secret or RSA private key as PEM)
    and ``passphrase`` default to ``PAPERTAPE_API_KEY``, ``PAPERTAPE_API_SECRET``, ``PAPERTAPE_API_PASSPHRASE``,
    and on this machine to the built-in developer's; or give ``credentials``. ``timeout`` is in seconds.
    Calls raise ``BitgetError``.
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
        self._transport = Transport(composer, Pool(place.rest), timeout)
        super().__init__(self._transport)

    @property
    def environment(self) -> Environment:
        """Where this client speaks to."""
        return self._transport.composer.environment

    def with_options(self, *, timeout: float) -> Client:
        """A client on the same connections with another timeout: ``client.with_options(timeout=2).public.time()``."""
        other = Client.__new__(Client)
        other._transport = self._transport.with_timeout(timeout)
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
        """Calls any path; answers raw data with status and headers.

        ``params`` go into the query, ``body`` is sent as JSON (bytes as they are). ``signed`` defaults to
        whether the client has a key. Paths under ``/papertape/`` get the control token.
        """
        return self._transport.request(self._transport.composer.free(method, path, params, body, signed))

    def close(self) -> None:
        """Closes the connections; the client cannot be used afterwards."""
        self._transport.pool.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Client {self.environment.name} {self.environment.rest}>"
