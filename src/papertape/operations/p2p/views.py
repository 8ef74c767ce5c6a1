"""How the desk's merchants, advertisements and orders look on the wire, in the language asked for."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from papertape.contract.p2p.desk import (
    AdvertisedDetail,
    AdvertisedPayment,
    Advertisement,
    MerchantFigures,
    MerchantRow,
    P2POrder,
    PaymentDetail,
    PaymentInformation,
    ShownCertificate,
    UserLimits,
)
from papertape.contract.protocol.wire import Amount, Count, Moment, Timestamp
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.money import down, trimmed
from papertape.engine.p2p.desk import Desk, Merchant
from papertape.engine.p2p.fiats import find_fiat
from papertape.engine.p2p.payments import Detail, PaymentMethod, find_method
from papertape.engine.p2p.people import masked_account
from papertape.engine.p2p.records import AdvertisementRecord, P2POrderRecord
from papertape.engine.p2p.statistics import RATE_PLACES, completion_rate
from papertape.engine.trading.records import Side

CHINESE = "zh-CN"
OPPOSITE: dict[Side, Side] = {"buy": "sell", "sell": "buy"}
STATUS_WORDS = {"paid": "Paid", "appeal": "Appeal", "completed": "Completed"}
"""The wire's words for an order's status where they are not the desk's."""


def side_of(order: P2POrderRecord, uid: int) -> Side:
    """Tell which side of the order this user is on."""
    return order.side if uid == order.merchant_uid else OPPOSITE[order.side]


def figures(exchange: Exchange, uid: int) -> MerchantFigures:
    """Tell what the merchant has done."""
    done = exchange.part(Desk).done_by(uid)
    total, recent = done.total, done.recent(exchange.now)
    return MerchantFigures(
        average_payment_time=_short(done.payment_minutes),
        average_release_time=_short(done.release_minutes),
        total_trades=Count(total.trades),
        total_buy=Count(total.bought),
        total_sell=Count(total.sold),
        total_completion_rate=_short(total.completion_rate),
        trades_30d=Count(recent.trades),
        sell_30d=Count(recent.sold),
        buy_30d=Count(recent.bought),
        completion_rate_30d=_short(recent.completion_rate),
    )


def merchant_row(exchange: Exchange, merchant: Merchant) -> MerchantRow:
    """Return a merchant in the list."""
    return MerchantRow(
        **msgspec.structs.asdict(figures(exchange, merchant.uid)),
        register_time=Timestamp(merchant.registered),
        nick_name=merchant.nick_name,
        is_online=_yes_no(merchant.online),
    )


def order_row(order: P2POrderRecord, uid: int, language: str) -> P2POrder:
    """Return an order as this user sees it."""
    created, updated = Timestamp(order.created), Timestamp(order.updated)
    return P2POrder(
        order_id=str(order.order_id),
        order_number=str(order.order_id),
        advertisement_number=str(order.advertisement_id),
        side=side_of(order, uid),
        count=_short(order.count),
        coin=order.coin,
        price=_short(order.price),
        fiat=order.fiat,
        withdraw_time=Moment(order.withdrawn),
        represent_time=Moment(order.appealed),
        release_time=Moment(order.released),
        payment_time=Moment(order.paid),
        amount=_short(order.amount),
        status=STATUS_WORDS.get(order.status, order.status),
        buyer_real_name=order.buyer_name,
        seller_real_name=order.seller_name,
        payment=_payment(order, language),
        created=created,
        updated=updated,
        ctime=created,
        utime=updated,
    )


def advertisement_row(exchange: Exchange, record: AdvertisementRecord, language: str) -> Advertisement:
    """Return an advertisement; the certificates are its merchant's."""
    created, updated = Timestamp(record.created), Timestamp(record.updated)
    fiat = find_fiat(record.fiat)
    certificates = [
        ShownCertificate(image_url=one.image_url, text=one.text)
        for one in exchange.part(Desk).merchant(record.uid).certificates
    ]
    rate = completion_rate(record.deals, record.failed)
    return Advertisement(
        advertisement_id=str(record.advertisement_id),
        advertisement_number=str(record.advertisement_id),
        side=record.side,
        advertised_size=_short(record.size),
        filled_size=_short(record.filled),
        coin=record.coin,
        price=_short(record.price),
        coin_precision=Count(exchange.coins[record.coin].places),
        fiat=fiat.code,
        fiat_precision=Count(fiat.places),
        fiat_symbol=fiat.symbol,
        status=record.status,
        hidden=_yes_no(record.hidden),
        maximum=_short(record.maximum),
        minimum=_short(record.minimum),
        payment_minutes=Count(record.pay_minutes),
        deals=Count(record.deals),
        completion_rate=Amount(down(rate, RATE_PLACES)),
        label=record.label or None,
        user_limits=_user_limits(record),
        payments=[_advertised(find_method(one), language) for one in record.payment_ids.split(",")],
        certificates=certificates,
        certificate_list=certificates,
        created=created,
        updated=updated,
        ctime=created,
        utime=updated,
    )


def _user_limits(record: AdvertisementRecord) -> UserLimits:
    return UserLimits(
        least_completed=Count(record.least_completed),
        most_completed=Count(record.most_completed),
        orders_each=Count(record.orders_each),
        merchants_allowed=_yes_no(record.merchants_allowed),
        completion_rate_30d=_short(record.least_completion_rate),
        country=record.countries,
    )


def _advertised(method: PaymentMethod, language: str) -> AdvertisedPayment:
    return AdvertisedPayment(
        method_name=_in(language, method),
        method_id=method.payment_id,
        details=[
            AdvertisedDetail(name=_in(language, detail), required=True, kind="file" if detail.image else "txt")
            for detail in method.details
        ],
    )


def _payment(order: P2POrderRecord, language: str) -> PaymentInformation:
    """Return the method with the seller's account, masked; images are links and stay as they are."""
    method = find_method(order.payment_id)
    told = msgspec.json.decode(order.payment_details, type=list[str]) or [""] * len(method.details)
    return PaymentInformation(
        method_name=_in(language, method),
        method_id=method.payment_id,
        details=[
            PaymentDetail(
                name=_in(language, detail),
                required="yes",
                kind="file" if detail.image else "number",
                value=value if detail.image else masked_account(value),
            )
            for detail, value in zip(method.details, told, strict=True)
        ],
    )


def _in(language: str, named: PaymentMethod | Detail) -> str:
    return named.chinese if language == CHINESE else named.name


def _yes_no(flag: bool) -> str:
    return "yes" if flag else "no"


def _short(value: Decimal) -> Amount:
    return Amount(trimmed(value))
