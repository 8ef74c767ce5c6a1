"""Balances are told when they change, frozen coins included."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from papertape.contract.spot.account import SpotAccount
from papertape.contract.spot.trade import SpotTrade
from papertape.contract.spot.wallet import SpotWallet
from tests.market import START
from tests.operations.feeds.audience import Audience, wire


def amounts(rows: list[Any]) -> dict[str, tuple[str, str]]:
    """Available and frozen, by coin."""
    return {row["coin"]: (row["available"], row["frozen"]) for row in rows}


async def held(market: Audience, who: str) -> list[Any]:
    """What REST shows, as a client reads it."""
    return wire(await market.ask(SpotAccount.assets, who, asset_type="all"))


async def test_a_new_listener_gets_every_coin_it_holds() -> None:
    market = Audience(alice="1000 USDT, 2 BTC")
    rows = market.listen("account", "default", who="alice")
    assert rows == [row for row in await held(market, "alice") if row["coin"] != "BGB"]
    assert rows[0] == {
        "coin": "USDT", "available": "1000", "frozen": "0", "locked": "0", "limitAvailable": "0", "uTime": str(START),
    }  # fmt: skip


def test_freezing_is_told_and_so_is_giving_back() -> None:
    market = Audience(alice="1000 USDT")
    market.listen("account", None, who="alice")
    order = market.buy("alice", "1 @ 90")
    (push,) = market.pushes
    assert push.action == "snapshot"
    assert amounts(market.data("account", "alice")) == {"USDT": ("910.000000", "90.000000")}
    market.cancel("alice", order)
    assert amounts(market.data("account", "alice")) == {"USDT": ("1000.000000", "0.000000")}


async def test_a_trade_tells_both_sides_of_every_coin_as_rest_shows_it() -> None:
    market = Audience(alice="1000 USDT", bob="2 BTC")
    market.listen("account", None, who="alice")
    market.listen("account", None, who="bob")
    market.sell("bob", "1 @ 100")
    market.buy("alice", "1 @ 100")
    for who in ("alice", "bob"):
        rows = market.data("account", who)
        last = {row["coin"]: row for row in rows}
        shown = {row["coin"]: row for row in await held(market, who) if row["coin"] != "BGB"}
        assert last == shown


def test_a_refused_order_changes_no_balance() -> None:
    market = Audience(alice="1000 USDT")
    market.listen("account", None, who="alice")
    assert market.refused("alice", "buy", "100 @ 90") == "43012"
    market.happened_now()
    assert market.pushes == []


def test_other_wallets_and_other_accounts_are_not_told() -> None:
    market = Audience(alice="1000 USDT", bob="1000 USDT")
    market.listen("account", None, who="alice")
    market.buy("bob", "1 @ 90")
    assert market.pushes == []
    market.command(SpotWallet.transfer, "alice", from_type="spot", to_type="p2p", amount=Decimal(100), coin="USDT")
    assert amounts(market.data("account", "alice")) == {"USDT": ("900", "0")}
    market.command(
        SpotWallet.transfer, "alice", from_type="p2p", to_type="usdt_futures", amount=Decimal(100), coin="USDT"
    )
    assert market.pushes == []


def test_one_command_makes_one_push() -> None:
    market = Audience(alice="1000 USDT", bob="9 BTC")
    market.listen("account", None, who="alice")
    for price in (97, 98, 99):
        market.buy("alice", f"1 @ {price}")
    market.pushes.clear()
    market.command(SpotTrade.cancel_symbol_order, "alice", symbol="BTCUSDT")
    (push,) = market.heard("account", "alice")
    assert len(push.data) == 1
    market.sell("bob", "3 @ 90")
    assert market.pushes == []
