"""Attached exits: the take-profit and stop-loss that an order places when it has been filled whole.

Both together are one order that waits for two prices and trades at the one reached first.
Source: support pages, "About the order": TP/SL is placed once the order is completely executed.
"""

from __future__ import annotations

from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.money import whole
from papertape.engine.spot.instruments import SpotInstrument
from papertape.engine.trading.orders import Order


def exit_order(exchange: Exchange, instrument: SpotInstrument, filled: Order) -> Order | None:
    """The exit order of a filled order: the other way, over what it received after fees; None without one."""
    if filled.take_profit is None and filled.stop_loss is None:
        return None
    buys = filled.side == "buy"
    above, below = (filled.take_profit, filled.stop_loss) if buys else (filled.stop_loss, filled.take_profit)
    leg = above or below
    assert leg is not None
    coin = instrument.base if buys else instrument.quote
    received = (instrument.size(filled.filled) if buys else filled.quote) - filled.fee
    received = min(received, exchange.ledger.balance(filled.uid, filled.wallet, coin).available)
    order = Order(
        order_id=0,
        uid=filled.uid,
        market=filled.market,
        wallet=filled.wallet,
        side="sell" if buys else "buy",
        order_type="limit" if leg.price else "market",
        price=leg.price,
        stp_mode=filled.stp_mode,
        above=above,
        below=below,
        tpsl_type="tpsl",
        trigger_price=instrument.price(leg.trigger),
        entry_point="SYS",
        created=exchange.now,
        updated=exchange.now,
    )
    if buys:
        order.size = whole(received, instrument.size(1))
    else:
        order.budget = received
    return order if order.size or order.budget else None
