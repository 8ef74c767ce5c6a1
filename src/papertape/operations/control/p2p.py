"""The control plane's P2P desk: what merchants and customers do, each step as the one whose turn it is."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from papertape.contract.control.p2p import (
    CloseAdvertisement,
    ControlAdvertisement,
    ControlMerchant,
    ControlP2POrder,
    EditAdvertisement,
    IdentifyPerson,
    ListDesk,
    OrderStep,
    P2PControl,
    Person,
    PlaceP2POrder,
    PostAdvertisement,
    RegisterMerchant,
    ResolveAppeal,
    SetAdvertisementStatus,
    SetMerchantOnline,
    SetPaymentAccount,
)
from papertape.contract.protocol.wire import Amount
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.p2p import advertisements as adverts
from papertape.engine.p2p import desk, people
from papertape.engine.p2p import orders as deals
from papertape.engine.p2p.desk import Desk
from papertape.engine.p2p.records import AdvertisementRecord, P2POrderRecord
from papertape.operations.control.accounts import find_account, rows
from papertape.operations.paging import identifier
from papertape.operations.registry import Caller, command, query


@command(P2PControl.identify)
def identify(exchange: Exchange, caller: Caller, request: IdentifyPerson) -> Person:
    """Say who a user is."""
    uid = find_account(exchange, request.uid).uid
    person = desk.DeskPerson(
        real_name=request.real_name,
        country=request.country.upper(),
        email=request.email,
        mobile=request.mobile,
        verified=request.verified,
    )
    return _person(uid, people.identify(exchange, uid, person))


@command(P2PControl.set_payment_account)
def set_payment_account(exchange: Exchange, caller: Caller, request: SetPaymentAccount) -> Person:
    """Say where a user is paid by one method."""
    uid = find_account(exchange, request.uid).uid
    return _person(uid, people.set_payment_account(exchange, uid, request.payment_id, tuple(request.details)))


@command(P2PControl.register_merchant)
def register_merchant(exchange: Exchange, caller: Caller, request: RegisterMerchant) -> ControlMerchant:
    """Make an account a merchant."""
    uid = find_account(exchange, request.uid).uid
    certificates = tuple(desk.Certificate(image_url=one.image_url, text=one.desc) for one in request.certificates)
    people.register(exchange, uid, request.nick_name, certificates)
    return _merchant(people.set_online(exchange, uid, request.online))


@command(P2PControl.set_merchant_online)
def set_merchant_online(exchange: Exchange, caller: Caller, request: SetMerchantOnline) -> ControlMerchant:
    """Bring a merchant online or take them offline."""
    return _merchant(people.set_online(exchange, request.uid, request.online))


@query(P2PControl.merchants)
def merchants(exchange: Exchange, caller: Caller, request: ListDesk) -> list[ControlMerchant]:
    """Return merchants in the order they registered."""
    found = [one for one in exchange.part(Desk).merchants.values() if request.uid in (None, one.uid)]
    return [_merchant(one) for one in found[: rows(request.limit)]]


@command(P2PControl.post_advertisement)
def post_advertisement(exchange: Exchange, caller: Caller, request: PostAdvertisement) -> ControlAdvertisement:
    """Post an advertisement."""
    asked = adverts.draft(
        exchange,
        uid=find_account(exchange, request.uid).uid,
        side=request.side,
        coin=request.coin,
        fiat=request.fiat,
        price=request.price,
        size=request.size,
        minimum=request.min_trade_amount,
        maximum=request.max_trade_amount,
        payment_ids=",".join(request.payment_ids),
        pay_minutes=request.pay_duration,
        label=request.label,
        hidden=request.hide,
        least_completed=request.min_complete_num,
        most_completed=request.max_complete_num,
        orders_each=request.place_order_num,
        merchants_allowed=request.allow_merchant_place,
        least_completion_rate=request.complete_rate_30d,
        countries=",".join(request.countries).upper(),
    )
    return _advertisement(adverts.post(exchange, asked))


@command(P2PControl.edit_advertisement)
def edit_advertisement(exchange: Exchange, caller: Caller, request: EditAdvertisement) -> ControlAdvertisement:
    """Change an advertisement that is in editing."""
    current = exchange.part(Desk).advertisement(identifier("advNo", request.adv_no))
    wanted: dict[str, Any] = {
        "price": request.price,
        "size": request.size,
        "minimum": request.min_trade_amount,
        "maximum": request.max_trade_amount,
        "payment_ids": None if request.payment_ids is None else ",".join(request.payment_ids),
        "pay_minutes": request.pay_duration,
        "label": request.label,
        "hidden": request.hide,
        "least_completed": request.min_complete_num,
        "most_completed": request.max_complete_num,
        "orders_each": request.place_order_num,
        "merchants_allowed": request.allow_merchant_place,
        "least_completion_rate": request.complete_rate_30d,
        "countries": None if request.countries is None else ",".join(request.countries).upper(),
    }
    changes = {name: value for name, value in wanted.items() if value is not None}
    return _advertisement(adverts.edit(exchange, replace(current, **changes)))


@command(P2PControl.set_advertisement_status)
def set_advertisement_status(
    exchange: Exchange, caller: Caller, request: SetAdvertisementStatus
) -> ControlAdvertisement:
    """Bring an advertisement online, take it offline or open it for editing."""
    return _advertisement(adverts.set_status(exchange, identifier("advNo", request.adv_no), request.status))


@command(P2PControl.close_advertisement)
def close_advertisement(exchange: Exchange, caller: Caller, request: CloseAdvertisement) -> ControlAdvertisement:
    """End an advertisement; what nobody has ordered goes back."""
    return _advertisement(adverts.close(exchange, identifier("advNo", request.adv_no)))


@query(P2PControl.advertisements)
def advertisements(exchange: Exchange, caller: Caller, request: ListDesk) -> list[ControlAdvertisement]:
    """Return advertisements that are not completed, the oldest first."""
    found = [one for one in exchange.part(Desk).advertisements.values() if request.uid in (None, one.uid)]
    return [_advertisement(one) for one in found[: rows(request.limit)]]


@command(P2PControl.place_order)
def place_order(exchange: Exchange, caller: Caller, request: PlaceP2POrder) -> ControlP2POrder:
    """Place a customer's order under an advertisement."""
    asked = deals.NewOrder(
        uid=find_account(exchange, request.uid).uid,
        advertisement_id=identifier("advNo", request.adv_no),
        count=request.count,
        amount=request.amount,
        payment_id=request.payment_id,
    )
    return _order(deals.place(exchange, asked))


@command(P2PControl.pay)
def pay(exchange: Exchange, caller: Caller, request: OrderStep) -> ControlP2POrder:
    """Mark an order as paid, for its buyer."""
    return _order(deals.pay(exchange, identifier("orderNo", request.order_no)))


@command(P2PControl.release)
def release(exchange: Exchange, caller: Caller, request: OrderStep) -> ControlP2POrder:
    """Release the coins to the buyer."""
    return _order(deals.release(exchange, identifier("orderNo", request.order_no)))


@command(P2PControl.appeal)
def appeal(exchange: Exchange, caller: Caller, request: OrderStep) -> ControlP2POrder:
    """Open an appeal on an order."""
    return _order(deals.appeal(exchange, identifier("orderNo", request.order_no)))


@command(P2PControl.resolve)
def resolve(exchange: Exchange, caller: Caller, request: ResolveAppeal) -> ControlP2POrder:
    """Decide an appeal."""
    order_id = identifier("orderNo", request.order_no)
    return _order(deals.resolve(exchange, order_id, buyer_is_right=request.winner == "buyer"))


@command(P2PControl.cancel)
def cancel(exchange: Exchange, caller: Caller, request: OrderStep) -> ControlP2POrder:
    """Cancel an order, for its buyer."""
    return _order(deals.cancel(exchange, identifier("orderNo", request.order_no)))


@query(P2PControl.orders)
def orders(exchange: Exchange, caller: Caller, request: ListDesk) -> list[ControlP2POrder]:
    """Return open orders, the oldest first."""
    found = [
        one
        for one in exchange.part(Desk).orders.values()
        if request.uid is None or request.uid in (one.merchant_uid, one.customer_uid)
    ]
    return [_order(one) for one in found[: rows(request.limit)]]


def _person(uid: int, person: desk.DeskPerson) -> Person:
    return Person(
        uid=uid,
        real_name=person.real_name,
        country=person.country,
        email=person.email,
        mobile=person.mobile,
        verified=person.verified,
        accounts={payment_id: list(details) for payment_id, details in person.accounts.items()},
    )


def _merchant(merchant: desk.Merchant) -> ControlMerchant:
    return ControlMerchant(
        merchant_id=str(merchant.merchant_id),
        uid=merchant.uid,
        nick_name=merchant.nick_name,
        online=merchant.online,
        registered=merchant.registered,
    )


def _advertisement(record: AdvertisementRecord) -> ControlAdvertisement:
    return ControlAdvertisement(
        adv_no=str(record.advertisement_id),
        uid=record.uid,
        side=record.side,
        coin=record.coin,
        fiat=record.fiat,
        price=Amount(record.price),
        size=Amount(record.size),
        filled=Amount(record.filled),
        held=Amount(record.held),
        min_trade_amount=Amount(record.minimum),
        max_trade_amount=Amount(record.maximum),
        payment_ids=record.payment_ids.split(","),
        pay_duration=record.pay_minutes,
        status=record.status,
        created=record.created,
        updated=record.updated,
    )


def _order(record: P2POrderRecord) -> ControlP2POrder:
    return ControlP2POrder(
        order_no=str(record.order_id),
        adv_no=str(record.advertisement_id),
        merchant_uid=record.merchant_uid,
        customer_uid=record.customer_uid,
        side=record.side,
        coin=record.coin,
        fiat=record.fiat,
        price=Amount(record.price),
        count=Amount(record.count),
        amount=Amount(record.amount),
        status=record.status,
        payment_id=record.payment_id,
        created=record.created,
        paid=record.paid,
        appealed=record.appealed,
        released=record.released,
        withdrawn=record.withdrawn,
    )
