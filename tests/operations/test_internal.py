"""The exchange's own commands: the opening, and what the market's own traders do."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

from papertape.contract.internal import MarketActions, OpenExchange, OpeningAccount, OpeningBalance, OpeningHour
from papertape.data import load
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.money import use_money_context
from papertape.engine.funds.ledger import LedgerAccount
from papertape.engine.funds.records import BillRecord
from papertape.engine.spot.markets import spot_markets
from papertape.engine.trading.records import FillRecord, TradeRecord
from papertape.engine.trading.terms import OrderChanged
from papertape.operations.internal import market_actions, open_exchange
from papertape.operations.registry import Caller

MAKER, USER = 101, 1_000_000_001
OPENED = 1_700_000_000_000


@pytest.fixture
def exchange() -> Exchange:
    """Opened with a maker, a user, and one hour of history."""
    use_money_context()
    opened = Exchange()
    opened.now = opened.ledger.now = OPENED
    coins, instruments = load()
    held = [OpeningBalance(wallet="spot", coin=coin, amount=Decimal(9_000_000)) for coin in ("USDT", "BTC")]
    hour = OpeningHour(
        symbol="BTCUSDT",
        start=OPENED - 3_600_000,
        open=Decimal(80_000),
        high=Decimal(90_000),
        low=Decimal(79_000),
        close=Decimal(84_250),
        base_volume=Decimal(10),
        quote_volume=Decimal(840_000),
        usdt_volume=Decimal(840_000),
    )
    request = OpenExchange(
        seed=7,
        coins=[msgspec.to_builtins(coin) for coin in coins],
        instruments=[msgspec.to_builtins(instrument) for instrument in instruments],
        accounts=[OpeningAccount(uid=MAKER, balances=held), OpeningAccount(uid=USER, balances=held)],
        hours=[hour],
    )
    open_exchange(opened, Caller(0), request)
    return opened


def test_the_opening_lists_everything_and_credits_balances(exchange: Exchange) -> None:
    assert len(spot_markets(exchange)) == 11
    assert exchange.ledger.balance(USER, "spot", "BTC").available == 9_000_000
    assert not any(exchange.ledger.totals().values())
    assert (exchange.seed, exchange.opened) == (7, OPENED)


def test_the_opening_leaves_bills_for_users_only(exchange: Exchange) -> None:
    bills = [event for event in exchange.events if isinstance(event, BillRecord)]
    assert [(bill.uid, bill.coin) for bill in bills] == [(USER, "USDT"), (USER, "BTC")]


def test_the_day_before_the_opening_is_in_the_ticker(exchange: Exchange) -> None:
    day = spot_markets(exchange)["BTCUSDT"].data.day(OPENED)
    assert (day.high, day.low, day.base_volume) == (Decimal(90_000), Decimal(79_000), Decimal(10))


def test_a_trader_cancels_first_then_orders_and_passes_over_what_is_refused(exchange: Exchange) -> None:
    first = market_actions(
        exchange,
        Caller(MAKER),
        MarketActions(
            symbol="BTCUSDT",
            orders=[
                ("buy", "post_only", "limit", Decimal(84_000), Decimal(1)),
                ("buy", "post_only", "limit", Decimal(10**9), Decimal(1)),
            ],
        ),
    )
    assert first.order_ids[0] > 0
    assert first.order_ids[1] == 0
    market_actions(
        exchange,
        Caller(MAKER),
        MarketActions(
            symbol="BTCUSDT",
            cancels=[first.order_ids[0], 12345],
            orders=[("sell", "gtc", "limit", Decimal(84_100), Decimal(1))],
        ),
    )
    assert spot_markets(exchange)["BTCUSDT"].book.best_bid() is None
    assert spot_markets(exchange)["BTCUSDT"].book.best_ask() == 8_410_000


def test_traders_leave_public_trades_but_no_private_history(exchange: Exchange) -> None:
    exchange.events = []
    orders = [
        ("sell", "gtc", "limit", Decimal(84_100), Decimal(1)),
        ("buy", "ioc", "limit", Decimal(84_100), Decimal(1)),
    ]
    market_actions(exchange, Caller(MAKER), MarketActions(symbol="BTCUSDT", orders=orders[:1]))
    market_actions(exchange, Caller(102), MarketActions(symbol="BTCUSDT", orders=orders[1:]))
    assert exchange.events == []
    exchange.ledger.move("USDT", Decimal(90_000), LedgerAccount(MAKER, "spot"), LedgerAccount(102, "spot"))
    exchange.accounts[102] = exchange.accounts[MAKER]
    market_actions(exchange, Caller(102), MarketActions(symbol="BTCUSDT", orders=orders[1:]))
    assert [type(event) for event in exchange.events if isinstance(event, TradeRecord)] == [TradeRecord]
    assert not [event for event in exchange.events if isinstance(event, OrderChanged | FillRecord | BillRecord)]
