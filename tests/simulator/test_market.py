"""The market at work: books that are never empty, trades that keep coming, prices that users can move but not break."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from papertape.contract.spot.trade import PlaceOrder, SpotTrade
from papertape.data import load
from papertape.engine.audit import audit
from papertape.engine.spot.markets import spot_markets
from papertape.engine.trading.market_data import MINUTE
from papertape.simulator.history import minute_candles
from papertape.simulator.strategies import STEP_MS
from papertape.simulator.traders import trader_accounts
from tests.simulator.markets import OPENED, USER, Market, market

SECOND = 1000
HOUR = 3_600_000


def middle(made: Market, symbol: str) -> float:
    book = spot_markets(made.exchange)[symbol].book
    bid, ask = book.best_bid(), book.best_ask()
    assert bid is not None and ask is not None
    return float(spot_markets(made.exchange)[symbol].instrument.price(bid + ask)) / 2


def spread_in_basis_points(made: Market, symbol: str) -> float:
    book = spot_markets(made.exchange)[symbol].book
    bid, ask = book.best_bid(), book.best_ask()
    assert bid is not None and ask is not None
    return (ask - bid) / (ask + bid) * 20_000


def assert_books_are_full(made: Market) -> None:
    for symbol, listed in spot_markets(made.exchange).items():
        book = listed.book
        assert len(book.bids.keys) >= 50, symbol
        assert len(book.asks.keys) >= 50, symbol


async def place(made: Market, side: str, price: Decimal, size: str, symbol: str = "BTCUSDT") -> int:
    request = PlaceOrder(symbol=symbol, side=side, order_type="limit", force="gtc", price=price, size=Decimal(size))
    reply = await made.sequencer.submit(SpotTrade.place_order, USER, request)
    return int(reply.order_id)


async def test_the_market_opens_with_full_books_around_the_opening_prices() -> None:
    async with market() as made:
        assert_books_are_full(made)
        for symbol, listed in spot_markets(made.exchange).items():
            assert abs(middle(made, symbol) / float(listed.instrument.opening_price) - 1) < 0.002
        assert not made.tape


@pytest.mark.parametrize("seed", [1, 2])
async def test_books_stay_full_and_bitcoins_spread_narrow_at_every_step(seed: int) -> None:
    async with market(seed) as made:
        for _ in range(240):
            await made.advance(STEP_MS)
            assert_books_are_full(made)
            assert spread_in_basis_points(made, "BTCUSDT") <= 5
        assert audit(made.exchange) == []


async def test_trades_keep_coming_on_every_instrument() -> None:
    async with market() as made:
        await made.advance(120 * SECOND)
        times = [trade.created for trade in made.tape if trade.symbol == "BTCUSDT"]
        assert len(times) > 120
        assert max(after - before for before, after in pairwise(times)) < 6 * SECOND
        assert {trade.symbol for trade in made.tape} == set(spot_markets(made.exchange))
        assert {trade.side for trade in made.tape} == {"buy", "sell"}


async def test_prices_move() -> None:
    async with market() as made:
        before = middle(made, "BTCUSDT")
        await made.advance(120 * SECOND)
        prices = [trade.price for trade in made.tape if trade.symbol == "BTCUSDT"]
        assert max(prices) / min(prices) > Decimal("1.0005")
        assert middle(made, "BTCUSDT") != before
        assert 0.97 < middle(made, "BTCUSDT") / before < 1.03


async def test_cross_rates_stay_close_to_their_legs() -> None:
    async with market() as made:
        await made.advance(60 * SECOND)
        cross = middle(made, "ETHUSDT") / middle(made, "BTCUSDT")
        assert abs(middle(made, "ETHBTC") / cross - 1) < 0.005
        assert abs(middle(made, "BTCUSDC") / middle(made, "BTCUSDT") - 1) < 0.005


async def test_a_resting_order_is_filled_when_the_price_comes_to_it() -> None:
    async with market() as made:
        found = spot_markets(made.exchange)["BTCUSDT"]
        price = found.instrument.price((found.book.best_bid() or 0) + 1)
        order_id = await place(made, "buy", price, "0.01")
        assert order_id in made.exchange.orders.by_id
        await made.advance(120 * SECOND)
        assert order_id not in made.exchange.orders.by_id
        assert made.exchange.ledger.balance(USER.uid, "spot", "BTC").available > Decimal(10_000_000_000)


async def test_a_users_big_order_moves_the_price_which_then_comes_back() -> None:
    async with market() as made:
        await made.advance(10 * SECOND)
        before = middle(made, "BTCUSDT")
        await place(made, "buy", Decimal(round(before * 1.006)), "60")
        await made.advance(SECOND)
        moved = middle(made, "BTCUSDT") / before - 1
        assert moved > 0.003
        assert_books_are_full(made)
        assert spread_in_basis_points(made, "BTCUSDT") <= 5
        await made.advance(90 * SECOND)
        assert middle(made, "BTCUSDT") / before - 1 < moved / 2
        assert audit(made.exchange) == []


async def test_an_emptied_side_is_quoted_again_at_the_next_step() -> None:
    async with market() as made:
        request = PlaceOrder(
            symbol="BTCUSDT", side="buy", order_type="limit", force="ioc", price=Decimal(87_600), size=Decimal(110)
        )
        for _ in range(3):
            await made.sequencer.submit(SpotTrade.place_order, USER, request)
        await made.advance(SECOND)
        assert_books_are_full(made)


async def test_the_same_seed_makes_the_same_tape() -> None:
    tapes = []
    for _ in range(2):
        async with market(seed=9) as made:
            await made.advance(30 * SECOND)
            tapes.append(made.tape)
    assert tapes[0] and tapes[0] == tapes[1]


async def test_how_a_jump_is_divided_changes_nothing() -> None:
    async with market(seed=9) as whole, market(seed=9) as parts:
        await whole.advance(20 * SECOND)
        for piece in (100, 900, 33, 7967, 11_000):
            await parts.advance(piece)
        assert whole.tape == parts.tape


async def test_coins_that_nobody_knows_have_a_market_too(tmp_path: Path) -> None:
    shared: dict[str, Any] = {"price_places": 8, "size_places": 0, "quote": "USDT"}
    file = {
        "coins": [{"name": name, "coin_id": place} for place, name in enumerate(("USDT", "USDC", "CAT", "DOG"))],
        "instruments": [
            {"symbol": "CATUSDT", "base": "CAT", "opening_price": "0.00001234", **shared},
            {"symbol": "DOGCAT", "base": "DOG", "opening_price": "12", **shared, "quote": "CAT", "price_places": 0},
            {"symbol": "USDCUSDT", "base": "USDC", "opening_price": "1", **shared, "price_places": 4},
        ],
    }
    path = tmp_path / "own.json"
    path.write_text(json.dumps(file))
    async with market(file=path) as made:
        await made.advance(60 * SECOND)
        assert {trade.symbol for trade in made.tape} >= {"CATUSDT", "USDCUSDT"}
        for symbol in ("CATUSDT", "USDCUSDT"):
            book = spot_markets(made.exchange)[symbol].book
            assert len(book.bids.keys) >= 50 and len(book.asks.keys) >= 50
            assert minute_candles(1, spot_markets(made.exchange)[symbol].instrument, OPENED, OPENED - HOUR, OPENED)


async def test_another_seed_makes_another_tape() -> None:
    async with market(seed=1) as one, market(seed=2) as other:
        await one.advance(10 * SECOND)
        await other.advance(10 * SECOND)
        assert [trade.price for trade in one.tape] != [trade.price for trade in other.tape]


async def test_a_long_jump_does_not_replay_hours() -> None:
    async with market() as made:
        entries = made.entries
        await made.advance(8 * HOUR)
        assert made.clock.now() - made.exchange.opened == 8 * HOUR
        assert made.entries - entries < 10_000
        assert_books_are_full(made)
        first, last = made.tape[0].created, made.tape[-1].created
        assert first < made.exchange.opened + 10 * MINUTE and last > made.exchange.opened + 8 * HOUR - 10 * MINUTE


async def test_a_jump_can_be_done_step_by_step() -> None:
    async with market(seed=3) as planned, market(seed=3) as whole:
        target = planned.clock.now() + SECOND
        planned.runner.begin_jump(target)
        times = []
        while (time := planned.runner.next_step) is not None:
            times.append(time - planned.exchange.opened)
            planned.clock.set(time)
            await planned.runner.run_until(time)
        assert times == [250, 500, 750, 1000]
        await whole.advance(SECOND)
        assert planned.tape == whole.tape


async def test_traders_keep_no_private_history() -> None:
    async with market() as made:
        before = made.exchange.sequence
        seen: list[str] = []
        made.sequencer.add_listener(lambda output: seen.extend(type(event).__name__ for event in output.events["live"]))
        await made.advance(20 * SECOND)
        assert made.exchange.sequence > before
        assert set(seen) <= {"TradeRecord", "CandleRecord", "FlowRecord"}


async def test_everything_that_traders_take_is_taker_flow() -> None:
    async with market() as made:
        await made.advance(50 * SECOND)
        for symbol in ("BTCUSDT", "ETHUSDT", "ETHBTC"):
            day = spot_markets(made.exchange)[symbol].flows.running["day"]
            for side in ("buy", "sell"):
                taken = sum(trade.size for trade in made.tape if (trade.symbol, trade.side) == (symbol, side))
                assert sum(getattr(day, f"{whose}_{side}") for whose in ("whale", "dolphin", "fish")) == taken


def test_traders_hold_the_coins_of_their_instruments() -> None:
    _, instruments = load()
    accounts = trader_accounts(4, instruments)
    assert accounts == trader_accounts(4, instruments)
    assert len({account.uid for account in accounts}) == len(accounts)
    assert all(100 < account.uid < 1_000_000 for account in accounts)
    assert all(amount > 0 for account in accounts for _, amount in account.balances)
