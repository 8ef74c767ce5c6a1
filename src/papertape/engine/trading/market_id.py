"""What a market is known by, and the kinds of prices that it has."""

from __future__ import annotations

from typing import Literal, NamedTuple

from papertape.engine.exchange.environments import Environment

PriceKind = Literal["last", "mark"]
PRICE_KINDS: tuple[PriceKind, ...] = ("last", "mark")
"""The prices that orders may wait for, in the order in which they are looked at."""


class MarketId(NamedTuple):
    """What a market is known by; ``product`` is the engine's word, ``spot`` for example."""

    environment: Environment
    product: str
    symbol: str
