"""What every product's terms must hold to: one suite for spot, for a toy margin on the same books, and for shares.

Each kind of orders is traded against itself and, where two kinds share a market, against the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papertape.contract.protocol.errors import Rejected
from papertape.engine.accounts.accounts import Account
from papertape.engine.audit import audit
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.money import ZERO, use_money_context
from papertape.engine.funds.coins import Coin
from papertape.engine.funds.ledger import ISSUANCE, LedgerAccount
from papertape.engine.spot.markets import SPOT, list_instrument
from papertape.engine.spot.terms import SpotTerms
from papertape.engine.state import digest, dump, load
from papertape.engine.trading.firing import submit
from papertape.engine.trading.matching import cancel
from papertape.engine.trading.orders import Order
from papertape.engine.trading.records import TradeRecord
from papertape.engine.trading.terms import TERMS, OrderChanged, OrderRequest, terms_of
from tests.market import START, instrument
from tests.second_product.engine import SHARES, Holdings, Share
from tests.second_product.installed import shares

ALICE, BOB = 1_000_000_001, 1_000_000_002
MARGIN = "toy_margin"


class Side(NamedTuple):
    """Two traders: whose wallet the first one's orders are paid from, and the second one's."""

    alice: str
    bob: str


SIDES = (Side(SPOT, SPOT), Side(MARGIN, MARGIN), Side(SPOT, MARGIN), Side(MARGIN, SPOT), Side(SHARES, SHARES))


@pytest.fixture(autouse=True, scope="module")
def terms() -> Iterator[None]:
    """The toy margin trades spot's books from a wallet of its own."""
    TERMS[MARGIN] = SpotTerms(MARGIN)
    with shares():
        yield
    del TERMS[MARGIN]


class Ring:
    """A market at 100 that both trade on, each with 10,000 USDT and 100 of what is traded."""

    def __init__(self, sides: Side) -> None:
        use_money_context()
        self.exchange, self.wallets = Exchange(), {ALICE: sides.alice, BOB: sides.bob}
        self.exchange.begin(1, START)
        for number, name in enumerate(("USDT", "BTC")):
            self.exchange.coins[name] = Coin(name=name, coin_id=number)
        if SHARES in sides:
            share = Share(symbol="BTCUSDT", base="SHARE", quote="USDT", price_places=2, size_places=0, issued=200,
                          opening_price=Decimal(100))  # fmt: skip
            self.exchange.add_market(SHARES, share)
        else:
            list_instrument(self.exchange, instrument("BTCUSDT", "BTC", "USDT", "100"))
        for uid, wallet in self.wallets.items():
            self.exchange.accounts[uid] = Account(uid=uid, registered=START)
            self.exchange.ledger.move("USDT", Decimal(10_000), ISSUANCE, LedgerAccount(uid, wallet))
            if wallet == SHARES:
                self.exchange.part(Holdings).held[uid, "BTCUSDT"] = 100
            else:
                self.exchange.ledger.move("BTC", Decimal(100), ISSUANCE, LedgerAccount(uid, wallet))

    def order(self, uid: int, side: Any, size: int, price: int, client_oid: str = "") -> Order:
        """Places a limit order."""
        wallet = self.wallets[uid]
        new = OrderRequest(symbol="BTCUSDT", side=side, order_type="limit", size=Decimal(size), price=Decimal(price),
                           client_oid=client_oid)  # fmt: skip
        self.exchange.begin(self.exchange.sequence + 1, self.exchange.now)
        order = terms_of(wallet).check(self.exchange, uid, new)
        submit(self.exchange, order)
        return order

    def cash(self, uid: int) -> tuple[Decimal, Decimal]:
        """Available and frozen USDT."""
        balance = self.exchange.ledger.balance(uid, self.wallets[uid], "USDT")
        return balance.available, balance.frozen


@pytest.fixture(params=SIDES, ids=lambda sides: f"{sides.alice}-{sides.bob}")
def ring(request: pytest.FixtureRequest) -> Ring:
    return Ring(request.param)


def sound(ring: Ring) -> bool:
    """Whether the audit finds nothing; timers are set by operations, which are not asked here."""
    return [finding for finding in audit(ring.exchange) if "waits without a timer" not in finding] == []


def test_an_order_reserves_what_it_holds_and_gives_it_back(ring: Ring) -> None:
    order = ring.order(ALICE, "buy", 10, 90)
    assert ring.cash(ALICE) == (9_100, 900)
    assert [amount for _, _, amount in terms_of(order.wallet).holds(ring.exchange.market(order.market), order)] == [900]
    assert sound(ring)
    cancel(ring.exchange, order)
    assert (ring.cash(ALICE), order.frozen) == ((10_000, 0), ZERO)
    assert sound(ring)


def test_a_trade_pays_at_the_makers_price_and_frees_the_rest(ring: Ring) -> None:
    ring.order(BOB, "sell", 10, 95)
    bought = ring.order(ALICE, "buy", 10, 100)
    assert bought.status == "filled"
    assert ring.cash(ALICE) == (9_050, 0)
    assert ring.cash(BOB)[0] in (10_950, Decimal("10949.05"))
    assert sound(ring)


def test_a_part_that_is_filled_leaves_the_rest_reserved(ring: Ring) -> None:
    bought = ring.order(ALICE, "buy", 10, 100)
    ring.order(BOB, "sell", 4, 100)
    assert (bought.status, bought.open_lots * 10) == ("partially_filled", bought.size * 6)
    assert ring.cash(ALICE) == (9_000, 600)
    assert sound(ring)


def test_a_refusal_changes_nothing(ring: Ring) -> None:
    ring.order(ALICE, "buy", 1, 96, client_oid="mine")
    before = digest(ring.exchange)
    for size, price, name in ((1000, 100, ""), (1, 96, "mine"), (0, 100, ""), (1, -5, "")):
        with pytest.raises(Rejected):
            ring.order(ALICE, "buy", size, price, name)
    with pytest.raises(Rejected):
        ring.order(ALICE, "sell", 101, 100)
    assert digest(ring.exchange) == before


def test_each_change_leaves_its_record_and_each_trade_one(ring: Ring) -> None:
    ring.order(BOB, "sell", 10, 100)
    ring.order(ALICE, "buy", 10, 100)
    changes = [event for event in ring.exchange.events if isinstance(event, OrderChanged)]
    assert [(change.order.uid, change.order.status) for change in changes] == [
        (ALICE, "live"), (BOB, "filled"), (ALICE, "filled"),
    ]  # fmt: skip
    assert [change.owner for change in changes if change.finished] == [
        (ring.wallets[BOB], BOB), (ring.wallets[ALICE], ALICE),
    ]  # fmt: skip
    assert all(change.record() is not None for change in changes)
    (trade,) = [event for event in ring.exchange.events if isinstance(event, TradeRecord)]
    assert (trade.price, trade.size, trade.side) == (100, 10, "buy")


def test_orders_of_one_wallet_are_not_another_wallets() -> None:
    ring = Ring(Side(SPOT, MARGIN))
    ring.order(ALICE, "buy", 1, 96, client_oid="same")
    ring.wallets[ALICE] = MARGIN
    ring.exchange.ledger.move("USDT", Decimal(1_000), ISSUANCE, LedgerAccount(ALICE, MARGIN))
    ring.order(ALICE, "buy", 2, 96, client_oid="same")
    assert [len(ring.exchange.orders.of(line, ALICE)) for line in (SPOT, MARGIN)] == [1, 1]
    found = ring.exchange.orders.find(MARGIN, ALICE, None, "same")
    assert found is not None
    assert (found.wallet, found.frozen) == (MARGIN, 192)
    assert ring.exchange.ledger.balance(ALICE, SPOT, "USDT").frozen == 96
    assert sound(ring)


STEP = st.tuples(
    st.sampled_from((ALICE, BOB)), st.sampled_from(("buy", "sell")), st.integers(1, 9), st.integers(96, 104)
)


@pytest.mark.parametrize("sides", SIDES, ids=lambda sides: f"{sides.alice}-{sides.bob}")
@settings(max_examples=40)
@given(steps=st.lists(STEP, max_size=30), cancelled=st.lists(st.integers(0, 29), max_size=10))
def test_whatever_is_traded_the_books_are_right_and_nothing_is_lost(
    sides: Side, steps: list[tuple[int, str, int, int]], cancelled: list[int]
) -> None:
    ring = Ring(sides)
    orders = []
    for uid, side, size, price in steps:
        try:
            orders.append(ring.order(uid, side, size, price))
        except Rejected:
            continue
    for number in cancelled:
        if number < len(orders) and orders[number].order_id in ring.exchange.orders.by_id:
            cancel(ring.exchange, orders[number])
    assert sound(ring)
    assert dump(load(dump(ring.exchange))) == dump(ring.exchange)
    for order in list(ring.exchange.orders.by_id.values()):
        cancel(ring.exchange, order)
    assert ring.cash(ALICE)[1] == ring.cash(BOB)[1] == 0
    assert not any(ring.exchange.ledger.totals().values())
