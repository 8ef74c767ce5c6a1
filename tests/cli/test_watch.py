"""``papertape watch`` and ``papertape book``: live data in tables and in lines, and nothing lost silently."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from decimal import Decimal

import pytest

from papertape import Client
from papertape.sdk.environment import at
from tests.cli.conftest import Run
from tests.cli.serving import Served, on_terminal
from tests.cli.watching import watching


@pytest.fixture
def client(exchange: Served) -> Iterator[Client]:
    """The developer over REST; no fault outlives the story."""
    with Client(at(exchange.rest), limits="off") as client:
        yield client
        client.control.faults.remove()


def buy(client: Client) -> None:
    client.spot.trade.place_order(symbol="BTCUSDT", side="buy", order_type="market", force="gtc", size=Decimal(20))


def test_tickers_come_as_lines_of_json(exchange: Served) -> None:
    with watching(exchange, "watch", "ticker", "btcusdt", "ETHUSDT", "--count", "3") as command:
        lines = [command.line() for _ in range(3)]
        assert command.ended() == (0, "")
    assert {line["symbol"] for line in lines} == {"BTCUSDT", "ETHUSDT"}
    assert {line["channel"] for line in lines} == {"ticker"}
    assert Decimal(lines[0]["bid_price"]) < Decimal(lines[0]["ask_price"])
    assert isinstance(lines[0]["last_price"], str)
    assert isinstance(lines[0]["time"], int)


def test_candles_are_of_the_granularity_asked_for(exchange: Served) -> None:
    with watching(exchange, "watch", "candles", "BTCUSDT", "-g", "5min", "-n", "2") as command:
        first, second = command.line(), command.line()
        assert command.ended() == (0, "")
    assert second["start"] - first["start"] == 5 * 60_000
    assert first["symbol"] == "BTCUSDT"


def test_ones_own_events_come_at_once(exchange: Served, client: Client) -> None:
    with (
        watching(exchange, "watch", "orders") as orders,
        watching(exchange, "watch", "fills", "BTCUSDT") as fills,
        watching(exchange, "watch", "account") as account,
    ):
        assert account.line()["coin"]
        while not (orders.has_printed() and fills.has_printed()):
            buy(client)
        assert orders.until(status="filled")["symbol"] == "BTCUSDT"
        fill = fills.line()
        assert (fill["symbol"], fill["channel"]) == ("BTCUSDT", "fills")
        assert fill["fee_detail"][0]["fee_coin"] == "BTC"
        assert account.until(coin="BTC")["channel"] == "account"
        for command in (orders, fills, account):
            assert command.stop() == (0, "")


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_is_an_end_like_any_other(exchange: Served, by: signal.Signals) -> None:
    for arguments in (("watch", "trades", "BTCUSDT"), ("book", "BTCUSDT")):
        with watching(exchange, *arguments) as command:
            assert command.line()["symbol"] == "BTCUSDT"
            assert command.stop(by) == (0, "")


def test_a_reader_who_has_enough_ends_it(exchange: Served) -> None:
    with watching(exchange, "watch", "trades", "BTCUSDT") as command:
        command.line()
        assert command.process.stdout is not None
        command.process.stdout.close()
        assert command.ended() == (0, "")


def test_a_dropped_connection_is_told(exchange: Served, client: Client) -> None:
    with (
        watching(exchange, "watch", "trades", "BTCUSDT") as events,
        watching(exchange, "watch", "ticker", "BTCUSDT") as state,
    ):
        events.line()
        state.line()
        client.control.faults.add(kind="stream_drop", channel="trade", times=1)
        client.control.faults.add(kind="stream_drop", channel="ticker", times=1)
        told = events.until(event="reconnected")
        assert (told["channel"], told["symbol"]) == ("trades", "BTCUSDT")
        assert told["seconds"] > 0
        assert events.line()["price"]
        state.line()
        for command in (events, state):
            code, said = command.stop()
            assert code == 0
            assert said.startswith(f"papertape: disconnected from {exchange.ws}/v2/ws/public: ")


def test_a_book_is_told_verified(exchange: Served) -> None:
    with watching(exchange, "book", "btcusdt", "--depth", "3", "-n", "2") as command:
        first, second = command.line(), command.line()
        assert command.ended() == (0, "")
    assert (first["symbol"], first["verified_by"], first["breaks"]) == ("BTCUSDT", "checksum", 0)
    assert second["sequence"] > first["sequence"]
    bids, asks = ([Decimal(price) for price, _ in first[side]] for side in ("bids", "asks"))
    assert (bids, asks) == (sorted(bids, reverse=True), sorted(asks))
    assert len(bids) == len(asks) == 3
    assert Decimal(first["spread"]) == asks[0] - bids[0]
    assert Decimal(first["mid"]) == (asks[0] + bids[0]) / 2


def test_a_book_that_breaks_is_told(exchange: Served, client: Client) -> None:
    with watching(exchange, "book", "BTCUSDT", "--depth", "1") as command:
        command.line()
        client.control.faults.add(kind="wrong_checksum", channel="books", times=1)
        assert command.until(breaks=1)["verified_by"] == "checksum"
        code, said = command.stop()
    assert code == 0
    assert said.startswith("papertape: the book of BTCUSDT is broken: the checksum is not ")


def test_a_terminal_sees_a_table(exchange: Served) -> None:
    place = ["--url", exchange.rest, "--ws-url", exchange.ws]
    code, seen, said = on_terminal(["watch", "ticker", "BTCUSDT", "-n", "1", *place])
    assert (code, said) == (0, "")
    assert "BTCUSDT" in seen
    assert "change" in seen
    assert "\x1b[" in seen
    code, seen, _ = on_terminal(["book", "BTCUSDT", "-n", "1", *place])
    assert code == 0
    assert "verified by checksum" in seen
    assert "█" in seen
    code, seen, _ = on_terminal(["watch", "ticker", "BTCUSDT", "-n", "1", "--json", *place])
    assert seen.startswith('{"channel":"ticker"')


@pytest.mark.parametrize("arguments", [("watch", "ticker", "NOSUCH"), ("watch", "fills", "NOSUCH"), ("book", "NOSUCH")])
def test_an_unknown_symbol_is_one_line(exchange: Served, run: Run, arguments: tuple[str, ...]) -> None:
    code, out, err = run(*arguments, "--url", exchange.rest, "--ws-url", exchange.ws)
    assert (code, out) == (1, "")
    assert err.startswith("papertape: 30001 ")
    assert "NOSUCH" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["tickers"], "unknown channel 'tickers': one of ticker, trades, candles, orders, fills, account"),
        (["ticker"], "watch ticker needs a symbol, like BTCUSDT"),
        (["account", "BTCUSDT"], "watch account shows all coins; it takes no symbol"),
        (["ticker", "BTCUSDT", "--ws-url", "ws://127.0.0.1:1"], "--ws-url goes with --url"),
    ],
)
def test_a_mistake_is_one_line(run: Run, arguments: list[str], line: str) -> None:
    assert run("watch", *arguments) == (1, "", f"papertape: {line}\n")


def test_a_granularity_that_is_none_is_told(run: Run) -> None:
    code, _, err = run("watch", "candles", "BTCUSDT", "-g", "2min")
    assert code == 1
    assert err.startswith("papertape: unknown granularity '2min': one of 1min, 3min, 5min")


def test_nobody_there_is_told(run: Run) -> None:
    code, out, err = run("watch", "ticker", "BTCUSDT", "--url", "http://127.0.0.1:1", "--timeout", "0.3")
    assert (code, out) == (1, "")
    assert err.splitlines()[-1].startswith("papertape: cannot reach ws://127.0.0.1:2/v2/ws/public")
    assert err.endswith("is it running? (papertape serve)\n")


def test_ones_own_data_needs_a_key(run: Run) -> None:
    code, out, err = run("watch", "orders", "-e", "live")
    assert (code, out) == (1, "")
    assert err.startswith("papertape: this channel needs an API key")
