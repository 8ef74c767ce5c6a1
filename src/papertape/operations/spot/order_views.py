"""How orders, fills and plan orders look on the wire.

Zero fees, negative charges and JSON inside a string are Bitget's; see the documentation, "Get Order Info".
"""

from __future__ import annotations

from decimal import Decimal

from papertape.contract.protocol.wire import ABSENT, Amount, Timestamp, plain
from papertape.contract.spot.plan import PlanOrder
from papertape.contract.spot.trade import Fill, FillFee, OpenOrder, OrderInformation
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.spot.markets import spot_markets
from papertape.engine.trading.records import FillRecord, OrderRecord, TriggerRecord


def past_order(exchange: Exchange, record: OrderRecord) -> OrderInformation:
    """Return an order as ``orderInfo`` and ``history-orders`` show it."""
    instrument = spot_markets(exchange)[record.symbol].instrument
    return OrderInformation(
        user_id=str(record.uid),
        symbol=record.symbol,
        order_id=str(record.order_id),
        client_oid=record.client_oid,
        price=Amount(record.price),
        size=Amount(record.size),
        order_type=record.order_type,
        side=record.side,
        status=record.status,
        average_price=Amount(record.average_price),
        base_volume=Amount(record.base_volume),
        quote_volume=Amount(record.quote_volume),
        enter_point_source=record.entry_point,
        fee_detail=fee_detail(record),
        order_source=order_source(record),
        tpsl_type=record.tpsl_type,
        trigger_price=optional(record.trigger_price),
        base_coin=instrument.base,
        quote_coin=instrument.quote,
        cancel_reason=record.cancel_reason,
        created=Timestamp(record.created),
        updated=Timestamp(record.updated),
    )


def open_order(record: OrderRecord) -> OpenOrder:
    """Return an order as ``unfilled-orders`` shows it."""
    return OpenOrder(
        user_id=str(record.uid),
        symbol=record.symbol,
        order_id=str(record.order_id),
        client_oid=record.client_oid,
        price=Amount(record.price),
        size=Amount(record.size),
        order_type=record.order_type,
        side=record.side,
        status=record.status,
        average_price=Amount(record.average_price),
        base_volume=Amount(record.base_volume),
        quote_volume=Amount(record.quote_volume),
        enter_point_source=record.entry_point,
        order_source=order_source(record),
        preset_take_profit_price=exit_price(record.take_profit_trigger),
        execute_take_profit_price=exit_price(record.take_profit_price),
        preset_stop_loss_price=exit_price(record.stop_loss_trigger),
        execute_stop_loss_price=exit_price(record.stop_loss_price),
        tpsl_type=record.tpsl_type,
        trigger_price=optional(record.trigger_price),
        created=Timestamp(record.created),
        updated=Timestamp(record.updated),
    )


def order_source(record: OrderRecord) -> str:
    """Tell how the order came to be: by hand, at market, or as the exit pair of another."""
    if record.tpsl_type == "tpsl" and record.take_profit_trigger is not None and record.stop_loss_trigger is not None:
        return "strategy_oco_limit"
    return record.order_type if record.order_type == "market" else "normal"


def fee_detail(record: OrderRecord) -> str:
    """Return the fees as JSON text; empty before any fill. ``d`` was paid in BGB, ``r`` from what was received."""
    if not record.base_volume:
        return ""
    parts = []
    if record.fee_bgb:
        parts.append(_coin_fee("BGB", record.fee_bgb, deducted=True))
    if record.fee or not record.fee_bgb:
        parts.append(_coin_fee(record.fee_coin, record.fee, deducted=False))
    total = record.fee + record.fee_bgb
    deduction = "true" if record.fee_bgb else "false"
    parts.append(
        f'"newFees":{{"c":0,"d":{_charge(record.fee_bgb)},"deduction":{deduction},"r":{_charge(record.fee)},'
        f'"t":{_charge(total)},"totalDeductionFee":{_charge(record.fee_bgb)}}}'
    )
    return "{" + ",".join(parts) + "}"


def _coin_fee(coin: str, fee: Decimal, *, deducted: bool) -> str:
    word, deduction = ("true", _charge(fee)) if deducted else ("false", "0")
    sums = f'"totalDeductionFee":{deduction},"totalFee":{_charge(fee)}'
    return f'"{coin}":{{"deduction":{word},"feeCoinCode":"{coin}",{sums}}}'


def _charge(fee: Decimal) -> str:
    return plain(-fee) if fee else "0"


def fill(record: FillRecord) -> Fill:
    """Return a fill as ``fills`` shows it: a charge is negative."""
    charge = Amount(-record.fee if record.fee else record.fee)
    return Fill(
        user_id=str(record.uid),
        symbol=record.symbol,
        order_id=str(record.order_id),
        trade_id=str(record.trade_id),
        order_type=record.order_type,
        side=record.side,
        price=Amount(record.price),
        size=Amount(record.size),
        amount=Amount(record.amount),
        fee_detail=FillFee(
            deduction="yes" if record.deducted else "no",
            fee_coin=record.fee_coin,
            total_deduction_fee=charge if record.deducted else Amount(0),
            total_fee=charge,
        ),
        trade_scope=record.scope,
        created=Timestamp(record.created),
        updated=Timestamp(record.created),
    )


def plan_order(record: TriggerRecord) -> PlanOrder:
    """Return a plan order as the lists show it."""
    return PlanOrder(
        order_id=str(record.order_id),
        client_oid=record.client_oid,
        symbol=record.symbol,
        trigger_price=Amount(record.trigger_price),
        order_type=record.order_type,
        execute_price=Amount(record.execute_price),
        plan_type=record.plan_type,
        size=Amount(record.size),
        status=record.status,
        side=record.side,
        trigger_type=record.trigger_type,
        enter_point_source=record.entry_point,
        created=Timestamp(record.created),
        updated=Timestamp(record.updated),
    )


def optional(value: Decimal | None) -> Amount | None:
    """Return an amount that may be absent."""
    return None if value is None else Amount(value)


def exit_price(value: Decimal | None) -> Amount:
    """Return a preset exit's price: empty where there is none."""
    return ABSENT if value is None else Amount(value)
