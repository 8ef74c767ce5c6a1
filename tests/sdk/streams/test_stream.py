"""Streams of a real exchange, as users hold them: async, with callbacks, and blocking."""

from __future__ import annotations

import asyncio
import inspect
import signal
import subprocess
import sys
import threading
from decimal import Decimal
from typing import Any

import pytest

from papertape import (
    AsyncClient,
    BlockingStream,
    BlockingSubscription,
    CredentialsMissing,
    Environment,
    Gap,
    OrderBook,
    Reconnected,
    Stream,
    Subscription,
    UnknownSymbol,
)
from papertape.contract.spot import streams as channels
from papertape.contract.spot.streams import CandleMessage, TickerMessage
from papertape.sdk.environment import DEMO, LIVE
from papertape.sdk.streams.book.blocking_feed import BlockingOrderBookFeed
from papertape.sdk.streams.book.feed import OrderBookFeed
from papertape.sdk.streams.connection_pool import path
from papertape.sdk.streams.spot.channels import SpotStreams
from papertape.sdk.streams.surface import OrderBookMethod, OrderMethod, SubscribeMethod
from tests.cli.serving import Served
from tests.sdk.streams.scripted import ScriptedExchange, eventually, soon


@pytest.fixture
def market(exchange: Served) -> Environment:
    """An exchange with a moving market."""
    return Environment(rest=exchange.rest, ws=exchange.ws)


async def test_every_public_channel_says_something(market: Environment) -> None:
    async with Stream(market) as stream:
        spot = stream.spot
        subscriptions: list[Subscription[Any]] = [
            spot.ticker("BTCUSDT"), spot.candles("BTCUSDT", "1min"), spot.books("BTCUSDT"), spot.books1("BTCUSDT"),
            spot.books5("BTCUSDT"), spot.books15("BTCUSDT"), spot.trade("BTCUSDT"),
        ]  # fmt: skip
        for subscription in subscriptions:
            assert await soon(anext(subscription)), subscription
        assert "BTCUSDT" in repr(subscriptions[0])


async def test_messages_are_typed(market: Environment) -> None:
    async with Stream(market) as stream:
        ticker = await soon(anext(stream.spot.ticker("BTCUSDT")))
        assert isinstance(ticker, TickerMessage)
        assert isinstance(ticker.last_price, Decimal)
        candles = stream.spot.candles("BTCUSDT", "1h")
        first, second = [await soon(anext(candles)) for _ in range(2)]
        assert isinstance(first, CandleMessage)
        assert second.start - first.start == 3_600_000


async def test_an_order_has_the_same_sizes_pushed_as_over_rest(market: Environment) -> None:
    async with Stream(market) as stream, AsyncClient(market) as client:
        orders = stream.spot.orders("ETHUSDT")
        await soon(orders.ready())
        placed = await client.spot.trade.place_order(
            symbol="ETHUSDT", side="buy", order_type="limit", force="gtc", price=Decimal(1550), size=Decimal("0.5")
        )
        pushed = await soon(anext(orders))
        (asked,) = await client.spot.trade.order_info(order_id=placed.order_id)
        await client.spot.trade.cancel_order(symbol="ETHUSDT", order_id=placed.order_id)
        assert not isinstance(pushed, Gap | Reconnected)
        assert (pushed.size, pushed.base_volume) == (asked.size, asked.base_volume) == (Decimal("0.5"), 0)


async def test_a_refused_subscription_harms_no_other(market: Environment) -> None:
    async with Stream(market) as stream:
        good, bad = stream.spot.ticker("BTCUSDT"), stream.spot.ticker("NOPEUSDT")
        with pytest.raises(UnknownSymbol, match="30001"):
            await soon(anext(bad))
        assert await soon(anext(good))


async def test_who_joins_later_gets_the_state_there_is(market: Environment) -> None:
    async with Stream(market) as stream:
        account = stream.spot.account()
        await soon(anext(account))
        await eventually(lambda: account.waiting >= 4)
        later = stream.spot.account()
        assert later.waiting == account.waiting + 1


async def test_callbacks_are_called_and_their_errors_do_no_harm(
    market: Environment, caplog: pytest.LogCaptureFixture
) -> None:
    got: list[Any] = []

    async def awaited(message: Any) -> None:
        await asyncio.sleep(0)
        got.append(message)

    def careless(message: Any) -> None:
        raise ValueError("a bug of the user's")

    async with Stream(market) as stream:
        stream.spot.books1("BTCUSDT").on(careless).on(awaited).on(got.append)
        await eventually(lambda: len(got) >= 4)
    assert "a callback of SPOT books1 BTCUSDT failed" in caplog.text
    assert "a bug of the user's" in caplog.text


async def test_a_closed_stream_ends_its_iterations_and_takes_no_more(market: Environment) -> None:
    stream = Stream(market)
    ticker, trades = stream.spot.ticker("BTCUSDT"), stream.spot.trade("BTCUSDT")
    await soon(anext(trades))
    await stream.close()
    waiting = ticker.waiting, trades.waiting
    assert (len([item async for item in ticker]), len([item async for item in trades])) == waiting
    with pytest.raises(RuntimeError, match="closed"):
        stream.spot.ticker("ETHUSDT")


async def test_a_subscription_ends_with_its_block(market: Environment) -> None:
    async with Stream(market) as stream:
        async with stream.spot.ticker("BTCUSDT") as ticker:
            await soon(anext(ticker))
        waiting = ticker.waiting
        assert len([item async for item in ticker]) == waiting


async def test_without_a_key_private_channels_are_refused_before_anything_is_sent(venue: ScriptedExchange) -> None:
    place = Environment(rest="http://example.invalid", ws=venue.environment.ws)
    async with Stream(place) as stream:
        with pytest.raises(CredentialsMissing):
            stream.spot.orders()
    assert venue.callers == []


def test_without_async_the_same(market: Environment) -> None:
    with Stream(market) as stream:
        assert isinstance(next(stream.spot.ticker("BTCUSDT")), TickerMessage)
        for count, _ in enumerate(stream.subscribe(channels.trade, "BTCUSDT")):
            if count == 3:
                break
        with stream.spot.account() as account:
            account.ready()
            assert next(account)
        with pytest.raises(UnknownSymbol):
            next(stream.spot.ticker("NOPEUSDT"))
        book = next(stream.spot.order_book("BTCUSDT"))
        assert isinstance(book, OrderBook)
        assert book.spread is not None and book.spread > 0
        order: dict[str, Any] = {"side": "buy", "order_type": "limit", "force": "gtc", "price": 100, "size": 1}
        placed = stream.spot.place_order(symbol="BTCUSDT", **order)
        assert stream.spot.cancel_order(symbol="BTCUSDT", order_id=placed.order_id).order_id == placed.order_id
    with pytest.raises(RuntimeError, match="closed"):
        stream.spot.ticker("BTCUSDT")


def test_without_async_callbacks_have_threads_of_their_own(market: Environment) -> None:
    threads: set[str] = set()
    called, both = threading.Event(), threading.Event()

    def note(message: Any) -> None:
        threads.add(threading.current_thread().name)
        called.set()
        if len(threads) == 2:
            both.set()

    with Stream(market) as stream:
        stream.spot.books1("BTCUSDT").on(note)
        assert called.wait(10)
        stream.spot.ticker("BTCUSDT").on(note)
        assert both.wait(10)
    assert threads == {"papertape books1", "papertape ticker"}


def test_many_threads_may_iterate(market: Environment) -> None:
    with Stream(market) as stream:
        got: list[Any] = []
        threads = [
            threading.Thread(target=lambda symbol=symbol: got.append(next(stream.spot.ticker(symbol))))
            for symbol in ("BTCUSDT", "ETHUSDT", "SOLUSDT")
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(ticker.symbol for ticker in got) == ["BTCUSDT", "ETHUSDT", "SOLUSDT"]


def test_an_interrupt_ends_a_blocking_loop_cleanly(market: Environment) -> None:
    script = f"""
from papertape import Environment, Stream
try:
    with Stream(Environment(rest={market.rest!r}, ws={market.ws!r})) as stream:
        for ticker in stream.spot.ticker("BTCUSDT"):
            print("ticking", flush=True)
except KeyboardInterrupt:
    print("interrupted")
"""
    command = [sys.executable, "-W", "error", "-X", "dev", "-c", script]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ticking\n"
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=10)
    assert (output.splitlines()[-1], errors, process.returncode) == ("interrupted", "", 0)


FORMS = [
    (Stream, BlockingStream),
    (Subscription, BlockingSubscription),
    (OrderBookFeed, BlockingOrderBookFeed),
]


@pytest.mark.parametrize(("asynchronous", "blocking"), FORMS, ids=lambda form: form.__name__)
def test_both_forms_have_the_same_names_and_signatures(asynchronous: type, blocking: type) -> None:
    def shown(form: type) -> dict[str, str]:
        public = {name: value for name, value in vars(form).items() if not name.startswith("_")}
        parameters = {
            name: str(list(inspect.signature(value).parameters.values())) if callable(value) else "a property"
            for name, value in public.items()
        }
        return {name: text for name, text in parameters.items() if name not in ("aclose", "environment")}

    assert shown(asynchronous) == shown(blocking)


def test_each_channel_and_order_has_one_signature_for_both_forms(market: Environment) -> None:
    declared = {
        name
        for name, value in vars(SpotStreams).items()
        if isinstance(value, SubscribeMethod | OrderBookMethod | OrderMethod)
    }
    with Stream(market) as blocking:
        asynchronous = Stream(market)
        assert {"ticker", "order_book", "place_order"} < declared
        for name in declared:
            one, two = getattr(asynchronous.spot, name), getattr(blocking.spot, name)
            assert inspect.signature(one) == inspect.signature(two), name
            assert (one.__name__, one.__doc__) == (two.__name__, two.__doc__) and one.__doc__, name


def test_every_declared_spot_channel_can_be_subscribed() -> None:
    named = {"orders_algo": "plan_orders"}
    for channel in channels.SPOT_CHANNELS:
        name = "candles" if channel.name.startswith("candle") else channel.name.replace("-", "_")
        assert hasattr(SpotStreams, named.get(name, name)), channel


def test_the_demo_environment_has_a_host_at_bitget_and_a_path_at_papertape() -> None:
    local = Environment(rest="http://127.0.0.1:1", ws="ws://127.0.0.1:2", demo=True)
    assert path(LIVE, private=False) == "wss://ws.bitget.com/v2/ws/public"
    assert path(DEMO, private=True) == "wss://wspap.bitget.com/v2/ws/private"
    assert path(local, private=True) == "ws://127.0.0.1:2/demo/v2/ws/private"


def test_no_secret_is_shown(market: Environment) -> None:
    stream = Stream(market, key="key", secret="hidden", passphrase="concealed")
    assert "hidden" not in repr(stream) + repr(vars(stream))
    assert "concealed" not in repr(stream) + repr(vars(stream))


@pytest.mark.parametrize("wrong", [{"queue": 0}, {"channels_per_connection": 1001}, {"timeout": 0}])
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        Stream(**wrong)
