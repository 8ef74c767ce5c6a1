"""The whole state as bytes: for snapshots, for recovery and for telling whether two exchanges are the same."""

from __future__ import annotations

import hashlib
from collections import deque
from decimal import Decimal
from typing import Any

import msgspec

from papertape.engine.accounts.accounts import Account, ApiKey
from papertape.engine.exchange.environments import Environment
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.timers import Timers
from papertape.engine.funds.coins import Coin
from papertape.engine.funds.ledger import Balance
from papertape.engine.products import PRODUCTS
from papertape.engine.public.announcements import PublishedAnnouncement
from papertape.engine.trading.firing import watch_again
from papertape.engine.trading.flows import Flows
from papertape.engine.trading.market import Market
from papertape.engine.trading.market_data import MarketData, MarketDataState
from papertape.engine.trading.orders import ClientOid, Order
from papertape.engine.trading.triggers import Trigger

encode = msgspec.msgpack.Encoder().encode


class MarketState(msgspec.Struct, kw_only=True):
    """One market. ``queue`` names its resting orders, bids then asks, best price first, oldest first."""

    product: str
    instrument: msgspec.Raw
    data: MarketDataState
    flows: Flows
    mark: Decimal | None
    queue: list[int]


class EnvironmentState(msgspec.Struct, kw_only=True):
    """What belongs to one environment; ``parts`` are what each product keeps there, by its name."""

    last_id: int
    wallets: list[tuple[int, str, dict[str, Balance]]]
    markets: list[MarketState]
    orders: list[Order]
    client_oids: dict[ClientOid, int]
    finished: list[tuple[int, ClientOid]]
    triggers: list[Trigger]
    parts: dict[str, msgspec.Raw]


class SnapshotState(msgspec.Struct, kw_only=True):
    """Everything an exchange holds, each list in the order in which the exchange has it."""

    sequence: int
    now: int
    seed: int
    opened: int
    accounts: list[Account]
    keys: list[ApiKey]
    coins: list[Coin]
    announcements: list[PublishedAnnouncement]
    timers: Timers
    environments: dict[Environment, EnvironmentState]


def dump(exchange: Exchange) -> bytes:
    """The state as bytes: of all environments, whichever is given."""
    return encode(_state(exchange))


def digest(exchange: Exchange) -> str:
    """A hash of the state; sequence and time aside, so that a refused request leaves it as it was."""
    state = _state(exchange)
    state.sequence = state.now = 0
    return hashlib.sha256(encode(state)).hexdigest()


def load(data: bytes) -> Exchange:
    """The exchange that was dumped: its live environment. Raises ``msgspec.DecodeError`` for another's bytes."""
    state = msgspec.msgpack.decode(data, type=SnapshotState)
    exchange = Exchange()
    exchange.shared.seed, exchange.shared.opened = state.seed, state.opened
    exchange.accounts.update((account.uid, account) for account in state.accounts)
    exchange.keys.update((key.key, key) for key in state.keys)
    exchange.coins.update((coin.name, coin) for coin in state.coins)
    exchange.announcements.extend(state.announcements)
    exchange.timers.heap, exchange.timers.count = state.timers.heap, state.timers.count
    exchange.begin(state.sequence, state.now)
    for environment, part in state.environments.items():
        _load_environment(exchange.environments[environment], part)
    return exchange


def _state(exchange: Exchange) -> SnapshotState:
    return SnapshotState(
        sequence=exchange.sequence,
        now=exchange.now,
        seed=exchange.seed,
        opened=exchange.opened,
        accounts=list(exchange.accounts.values()),
        keys=list(exchange.keys.values()),
        coins=list(exchange.coins.values()),
        announcements=exchange.announcements,
        timers=exchange.timers,
        environments={name: _environment(view) for name, view in exchange.environments.items()},
    )


def _environment(exchange: Exchange) -> EnvironmentState:
    orders = exchange.orders
    return EnvironmentState(
        last_id=exchange.last_id,
        wallets=[(uid, wallet, coins) for (uid, wallet), coins in exchange.ledger.wallets.items()],
        markets=[_market(market) for market in _markets(exchange)],
        orders=list(orders.by_id.values()),
        client_oids=orders.client_oids,
        finished=list(orders.finished),
        triggers=list(exchange.triggers.by_id.values()),
        parts={
            f"{product.name}/{part.name}": msgspec.Raw(encode(part.dump(exchange.part(part.kind))))
            for product in PRODUCTS
            for part in product.parts
        },
    )


def _market(market: Market[Any]) -> MarketState:
    sides = market.book.bids, market.book.asks
    return MarketState(
        product=market.id.product,
        instrument=msgspec.Raw(encode(market.instrument)),
        data=market.data.dump(),
        flows=market.flows,
        mark=market.mark,
        queue=[order_id for side in sides for level in side.best_first() for order_id in level.orders],
    )


def _load_environment(exchange: Exchange, state: EnvironmentState) -> None:
    exchange.last_id = state.last_id
    for uid, wallet, coins in state.wallets:
        exchange.ledger.wallets[uid, wallet] = coins
    types = {product.name: product.instrument for product in PRODUCTS}
    for each in state.markets:
        kind = types[each.product]
        assert kind is not None, f"{each.product} has no instruments"
        instrument = msgspec.msgpack.decode(each.instrument, type=kind)
        market = exchange.add_market(each.product, instrument)
        market.data = MarketData.load(each.product, instrument, each.data)
        market.flows, market.mark = each.flows, each.mark
    _load_orders(exchange, state)
    for product in PRODUCTS:
        for part in product.parts:
            kept = msgspec.msgpack.decode(state.parts[f"{product.name}/{part.name}"], type=part.state)
            exchange.put_part(part.kind, part.load(kept))


def _load_orders(exchange: Exchange, state: EnvironmentState) -> None:
    orders = exchange.orders
    for order in state.orders:
        orders.add(order)
    orders.client_oids, orders.finished = state.client_oids, deque(state.finished)
    for each, market in zip(state.markets, _markets(exchange), strict=True):
        for order_id in each.queue:
            order = orders.by_id[order_id]
            market.book.side(order.side).add(order)
    for order in orders.by_id.values():
        if order.waiting:
            exchange.market(order.market).watches[order.watches].add(order.order_id, *order.watched)
    for trigger in state.triggers:
        watch_again(exchange, trigger)


def _markets(exchange: Exchange) -> list[Market[Any]]:
    return [market for listed in exchange.markets.values() for market in listed.values()]
