"""ccxt reads the market: instruments, coins, tickers, order books, trades, fees, the time."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.cli.serving import Served
from tests.compatibility.clients import BTC, credentials, synchronous

SYMBOLS = {
    "BTC/USDT", "ETH/USDT", "SOL/USDT", "XRP/USDT", "DOGE/USDT", "BGB/USDT", "ADA/USDT", "LTC/USDT",
    "BTC/USDC", "ETH/USDC", "ETH/BTC",
}  # fmt: skip
HISTORY = "publicSpotGetV2SpotMarketFillsHistory"
COINS = {"BTC", "USDT", "ETH", "LTC", "XRP", "ADA", "DOGE", "SOL", "BGB", "USDC"}


def test_load_markets_knows_every_instrument_as_spot(visitor: Any) -> None:
    assert set(visitor.markets) >= SYMBOLS
    for symbol in SYMBOLS:
        market = visitor.market(symbol)
        assert (market["type"], market["active"], market["contract"]) == ("spot", True, False)
        assert (market["maker"], market["taker"]) == (0.001, 0.001)
        assert market["precision"]["price"] == 10 ** -int(market["info"]["pricePrecision"])
        assert market["precision"]["amount"] == 10 ** -int(market["info"]["quantityPrecision"])
        assert market["limits"]["cost"]["min"] == (1 if market["quote"] == "USDT" else None)


def test_load_markets_brings_the_coins_with_their_chains(visitor: Any) -> None:
    assert set(visitor.currencies) >= COINS
    tether = visitor.fetch_currencies()["USDT"]
    assert (tether["active"], tether["deposit"], tether["withdraw"]) == (True, True, True)
    assert set(tether["networks"]) == {"TRC20", "ERC20", "BEP20", "SOL", "ARBITRUM"}
    tron = tether["networks"]["TRC20"]
    assert (tron["id"], tron["fee"], tron["precision"]) == ("TRC20", 1.5, 0.000001)
    assert (tron["limits"]["withdraw"]["min"], tron["limits"]["deposit"]["min"]) == (10, 0.01)


def test_anyone_may_read_the_market(moving: Served) -> None:
    anonymous = synchronous(moving, {})
    assert anonymous.fetch_ticker(BTC)["last"] > 0
    assert len(anonymous.fetch_ohlcv(BTC, "1m", limit=5)) == 5
    anonymous.close()


def test_the_servers_time_keeps_signatures_valid(still: Served) -> None:
    client = synchronous(still, credentials() | {"options": {"adjustForTimeDifference": True}})
    client.load_markets()
    assert client.fetch_balance()["USDT"]["free"] == 100_000
    client.close()


def test_a_ticker_is_consistent_with_itself(visitor: Any) -> None:
    ticker = visitor.fetch_ticker(BTC)
    assert ticker["symbol"] == BTC
    assert 0 < ticker["low"] <= ticker["last"] <= ticker["high"]
    assert ticker["low"] <= ticker["open"] <= ticker["high"]
    assert 0 < ticker["bid"] < ticker["ask"] < ticker["bid"] * 1.001
    assert ticker["low"] <= ticker["quoteVolume"] / ticker["baseVolume"] <= ticker["high"]
    change = Decimal(ticker["info"]["lastPr"]) / Decimal(ticker["info"]["open"]) - 1
    assert abs(Decimal(str(ticker["percentage"])) / 100 - change) < Decimal("0.00001")


def test_tickers_come_for_all_or_for_some(visitor: Any) -> None:
    assert set(visitor.fetch_tickers()) == SYMBOLS
    assert set(visitor.fetch_tickers([BTC, "ETH/BTC"])) == {BTC, "ETH/BTC"}


def test_an_order_book_is_deep_sorted_and_never_crossed(visitor: Any) -> None:
    book = visitor.fetch_order_book(BTC)
    bids, asks = ([price for price, _ in book[side]] for side in ("bids", "asks"))
    assert min(len(bids), len(asks)) >= 50
    assert bids == sorted(bids, reverse=True)
    assert asks == sorted(asks)
    assert bids[0] < asks[0]
    assert all(size > 0 for _, size in book["bids"] + book["asks"])
    assert [len(visitor.fetch_order_book(BTC, levels)["bids"]) for levels in (1, 5, 15)] == [1, 5, 15]


def test_the_markets_trades_come_with_a_taker_side(visitor: Any) -> None:
    ticker = visitor.fetch_ticker(BTC)
    visitor.create_order(BTC, "limit", "buy", 0.001, visitor.price_to_precision(BTC, ticker["ask"] * 1.01))
    trades = visitor.fetch_trades(BTC, limit=500)
    assert [trade["timestamp"] for trade in trades] == sorted(trade["timestamp"] for trade in trades)
    assert {trade["side"] for trade in trades} <= {"buy", "sell"}
    assert len({trade["id"] for trade in trades}) == len(trades) >= 1
    since = trades[-1]["timestamp"]
    assert all(trade["timestamp"] >= since for trade in visitor.fetch_trades(BTC, since=since))


def test_trading_fees_are_those_of_the_account(visitor: Any) -> None:
    fee = visitor.fetch_trading_fee(BTC)
    assert (fee["symbol"], fee["maker"], fee["taker"]) == (BTC, 0.001, 0.001)
    fees = visitor.fetch_trading_fees()
    assert {symbol: fees[symbol]["taker"] for symbol in SYMBOLS} == dict.fromkeys(SYMBOLS, 0.001)
    assert visitor.fetch_deposit_withdraw_fee("USDT")["networks"]["TRC20"]["withdraw"]["fee"] == 1.5


def test_recent_trades_are_there_right_after_the_start(visitor: Any) -> None:
    """ccxt's own tests ask for 12,000 trades and want some, ascending and each with all its fields."""
    trades = visitor.fetch_trades(BTC, limit=12_000)
    assert len(trades) == 1000
    assert [trade["timestamp"] for trade in trades] == sorted(trade["timestamp"] for trade in trades)
    assert len({trade["id"] for trade in trades}) == 1000
    assert all(trade["price"] > 0 and trade["amount"] > 0 and trade["side"] in ("buy", "sell") for trade in trades)


def test_a_minute_before_the_start_adds_up_to_its_candle(visitor: Any) -> None:
    start = visitor.milliseconds() // 60_000 * 60_000 - 30 * 60_000
    ((opened, first, high, low, last, volume),) = visitor.fetch_ohlcv(BTC, "1m", since=start, limit=1)
    trades = visitor.fetch_trades(BTC, since=opened, params={"until": opened + 59_999, "method": HISTORY})
    prices = [trade["price"] for trade in trades]
    assert (prices[0], max(prices), min(prices), prices[-1]) == (first, high, low, last)
    assert sum(Decimal(str(trade["amount"])) for trade in trades) == Decimal(str(volume))
