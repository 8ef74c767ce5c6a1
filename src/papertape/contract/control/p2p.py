"""The control plane's P2P desk: everything that merchants and customers do on the exchange's website.

``adv_no`` and ``order_no`` are the numbers that the merchants' API shows. Amounts are exact decimals: sizes and counts
in the coin, prices and amounts in fiat. Errors are Bitget's own of the P2P family (60001 to 60049).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import msgspec

from papertape.contract.protocol.declaring import control_get, control_post
from papertape.contract.protocol.endpoint import Group, T
from papertape.contract.protocol.enums import Side
from papertape.contract.protocol.wire import Amount, Reply, Request


class IdentifyPerson(Request):
    """Who a user is: what a verification of identity would say. It replaces what was said before."""

    uid: int
    real_name: str = ""
    country: str = ""
    email: str = ""
    mobile: str = ""
    verified: bool = True


class SetPaymentAccount(Request):
    """Where a user is paid by one method; ``details`` are texts in the order of the method's details."""

    uid: int
    payment_id: str
    details: list[str]


class Person(Reply):
    """A user as the desk knows them, unmasked; ``accounts`` by payment method."""

    uid: int
    real_name: str
    country: str
    email: str
    mobile: str
    verified: bool
    accounts: dict[str, list[str]]


class NewCertificate(Request):
    """What a merchant shows to be trusted."""

    image_url: str
    desc: str = ""


class RegisterMerchant(Request):
    """Makes a main account a merchant, offline unless ``online``."""

    uid: int
    nick_name: str
    online: bool = True
    certificates: list[NewCertificate] = msgspec.field(default_factory=list)


class SetMerchantOnline(Request):
    """Brings a merchant online, or takes them and their advertisements offline."""

    uid: int
    online: bool


class ListDesk(Request):
    """Merchants, advertisements or open orders of one user, or of all; 100 unless told, at most 500."""

    uid: int | None = None
    limit: int | None = None


class ControlMerchant(Reply):
    """A merchant; the market's own have a UID below 1000000001."""

    merchant_id: str
    uid: int
    nick_name: str
    online: bool
    registered: int


class PostAdvertisement(Request):
    """Posts an advertisement, online at once; ``side`` is what the merchant does.

    With a ``max_trade_amount`` of 0 one order may take all of it. The last six say who may take it.
    """

    uid: int
    side: Side
    coin: str
    fiat: str
    price: Decimal
    size: Decimal
    min_trade_amount: Decimal
    payment_ids: list[str]
    max_trade_amount: Decimal = Decimal(0)
    pay_duration: int = 15
    label: str = ""
    hide: bool = False
    min_complete_num: int = 0
    max_complete_num: int = 0
    place_order_num: int = 0
    allow_merchant_place: bool = True
    complete_rate_30d: Decimal = msgspec.field(default=Decimal(0), name="completeRate30d")
    countries: list[str] = msgspec.field(default_factory=list)


class EditAdvertisement(Request):
    """New terms for an advertisement that is in editing; what is left out stays."""

    adv_no: str
    price: Decimal | None = None
    size: Decimal | None = None
    min_trade_amount: Decimal | None = None
    max_trade_amount: Decimal | None = None
    payment_ids: list[str] | None = None
    pay_duration: int | None = None
    label: str | None = None
    hide: bool | None = None
    min_complete_num: int | None = None
    max_complete_num: int | None = None
    place_order_num: int | None = None
    allow_merchant_place: bool | None = None
    complete_rate_30d: Decimal | None = msgspec.field(default=None, name="completeRate30d")
    countries: list[str] | None = None


class SetAdvertisementStatus(Request):
    """Brings an advertisement online, takes it offline or opens it for editing."""

    adv_no: str
    status: Literal["online", "offline", "editing"]


class CloseAdvertisement(Request):
    """Ends an advertisement."""

    adv_no: str


class ControlAdvertisement(Reply):
    """An advertisement as it stands; ``held`` is what its open orders hold."""

    adv_no: str
    uid: int
    side: str
    coin: str
    fiat: str
    price: Amount
    size: Amount
    filled: Amount
    held: Amount
    min_trade_amount: Amount
    max_trade_amount: Amount
    payment_ids: list[str]
    pay_duration: int
    status: str
    created: int
    updated: int


class PlaceP2POrder(Request):
    """A customer takes an advertisement: ``count`` in the coin or ``amount`` in fiat."""

    uid: int
    adv_no: str
    count: Decimal | None = None
    amount: Decimal | None = None
    payment_id: str | None = None


class OrderStep(Request):
    """An order to which something happens."""

    order_no: str


class ResolveAppeal(Request):
    """The exchange's judgement on an order in appeal: who gets the coins."""

    order_no: str
    winner: Literal["buyer", "seller"]


class ControlP2POrder(Reply):
    """An order as it stands; ``side`` is the merchant's. Times are 0 until it happens."""

    order_no: str
    adv_no: str
    merchant_uid: int
    customer_uid: int
    side: str
    coin: str
    fiat: str
    price: Amount
    count: Amount
    amount: Amount
    status: str
    payment_id: str
    created: int
    paid: int
    appealed: int
    released: int
    withdrawn: int


_PATH = "/papertape/v1/p2p"


class P2PControl(Group[T]):
    """The control plane's P2P desk."""

    identify = control_post(f"{_PATH}/people/identify", IdentifyPerson, Person, "Say who a user is.")
    set_payment_account = control_post(
        f"{_PATH}/people/payment-account", SetPaymentAccount, Person, "Say where a user is paid."
    )
    register_merchant = control_post(
        f"{_PATH}/merchants/register", RegisterMerchant, ControlMerchant, "Make an account a merchant."
    )
    set_merchant_online = control_post(
        f"{_PATH}/merchants/online", SetMerchantOnline, ControlMerchant, "Bring a merchant on- or offline."
    )
    merchants = control_get(f"{_PATH}/merchants", ListDesk, list[ControlMerchant], "List merchants.")
    post_advertisement = control_post(
        f"{_PATH}/advertisements/post", PostAdvertisement, ControlAdvertisement, "Post an advertisement."
    )
    edit_advertisement = control_post(
        f"{_PATH}/advertisements/edit", EditAdvertisement, ControlAdvertisement, "Change an advertisement in editing."
    )
    set_advertisement_status = control_post(
        f"{_PATH}/advertisements/status",
        SetAdvertisementStatus,
        ControlAdvertisement,
        "Bring an advertisement on- or offline or into editing.",
    )
    close_advertisement = control_post(
        f"{_PATH}/advertisements/close", CloseAdvertisement, ControlAdvertisement, "End an advertisement."
    )
    advertisements = control_get(
        f"{_PATH}/advertisements", ListDesk, list[ControlAdvertisement], "List advertisements."
    )
    place_order = control_post(
        f"{_PATH}/orders/place", PlaceP2POrder, ControlP2POrder, "Take an advertisement as a customer."
    )
    pay = control_post(f"{_PATH}/orders/pay", OrderStep, ControlP2POrder, "Say as the buyer that an order is paid.")
    release = control_post(f"{_PATH}/orders/release", OrderStep, ControlP2POrder, "Release the coins as the seller.")
    appeal = control_post(f"{_PATH}/orders/appeal", OrderStep, ControlP2POrder, "Bring a paid order to appeal.")
    resolve = control_post(f"{_PATH}/orders/resolve", ResolveAppeal, ControlP2POrder, "Judge an appeal.")
    cancel = control_post(f"{_PATH}/orders/cancel", OrderStep, ControlP2POrder, "Cancel an order as the buyer.")
    orders = control_get(f"{_PATH}/orders", ListDesk, list[ControlP2POrder], "List open orders.")
