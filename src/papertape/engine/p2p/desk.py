"""The desk's state: who trades on it, what is advertised, which orders are open, what everybody has done.

Coins of the desk are in funding wallets: what a merchant advertises for sale is frozen there, and what an open order
sells is in escrow, the locked account of its seller's funding wallet, from where it goes to the buyer or back.
"""

from __future__ import annotations

import msgspec

from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected
from papertape.engine.accounts.accounts import keeps_history
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.funds.ledger import LedgerAccount
from papertape.engine.p2p.records import AdvertisementRecord, P2POrderRecord
from papertape.engine.p2p.statistics import Statistics

WALLET = "funding"
MOST_MERCHANTS = 1_000
MOST_ADVERTISEMENTS = 20
"""Of one merchant, completed ones aside."""
MOST_OPEN_ORDERS = 10_000
"""On the whole desk."""
MOST_ORDERS_OF_CUSTOMER = 20
"""Open orders of one customer."""
MOST_TAKERS = 10_000
"""Customers of one advertisement that bounds the orders of each."""


class DeskPerson(msgspec.Struct, frozen=True, kw_only=True):
    """Who a user is, as far as the desk was told; ``accounts`` are where they are paid, by payment method."""

    real_name: str = ""
    country: str = ""
    email: str = ""
    mobile: str = ""
    verified: bool = False
    accounts: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """What a merchant shows to be trusted: an image and what it says."""

    image_url: str
    text: str


class Merchant(msgspec.Struct, frozen=True, kw_only=True):
    """A user who may advertise; ``registered`` is market time in ms."""

    merchant_id: int
    uid: int
    nick_name: str
    registered: int
    online: bool = False
    certificates: tuple[Certificate, ...] = ()


class Desk(msgspec.Struct):
    """Everything the desk knows; by UID, by advertisement or by order.

    ``takers`` counts each customer's orders under the advertisements that bound them.
    """

    people: dict[int, DeskPerson] = msgspec.field(default_factory=dict)
    merchants: dict[int, Merchant] = msgspec.field(default_factory=dict)
    advertisements: dict[int, AdvertisementRecord] = msgspec.field(default_factory=dict)
    orders: dict[int, P2POrderRecord] = msgspec.field(default_factory=dict)
    statistics: dict[int, Statistics] = msgspec.field(default_factory=dict)
    takers: dict[int, dict[int, int]] = msgspec.field(default_factory=dict)

    def person(self, uid: int) -> DeskPerson:
        """Who the user is; an unknown one has no name."""
        return self.people.get(uid) or DeskPerson()

    def merchant(self, uid: int) -> Merchant:
        """The merchant of this UID; 60005 if the user is none."""
        found = self.merchants.get(uid)
        if found is None:
            raise Rejected(errors.MERCHANT_NOT_FOUND)
        return found

    def advertisement(self, advertisement_id: int) -> AdvertisementRecord:
        """The advertisement, if it is not gone; 60004 if it is."""
        found = self.advertisements.get(advertisement_id)
        if found is None:
            raise Rejected(errors.ADVERTISEMENT_NOT_FOUND)
        return found

    def order(self, order_id: int) -> P2POrderRecord:
        """The order, if it is open; 60003 if it is not."""
        found = self.orders.get(order_id)
        if found is None:
            raise Rejected(errors.P2P_ORDER_NOT_FOUND)
        return found

    def done_by(self, uid: int) -> Statistics:
        """What the user has done; to read only: those who did nothing share one."""
        return self.statistics.get(uid) or _NOTHING

    def tally(self, uid: int) -> Statistics:
        """What the user has done, to be counted up."""
        return self.statistics.setdefault(uid, Statistics())


_NOTHING = Statistics()


def available(uid: int) -> LedgerAccount:
    """What the user can use."""
    return LedgerAccount(uid, WALLET)


def advertised(uid: int) -> LedgerAccount:
    """What the merchant offers for sale and nobody has ordered yet."""
    return LedgerAccount(uid, WALLET, "frozen")


def escrow(uid: int) -> LedgerAccount:
    """What the seller's open orders hold."""
    return LedgerAccount(uid, WALLET, "locked")


def buyer_of(order: P2POrderRecord) -> int:
    """The UID that gets the coins."""
    return order.merchant_uid if order.side == "buy" else order.customer_uid


def seller_of(order: P2POrderRecord) -> int:
    """The UID that gives the coins."""
    return order.merchant_uid if order.side == "sell" else order.customer_uid


def tell(exchange: Exchange, record: AdvertisementRecord | P2POrderRecord) -> None:
    """Emits a record, unless it is between the market's own traders."""
    uids = (record.uid,) if isinstance(record, AdvertisementRecord) else (record.merchant_uid, record.customer_uid)
    if any(map(keeps_history, uids)):
        exchange.emit(record)
