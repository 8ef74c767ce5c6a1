"""ccxt as its users have it: unmodified, and told only where the exchange is.

Its synchronous and its asynchronous form look the same here, so that one story tests both.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import ccxt
import ccxt.async_support

from tests.cli.serving import Served

AREAS = ("spot", "mix", "user", "p2p", "broker", "margin", "common", "tax", "convert", "copy", "earn", "uta")
DEVELOPER, SECOND_TRADER = "papertape-key", "papertape-key-2"
SECRET, PASSPHRASE = "papertape-secret", "papertape"
DEVELOPER_UID = 1_000_000_001
BTC = "BTC/USDT"


def credentials(key: str = DEVELOPER, secret: str = SECRET, passphrase: str = PASSPHRASE) -> dict[str, Any]:
    """ccxt's settings for one of the built-in keys, or for another."""
    return {"apiKey": key, "secret": secret, "password": passphrase, "enableRateLimit": False}


def synchronous(served: Served, settings: dict[str, Any]) -> Any:
    """A ``ccxt.bitget`` at this exchange."""
    return ccxt.bitget(settings | {"urls": {"api": dict.fromkeys(AREAS, served.rest)}})


class Asynchronous:
    """A ``ccxt.async_support.bitget`` at this exchange, each of its calls run to the end on a loop of its own."""

    def __init__(self, served: Served, settings: dict[str, Any]) -> None:
        self._loop = asyncio.new_event_loop()
        self._exchange = ccxt.async_support.bitget(settings | {"urls": {"api": dict.fromkeys(AREAS, served.rest)}})

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._exchange, name)
        return self._to_its_end(attribute) if callable(attribute) else attribute

    def close(self) -> None:
        """Closes the connections and the loop."""
        self._loop.run_until_complete(self._exchange.close())
        self._loop.close()

    def together(self, calls: list[Callable[[Any], Any]]) -> list[Any]:
        """The results of calls that are under way at the same time."""

        async def all_of_them() -> list[Any]:
            return await asyncio.gather(*(call(self._exchange) for call in calls))

        return self._loop.run_until_complete(all_of_them())

    def _to_its_end(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            result = method(*arguments, **named)
            return self._loop.run_until_complete(result) if inspect.isawaitable(result) else result

        return call


KINDS: dict[str, Callable[[Served, dict[str, Any]], Any]] = {"sync": synchronous, "async": Asynchronous}


@contextmanager
def trading(kind: str, served: Served, key: str = DEVELOPER) -> Iterator[Any]:
    """A client of this kind with its markets loaded, closed afterwards."""
    client = KINDS[kind](served, credentials(key))
    try:
        client.load_markets()
        yield client
    finally:
        client.close()


def control(served: Served, path: str, **fields: Any) -> dict[str, Any]:
    """What the control plane answers to a POST."""
    request = urllib.request.Request(
        f"{served.rest}/papertape/v1/{path}",
        json.dumps(fields).encode(),
        {"authorization": "Bearer papertape", "content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        reply: dict[str, Any] = json.load(answer)
        return reply


def available(client: Any) -> dict[str, Decimal]:
    """The exact spot balances that can be spent, by coin, from what ccxt received."""
    return {row["coin"]: Decimal(row["available"]) for row in client.fetch_balance()["info"]}


def frozen(client: Any) -> dict[str, Decimal]:
    """The exact spot balances in open orders and withdrawals, by coin, zeros left out."""
    rows = client.fetch_balance()["info"]
    return {row["coin"]: amount for row in rows if (amount := Decimal(row["frozen"]))}


def gained(before: dict[str, Decimal], after: dict[str, Decimal]) -> dict[str, Decimal]:
    """What changed between two balances, unchanged coins left out."""
    changes = {coin: after.get(coin, Decimal(0)) - before.get(coin, Decimal(0)) for coin in before | after}
    return {coin: change for coin, change in changes.items() if change}


def traded(trades: list[dict[str, Any]]) -> dict[str, Decimal]:
    """What these own trades of BTC/USDT must have changed: the sizes, the amounts and the fees that they tell."""
    changes = {"BTC": Decimal(0), "USDT": Decimal(0)}
    for fill in (trade["info"] for trade in trades):
        sign = 1 if fill["side"] == "buy" else -1
        changes["BTC"] += sign * Decimal(fill["size"])
        changes["USDT"] -= sign * Decimal(fill["amount"])
        changes[fill["feeDetail"]["feeCoin"]] += Decimal(fill["feeDetail"]["totalFee"])
    return {coin: change for coin, change in changes.items() if change}
