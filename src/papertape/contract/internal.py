"""The exchange's own commands: never on a socket, but in the log like any other entry.

Opening the exchange, its timers, the simulated traders' orders, and what the P2P desk's own people do.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

import msgspec

from papertape.contract.protocol.declaring import internal_post
from papertape.contract.protocol.endpoint import Group, T
from papertape.contract.protocol.enums import Force, OrderType, Side
from papertape.contract.protocol.wire import Nothing, Reply, Request


class OpeningKey(Request):
    """An API key that exists from the start; ``secret`` and ``passphrase`` are sealed, a public key is not."""

    key: str
    secret: str
    passphrase: str
    kind: Literal["hmac", "rsa"] = "hmac"
    permissions: list[str] = msgspec.field(default_factory=list)
    ips: list[str] = msgspec.field(default_factory=list)
    label: str = ""
    demo: bool = False


class OpeningBalance(Request):
    """What an account holds at the start; ``wallet`` is the engine's own word."""

    wallet: str
    coin: str
    amount: Decimal


class OpeningAccount(Request):
    """An account that exists from the start; without ``demo_balances`` it has the same in demo trading."""

    uid: int
    name: str = ""
    parent_uid: int = 0
    vip_level: int = 0
    keys: list[OpeningKey] = msgspec.field(default_factory=list)
    balances: list[OpeningBalance] = msgspec.field(default_factory=list)
    demo_balances: list[OpeningBalance] | None = None


class OpeningWording(Request):
    """An announcement in one language."""

    language: str
    title: str
    text: str = ""
    url: str = ""


class OpeningAnnouncement(Request):
    """An announcement made before the opening, at ``created`` (Unix milliseconds); English comes first."""

    kind: str
    topic: str
    created: int
    wordings: list[OpeningWording]


class OpeningHour(Request):
    """One hour before the opening, so that 24 h tickers are whole; ``start`` is Unix milliseconds."""

    symbol: str
    start: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    base_volume: Decimal
    quote_volume: Decimal
    usdt_volume: Decimal


class OpenExchange(Request):
    """The first entry of every log; coins and instruments are the engine's records as plain data."""

    seed: int
    coins: list[dict[str, Any]]
    instruments: list[dict[str, Any]]
    accounts: list[OpeningAccount]
    hours: list[OpeningHour] = msgspec.field(default_factory=list)
    announcements: list[OpeningAnnouncement] = msgspec.field(default_factory=list)


class MarketActions(Request):
    """What one simulated trader does in one instrument: cancels by order id first, then orders.

    An order is side, force, order type, price (0 for market orders) and size.
    """

    symbol: str
    cancels: list[int] = msgspec.field(default_factory=list)
    orders: list[tuple[Side, Force, OrderType, Decimal, Decimal]] = msgspec.field(default_factory=list)


class MarketOrders(Reply):
    """The ids of the orders in their order; 0 where one was refused."""

    order_ids: list[int]


class DeskOffer(Request):
    """An advertisement of one of the market's own merchants; ``payment_ids`` are joined by commas."""

    side: Side
    coin: str
    fiat: str
    price: Decimal
    size: Decimal
    minimum: Decimal
    payment_ids: str
    pay_minutes: int


class DeskActions(Request):
    """What one of the P2P desk's own people does, in this order; with a ``nick_name`` they register as a merchant.

    Numbers are those of advertisements (``closes``, ``prices``, ``resumes``, ``takes``) and orders (the rest).
    """

    nick_name: str = ""
    real_name: str = ""
    country: str = ""
    online: bool | None = None
    closes: list[int] = msgspec.field(default_factory=list)
    offers: list[DeskOffer] = msgspec.field(default_factory=list)
    prices: list[tuple[int, Decimal]] = msgspec.field(default_factory=list)
    resumes: list[int] = msgspec.field(default_factory=list)
    takes: list[tuple[int, Decimal]] = msgspec.field(default_factory=list)
    pays: list[int] = msgspec.field(default_factory=list)
    releases: list[int] = msgspec.field(default_factory=list)
    cancels: list[int] = msgspec.field(default_factory=list)
    appeals: list[int] = msgspec.field(default_factory=list)


class Internal(Group[T]):
    """The exchange's own commands."""

    open = internal_post("internal/open", OpenExchange, type(None), "Open the exchange.")
    tick = internal_post("internal/tick", Nothing, type(None), "Let timers fire.")
    market_actions = internal_post(
        "internal/market-actions", MarketActions, MarketOrders, "Trade as a simulated trader."
    )
    desk_actions = internal_post(
        "internal/desk-actions", DeskActions, type(None), "Act as one of the P2P desk's own people."
    )
