"""A bookkeeper who sees only the records, and must come to the balances and volumes that the exchange shows."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from papertape.engine.accounts.accounts import keeps_history
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.records import Record
from papertape.engine.funds.records import BillRecord
from papertape.engine.trading.records import FillRecord, OrderRecord, TradeRecord
from papertape.engine.trading.terms import OrderChanged

ZERO = Decimal(0)


class Bookkeeper:
    """Adds up bills by wallet and fills by order."""

    def __init__(self) -> None:
        self.balances: dict[tuple[int, str, str], Decimal] = defaultdict(Decimal)
        self.volumes: dict[int, tuple[Decimal, Decimal, Decimal]] = defaultdict(lambda: (ZERO, ZERO, ZERO))
        self.ended: set[int] = set()

    def read(self, events: list[Record]) -> None:
        """Takes in what an entry made happen; every record must agree with those before it."""
        for event in events:
            if isinstance(event, BillRecord):
                key = event.uid, event.wallet, event.coin
                self.balances[key] += event.size + event.fee
            elif isinstance(event, FillRecord):
                base, quote, fees = self.volumes[event.order_id]
                assert event.size > 0 and event.amount == event.price * event.size and event.fee >= 0, event
                self.volumes[event.order_id] = base + event.size, quote + event.amount, fees + event.fee
            elif isinstance(event, TradeRecord):
                assert event.size > 0 and event.price > 0, event
            elif isinstance(event, OrderChanged):
                self._order(event.record())

    def _order(self, order: OrderRecord) -> None:
        assert order.order_id not in self.ended, f"{order} changes after its end"
        assert self.volumes[order.order_id] == (order.base_volume, order.quote_volume, order.fee + order.fee_bgb), order
        if order.status == "filled":
            assert order.base_volume > 0, f"{order} is filled with nothing"
        if order.order_type == "limit" and order.base_volume:
            within = order.average_price <= order.price if order.side == "buy" else order.average_price >= order.price
            assert within, f"{order} traded beyond its limit"
        if order.status in ("filled", "cancelled"):
            self.ended.add(order.order_id)

    def disagreements(self, exchange: Exchange) -> list[str]:
        """Wallets whose bills do not add up to what they hold."""
        held = {
            (uid, wallet, coin): balance.total for uid, wallet, coin, balance in exchange.ledger if keeps_history(uid)
        }
        keys = sorted(held.keys() | self.balances.keys())
        return [
            f"{key}: {held.get(key)}, by bills {self.balances[key]}"
            for key in keys
            if held.get(key, ZERO) != self.balances[key]
        ]
