"""A small market for stories: three traders, two instruments, orders in a few words, tables to compare.

market = Market(alice="1000 USDT", bob="2 BTC")
market.sell("bob", "1 @ 100")
market.buy("alice", "0.4 @ 101")
assert market.balances("alice") == {"USDT": "960", "BTC": "0.3996"}
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, TypeVar

from papertape.contract.protocol.errors import Rejected
from papertape.contract.spot.trade import CancelOrder, PlaceOrder
from papertape.engine.accounts.accounts import Account
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.money import use_money_context
from papertape.engine.exchange.records import Record
from papertape.engine.funds.coins import Coin
from papertape.engine.funds.ledger import ISSUANCE, LedgerAccount
from papertape.engine.spot.instruments import SpotInstrument
from papertape.engine.spot.markets import list_instrument, spot_markets
from papertape.engine.trading.records import FillRecord, OrderRecord, TradeRecord
from papertape.engine.trading.terms import OrderChanged
from papertape.operations import every as every
from papertape.operations.registry import Caller
from papertape.operations.spot.trade import cancel_order, place_order

UIDS = {"alice": 1_000_000_001, "bob": 1_000_000_002, "carol": 1_000_000_003}
START = 1_700_000_000_000
R = TypeVar("R", bound=Record)


def instrument(symbol: str, base: str, quote: str, price: str, **changes: Any) -> SpotInstrument:
    """An instrument with prices in cents and sizes in ten-thousandths, wide price bands, fees of 0.1 %."""
    fields = {
        "price_places": 2,
        "size_places": 4,
        "buy_limit_ratio": Decimal(5),
        "sell_limit_ratio": Decimal("0.99"),
    } | changes
    return SpotInstrument(symbol=symbol, base=base, quote=quote, opening_price=Decimal(price), **fields)


def plain(amount: Decimal) -> str:
    """A decimal as one would write it."""
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


class Market:
    """An exchange with BTCUSDT at 100 and BGBUSDT at 1, and what happened in its last command."""

    def __init__(self, instruments: tuple[SpotInstrument, ...] = (), **balances: str) -> None:
        use_money_context()
        self.exchange = Exchange()
        self.exchange.begin(self.exchange.sequence, START)
        for number, name in enumerate(("USDT", "BTC", "BGB")):
            self.exchange.coins[name] = Coin(name=name, coin_id=number)
        listed = instruments or (instrument("BTCUSDT", "BTC", "USDT", "100"), instrument("BGBUSDT", "BGB", "USDT", "1"))
        for each in listed:
            list_instrument(self.exchange, each)
        for name, uid in UIDS.items():
            self.exchange.accounts[uid] = Account(uid=uid, name=name, registered=START)
            for holding in filter(None, balances.get(name, "").split(", ")):
                amount, coin = holding.split()
                self.exchange.ledger.move(coin, Decimal(amount), ISSUANCE, LedgerAccount(uid, "spot"))

    def wait(self, milliseconds: int) -> None:
        """Lets market time pass."""
        self.exchange.begin(self.exchange.sequence, self.exchange.now + milliseconds)

    def buy(self, who: str, order: str, **more: Any) -> str:
        """Places a buy: ``"0.5 @ 100"``, ``"0.5 @ 100 ioc"`` or, at market, ``"50"`` (USDT). Returns its id."""
        return self._place(who, "buy", order, more)

    def sell(self, who: str, order: str, **more: Any) -> str:
        """Places a sell: ``"0.5 @ 100"``, ``"0.5 @ 100 fok"`` or, at market, ``"0.5"`` (BTC). Returns its id."""
        return self._place(who, "sell", order, more)

    def cancel(self, who: str, order_id: str) -> None:
        """Cancels an order."""
        self.exchange.events = []
        cancel_order(self.exchange, Caller(UIDS[who]), CancelOrder(symbol="BTCUSDT", order_id=order_id))

    def _place(self, who: str, side: Any, order: str, more: dict[str, Any]) -> str:
        size, _, terms = order.partition(" @ ")
        price, _, force = terms.partition(" ")
        self.exchange.events = []
        fields = {"symbol": "BTCUSDT", "force": force or "gtc"} | {
            name: Decimal(value) if name.endswith("_price") else value for name, value in more.items()
        }
        request = PlaceOrder(
            side=side,
            order_type="limit" if price else "market",
            size=Decimal(size),
            price=Decimal(price) if price else None,
            **fields,
        )
        return place_order(self.exchange, Caller(UIDS[who]), request).order_id

    def refused(self, who: str, side: str, order: str, **more: Any) -> str:
        """The code that refuses this order; nothing may have changed."""
        before = self.exchange.last_id, self.balances(who), self.book()
        try:
            self._place(who, side, order, more)
        except Rejected as refusal:
            assert (self.exchange.last_id, self.balances(who), self.book()) == before
            assert not self.exchange.events
            return refusal.error.code
        raise AssertionError(f"{side} {order} was accepted")

    def book(self, symbol: str = "BTCUSDT") -> dict[str, list[str]]:
        """Both sides, best first, as ``"size @ price"``."""
        found, book = spot_markets(self.exchange)[symbol].instrument, spot_markets(self.exchange)[symbol].book
        return {
            name: [f"{plain(found.size(lots))} @ {plain(found.price(ticks))}" for ticks, lots in book.depth(side, 99)]
            for name, side in (("bids", "buy"), ("asks", "sell"))
        }

    def balances(self, who: str) -> dict[str, str]:
        """What the trader holds: ``"5"``, or ``"3 + 2 frozen"``; coins without a balance are left out."""
        held = {}
        for coin, balance in self.exchange.ledger.coins(UIDS[who], "spot").items():
            if balance.frozen:
                held[coin] = f"{plain(balance.available)} + {plain(balance.frozen)} frozen"
            elif balance.available:
                held[coin] = plain(balance.available)
        assert not any(self.exchange.ledger.totals().values()), "the ledger does not sum to zero"
        return held

    def happened(self, kind: type[R]) -> list[R]:
        """The records of one kind that the last command left."""
        events = (event.record() if isinstance(event, OrderChanged) else event for event in self.exchange.events)
        return [event for event in events if isinstance(event, kind)]

    def trades(self) -> list[str]:
        """The public trades of the last command, as ``"side size @ price"``."""
        return [f"{trade.side} {plain(trade.size)} @ {plain(trade.price)}" for trade in self.happened(TradeRecord)]

    def fills(self) -> list[str]:
        """The fills of the last command, as ``"who scope size fee coin"``."""
        names = {uid: name for name, uid in UIDS.items()}
        return [
            f"{names[fill.uid]} {fill.scope} {plain(fill.size)} fee {plain(fill.fee)} {fill.fee_coin}"
            for fill in self.happened(FillRecord)
        ]

    def status(self, order_id: str) -> str:
        """The order's last status in the last command."""
        rows = [row for row in self.happened(OrderRecord) if row.order_id == int(order_id)]
        return rows[-1].status
