"""Insights in stories: whose orders moved the market, in the last minutes and day by day."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from papertape.contract.insights import AskFundFlow, FundFlow, Insights, OfInstrument
from papertape.contract.protocol.decoding import Decoder
from papertape.contract.protocol.errors import Rejected
from papertape.contract.protocol.wire import Nothing
from papertape.contract.spot.trade import PlaceOrder
from papertape.engine.spot.markets import list_instrument, spot_markets
from papertape.engine.state import digest
from papertape.operations.insights import fund_flow, fund_net_flow, supported_symbols, whale_net_flow
from papertape.operations.spot.trade import place_order
from tests.bank import OPENED, Bank
from tests.documented import departures
from tests.market import plain

MINUTE, DAY = 60_000, 86_400_000
TODAY = OPENED - OPENED % DAY
BITCOIN = OfInstrument(symbol="BTCUSDT")


def rich() -> Bank:
    """Two who can trade a whale's size; up to 5000 USDT is a fish's, from 50000 on a whale's."""
    return Bank(alice="5000000 USDT, 50 BTC, 100 ETH", bob="5000000 USDT, 50 BTC, 100 ETH")


def order(bank: Bank, who: str, side: Any, size: str, price: str, **more: Any) -> None:
    fields: dict[str, Any] = {"symbol": "BTCUSDT", "force": "gtc"} | more
    request = PlaceOrder(side=side, order_type="limit", size=Decimal(size), price=Decimal(price), **fields)
    bank.do(place_order, who, request)


def trade(bank: Bank, side: Any, size: str) -> None:
    """Alice takes what Bob has quoted at 84000."""
    order(bank, "bob", "sell" if side == "buy" else "buy", size, "84000")
    order(bank, "alice", side, size, "84000")


async def flow(bank: Bank, period: Any = None, symbol: str = "BTCUSDT") -> dict[str, str]:
    """What each class bought and sold; nothing is left out but nothing."""
    shown = await bank.ask(fund_flow, "operator", AskFundFlow(symbol=symbol, period=period))
    volumes = {name: value for name, value in msgspec.structs.asdict(shown).items() if name.endswith("volume")}
    return {name.removesuffix("_volume"): plain(value) for name, value in volumes.items() if value}


async def test_whale_trades_are_whale_flow_and_fish_are_fish() -> None:
    bank = rich()
    trade(bank, "buy", "1")
    trade(bank, "sell", "2")
    trade(bank, "buy", "0.1")
    trade(bank, "sell", "0.01")
    assert await flow(bank) == {"whale_buy": "1", "whale_sell": "2", "dolphin_buy": "0.1", "fish_sell": "0.01"}


async def test_an_order_counts_as_one_however_many_fills_it_has() -> None:
    bank = rich()
    for _ in range(20):
        order(bank, "bob", "sell", "0.05", "84000")
    order(bank, "alice", "buy", "1", "84000")
    assert await flow(bank) == {"whale_buy": "1"}


async def test_small_orders_that_add_up_stay_small() -> None:
    bank = rich()
    order(bank, "bob", "sell", "1", "84000")
    for _ in range(20):
        order(bank, "alice", "buy", "0.05", "84000")
    assert await flow(bank) == {"fish_buy": "1"}


async def test_what_rests_is_the_flow_of_those_who_take_it() -> None:
    bank = rich()
    order(bank, "bob", "sell", "0.02", "84000")
    order(bank, "alice", "buy", "5", "84000")
    assert await flow(bank) == {"fish_buy": "0.02"}
    order(bank, "bob", "sell", "0.1", "84000")
    assert await flow(bank) == {"fish_buy": "0.02", "dolphin_sell": "0.1"}


async def test_what_an_order_took_counts_even_if_it_is_cancelled_then() -> None:
    bank = rich()
    order(bank, "bob", "sell", "0.02", "84000")
    order(bank, "alice", "sell", "1", "84000")
    order(bank, "alice", "buy", "1", "84000", stp_mode="cancel_taker")
    order(bank, "alice", "buy", "1", "80100", force="ioc")
    assert await flow(bank) == {"fish_buy": "0.02"}


async def test_the_thresholds_are_the_instruments_and_in_usdt() -> None:
    bank = rich()
    order(bank, "bob", "sell", "5", "0.019", symbol="ETHBTC")
    order(bank, "alice", "buy", "5", "0.019", symbol="ETHBTC")
    assert await flow(bank, symbol="ethbtc") == {"dolphin_buy": "5"}
    strict = msgspec.structs.replace(spot_markets(bank.exchange)["ETHBTC"].instrument, whale_value=Decimal(8000))
    spot_markets(bank.exchange)["ETHBTC"].instrument = strict
    order(bank, "bob", "sell", "5", "0.019", symbol="ETHBTC")
    order(bank, "alice", "buy", "5", "0.019", symbol="ETHBTC")
    assert await flow(bank, symbol="ETHBTC") == {"dolphin_buy": "5", "whale_buy": "5"}


async def test_a_period_holds_its_last_minutes() -> None:
    bank = rich()
    trade(bank, "buy", "1")
    bank.wait(14 * MINUTE)
    trade(bank, "buy", "0.1")
    assert await flow(bank) == await flow(bank, "15m") == {"whale_buy": "1", "dolphin_buy": "0.1"}
    bank.wait(MINUTE)
    assert await flow(bank, "15m") == {"dolphin_buy": "0.1"}
    assert await flow(bank, "30m") == {"whale_buy": "1", "dolphin_buy": "0.1"}
    bank.wait(2 * 60 * MINUTE)
    assert await flow(bank, "2h") == {}
    trade(bank, "sell", "0.01")
    assert await flow(bank, "1h") == await flow(bank, "2h") == {"fish_sell": "0.01"}
    assert len(await flow(bank, "4h")) == 3
    bank.wait(DAY - 1)
    assert await flow(bank, "1d") == {}


async def test_ratios_are_shares_of_all_that_was_taken() -> None:
    bank = rich()
    assert set(msgspec.structs.astuple(await ask_ratios(bank))) == {0}
    trade(bank, "buy", "1")
    trade(bank, "sell", "2")
    trade(bank, "buy", "0.1")
    shown = await ask_ratios(bank)
    assert (shown.whale_buy_ratio, shown.whale_sell_ratio) == (Decimal("0.322581"), Decimal("0.645161"))
    assert (shown.dolphin_buy_ratio, shown.fish_buy_ratio) == (Decimal("0.032258"), 0)


async def ask_ratios(bank: Bank) -> FundFlow:
    return await bank.ask(fund_flow, "operator", AskFundFlow(symbol="BTCUSDT", period="1d"))


async def net_flows(bank: Bank) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """Day, counted from the opening, with the whales' net flow, then with everybody's."""
    whales = await bank.ask(whale_net_flow, "operator", BITCOIN)
    everybody = await bank.ask(fund_net_flow, "operator", BITCOIN)
    return (
        [((row.day - TODAY) // DAY, plain(row.volume)) for row in whales],
        [((row.day - TODAY) // DAY, plain(row.net_flow)) for row in everybody],
    )


async def test_net_flows_are_told_by_day_from_the_opening_on() -> None:
    bank = rich()
    assert await net_flows(bank) == ([(0, "0")], [(0, "0")])
    trade(bank, "buy", "1")
    trade(bank, "sell", "0.1")
    assert await net_flows(bank) == ([(0, "1")], [(0, "0.9")])
    bank.wait(2 * DAY)
    assert await net_flows(bank) == ([(0, "1"), (1, "0"), (2, "0")], [(0, "0.9"), (1, "0"), (2, "0")])
    trade(bank, "sell", "2")
    trade(bank, "buy", "0.01")
    assert await net_flows(bank) == ([(0, "1"), (1, "0"), (2, "-2")], [(0, "0.9"), (1, "0"), (2, "-1.99")])


async def test_net_flows_go_back_thirty_days() -> None:
    bank = rich()
    trade(bank, "buy", "1")
    bank.wait(DAY)
    trade(bank, "sell", "1")
    bank.wait(29 * DAY)
    whales, everybody = await net_flows(bank)
    assert whales == everybody
    assert whales[0] == (1, "-1") and whales[-1] == (30, "0") and len(whales) == 30


async def test_flow_survives_a_restart_from_a_snapshot() -> None:
    bank = rich()
    trade(bank, "buy", "1")
    bank.wait(MINUTE)
    trade(bank, "sell", "0.1")
    before, shown = digest(bank.exchange), await flow(bank)
    bank.restart()
    assert digest(bank.exchange) == before
    assert await flow(bank) == shown
    trade(bank, "sell", "0.1")
    assert await flow(bank) == {"whale_buy": "1", "dolphin_sell": "0.2"}


def test_supported_symbols_follow_the_instruments() -> None:
    bank = rich()
    shown = bank.do(supported_symbols, "operator", Nothing())
    assert shown.spot == list(spot_markets(bank.exchange))
    assert shown.futures == []
    closed = msgspec.structs.replace(spot_markets(bank.exchange)["ADAUSDT"].instrument, status="offline")
    list_instrument(bank.exchange, closed)
    assert "ADAUSDT" not in bank.do(supported_symbols, "operator", Nothing()).spot
    list_instrument(bank.exchange, msgspec.structs.replace(closed, symbol="ADABTC", status="online"))
    assert bank.do(supported_symbols, "operator", Nothing()).spot[-1] == "ADABTC"


async def test_every_documented_field_is_there_over_real_trades() -> None:
    bank = rich()
    trade(bank, "buy", "1")
    asked = AskFundFlow(symbol="BTCUSDT")
    assert departures(Insights.fund_flow.path, await bank.ask(fund_flow, "operator", asked)) == []
    assert departures(Insights.whale_net_flow.path, await bank.ask(whale_net_flow, "operator", BITCOIN)) == []
    assert departures(Insights.fund_net_flow.path, await bank.ask(fund_net_flow, "operator", BITCOIN)) == []
    assert departures(Insights.supported_symbols.path, bank.do(supported_symbols, "operator", Nothing())) == []


@pytest.mark.parametrize(
    ("function", "request_type", "query", "code"),
    [
        (fund_flow, AskFundFlow, "", "40019"),
        (fund_flow, AskFundFlow, "symbol=", "40019"),
        (fund_flow, AskFundFlow, "symbol=NOPE", "40034"),
        (fund_flow, AskFundFlow, "symbol=BTCUSDT&period=5m", "40020"),
        (fund_flow, AskFundFlow, "symbol=BTCUSDT&period=15", "40020"),
        (whale_net_flow, OfInstrument, "", "40019"),
        (whale_net_flow, OfInstrument, "symbol=NOPE", "40034"),
        (fund_net_flow, OfInstrument, "", "40019"),
        (fund_net_flow, OfInstrument, "symbol=NOPE", "40034"),
    ],
)
async def test_what_cannot_be_asked_is_refused(function: Any, request_type: Any, query: str, code: str) -> None:
    bank = Bank()
    with pytest.raises(Rejected) as refusal:
        await bank.ask(function, "operator", Decoder(request_type).decode_query(query))
    assert refusal.value.error.code == code
