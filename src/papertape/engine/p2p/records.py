"""What happens on the P2P desk, as records."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from papertape.engine.exchange.records import Record
from papertape.engine.trading.records import Side

AdvertisementStatus = Literal["online", "offline", "editing", "completed"]
P2POrderStatus = Literal["pending_pay", "paid", "appeal", "completed", "cancelled"]


class AdvertisementRecord(Record, frozen=True, kw_only=True):
    """A P2P advertisement as it stands after a change; ``side`` is what the merchant does.

    ``size``, ``filled`` and ``held`` (in open orders) are in the coin, ``price`` in fiat for one coin, ``minimum``
    and ``maximum`` of one order in fiat. ``payment_ids`` are joined by commas. The last six say who may take it: a
    number of 0, a rate of 0 and an empty ``countries`` (codes joined by commas) admit everybody.
    """

    advertisement_id: int
    uid: int
    side: Side
    coin: str
    fiat: str
    price: Decimal
    size: Decimal
    filled: Decimal
    held: Decimal
    minimum: Decimal
    maximum: Decimal
    payment_ids: str
    pay_minutes: int
    label: str
    hidden: bool
    status: AdvertisementStatus
    deals: int
    failed: int
    least_completed: int
    most_completed: int
    orders_each: int
    merchants_allowed: bool
    least_completion_rate: Decimal
    countries: str
    created: int
    updated: int


class P2POrderRecord(Record, frozen=True, kw_only=True):
    """A P2P order as it stands after a change; ``side`` is the merchant's, the customer is on the other.

    ``count`` is in the coin and in escrow while the order is open, ``amount`` in fiat. ``payment_details`` is the
    seller's account, a JSON list. ``paid``, ``appealed``, ``released`` and ``withdrawn`` are 0 until that happens.
    """

    order_id: int
    advertisement_id: int
    merchant_uid: int
    customer_uid: int
    side: Side
    coin: str
    fiat: str
    price: Decimal
    count: Decimal
    amount: Decimal
    status: P2POrderStatus
    payment_id: str
    payment_details: str
    buyer_name: str
    seller_name: str
    created: int
    updated: int
    paid: int
    appealed: int
    released: int
    withdrawn: int
