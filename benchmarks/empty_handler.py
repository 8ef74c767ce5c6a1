"""The floor for orders: the exchange's HTTP server before a handler that only checks the signature."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Mapping
from typing import cast

from papertape.contract.protocol import signing
from papertape.contract.protocol.errors import Error
from papertape.gateway.app import Gateway
from papertape.gateway.replies import Answer
from papertape.gateway.server import HttpServer

SECRETS = {"papertape-key": "papertape-secret", "papertape-key-2": "papertape-secret"}
JSON = [("content-type", "application/json")]
ACCEPTED = b'{"code":"00000","msg":"success","requestTime":0,"data":{"orderId":"0","clientOid":"0"}}'
REFUSED = b'{"code":"40009","msg":"sign signature error","requestTime":0,"data":null}'


class EmptyHandler:
    """Stands where the gateway stands."""

    async def handle(self, method: str, target: str, headers: Mapping[str, str], body: bytes, peer: str) -> Answer:
        """Success for a right signature."""
        secret = SECRETS[headers.get("access-key", "")]
        message = signing.prehash(headers.get("access-timestamp", ""), method, target, body)
        signed = signing.verify_hmac(secret, message, headers.get("access-sign", ""))
        return (200, JSON, ACCEPTED) if signed else (400, JSON, REFUSED)

    def refuse(self, error: Error, headers: Mapping[str, str]) -> Answer:
        """The answer to a request that could not be read."""
        return error.status, JSON, REFUSED

    def release(self) -> None:
        """Nothing is ever held back."""


async def serve() -> None:
    """Serve on a free port until told to end."""
    server = HttpServer(cast(Gateway, EmptyHandler()), "127.0.0.1", 0)
    await server.start()
    print(f"ready http://127.0.0.1:{server.port}", flush=True)
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    await ended.wait()
    await server.stop()


def main() -> None:
    """Serve on the event loop that the exchange runs on."""
    try:
        import uvloop
    except ImportError:
        asyncio.run(serve())
    else:
        uvloop.run(serve())


if __name__ == "__main__":
    main()
