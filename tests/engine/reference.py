"""A slow, obvious exchange: one list of orders, sorted anew for every match, and a dictionary of balances."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

FEE = Decimal("0.001")


@dataclass
class Resting:
    """An order in the list."""

    number: int
    who: str
    side: str
    price: Decimal
    left: Decimal


@dataclass
class Reference:
    """The exchange; ``balances[who, coin, bucket]``, ``fills`` as (taker side, size, price, maker, taker)."""

    orders: list[Resting] = field(default_factory=list)
    balances: dict[tuple[str, str, str], Decimal] = field(default_factory=dict)
    fills: list[tuple[str, Decimal, Decimal, str, str]] = field(default_factory=list)

    def add(self, who: str, coin: str, amount: Decimal, bucket: str = "available") -> None:
        """Changes a balance."""
        self.balances[who, coin, bucket] = self.balances.get((who, coin, bucket), Decimal(0)) + amount

    def place(self, number: int, who: str, side: str, price: Decimal, size: Decimal, force: str, stp: str) -> None:
        """Places a limit order that is known to be acceptable."""
        order = Resting(number, who, side, price, size)
        self._freeze(order, size, 1)
        crossing = self._crossing(order)
        if force == "post_only" and crossing:
            self._freeze(order, size, -1)
            return
        if force == "fok" and not self._fills_whole(order, crossing, stp):
            self._freeze(order, size, -1)
            return
        while order.left and (crossing := self._crossing(order)):
            maker = crossing[0]
            if maker.who == who and stp != "none":
                if stp in ("cancel_maker", "cancel_both"):
                    self.cancel(maker.number)
                if stp in ("cancel_taker", "cancel_both"):
                    self._freeze(order, order.left, -1)
                    return
                continue
            self._trade(maker, order)
        if order.left and force in ("gtc", "post_only"):
            self.orders.append(order)
        else:
            self._freeze(order, order.left, -1)

    def cancel(self, number: int) -> None:
        """Cancels an order, if it is still there."""
        for order in list(self.orders):
            if order.number == number:
                self.orders.remove(order)
                self._freeze(order, order.left, -1)

    def _freeze(self, order: Resting, size: Decimal, sign: int) -> None:
        coin, amount = ("USDT", order.price * size) if order.side == "buy" else ("BTC", size)
        self.add(order.who, coin, -amount * sign)
        self.add(order.who, coin, amount * sign, "frozen")

    def _crossing(self, order: Resting) -> list[Resting]:
        buys = order.side == "buy"
        found = [
            other
            for other in self.orders
            if other.side != order.side and (other.price <= order.price if buys else other.price >= order.price)
        ]
        return sorted(found, key=lambda other: (other.price if buys else -other.price, other.number))

    def _fills_whole(self, order: Resting, crossing: list[Resting], stp: str) -> bool:
        wanted = order.left
        for maker in crossing:
            if maker.who == order.who and stp != "none":
                if stp != "cancel_maker":
                    return wanted <= 0
                continue
            wanted -= maker.left
            if wanted <= 0:
                return True
        return False

    def _trade(self, maker: Resting, taker: Resting) -> None:
        size, price = min(maker.left, taker.left), maker.price
        buyer, seller = (taker, maker) if taker.side == "buy" else (maker, taker)
        self._freeze(buyer, size, -1)
        self._freeze(seller, size, -1)
        self.add(buyer.who, "USDT", -price * size)
        self.add(buyer.who, "BTC", size - size * FEE)
        self.add(seller.who, "BTC", -size)
        self.add(seller.who, "USDT", price * size - price * size * FEE)
        maker.left -= size
        taker.left -= size
        if not maker.left:
            self.orders.remove(maker)
        self.fills.append((taker.side, size, price, maker.who, taker.who))

    def book(self) -> dict[str, list[tuple[Decimal, Decimal]]]:
        """Size per price of both sides, best first."""
        sides: dict[str, Any] = {"buy": {}, "sell": {}}
        for order in self.orders:
            sides[order.side][order.price] = sides[order.side].get(order.price, Decimal(0)) + order.left
        return {side: sorted(levels.items(), reverse=side == "buy") for side, levels in sides.items()}
