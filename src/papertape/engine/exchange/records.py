"""What happened, as records: the events that operations emit and that history keeps.

Ids are integers that only grow; times are Unix milliseconds of market time; amounts are exact decimals.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import msgspec

Side = Literal["buy", "sell"]
OrderType = Literal["limit", "market"]
Force = Literal["gtc", "ioc", "fok", "post_only"]
SelfTradePrevention = Literal["none", "cancel_taker", "cancel_maker", "cancel_both"]
OrderStatus = Literal["live", "partially_filled", "filled", "cancelled"]
FlowSpan = Literal["minute", "day"]
AdvertisementStatus = Literal["online", "offline", "editing", "completed"]
P2POrderStatus = Literal["pending_pay", "paid", "appeal", "completed", "cancelled"]
ZERO = Decimal(0)


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all records."""


class OrderRecord(Record, frozen=True, kw_only=True):
    """A spot order as it stands after a change; ``price`` is 0 for market orders.

    ``size`` is base, for market buys quote. ``fee`` is charged in ``fee_coin`` (what the order receives),
    ``fee_bgb`` in BGB; both are positive when charged.
    """

    order_id: int
    client_oid: str
    uid: int
    symbol: str
    side: Side
    order_type: OrderType
    force: Force
    price: Decimal
    size: Decimal
    status: OrderStatus
    base_volume: Decimal
    quote_volume: Decimal
    average_price: Decimal
    fee_coin: str
    fee: Decimal
    fee_bgb: Decimal
    stp_mode: SelfTradePrevention
    tpsl_type: Literal["normal", "tpsl"]
    trigger_price: Decimal | None
    take_profit_trigger: Decimal | None
    take_profit_price: Decimal | None
    stop_loss_trigger: Decimal | None
    stop_loss_price: Decimal | None
    entry_point: str
    cancel_reason: str
    created: int
    updated: int


class FillRecord(Record, frozen=True, kw_only=True):
    """One side of a trade: what one order got from it. ``fee`` is positive when charged."""

    trade_id: int
    order_id: int
    client_oid: str
    uid: int
    symbol: str
    order_type: OrderType
    side: Side
    price: Decimal
    size: Decimal
    amount: Decimal
    fee_coin: str
    fee: Decimal
    deducted: bool
    scope: Literal["maker", "taker"]
    created: int


class TradeRecord(Record, frozen=True, kw_only=True):
    """A public trade; ``side`` is the taker's."""

    trade_id: int
    symbol: str
    side: Side
    price: Decimal
    size: Decimal
    created: int


class CandleRecord(Record, frozen=True, kw_only=True):
    """One closed minute of one instrument; ``start`` is its first millisecond."""

    symbol: str
    start: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    base_volume: Decimal
    quote_volume: Decimal
    usdt_volume: Decimal


class FlowRecord(Record, frozen=True, kw_only=True):
    """What takers bought and sold of one instrument in one closed minute or day, in the base coin.

    ``start`` is its first millisecond; whose order was whose is told in ``engine/flows.py``.
    """

    symbol: str
    span: FlowSpan
    start: int
    whale_buy: Decimal
    dolphin_buy: Decimal
    fish_buy: Decimal
    whale_sell: Decimal
    dolphin_sell: Decimal
    fish_sell: Decimal


class TriggerRecord(Record, frozen=True, kw_only=True):
    """A trigger (plan) order as it stands after a change; ``execute_price`` is 0 for market orders.

    ``size`` is base for ``plan_type`` amount, quote for total. ``child_order_id`` is 0 until it has fired.
    """

    order_id: int
    client_oid: str
    uid: int
    symbol: str
    side: Side
    trigger_price: Decimal
    order_type: OrderType
    execute_price: Decimal
    plan_type: Literal["amount", "total"]
    trigger_type: Literal["fill_price", "mark_price"]
    size: Decimal
    status: Literal["live", "executed", "fail_execute", "cancelled"]
    stp_mode: SelfTradePrevention
    entry_point: str
    child_order_id: int
    created: int
    updated: int


class BillRecord(Record, frozen=True, kw_only=True):
    """A line of a wallet's statement: signed ``size``, ``balance`` after it, ``fee`` taken with it (<= 0).

    ``order_id`` is the order, transfer, deposit or withdrawal that caused it.
    """

    bill_id: int
    order_id: int
    uid: int
    wallet: str
    coin: str
    group_type: str
    business_type: str
    size: Decimal
    balance: Decimal
    fee: Decimal
    created: int


class TransferRecord(Record, frozen=True, kw_only=True):
    """A transfer between wallets, of one user or between main account and sub-account."""

    transfer_id: int
    client_oid: str
    initiator_uid: int
    from_uid: int
    to_uid: int
    from_wallet: str
    to_wallet: str
    from_symbol: str
    to_symbol: str
    coin: str
    size: Decimal
    created: int


class DepositRecord(Record, frozen=True, kw_only=True):
    """A deposit as it stands after a change; ``transaction`` is its hash, ``wallet`` where it is credited."""

    order_id: int
    transaction: str
    uid: int
    coin: str
    chain: str
    size: Decimal
    status: Literal["pending", "fail", "success"]
    from_address: str
    to_address: str
    destination: Literal["on_chain", "internal_transfer"]
    tag: str
    confirmations: int
    wallet: str
    created: int
    updated: int


class WithdrawalRecord(Record, frozen=True, kw_only=True):
    """A withdrawal as it stands after a change; ``stage`` is review, processing, success, cancelled or fail."""

    order_id: int
    client_oid: str
    transaction: str
    uid: int
    coin: str
    chain: str
    size: Decimal
    fee: Decimal
    status: Literal["pending", "fail", "success"]
    stage: Literal["review", "processing", "success", "cancelled", "fail"]
    from_address: str
    to_address: str
    destination: Literal["on_chain", "internal_transfer"]
    tag: str
    confirmations: int
    remark: str
    created: int
    updated: int


class ConversionRecord(Record, frozen=True, kw_only=True):
    """A conversion at a quote: ``price`` is ``to_size`` for one ``from_coin``."""

    conversion_id: int
    uid: int
    from_coin: str
    from_size: Decimal
    to_coin: str
    to_size: Decimal
    price: Decimal
    fee: Decimal
    created: int


class SmallBalanceRecord(Record, frozen=True, kw_only=True):
    """A small balance that became BGB: ``to_amount`` is before ``fee``, prices are in USDT."""

    order_id: int
    uid: int
    from_coin: str
    from_amount: Decimal
    from_price: Decimal
    to_coin: str
    to_amount: Decimal
    to_price: Decimal
    fee_coin: str
    fee: Decimal
    status: Literal["success"]
    created: int


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
