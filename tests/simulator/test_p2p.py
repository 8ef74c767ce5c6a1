"""The P2P desk's own people at work: merchants around the live price, customers, and users among them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, TypeVar

from papertape.contract.control.p2p import OrderStep, PlaceP2POrder, PostAdvertisement, RegisterMerchant
from papertape.contract.protocol.wire import Nothing
from papertape.engine.audit import audit
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.money import use_money_context
from papertape.engine.exchange.records import Record
from papertape.engine.funds.ledger import EXCHANGE_UID, ISSUANCE, LedgerAccount
from papertape.engine.p2p.desk import Desk
from papertape.engine.p2p.records import AdvertisementRecord, P2POrderRecord
from papertape.engine.p2p.statistics import Figures
from papertape.engine.spot.markets import spot_markets
from papertape.engine.spot.valuation import usdt_price
from papertape.engine.state import digest
from papertape.operations.control import p2p as control
from papertape.operations.internal import desk_actions, open_exchange, tick
from papertape.operations.registry import Caller
from papertape.simulator.p2p import CUSTOMERS, MERCHANTS, OCCASION_STEPS, USD_RATES, decide, desk_accounts
from papertape.simulator.strategies import STEP_MS
from tests.simulator.markets import OPENED, USER, market, opening

MINUTE = 60_000
OCCASION_MS = OCCASION_STEPS * STEP_MS
E = TypeVar("E", bound=Record)


class Hall:
    """The desk and its people, without the order books around them."""

    def __init__(self, seed: int = 1) -> None:
        use_money_context()
        self.seed, self.exchange, self.seen = seed, Exchange(), list[Record]()
        self._be_at(OPENED)
        self.do(open_exchange, opening(seed))
        self.seen.clear()
        self.exchange.ledger.move("USDT", Decimal(5000), ISSUANCE, LedgerAccount(USER.uid, "funding"))

    @property
    def p2p(self) -> Desk:
        """What is on the desk."""
        return self.exchange.part(Desk)

    def do(self, function: Any, request: Any, uid: int = EXCHANGE_UID) -> Any:
        """Applies a command."""
        self.exchange.events = []
        reply = function(self.exchange, Caller(uid), request)
        self.seen += self.exchange.events
        return reply

    def spend(self, minutes: int) -> None:
        """Lets time pass, occasion by occasion."""
        for _ in range(minutes * MINUTE // OCCASION_MS):
            self._be_at(self.exchange.now + OCCASION_MS)
            self.do(tick, Nothing())
            now = self.exchange.now
            for uid, request in list(decide(self.seed, self.exchange, now // STEP_MS, now, OCCASION_MS)):
                self.do(desk_actions, request, uid)
        assert audit(self.exchange) == []

    def records(self, kind: type[E]) -> list[E]:
        """What was recorded of this kind."""
        return [record for record in self.seen if isinstance(record, kind)]

    def totals(self) -> Figures:
        """What the market's own merchants did, together."""
        each = [self.exchange.part(Desk).done_by(merchant.uid).total for merchant in MERCHANTS]
        return Figures(sum(one.bought for one in each), sum(one.sold for one in each), sum(one.failed for one in each))

    def _be_at(self, now: int) -> None:
        self.exchange.begin(self.exchange.sequence, now)


async def test_merchants_are_there_from_the_start_around_the_live_price() -> None:
    async with market() as made:
        desk = made.exchange.part(Desk)
        assert set(desk.merchants) == {merchant.uid for merchant in MERCHANTS}
        assert sum(merchant.online for merchant in desk.merchants.values()) >= 3
        assert {one.side for one in desk.advertisements.values()} == {"buy", "sell"}
        for one in desk.advertisements.values():
            fair = float(usdt_price(made.exchange, one.coin)) * USD_RATES[one.fiat]
            assert abs(float(one.price) / fair - 1) < 0.02


async def test_the_market_runs_the_desk() -> None:
    async with market() as made:
        paths: list[str] = []
        made.sequencer.add_listener(lambda output: paths.append(output.path))
        made.exchange.part(Desk).advertisements.clear()
        await made.advance(2 * OCCASION_MS)
        assert made.exchange.part(Desk).advertisements
        assert "internal/desk-actions" in paths


def test_customers_trade_and_figures_grow() -> None:
    hall = Hall(seed=2)
    hall.spend(120)
    total = hall.totals()
    assert total.trades > 50
    assert total.bought > 5 and total.sold > 5 and 0 < total.failed < total.trades / 5
    assert {order.customer_uid for order in hall.p2p.orders.values()} <= set(CUSTOMERS)
    for merchant in MERCHANTS:
        done = hall.p2p.done_by(merchant.uid)
        assert not done.payments or Decimal("0.3") < done.payment_minutes < 10


def test_nothing_is_recorded_of_what_they_do_among_themselves() -> None:
    hall = Hall()
    hall.spend(30)
    assert hall.totals().trades
    assert hall.seen == []


def test_the_same_seed_makes_the_same_desk() -> None:
    halls = [Hall(seed) for seed in (6, 6, 7)]
    for hall in halls:
        hall.spend(20)
    assert digest(halls[0].exchange) == digest(halls[1].exchange)
    assert halls[0].exchange.part(Desk) != halls[2].exchange.part(Desk)


def test_merchants_open_and_close_and_follow_the_price() -> None:
    hall = Hall()
    hall.spend(1)
    before = {merchant.online for merchant in hall.p2p.merchants.values()}
    assert before == {True, False}
    bitcoin = [one for one in hall.p2p.advertisements.values() if one.coin == "BTC"]
    spot_markets(hall.exchange)["BTCUSDT"].data.last *= Decimal("1.5")
    hall.spend(1)
    for one in bitcoin:
        now = hall.p2p.advertisements[one.advertisement_id]
        assert (now.status, round(float(now.price) / float(one.price), 2)) == ("online", 1.5)
    online: set[int] = set()
    for _ in range(8):
        hall._be_at(hall.exchange.now + 180 * MINUTE)
        hall.spend(1)
        online |= {uid for uid, merchant in hall.p2p.merchants.items() if merchant.online}
        for one in hall.p2p.advertisements.values():
            assert (one.status == "online") is hall.p2p.merchants[one.uid].online or one.status == "completed"
    assert online == {merchant.uid for merchant in MERCHANTS}


def test_a_house_merchant_releases_to_a_user_who_paid() -> None:
    hall = Hall()
    hall.spend(1)
    sales = [one for one in hall.p2p.advertisements.values() if (one.side, one.coin) == ("sell", "USDT")]
    before = hall.exchange.ledger.balance(USER.uid, "funding", "USDT").available
    asked = PlaceP2POrder(uid=USER.uid, adv_no=str(sales[0].advertisement_id), amount=sales[0].minimum)
    order = hall.do(control.place_order, asked)
    hall.do(control.pay, OrderStep(order_no=order.order_no))
    hall.spend(40)
    assert [record.status for record in hall.records(P2POrderRecord)] == ["pending_pay", "paid", "completed"]
    assert hall.exchange.ledger.balance(USER.uid, "funding", "USDT").available == before + order.count


def test_a_house_merchant_pays_a_user_who_sells() -> None:
    hall = Hall()
    hall.spend(1)
    wanted = [one for one in hall.p2p.advertisements.values() if (one.side, one.coin) == ("buy", "USDT")]
    asked = PlaceP2POrder(uid=USER.uid, adv_no=str(wanted[0].advertisement_id), amount=wanted[0].minimum)
    hall.do(control.place_order, asked)
    hall.spend(14)
    assert [record.status for record in hall.records(P2POrderRecord)] == ["pending_pay", "paid"]


def test_customers_take_a_users_advertisement_if_its_price_is_right() -> None:
    hall = Hall()
    hall.do(control.register_merchant, RegisterMerchant(uid=USER.uid, nick_name="user"))
    for price in ("0.97", "1.30"):
        terms = PostAdvertisement(
            uid=USER.uid, side="sell", coin="USDT", fiat="USD", price=Decimal(price), size=Decimal(2000),
            min_trade_amount=Decimal(10), payment_ids=["14"],
        )  # fmt: skip
        hall.do(control.post_advertisement, terms)
    hall.spend(120)
    taken = hall.records(P2POrderRecord)
    assert {record.price for record in taken} == {Decimal("0.97")}
    assert {record.customer_uid for record in taken} <= set(CUSTOMERS)
    assert {"paid", "appeal"} <= {record.status for record in taken}, "nobody paid, or complained about waiting"
    assert {record.uid for record in hall.records(AdvertisementRecord)} == {USER.uid}


def test_a_desk_without_its_people_stays_empty() -> None:
    hall = Hall()
    for merchant in MERCHANTS:
        del hall.exchange.accounts[merchant.uid]
    assert list(decide(1, hall.exchange, OCCASION_STEPS, OPENED, 0)) == []


def test_they_bring_the_coins_that_there_are() -> None:
    accounts = desk_accounts((), {})
    assert {uid for uid, _, _ in accounts} == {merchant.uid for merchant in MERCHANTS} | set(CUSTOMERS)
    assert all(balances == [] for _, _, balances in accounts)
    assert all(uid < 1_000_000_001 for uid, _, _ in accounts)
