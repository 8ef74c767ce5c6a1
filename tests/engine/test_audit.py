"""The audit finds nothing in a sound exchange, and each way in which one can be unsound."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from papertape.contract.spot.plan import PlacePlanOrder
from papertape.contract.spot.wallet import Withdraw
from papertape.engine.audit import audit
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.funds.ledger import FEES, ISSUANCE, LedgerAccount
from papertape.engine.funds.pending import Pending
from papertape.engine.spot.markets import SPOT, spot_market
from papertape.operations.registry import Caller
from papertape.operations.spot.plan import place_plan_order
from papertape.operations.spot.wallet import withdraw
from tests.bank import Bank
from tests.market import UIDS, Market

ALICE = UIDS["alice"]
DECIMAL = Decimal("0.01")


def busy() -> Market:
    """A market with orders that rest, that wait and that have traded, and a plan order."""
    market = Market(alice="1000 USDT, 5 BTC", bob="5 BTC")
    market.buy("alice", "1 @ 99")
    market.buy("alice", "1 @ 99", client_oid="mine")
    market.sell("bob", "2 @ 101")
    market.buy("alice", "1 @ 101")
    market.sell("alice", "1 @ 89", tpsl_type="tpsl", trigger_price="90")
    terms = {"symbol": "BTCUSDT", "side": "buy", "order_type": "market", "trigger_type": "fill_price"}
    request = PlacePlanOrder(trigger_price=Decimal(120), size=Decimal(50), plan_type="total", **terms)
    place_plan_order(market.exchange, Caller(ALICE), request)
    return market


def btc(exchange: Exchange) -> Any:
    return spot_market(exchange, "BTCUSDT")


def first(exchange: Exchange) -> int:
    return next(iter(exchange.orders.by_id))


WRONGS: dict[str, Callable[[Exchange], object]] = {
    "USDT sums to -200.99": lambda e: setattr(e.ledger.wallets[ALICE, "spot"]["USDT"], "available", DECIMAL + 500),
    "has -0.0100000 BTC available in fees": lambda e: e.ledger.move("BTC", DECIMAL + Decimal("0.001"), FEES, ISSUANCE),
    "but 198.000000 is held": lambda e: e.ledger.move(
        "USDT", DECIMAL, LedgerAccount(ALICE, "spot"), LedgerAccount(ALICE, "spot", "frozen")
    ),
    "in spot, but 0 is held": lambda e: e.ledger.move(
        "BTC", DECIMAL, LedgerAccount(ALICE, "spot"), LedgerAccount(ALICE, "spot", "locked")
    ),
    "holds 99.000000 for a rest of": lambda e: setattr(e.orders.by_id[first(e)], "filled", 10),
    "is partially_filled with 0 lots filled": lambda e: setattr(e.orders.by_id[first(e)], "status", "partially_filled"),
    "order counts are": lambda e: e.orders.counts.update({(SPOT, ALICE, "BTCUSDT"): 9}),
    "is not found by its client id": lambda e: e.orders.client_oids.clear(),
    "are taken or free by mistake": lambda e: e.orders.client_oids.update({(SPOT, ALICE, "ghost"): 7}),
    "orders of": lambda e: e.orders.by_user[SPOT, ALICE].popitem(),
    "plan orders of": lambda e: e.triggers.by_user.clear(),
    "client ids of plan orders are": lambda e: e.triggers.client_oids.clear(),
    "book holds": lambda e: btc(e).book.asks.remove(e.orders.by_id[max(e.orders.of(SPOT, UIDS["bob"]))]),
    "show 20001 lots": lambda e: setattr(btc(e).book.bids.levels[9900], "lots", 20_001),
    "have the prices": lambda e: btc(e).book.bids.keys.append(1),
    "watches": lambda e: btc(e).watches["last"].below.clear(),
    "is at its price": lambda e: setattr(btc(e).data, "last", Decimal(130)),
    "is kept as 5": lambda e: e.accounts.update({5: e.accounts[ALICE]}),
}


def test_a_busy_market_is_sound() -> None:
    assert audit(busy().exchange) == []


@pytest.mark.parametrize(("finding", "wrong"), WRONGS.items(), ids=WRONGS)
def test_what_is_wrong_is_found(finding: str, wrong: Callable[[Exchange], object]) -> None:
    exchange = busy().exchange
    wrong(exchange)
    assert finding in "\n".join(audit(exchange))


def test_withdrawals_hold_what_they_froze_until_their_timers_end_them() -> None:
    bank = Bank(alice="100 USDT")
    request = Withdraw(coin="USDT", transfer_type="on_chain", address="0x" + "52" * 20, chain="BEP20", size=Decimal(20))
    bank.do(withdraw, "alice", request)
    assert audit(bank.exchange) == []
    timers = bank.exchange.timers.heap.copy()
    bank.exchange.timers.heap.clear()
    assert ["timer of kind withdrawal_review" in finding for finding in audit(bank.exchange)] == [True]
    bank.exchange.timers.heap.extend(timers)
    bank.exchange.part(Pending).withdrawals.clear()
    assert ["but 0 is held" in finding for finding in audit(bank.exchange)] == [True]
