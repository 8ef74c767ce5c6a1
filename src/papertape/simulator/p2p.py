"""The P2P desk's own people: merchants who advertise around the live price, and customers who take what they like.

They are accounts of the reserved UID range, and what they do goes into the journal like the traders' orders. Nobody
keeps anything in mind: what somebody does follows from the seed, the number of the occasion and the exchange.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from papertape.contract.internal import DeskActions, DeskOffer
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.funds.coins import Coin
from papertape.engine.p2p.advertisements import remaining
from papertape.engine.p2p.desk import Desk, buyer_of, seller_of
from papertape.engine.p2p.fiats import FIATS
from papertape.engine.p2p.records import AdvertisementRecord, P2POrderRecord
from papertape.engine.spot.valuation import usdt_price
from papertape.engine.trading.records import Side
from papertape.simulator import profiles
from papertape.simulator.randomness import Draws

OCCASION_STEPS = 20
"""Steps of the market between two looks at the desk: five seconds."""
LONGEST_ABSENCE_MS = 120_000
"""After a longer jump of the clock customers place nothing: it would not be paid in time."""
ORDERS_A_SECOND = 1 / 40
TEMPTING = 0.02
"""How much worse than the fair price an advertisement may be for somebody to take it."""
REPRICE = 0.002
"""How far the fair price may move before a merchant changes theirs."""
WORN_OUT = 0.2
"""With less than this share left an advertisement is replaced by a new one."""
HOURS_OPEN = 18
"""A merchant's day, each with their own beginning, so that of two in one country one is always there."""
HOUR_MS = 3_600_000
MINUTE_MS = 60_000
NEVER_PAYS = 0.03
STEPS_BACK = 0.07
"""Up to this a buyer cancels; the rest pays."""
SLOW_RELEASE = 0.015
"""Sellers who look at their bank account half an hour later."""
SLOW_RELEASE_MS = 30 * MINUTE_MS
APPEAL_AFTER_MS = 20 * MINUTE_MS
PAY_MINUTES = 15
PAY_MS, LONGEST_PAY_MS = 2 * MINUTE_MS, 10 * MINUTE_MS
RELEASE_MS = MINUTE_MS
"""How long half of them take, at most, to pay and to release."""
FUNDS = 5e6
"""What each brings of every coin, in USDT."""
COINS = ("USDT", "BTC", "ETH")
USD_RATES = {"USD": 1.0, "EUR": 0.92, "GBP": 0.79, "CNY": 7.25}
"""Fiat money for one dollar, roughly; every hour has a premium of its own."""


class SimulatedMerchant(NamedTuple):
    """A merchant of the merchant: for which money they trade, and what else than USDT."""

    uid: int
    nick_name: str
    real_name: str
    country: str
    fiat: str
    payment_ids: str
    speciality: tuple[Side, str]

    @property
    def slots(self) -> tuple[tuple[Side, str], ...]:
        """What they advertise: side and coin."""
        return ("sell", "USDT"), ("buy", "USDT"), self.speciality


MERCHANTS = (
    SimulatedMerchant(141, "Harbour Desk", "Nora Whitfield", "US", "USD", "18,14", ("sell", "BTC")),
    SimulatedMerchant(142, "Blue Ledger", "Marcus Oyelaran", "US", "USD", "18,17", ("buy", "BTC")),
    SimulatedMerchant(143, "Kontor Nord", "Jonas Lindqvist", "DE", "EUR", "15,16", ("sell", "ETH")),
    SimulatedMerchant(144, "Rialto", "Chiara Venier", "IT", "EUR", "15,17", ("buy", "ETH")),
    SimulatedMerchant(145, "Threadneedle", "Amelia Carrow", "GB", "GBP", "16,17", ("sell", "BTC")),
    SimulatedMerchant(146, "东湖商行", "陈思远", "CN", "CNY", "11,12,13", ("sell", "BTC")),
)  # fmt: skip
CUSTOMERS = {
    151: "Liam Foster", 152: "Sofia Reyes", 153: "Emil Novak", 154: "Hana Sato",
    155: "Peter Adeyemi", 156: "Inès Marchand", 157: "王丽", 158: "Oskar Brandt",
}  # fmt: skip


class DeskMove(NamedTuple):
    """What one of them does."""

    uid: int
    request: DeskActions


class DeskView(NamedTuple):
    """What they look at: ``orders`` are each one's open ones, ``now`` is the market time of this occasion."""

    seed: int
    exchange: Exchange
    orders: dict[int, list[P2POrderRecord]]
    occasion: int
    now: int


def desk_accounts(coins: Iterable[Coin], values: dict[str, float]) -> list[tuple[int, str, list[tuple[str, Decimal]]]]:
    """The accounts to open: UID, name, and what their funding wallet holds, as (coin, amount)."""
    listed = [coin.name for coin in coins if coin.name in COINS and coin.transferable]
    balances = [(name, Decimal(math.ceil(FUNDS / values.get(name, 1.0)))) for name in listed]
    names = {merchant.uid: merchant.nick_name for merchant in MERCHANTS} | CUSTOMERS
    return [(uid, name, balances) for uid, name in names.items()]


def is_open(exchange: Exchange) -> bool:
    """Whether the merchant's merchants are registered, or not wanted: their accounts are not there."""
    return MERCHANTS[0].uid in exchange.part(Desk).merchants or MERCHANTS[0].uid not in exchange.accounts


def decide(seed: int, exchange: Exchange, step: int, now: int, absent: int) -> Iterator[DeskMove]:
    """What the desk's people do at this step, at market time ``now``, ``absent`` ms after the last one."""
    if MERCHANTS[0].uid not in exchange.accounts:
        return
    view = DeskView(seed, exchange, _by_user(exchange), step // OCCASION_STEPS, now)
    for number, merchant in enumerate(MERCHANTS):
        yield from _merchant(view, number, merchant)
    yield from _customers(view)
    if absent <= LONGEST_ABSENCE_MS:
        yield from _new_order(view)


def _by_user(exchange: Exchange) -> dict[int, list[P2POrderRecord]]:
    orders: dict[int, list[P2POrderRecord]] = {}
    for order in exchange.part(Desk).orders.values():
        for uid in (order.merchant_uid, order.customer_uid):
            orders.setdefault(uid, []).append(order)
    return orders


def fair_price(view: DeskView, coin: str, fiat: str) -> float:
    """What a coin costs in this money: its last price on the exchange, and this hour's premium; 0 if unknown."""
    rate = USD_RATES.get(fiat, 0.0)
    return float(usdt_price(view.exchange, coin)) * rate * _premium(view.seed, fiat, view.now // HOUR_MS)


@lru_cache(maxsize=64)
def _premium(seed: int, fiat: str, hour: int) -> float:
    return 1 + 0.001 * Draws(seed, f"p2p/premium/{fiat}", hour).gauss()


def _merchant(view: DeskView, number: int, merchant: SimulatedMerchant) -> Iterator[DeskMove]:
    """Opens and closes shop, advertises what is missing, follows the price, serves orders."""
    desk = view.exchange.part(Desk)
    known = desk.merchants.get(merchant.uid)
    wanted = (view.now // HOUR_MS + 2 * number + 12 * (number % 2)) % 24 < HOURS_OPEN
    own = [one for one in desk.advertisements.values() if one.uid == merchant.uid and one.status != "completed"]
    offers: list[DeskOffer] = []
    prices: list[tuple[int, Decimal]] = []
    closes: list[int] = []
    resumes: list[int] = []
    for slot, (side, coin) in enumerate(merchant.slots if wanted else ()):
        price = _asking_price(view, merchant, slot, side, coin)
        current = next((one for one in own if (one.side, one.coin) == (side, coin)), None)
        if price is None:
            continue
        if current is not None and float(remaining(current)) < float(current.size) * WORN_OUT:
            closes.append(current.advertisement_id)
            current = None
        if current is None:
            offers.append(_offer(view, merchant, slot, side, coin, price))
            continue
        if abs(float(price) / float(current.price) - 1) > REPRICE:
            prices.append((current.advertisement_id, price))
        if current.status != "online":
            resumes.append(current.advertisement_id)
    pays, releases = _duties(view, merchant.uid)
    changed = known is None or known.online != wanted
    if not (changed or offers or prices or closes or resumes or pays or releases):
        return
    register = known is None
    yield DeskMove(
        merchant.uid,
        DeskActions(
            nick_name=merchant.nick_name if register else "",
            real_name=merchant.real_name if register else "",
            country=merchant.country if register else "",
            online=wanted if changed else None,
            closes=closes,
            offers=offers,
            prices=prices,
            resumes=resumes,
            pays=pays,
            releases=releases,
        ),
    )


def _customers(view: DeskView) -> Iterator[DeskMove]:
    """Those with open orders pay, release, step back or complain."""
    for uid in CUSTOMERS:
        pays, releases = _duties(view, uid)
        mine = [order for order in view.orders.get(uid, ()) if buyer_of(order) == uid]
        cancels = [one.order_id for one in mine if one.status == "pending_pay" and _steps_back(view, one)]
        appeals = [one.order_id for one in mine if one.status == "paid" and view.now - one.paid > APPEAL_AFTER_MS]
        if pays or releases or cancels or appeals:
            yield DeskMove(uid, DeskActions(pays=pays, releases=releases, cancels=cancels, appeals=appeals))


def _new_order(view: DeskView) -> Iterator[DeskMove]:
    """Now and then somebody takes one of the better advertisements, of the merchant or of a user."""
    draws = Draws(view.seed, "p2p/customers", view.occasion)
    seconds = OCCASION_STEPS / 4
    if draws.uniform() >= ORDERS_A_SECOND * seconds * profiles.activity(view.now):
        return
    tempting = [one for one in view.exchange.part(Desk).advertisements.values() if _is_tempting(view, one)]
    if not tempting:
        return
    kind = _kind(tempting[draws.below(len(tempting))])
    rivals = sorted((one for one in tempting if _kind(one) == kind), key=lambda one: one.price)
    if kind[0] == "buy":
        rivals.reverse()
    taken = rivals[min(draws.below(3), len(rivals) - 1)]
    least = float(taken.minimum)
    most = min(float(taken.maximum), float(remaining(taken) * taken.price), 40 * least)
    amount = least * math.pow(most / least, draws.uniform())
    uid = tuple(CUSTOMERS)[draws.below(len(CUSTOMERS))]
    count = Decimal(f"{amount / float(taken.price):.6f}")
    known = uid in view.exchange.part(Desk).people
    yield DeskMove(
        uid,
        DeskActions(real_name="" if known else CUSTOMERS[uid], takes=[(taken.advertisement_id, count)]),
    )


def _duties(view: DeskView, uid: int) -> tuple[list[int], list[int]]:
    """The orders that this user pays now, and those that they release."""
    pays, releases = [], []
    for order in view.orders.get(uid, ()):
        if order.status == "pending_pay" and buyer_of(order) == uid:
            fate, pay_after, _ = _pace(view, order)
            pays_at_all = fate >= STEPS_BACK or uid == order.merchant_uid
            if pays_at_all and view.now >= order.created + pay_after:
                pays.append(order.order_id)
        elif order.status in ("paid", "appeal") and seller_of(order) == uid:
            _, _, release_after = _pace(view, order)
            if view.now >= order.paid + release_after:
                releases.append(order.order_id)
    return pays, releases


def _steps_back(view: DeskView, order: P2POrderRecord) -> bool:
    fate, pay_after, _ = _pace(view, order)
    return NEVER_PAYS <= fate < STEPS_BACK and view.now >= order.created + pay_after


def _pace(view: DeskView, order: P2POrderRecord) -> tuple[float, int, int]:
    """What becomes of an order: its fate, in how many ms it is paid and then released."""
    draws = Draws(view.seed, "p2p/pace", order.order_id)
    fate = draws.uniform()
    pay_after = int(PAY_MS * math.exp(0.7 * draws.gauss()))
    slow = draws.uniform() < SLOW_RELEASE
    release_after = SLOW_RELEASE_MS if slow else int(RELEASE_MS * math.exp(0.7 * draws.gauss()))
    return fate, min(pay_after, LONGEST_PAY_MS), release_after


def _is_tempting(view: DeskView, one: AdvertisementRecord) -> bool:
    """Whether a customer would take it: it is online, open to all, has something left and a price near the fair one."""
    if one.status != "online" or one.hidden or remaining(one) * one.price < one.minimum:
        return False
    fair = fair_price(view, one.coin, one.fiat)
    if not fair:
        return False
    worse = float(one.price) / fair - 1
    return (worse if one.side == "sell" else -worse) <= TEMPTING


def _kind(one: AdvertisementRecord) -> tuple[Side, str, str]:
    return one.side, one.coin, one.fiat


def _asking_price(view: DeskView, merchant: SimulatedMerchant, slot: int, side: Side, coin: str) -> Decimal | None:
    """The merchant's price: the fair one and a margin."""
    fair = fair_price(view, coin, merchant.fiat)
    if not fair or coin not in view.exchange.coins:
        return None
    margin = 0.002 + 0.008 * Draws(view.seed, f"p2p/margin/{merchant.uid}", slot).uniform()
    asked = fair * (1 + margin if side == "sell" else 1 - margin)
    places = FIATS[merchant.fiat].places + (1 if asked < 100 else 0)
    return Decimal(f"{asked:.{places}f}")


def _offer(view: DeskView, merchant: SimulatedMerchant, slot: int, side: Side, coin: str, price: Decimal) -> DeskOffer:
    """A new advertisement, worth some thousand dollars."""
    draws = Draws(view.seed, f"p2p/offer/{merchant.uid}/{slot}", view.occasion)
    value = 4_000 * math.exp(1.5 * draws.uniform()) * USD_RATES[merchant.fiat]
    size = value / float(price)
    return DeskOffer(
        side=side,
        coin=coin,
        fiat=merchant.fiat,
        price=price,
        size=Decimal(f"{size:.2f}" if size > 100 else f"{size:.4f}"),
        minimum=Decimal((10, 20, 50, 100)[draws.below(4)] * math.ceil(USD_RATES[merchant.fiat])),
        payment_ids=merchant.payment_ids,
        pay_minutes=PAY_MINUTES,
    )
