"""P2P as a merchant's API shows it: open business from the desk, what has ended from history."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import msgspec

from papertape.contract.p2p.desk import (
    P2P,
    AdvertisementPage,
    ListAdvertisements,
    ListMerchants,
    ListP2POrders,
    MerchantInformation,
    MerchantPage,
    OrderPage,
)
from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected
from papertape.contract.protocol.wire import Nothing, Timestamp
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.p2p.advertisements import find_p2p_coin
from papertape.engine.p2p.desk import Desk, Merchant
from papertape.engine.p2p.fiats import find_fiat
from papertape.engine.p2p.payments import find_method
from papertape.engine.p2p.people import masked_email, masked_mobile
from papertape.engine.p2p.records import AdvertisementRecord, P2POrderRecord
from papertape.operations.p2p.views import OPPOSITE, advertisement_row, figures, merchant_row, order_row, side_of
from papertape.operations.paging import identifier, optional_identifier, page
from papertape.operations.ports import History, HistoryPage
from papertape.operations.registry import Caller, history, query

MOST_MERCHANTS = MOST_ORDERS = 100
MOST_ADVERTISEMENTS = 20
STATUSES = {"pending_pay": "pending_pay", "Paid": "paid", "Appeal": "appeal", "Completed": "completed"}
"""The desk's word for each of the wire's; the others are the same."""

R = TypeVar("R", AdvertisementRecord, P2POrderRecord)
Q = TypeVar("Q", ListAdvertisements, ListP2POrders)


@query(P2P.merchants)
def merchants(exchange: Exchange, caller: Caller, request: ListMerchants) -> MerchantPage:
    """Return all merchants, the newest first."""
    wanted = page(limit=request.limit, most=MOST_MERCHANTS, before=request.id_less_than)
    found = [
        one
        for one in reversed(exchange.part(Desk).merchants.values())
        if request.online in (None, "yes" if one.online else "no")
        and (wanted.before is None or one.merchant_id < wanted.before)
    ][: wanted.limit]
    return MerchantPage(
        merchants=[merchant_row(exchange, one) for one in found],
        smallest_merchant_id=_smallest(one.merchant_id for one in found),
    )


@query(P2P.merchant)
def merchant(exchange: Exchange, caller: Caller, request: Nothing) -> MerchantInformation:
    """Return the caller as a merchant; 60049 if they are none."""
    found = _require_merchant(exchange, caller)
    person = exchange.part(Desk).person(caller.uid)
    return MerchantInformation(
        **msgspec.structs.asdict(figures(exchange, caller.uid)),
        register_time=Timestamp(found.registered),
        nick_name=found.nick_name,
        merchant_id=str(found.merchant_id),
        kyc_status=person.verified,
        email_bind_status=bool(person.email),
        mobile_bind_status=bool(person.mobile),
        email=masked_email(person.email),
        mobile=masked_mobile(person.mobile),
    )


@history(P2P.orders)
async def orders(exchange: Exchange, past: History, caller: Caller, request: ListP2POrders) -> OrderPage:
    """Return the caller's orders under an advertisement, as its merchant or as a customer.

    Raises 60004 for an advertisement that there never was, 60003 for an order that the caller does not have there,
    60014 and 60015 for an unknown fiat and coin.
    """
    request = _named(exchange, request)
    wanted = page(
        limit=request.limit,
        most=MOST_ORDERS,
        before=request.id_less_than,
        start=request.start_time,
        end=request.end_time,
    )
    advertisement_id = identifier("advNo", request.advertisement_number)
    order_id = optional_identifier("orderNo", request.order_number)
    desk_open = [
        one
        for one in exchange.part(Desk).orders.values()
        if one.advertisement_id == advertisement_id and caller.uid in (one.merchant_uid, one.customer_uid)
    ]
    known = bool(desk_open) or advertisement_id in exchange.part(Desk).advertisements
    ended = await _ended_orders(past, caller.uid, wanted, request, advertisement_id, order_id)
    if not (known or ended or await _was_advertised(past, caller.uid, advertisement_id)):
        raise Rejected(errors.ADVERTISEMENT_NOT_FOUND)
    matching = [one for one in desk_open if _matches(one, caller.uid, request, order_id)]
    found = _newest(matching, ended, wanted)
    if order_id is not None and not found:
        raise Rejected(errors.P2P_ORDER_NOT_FOUND)
    return OrderPage(
        orders=[order_row(one, caller.uid, request.language) for one in found],
        smallest_order_id=_smallest(one.order_id for one in found),
    )


@history(P2P.advertisements)
async def advertisements(
    exchange: Exchange, past: History, caller: Caller, request: ListAdvertisements
) -> AdvertisementPage:
    """Return advertisements of the caller, of other merchants, or both; of others only what they show online.

    Raises 60049 for own ones of who is no merchant, 60004 for an ``advNo`` that there never was, 60014 and 60015 for an
    unknown fiat and coin.
    """
    request = _named(exchange, request)
    wanted = page(
        limit=request.limit,
        most=MOST_ADVERTISEMENTS,
        before=request.id_less_than,
        start=request.start_time,
        end=request.end_time,
    )
    number = optional_identifier("advNo", request.advertisement_number)
    if request.payment_id is not None:
        find_method(request.payment_id)
    source = request.source_type or "owner"
    if source == "owner":
        _require_merchant(exchange, caller)
    desk_open = [
        one
        for one in exchange.part(Desk).advertisements.values()
        if _shown(one, caller.uid, source) and _fits(one, request, number)
    ]
    ended: list[AdvertisementRecord] = []
    if request.status == "completed" and source != "competitior":
        ended = await past.rows(
            AdvertisementRecord,
            wanted,
            uid=caller.uid,
            advertisement_id=number,
            side=request.side,
            coin=request.coin,
            fiat=request.fiat,
            payment_id=request.payment_id,
        )
    known = number is None or number in exchange.part(Desk).advertisements or bool(ended)
    if not (known or await _was_advertised(past, caller.uid, number or 0)):
        raise Rejected(errors.ADVERTISEMENT_NOT_FOUND)
    found = _newest(desk_open, ended, wanted)
    rows = sorted(found, key=lambda one: one.price, reverse=True) if request.order_by == "price" else found
    return AdvertisementPage(
        advertisements=[advertisement_row(exchange, one, request.language or "en-US") for one in rows],
        smallest_advertisement_id=_smallest(one.advertisement_id for one in found),
    )


def _named(exchange: Exchange, request: Q) -> Q:
    """Return the request with coin and fiat as the desk writes them."""
    coin = None if request.coin is None else find_p2p_coin(exchange, request.coin).name
    fiat = None if request.fiat is None else find_fiat(request.fiat).code
    return msgspec.structs.replace(request, coin=coin, fiat=fiat)


async def _ended_orders(
    past: History, uid: int, wanted: HistoryPage, request: ListP2POrders, advertisement_id: int, order_id: int | None
) -> list[P2POrderRecord]:
    """Return the caller's completed and cancelled orders: nobody is on both sides of one."""
    status = request.status and STATUSES.get(request.status, request.status)
    as_merchant = await past.rows(
        P2POrderRecord,
        wanted,
        merchant_uid=uid,
        advertisement_id=advertisement_id,
        order_id=order_id,
        side=request.side,
        coin=request.coin,
        fiat=request.fiat,
        status=status,
    )
    if as_merchant:
        return as_merchant
    return await past.rows(
        P2POrderRecord,
        wanted,
        customer_uid=uid,
        advertisement_id=advertisement_id,
        order_id=order_id,
        side=request.side and OPPOSITE[request.side],
        coin=request.coin,
        fiat=request.fiat,
        status=status,
    )


async def _was_advertised(past: History, uid: int, advertisement_id: int) -> bool:
    """Tell whether the caller had this advertisement, or an order under it."""
    one = HistoryPage(limit=1)
    return bool(
        await past.rows(AdvertisementRecord, one, uid=uid, advertisement_id=advertisement_id)
        or await past.rows(P2POrderRecord, one, merchant_uid=uid, advertisement_id=advertisement_id)
        or await past.rows(P2POrderRecord, one, customer_uid=uid, advertisement_id=advertisement_id)
    )


def _matches(order: P2POrderRecord, uid: int, request: ListP2POrders, order_id: int | None) -> bool:
    return (
        order_id in (None, order.order_id)
        and request.side in (None, side_of(order, uid))
        and (request.status is None or STATUSES.get(request.status) == order.status)
        and (request.coin in (None, order.coin))
        and (request.fiat in (None, order.fiat))
    )


def _shown(one: AdvertisementRecord, uid: int, source: str) -> bool:
    """Tell whether this source has the advertisement: all of one's own, and what others show online."""
    if one.uid == uid:
        return source != "competitior"
    return source != "owner" and one.status == "online" and not one.hidden


def _fits(one: AdvertisementRecord, request: ListAdvertisements, number: int | None) -> bool:
    return (
        one.status == request.status
        and one.side == request.side
        and one.coin == request.coin
        and one.fiat == request.fiat
        and number in (None, one.advertisement_id)
        and (request.payment_id is None or request.payment_id in one.payment_ids.split(","))
    )


def _newest(desk_open: list[R], ended: list[R], wanted: HistoryPage) -> list[R]:
    """Return the page's rows from the desk and from history; what ended while history was read counts as ended."""
    known = {_number(one): one for one in desk_open if _within(one, wanted)} | {_number(one): one for one in ended}
    return [known[number] for number in sorted(known, reverse=True)[: wanted.limit]]


def _number(one: AdvertisementRecord | P2POrderRecord) -> int:
    return one.advertisement_id if isinstance(one, AdvertisementRecord) else one.order_id


def _within(one: AdvertisementRecord | P2POrderRecord, wanted: HistoryPage) -> bool:
    return (
        (wanted.before is None or _number(one) < wanted.before)
        and (wanted.start is None or one.created >= wanted.start)
        and (wanted.end is None or one.created <= wanted.end)
    )


def _smallest(numbers: Iterable[int]) -> str:
    """Return the smallest as text, empty without any."""
    return str(min(numbers, default=""))


def _require_merchant(exchange: Exchange, caller: Caller) -> Merchant:
    found = exchange.part(Desk).merchants.get(caller.uid)
    if found is None:
        raise Rejected(errors.NOT_A_MERCHANT)
    return found
