"""The whole state as bytes: for snapshots, for recovery and for telling whether two exchanges are the same."""

from __future__ import annotations

import hashlib

import msgspec

from papertape.engine.accounts.accounts import Account, ApiKey
from papertape.engine.convert.quotes import Quote
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.timers import Timers
from papertape.engine.funds.ledger import Balance
from papertape.engine.funds.records import DepositRecord, WithdrawalRecord
from papertape.engine.p2p.desk import Desk
from papertape.engine.public.announcements import Announcement
from papertape.engine.trading.flows import Flows
from papertape.engine.trading.instruments import Coin, Instrument
from papertape.engine.trading.market_data import MarketData, MarketDataState
from papertape.engine.trading.orders import Order, OrderState
from papertape.engine.trading.triggers import Trigger

_ORDER_FIELDS = OrderState.__struct_fields__


class State(msgspec.Struct, kw_only=True):
    """Everything an exchange holds, in an order that depends on nothing but its history.

    ``queues`` names each instrument's resting orders, best price first, oldest first: their place in the book.
    """

    sequence: int
    now: int
    last_id: int
    seed: int
    opened: int
    balances: list[tuple[int, str, str, Balance]]
    accounts: list[Account]
    keys: list[ApiKey]
    coins: list[Coin]
    instruments: list[Instrument]
    market: dict[str, MarketDataState]
    flows: dict[str, Flows]
    orders: list[OrderState]
    queues: dict[str, list[int]]
    client_oids: list[tuple[int, str, int]]
    finished: list[tuple[int, int, str]]
    triggers: list[Trigger]
    deposits: list[DepositRecord]
    withdrawals: list[WithdrawalRecord]
    transfers: list[tuple[int, str, int]]
    withdrawal_oids: list[tuple[int, str, int]]
    quotes: list[Quote]
    announcements: list[Announcement]
    p2p: Desk = msgspec.field(default_factory=Desk)
    timers: Timers


def dump(exchange: Exchange) -> bytes:
    """The state as bytes."""
    return msgspec.msgpack.encode(_state(exchange))


def digest(exchange: Exchange) -> str:
    """A hash of the state; sequence and time aside, so that a refused request leaves it as it was."""
    state = _state(exchange)
    state.sequence = state.now = 0
    return hashlib.sha256(msgspec.msgpack.encode(state)).hexdigest()


def load(data: bytes) -> Exchange:
    """The exchange that was dumped."""
    state = msgspec.msgpack.decode(data, type=State)
    exchange = Exchange()
    exchange.sequence, exchange.now, exchange.last_id = state.sequence, state.now, state.last_id
    exchange.seed, exchange.opened, exchange.ledger.now = state.seed, state.opened, state.now
    for uid, wallet, coin, balance in state.balances:
        exchange.ledger.wallets.setdefault((uid, wallet), {})[coin] = balance
    exchange.accounts = {account.uid: account for account in state.accounts}
    exchange.keys = {key.key: key for key in state.keys}
    exchange.coins = {coin.name: coin for coin in state.coins}
    for instrument in state.instruments:
        exchange.add_instrument(instrument)
        exchange.market[instrument.symbol] = MarketData.load(instrument, state.market[instrument.symbol])
    exchange.flows = state.flows
    _load_orders(exchange, state)
    exchange.deposits = {deposit.order_id: deposit for deposit in state.deposits}
    exchange.withdrawals = {withdrawal.order_id: withdrawal for withdrawal in state.withdrawals}
    exchange.transfers = {(uid, client_oid): transfer for uid, client_oid, transfer in state.transfers}
    exchange.withdrawal_oids = {(uid, client_oid): order for uid, client_oid, order in state.withdrawal_oids}
    for quote in state.quotes:
        exchange.quotes.add(quote)
    exchange.announcements = state.announcements
    exchange.p2p = state.p2p
    exchange.timers = state.timers
    return exchange


def _state(exchange: Exchange) -> State:
    orders = exchange.orders
    return State(
        sequence=exchange.sequence,
        now=exchange.now,
        last_id=exchange.last_id,
        seed=exchange.seed,
        opened=exchange.opened,
        balances=sorted(exchange.ledger, key=lambda row: row[:3]),
        accounts=list(exchange.accounts.values()),
        keys=list(exchange.keys.values()),
        coins=list(exchange.coins.values()),
        instruments=list(exchange.instruments.values()),
        market={symbol: market.dump() for symbol, market in exchange.market.items()},
        flows=exchange.flows,
        orders=[_plain(order) for order in orders.by_id.values()],
        queues={symbol: _queue(exchange, symbol) for symbol in exchange.books},
        client_oids=_rows(orders.client_oids),
        finished=list(orders.finished),
        triggers=list(exchange.triggers.by_id.values()),
        deposits=list(exchange.deposits.values()),
        withdrawals=list(exchange.withdrawals.values()),
        transfers=_rows(exchange.transfers),
        withdrawal_oids=_rows(exchange.withdrawal_oids),
        quotes=list(exchange.quotes.by_id.values()),
        announcements=exchange.announcements,
        p2p=exchange.p2p,
        timers=exchange.timers,
    )


def _rows(ids: dict[tuple[int, str], int]) -> list[tuple[int, str, int]]:
    """In order of the numbers, which is the order they came in: the oldest are the first to be forgotten."""
    rows = [(uid, client_oid, number) for (uid, client_oid), number in ids.items()]
    return sorted(rows, key=lambda row: row[2])


def _plain(order: Order) -> OrderState:
    return OrderState(**{name: getattr(order, name) for name in _ORDER_FIELDS})


def _queue(exchange: Exchange, symbol: str) -> list[int]:
    queue = []
    for side in (exchange.books[symbol].bids, exchange.books[symbol].asks):
        for key in reversed(side.keys):
            order = side.levels[key * side.sign].first
            while order is not None:
                queue.append(order.order_id)
                order = order.next
    return queue


def _load_orders(exchange: Exchange, state: State) -> None:
    orders = exchange.orders
    for plain in state.orders:
        orders.add(Order(**{name: getattr(plain, name) for name in _ORDER_FIELDS}))
    orders.client_oids = {(uid, client_oid): order for uid, client_oid, order in state.client_oids}
    orders.finished.extend(state.finished)
    for symbol, queue in state.queues.items():
        for order_id in queue:
            order = orders.by_id[order_id]
            exchange.books[symbol].side(order.side).add(order)
    for order in orders.by_id.values():
        if order.waiting:
            above = order.above.trigger if order.above else None
            below = order.below.trigger if order.below else None
            exchange.triggers.watch(order.symbol, order.order_id, above, below)
    for trigger in state.triggers:
        exchange.triggers.add(trigger, exchange.instruments[trigger.symbol].ticks(trigger.trigger_price))
