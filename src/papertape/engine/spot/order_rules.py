"""What makes an order acceptable: every refusal of a new order, in Bitget's words, before anything changes.

Sources: documentation, Place Order (parameters), Get Symbol Info (precisions, bands, bounds), FAQ Q12 (client ids).
"""

from __future__ import annotations

from decimal import Decimal

from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected
from papertape.engine.accounts.accounts import keeps_history
from papertape.engine.exchange.client_oids import check_wording
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.money import ZERO, down, step, up
from papertape.engine.funds.ledger import line_of
from papertape.engine.spot.instruments import SpotInstrument
from papertape.engine.spot.markets import spot_market
from papertape.engine.spot.valuation import usdt_price
from papertape.engine.trading.orders import Exit, Order
from papertape.engine.trading.records import OrderType, Side
from papertape.engine.trading.terms import OrderRequest

MOST_DIGITS = 18
"""Digits of a price in ticks and of a size in lots: what a snapshot keeps whole and a product keeps exact."""
ONE = Decimal(1)


def check(exchange: Exchange, uid: int, wallet: str, new: OrderRequest, replacing: Order | None = None) -> Order:
    """The order, ready to be placed, without an id yet; refuses with the code of the first rule it breaks.

    What an order of the same side and instrument holds, its funds and its place among the open orders, counts as free
    when this one is ``replacing`` it.

    Raises ``Rejected``: 40034 unknown symbol, 41113 or 41114 not online, 40304/40402 client id, 43118 client id
    taken, 40019/40020/40053 missing or bad numbers, 40808 too many decimals, 43009/43008 outside the price band, 45110
    too small, 43007 too large, 43005 too many open orders, 43013 to 43016 exits on the wrong side, 43012 funds.
    """
    market = spot_market(exchange, new.symbol)
    instrument, line = market.instrument, line_of(wallet)
    _check_status(instrument)
    check_client_oid(exchange, line, uid, new.client_oid)
    price = _checked_price(instrument, new)
    budget, size = _checked_size(instrument, new)
    last = market.last
    reference = price or new.trigger_price or last
    value = budget or reference * size
    check_value(exchange, instrument, value, new.order_type)
    if price is not None and new.trigger_price is None:
        check_band(instrument, new.side, price, last)
    others = exchange.orders.count(line, uid, instrument.symbol) - (replacing is not None)
    if keeps_history(uid) and others >= instrument.open_orders:
        raise Rejected(errors.TOO_MANY_ORDERS)
    order = Order(
        order_id=0,
        client_oid=new.client_oid,
        uid=uid,
        market=market.id,
        wallet=wallet,
        side=new.side,
        order_type=new.order_type,
        force=new.force if new.order_type == "limit" else "gtc",
        price=instrument.ticks(price) if price else 0,
        size=instrument.lots(size),
        budget=budget,
        stp_mode=new.stp_mode,
        entry_point=new.entry_point,
        created=exchange.now,
        updated=exchange.now,
    )
    if new.take_profit_trigger is not None or new.stop_loss_trigger is not None:
        _attach_exits(instrument, order, new, reference)
    if new.trigger_price is not None:
        _make_waiting(instrument, order, new.trigger_price, last)
    freed = ZERO if replacing is None else replacing.frozen
    exchange.ledger.require(uid, wallet, funding_coin(instrument, order), funds(instrument, order) - freed)
    return order


def funding_coin(instrument: SpotInstrument, order: Order) -> str:
    """The coin an order freezes."""
    return instrument.quote if order.side == "buy" else instrument.base


def funds(instrument: SpotInstrument, order: Order) -> Decimal:
    """How much an order freezes when it is placed."""
    if order.side == "sell":
        return instrument.size(order.size)
    return order.budget or instrument.value(order.price, order.size)


def check_client_oid(exchange: Exchange, line: str, uid: int, client_oid: str) -> None:
    """Refuses a client id that is too long, has other characters than the FAQ's, or is taken."""
    if not client_oid:
        return
    check_wording(client_oid)
    if (line, uid, client_oid) in exchange.orders.client_oids:
        raise Rejected(errors.CLIENT_OID_TAKEN)


def check_places(name: str, value: Decimal, places: int) -> None:
    """Refuses an amount that is not positive (40020), beyond all markets (40053) or has too many decimals (40808)."""
    if value <= 0:
        raise Rejected(errors.PARAMETER_ERROR.of(name))
    if value.adjusted() + places >= MOST_DIGITS:
        raise Rejected(errors.OUT_OF_RANGE.of(name, f"0 and {step(places - MOST_DIGITS):f}"))
    scaled = value.scaleb(places)
    if scaled != int(scaled):
        raise Rejected(errors.SCALE_TOO_FINE.of(f"{name} checkBDScale error value={value:f} checkScale={places}"))


def check_value(exchange: Exchange, instrument: SpotInstrument, value: Decimal, order_type: OrderType) -> None:
    """Refuses an order worth (in the quote coin) less than the minimum or more than the maximum."""
    in_usdt = value * usdt_price(exchange, instrument.quote)
    if in_usdt < instrument.minimum_usdt:
        raise Rejected(errors.VALUE_BELOW_MINIMUM.of(f"{instrument.minimum_usdt:f}"))
    most = instrument.maximum_limit_value if order_type == "limit" else instrument.maximum_market_value
    if in_usdt > most:
        raise Rejected(errors.SIZE_TOO_LARGE)


def check_band(instrument: SpotInstrument, side: Side, price: Decimal, last: Decimal) -> None:
    """Refuses a buy too far above, a sell too far below the last price."""
    if side == "buy":
        highest = last * (ONE + instrument.buy_limit_ratio)
        if price > highest:
            text = f"{down(highest, instrument.price_places):f}"
            raise Rejected(errors.PRICE_TOO_HIGH.of(text, instrument.quote))
    else:
        lowest = last * (ONE - instrument.sell_limit_ratio)
        if price < lowest:
            raise Rejected(errors.PRICE_TOO_LOW.of(f"{up(lowest, instrument.price_places):f}", instrument.quote))


def _check_status(instrument: SpotInstrument) -> None:
    if instrument.status == "offline":
        raise Rejected(errors.SYMBOL_OFFLINE)
    if instrument.status != "online":
        raise Rejected(errors.SYMBOL_UNDER_MAINTENANCE)


def _checked_price(instrument: SpotInstrument, new: OrderRequest) -> Decimal | None:
    if new.order_type == "market":
        return None
    if new.price is None:
        raise Rejected(errors.PARAMETER_EMPTY.of("price"))
    check_places("price", new.price, instrument.price_places)
    return new.price


def _checked_size(instrument: SpotInstrument, new: OrderRequest) -> tuple[Decimal, Decimal]:
    """Budget (market buys) and size, one of them zero."""
    if new.order_type == "market" and new.side == "buy":
        check_places("size", new.size, instrument.quote_places)
        return new.size, ZERO
    check_places("size", new.size, instrument.size_places)
    return ZERO, new.size


def _leg(instrument: SpotInstrument, name: str, trigger: Decimal | None, price: Decimal | None) -> Exit | None:
    if trigger is None:
        return None
    check_places(f"preset{name}Price", trigger, instrument.price_places)
    if not price:
        return Exit(instrument.ticks(trigger))
    check_places(f"execute{name}Price", price, instrument.price_places)
    return Exit(instrument.ticks(trigger), instrument.ticks(price))


def _attach_exits(instrument: SpotInstrument, order: Order, new: OrderRequest, reference: Decimal) -> None:
    take_profit = _leg(instrument, "TakeProfit", new.take_profit_trigger, new.take_profit_price)
    stop_loss = _leg(instrument, "StopLoss", new.stop_loss_trigger, new.stop_loss_price)
    ticks = instrument.ticks(down(reference, instrument.price_places))
    buys = order.side == "buy"
    if take_profit and (take_profit.trigger <= ticks if buys else take_profit.trigger >= ticks):
        raise Rejected(errors.TAKE_PROFIT_TOO_LOW if buys else errors.TAKE_PROFIT_TOO_HIGH)
    if stop_loss and (stop_loss.trigger >= ticks if buys else stop_loss.trigger <= ticks):
        raise Rejected(errors.STOP_LOSS_TOO_HIGH if buys else errors.STOP_LOSS_TOO_LOW)
    order.take_profit, order.stop_loss = take_profit, stop_loss


def _make_waiting(instrument: SpotInstrument, order: Order, trigger_price: Decimal, last: Decimal) -> None:
    """A TP/SL order fires when the last price comes to its trigger from where it is now."""
    check_places("triggerPrice", trigger_price, instrument.price_places)
    leg = Exit(instrument.ticks(trigger_price), order.price)
    if trigger_price > last:
        order.above = leg
    else:
        order.below = leg
    order.tpsl_type, order.trigger_price = "tpsl", instrument.price(leg.trigger)
