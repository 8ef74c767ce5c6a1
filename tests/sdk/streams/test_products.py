"""A second product beside spot: its channels have the names of spot's and nothing else of theirs."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from typing import Any

import pytest

from papertape import Gap, Reconnected, Stream, Subscription
from papertape.contract.channels import CHANNELS
from papertape.contract.protocol.channel import Channel
from papertape.contract.protocol.wire import Reply
from papertape.contract.spot import streams
from papertape.sdk.streams.connection_pool import product_of
from papertape.sdk.streams.tracking.events import EventTracker
from papertape.sdk.streams.tracking.table import TRACKERS
from papertape.sdk.streams.tracking.tracker import Missed
from tests.sdk.streams.scripted import ScriptedExchange, soon

KEY = {"key": "key", "secret": "secret", "passphrase": "passphrase"}


class TradedContract(Reply):
    """A row of the second product's ``orders``: it has nothing of what spot's rows have."""

    contract: str
    lots: int


orders = Channel(
    "orders", TradedContract, "Contracts that were traded.", slow="disconnect", key="symbol or default", private=True
)


class ContractTracker(EventTracker):
    """Tells contracts once; over a gap there was one of 7 lots."""

    def key(self, row: TradedContract) -> Hashable:
        return row.contract, row.lots

    def time(self, row: TradedContract) -> int:
        return 1

    async def begin(self) -> None:
        """Nothing is asked for."""

    async def missed(self) -> Missed:
        return Missed([TradedContract(contract="BTC", lots=7)], complete=True)


async def push_a_lot(venue: ScriptedExchange, product: str) -> None:
    argument = {"instType": product, "channel": "orders", "instId": "default"}
    await venue.last.push(argument, [{"contract": "BTC", "lots": 1}])


async def until_back(subscription: Subscription[Any]) -> list[Any]:
    """What comes up to the reconnection."""
    items: list[Any] = []
    while not isinstance(item := await soon(anext(subscription)), Reconnected):
        items.append(item)
    return items


async def test_a_channel_of_one_name_in_two_products_has_the_tracker_of_its_own_product(
    venue: ScriptedExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(CHANNELS, ("TOY", "orders"), orders)
    monkeypatch.setitem(TRACKERS, ("TOY", "orders"), ContractTracker)
    async with Stream(venue.environment, **KEY, timeout=5) as stream:
        toy, spot = stream.subscribe(orders), stream.spot.orders()
        await asyncio.gather(soon(toy.ready()), soon(spot.ready()))
        await venue.last.push(
            {"instType": "TOY", "channel": "orders", "instId": "default"}, [{"contract": "BTC", "lots": 1}]
        )
        assert await soon(anext(toy)) == TradedContract(contract="BTC", lots=1)
        venue.last.drop()
        assert await until_back(toy) == [TradedContract(contract="BTC", lots=7)]
        assert [type(item) for item in await until_back(spot)] == [Gap]


async def test_a_product_without_a_tracker_is_told_of_a_gap_and_not_tracked_as_spot(
    venue: ScriptedExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(CHANNELS, ("TOY", "orders"), orders)
    async with Stream(venue.environment, **KEY, timeout=5) as stream:
        toy = stream.subscribe(orders)
        await soon(toy.ready())
        await venue.last.push(
            {"instType": "TOY", "channel": "orders", "instId": "default"}, [{"contract": "BTC", "lots": 1}]
        )
        assert await soon(anext(toy)) == TradedContract(contract="BTC", lots=1)
        venue.last.drop()
        assert await until_back(toy) == [Gap(lost=None, reason="disconnected", since=1)]


async def test_a_channel_of_several_products_is_subscribed_in_the_one_that_is_named(
    venue: ScriptedExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(CHANNELS, ("USDT-TOY", "orders"), orders)
    monkeypatch.setitem(CHANNELS, ("COIN-TOY", "orders"), orders)
    async with Stream(venue.environment, **KEY, timeout=5) as stream:
        with pytest.raises(ValueError, match="a channel of USDT-TOY, COIN-TOY: say which one is wanted"):
            stream.subscribe(orders)
        usdt, coin = stream.subscribe(orders, inst_type="USDT-TOY"), stream.subscribe(orders, inst_type="COIN-TOY")
        await asyncio.gather(soon(usdt.ready()), soon(coin.ready()))
        assert [argument["instType"] for argument in venue.subscribed()] == ["USDT-TOY", "COIN-TOY"]
        await venue.last.push(
            {"instType": "COIN-TOY", "channel": "orders", "instId": "default"}, [{"contract": "BTC", "lots": 1}]
        )
        assert await soon(anext(coin)) == TradedContract(contract="BTC", lots=1)
        assert usdt.waiting == 0


def test_a_channel_knows_its_product() -> None:
    assert product_of(streams.orders) == "SPOT"
    with pytest.raises(ValueError, match="not a declared channel"):
        product_of(orders)


def test_every_channel_of_events_has_a_tracker() -> None:
    events = {name for name, channel in CHANNELS.items() if channel.slow == "disconnect"}
    assert events == TRACKERS.keys()
