"""A P2P desk for stories: Alice advertises, Bob and Carol take it, the operator moves everybody's hands.

desk = P2PDesk(alice="100 USDT")
number = desk.sells("50 USDT @ 0.9 EUR")
order = desk.takes("bob", number, count="10")
desk.do(pay, "operator", OrderStep(order_no=order))
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from papertape.contract.control import Fund
from papertape.contract.control.p2p import (
    IdentifyPerson,
    OrderStep,
    PlaceP2POrder,
    PostAdvertisement,
    RegisterMerchant,
    ResolveAppeal,
    SetPaymentAccount,
)
from papertape.contract.p2p.desk import (
    Advertisement,
    ListAdvertisements,
    ListMerchants,
    ListP2POrders,
    MerchantRow,
    P2POrder,
)
from papertape.operations.control import p2p as control
from papertape.operations.control.funds import fund
from papertape.operations.p2p.desk import advertisements, merchants, orders
from tests.bank import ALICE, CALLERS, OPENED, Bank

MINUTE = 60_000
DAY = 86_400_000


class P2PDesk(Bank):
    """A bank whose users hold coins in their funding wallets; Alice is a merchant."""

    def __init__(self, **holdings: str) -> None:
        super().__init__()
        for name, held in holdings.items():
            self.receives(name, held)
        self.do(control.register_merchant, "operator", RegisterMerchant(uid=ALICE, nick_name="alice's"))

    def receives(self, who: str, held: str) -> None:
        """Funds the user's funding wallet: ``"100 USDT"``."""
        amount, coin = held.split()
        self.do(fund, "operator", Fund(uid=CALLERS[who].uid, coin=coin, amount=Decimal(amount), wallet="p2p"))

    def is_known(self, who: str = "alice", **facts: Any) -> None:
        """Says who the user is, and where they are paid by Alipay."""
        uid = CALLERS[who].uid
        self.do(control.identify, "operator", IdentifyPerson(uid=uid, **facts))
        account = SetPaymentAccount(uid=uid, payment_id="13", details=["1188", "https://example.com/code.jpg"])
        self.do(control.set_payment_account, "operator", account)

    def terms(self, offer: str, **more: Any) -> PostAdvertisement:
        """``"50 USDT @ 0.9 EUR"`` to sell, at least 1 EUR an order, by Alipay."""
        size, coin, _, price, fiat = offer.split()
        fields = {
            "uid": ALICE, "side": "sell", "coin": coin, "fiat": fiat, "price": Decimal(price), "size": Decimal(size),
            "min_trade_amount": Decimal(1), "payment_ids": ["13"],
        }  # fmt: skip
        return PostAdvertisement(**(fields | more))

    def sells(self, offer: str, **more: Any) -> str:
        """Posts an advertisement to sell; its number."""
        return self.do(control.post_advertisement, "operator", self.terms(offer, **more)).adv_no

    def buys(self, offer: str, **more: Any) -> str:
        """Posts an advertisement to buy; its number."""
        return self.sells(offer, side="buy", **more)

    def takes(self, who: str, number: str, **how_much: str) -> str:
        """A customer's order, of a ``count`` or an ``amount``; its number."""
        request = _taking(who, number, how_much)
        return self.do(control.place_order, "operator", request).order_no

    def refused(self, who: str, number: str, **how_much: str) -> str:
        """The code that refuses this order."""
        return self.code(control.place_order, "operator", _taking(who, number, how_much))

    def pays(self, order: str) -> None:
        """The buyer pays."""
        self.do(control.pay, "operator", OrderStep(order_no=order))

    def releases(self, order: str) -> None:
        """The seller releases."""
        self.do(control.release, "operator", OrderStep(order_no=order))

    def appeals(self, order: str) -> None:
        """One side appeals."""
        self.do(control.appeal, "operator", OrderStep(order_no=order))

    def judges(self, order: str, winner: Any) -> None:
        """The exchange decides."""
        self.do(control.resolve, "operator", ResolveAppeal(order_no=order, winner=winner))

    def cancels(self, order: str) -> None:
        """The buyer steps back."""
        self.do(control.cancel, "operator", OrderStep(order_no=order))

    def trades(
        self, number: str, who: str = "bob", count: str = "10", pay_after: int = 0, release_after: int = 0
    ) -> None:
        """An order from beginning to end, with so many ms until it is paid and then released."""
        order = self.takes(who, number, count=count)
        self.wait(pay_after)
        self.pays(order)
        self.wait(release_after)
        self.releases(order)

    def merchant(self, who: str = "alice") -> MerchantRow:
        """The first merchant in the list."""
        return self.do(merchants, who, ListMerchants()).merchants[0]

    async def orders(self, number: str, who: str = "alice", **more: Any) -> list[P2POrder]:
        """The orders under an advertisement that the user sees."""
        fields = {"start_time": OPENED - DAY, "advertisement_number": number, "language": "en-US"} | more
        return (await self.ask(orders, who, ListP2POrders(**fields))).orders

    async def advertised(self, who: str = "alice", **more: Any) -> list[Advertisement]:
        """The advertisements to sell USDT for EUR that the user sees."""
        fields = {
            "start_time": OPENED - DAY, "status": "online", "side": "sell", "coin": "USDT", "fiat": "EUR",
        } | more  # fmt: skip
        return (await self.ask(advertisements, who, ListAdvertisements(**fields))).advertisements


def funding(desk: P2PDesk, uid: int, coin: str = "USDT") -> tuple[str, str, str]:
    """What of the coin is available, advertised and in escrow."""
    held = desk.exchange.ledger.balance(uid, "funding", coin)
    return tuple(format(amount.normalize(), "f") for amount in (held.available, held.frozen, held.locked))


def _taking(who: str, number: str, how_much: dict[str, str]) -> PlaceP2POrder:
    amounts = {name: Decimal(value) if name in ("count", "amount") else value for name, value in how_much.items()}
    return PlaceP2POrder(uid=CALLERS[who].uid, adv_no=number, **amounts)
