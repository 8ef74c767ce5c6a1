"""P2P: merchants, their advertisements and orders, as a merchant's API sees them.

Source: documentation, "Common / P2P". Field table and example disagree on several names (``cTime`` and ``ctime``,
``merchantCertifiedResult`` and ``merchantCertifiedList``); replies carry both.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from papertape.contract.protocol.declaring import signed_get, signed_list
from papertape.contract.protocol.endpoint import Group, Limit, T
from papertape.contract.protocol.enums import Side, SideWord, YesNoWord
from papertape.contract.protocol.paging import Paging
from papertape.contract.protocol.wire import (
    Amount,
    Count,
    Moment,
    Nothing,
    Reply,
    Request,
    Timestamp,
    also,
    spelled,
    words,
)

YesNo = Literal["yes", "no"]
Language = Literal["zh-CN", "en-US"]
OrderStatus = Annotated[Literal["pending_pay", "Paid", "Appeal", "Completed", "cancelled"], also(canceled="cancelled")]
OrderStatusWord = Annotated[str, words("pending_pay", "Paid", "Appeal", "Completed", "cancelled")]
AdvertisementStatus = Literal["online", "offline", "editing", "completed"]
AdvertisementStatusWord = Annotated[str, words("online", "offline", "editing", "completed")]
SortField = Literal["createTime", "price"]
SourceType = Annotated[
    Literal["owner", "competitior", "ownerAndCompetitior"],
    also(competitor="competitior", ownerAndCompetitor="ownerAndCompetitior"),
]
"""The documented words are misspelt; the right spelling is taken too."""


class ListMerchants(Request):
    """Which merchants; ``id_less_than`` is the page before's ``minMerchantId``."""

    online: YesNo | None = None
    id_less_than: str | None = None
    limit: int | None = None


class MerchantFigures(Reply):
    """What a merchant has done. Times are averages in minutes, completion rates shares of 1."""

    average_payment_time: Amount = msgspec.field(name="avgPaymentTime")
    average_release_time: Amount = msgspec.field(name="avgReleaseTime")
    total_trades: Count
    total_buy: Count
    total_sell: Count
    total_completion_rate: Amount
    trades_30d: Count = msgspec.field(name="trades30d")
    sell_30d: Count = msgspec.field(name="sell30d")
    buy_30d: Count = msgspec.field(name="buy30d")
    completion_rate_30d: Amount = msgspec.field(name="completionRate30d")


class MerchantRow(MerchantFigures):
    """A merchant in the list; the id was taken out in June 2024."""

    register_time: Timestamp
    nick_name: str
    is_online: YesNoWord


class MerchantPage(Reply):
    """Merchants, newest first; ``minMerchantId`` is where the next page begins, empty without rows."""

    merchants: list[MerchantRow] = msgspec.field(name="merchantList")
    smallest_merchant_id: str = msgspec.field(name="minMerchantId")


class MerchantInformation(MerchantFigures):
    """The caller as a merchant; email and phone are masked."""

    register_time: Timestamp
    nick_name: str
    merchant_id: str
    kyc_status: bool
    email_bind_status: bool
    mobile_bind_status: bool
    email: str
    mobile: str


class ListP2POrders(Request):
    """Which orders of one advertisement. The request example misspells ``startTime``."""

    start_time: Annotated[int, spelled("startTimestartTime")]
    advertisement_number: str = msgspec.field(name="advNo")
    language: Language
    end_time: int | None = None
    id_less_than: str | None = None
    limit: int | None = None
    status: OrderStatus | None = None
    side: Side | None = None
    coin: str | None = None
    fiat: str | None = None
    order_number: str | None = msgspec.field(default=None, name="orderNo")


class PaymentDetail(Reply):
    """A detail of the seller's account, masked; ``kind`` is number or file."""

    name: str
    required: YesNoWord
    kind: Annotated[str, words("number", "file")] = msgspec.field(name="type")
    value: str


class PaymentInformation(Reply):
    """How the buyer pays."""

    method_name: str = msgspec.field(name="paymethodName")
    method_id: str = msgspec.field(name="paymethodId")
    details: list[PaymentDetail] = msgspec.field(name="paymethodInfo")


class P2POrder(Reply):
    """An order as the caller sees it: ``side`` is theirs, ``count`` is in the coin, ``amount`` in fiat."""

    order_id: str
    order_number: str = msgspec.field(name="orderNo")
    advertisement_number: str = msgspec.field(name="advNo")
    side: SideWord
    count: Amount
    coin: str
    price: Amount
    fiat: str
    withdraw_time: Moment
    represent_time: Moment
    release_time: Moment
    payment_time: Moment
    amount: Amount
    status: OrderStatusWord
    buyer_real_name: str
    seller_real_name: str
    payment: PaymentInformation = msgspec.field(name="paymentInfo")
    created: Timestamp = msgspec.field(default_factory=Timestamp, name="cTime")
    updated: Timestamp = msgspec.field(default_factory=Timestamp, name="uTime")
    ctime: Timestamp = msgspec.field(default_factory=Timestamp)
    utime: Timestamp = msgspec.field(default_factory=Timestamp)


class OrderPage(Reply):
    """Orders, newest first; ``minOrderId`` is where the next page begins, empty without rows."""

    orders: list[P2POrder] = msgspec.field(name="orderList")
    smallest_order_id: str = msgspec.field(name="minOrderId")


class ListAdvertisements(Request):
    """Which advertisements: of the caller, of others, or both."""

    start_time: int
    status: AdvertisementStatus
    side: Side
    coin: str
    fiat: str
    end_time: int | None = None
    id_less_than: str | None = None
    limit: int | None = None
    advertisement_number: str | None = msgspec.field(default=None, name="advNo")
    language: Language | None = None
    order_by: SortField | None = None
    payment_id: str | None = msgspec.field(default=None, name="payMethodId")
    source_type: SourceType | None = None


class UserLimits(Reply):
    """Who may take an advertisement: counts of orders, 0 for any; a completion rate; countries, empty for any."""

    least_completed: Count = msgspec.field(name="minCompleteNum")
    most_completed: Count = msgspec.field(name="maxCompleteNum")
    orders_each: Count = msgspec.field(name="placeOrderNum")
    merchants_allowed: YesNoWord = msgspec.field(name="allowMerchantPlace")
    completion_rate_30d: Amount = msgspec.field(name="completeRate30d")
    country: str


class AdvertisedDetail(Reply):
    """What a payer will be told; ``kind`` is txt or file."""

    name: str
    required: bool
    kind: Annotated[str, words("txt", "file")] = msgspec.field(name="type")


class AdvertisedPayment(Reply):
    """A way to pay."""

    method_name: str = msgspec.field(name="paymentMethod")
    method_id: str = msgspec.field(name="paymentId")
    details: list[AdvertisedDetail] = msgspec.field(name="paymentInfo")


class ShownCertificate(Reply):
    """A certificate of the merchant."""

    image_url: str
    text: str = msgspec.field(name="desc")


class Advertisement(Reply):
    """An advertisement; ``size`` is what of ``advSize`` is filled, both in the coin, trade amounts are in fiat."""

    advertisement_id: str = msgspec.field(name="advId")
    advertisement_number: str = msgspec.field(name="advNo")
    side: SideWord
    advertised_size: Amount = msgspec.field(name="advSize")
    filled_size: Amount = msgspec.field(name="size")
    coin: str
    price: Amount
    coin_precision: Count
    fiat: str
    fiat_precision: Count
    fiat_symbol: str
    status: AdvertisementStatusWord
    hidden: YesNoWord = msgspec.field(name="hide")
    maximum: Amount = msgspec.field(name="maxTradeAmount")
    minimum: Amount = msgspec.field(name="minTradeAmount")
    payment_minutes: Count = msgspec.field(name="payDuration")
    deals: Count = msgspec.field(name="turnoverNum")
    completion_rate: Amount = msgspec.field(name="turnoverRate")
    label: str | None
    user_limits: UserLimits = msgspec.field(name="userLimitList")
    payments: list[AdvertisedPayment] = msgspec.field(name="paymentMethodList")
    certificates: list[ShownCertificate] = msgspec.field(default_factory=list, name="merchantCertifiedResult")
    certificate_list: list[ShownCertificate] = msgspec.field(default_factory=list, name="merchantCertifiedList")
    created: Timestamp = msgspec.field(default_factory=Timestamp, name="cTime")
    updated: Timestamp = msgspec.field(default_factory=Timestamp, name="uTime")
    ctime: Timestamp = msgspec.field(default_factory=Timestamp)
    utime: Timestamp = msgspec.field(default_factory=Timestamp)


class AdvertisementPage(Reply):
    """Advertisements; ``minAdvId`` is where the next page begins, empty without rows."""

    advertisements: list[Advertisement] = msgspec.field(name="advList")
    smallest_advertisement_id: str = msgspec.field(name="minAdvId")


MERCHANT_PAGES = Paging(key="", rows="merchants", next="smallest_merchant_id", largest=100)
ORDER_PAGES = Paging(key="order_id", rows="orders", next="smallest_order_id", one="order_number", largest=100, days=90)
ADVERTISEMENT_PAGES = Paging(
    key="advertisement_id",
    rows="advertisements",
    next="smallest_advertisement_id",
    one="advertisement_number",
    largest=20,
    days=90,
)


class P2P(Group[T]):
    """P2P: merchants, advertisements, orders."""

    merchants = signed_list(
        "/api/v2/p2p/merchantList",
        ListMerchants,
        MerchantPage,
        "List merchants.",
        "read",
        Limit(10, "uid"),
        item=MerchantRow,
        pages=MERCHANT_PAGES,
    )
    merchant = signed_get(
        "/api/v2/p2p/merchantInfo",
        Nothing,
        MerchantInformation,
        "Get the caller as a merchant.",
        "read",
        Limit(10, "uid"),
    )
    orders = signed_list(
        "/api/v2/p2p/orderList",
        ListP2POrders,
        OrderPage,
        "List the orders of an advertisement.",
        "read",
        Limit(10, "uid"),
        item=P2POrder,
        pages=ORDER_PAGES,
    )
    advertisements = signed_list(
        "/api/v2/p2p/advList",
        ListAdvertisements,
        AdvertisementPage,
        "List advertisements.",
        "read",
        Limit(10, "uid"),
        item=Advertisement,
        pages=ADVERTISEMENT_PAGES,
    )
