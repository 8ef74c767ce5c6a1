"""The audit: what must hold of an exchange between any two entries, whatever was asked of it.

Everything that is kept twice for speed is counted again here from the one place it comes from: what is frozen
from the orders and withdrawals that froze it, levels from their orders, indexes from what they index. Reads only;
takes time in proportion to the whole state.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.money import ZERO
from papertape.engine.funds.demo_coins import WALLETS as DEMO_COINS
from papertape.engine.funds.ledger import ISSUANCE, Balance, Bucket, Place
from papertape.engine.funds.withdrawals import WALLET
from papertape.engine.p2p import desk as p2p
from papertape.engine.p2p.advertisements import remaining
from papertape.engine.spot.order_rules import funding_coin, funds
from papertape.engine.spot.settlement import SPOT
from papertape.engine.trading.instruments import Instrument
from papertape.engine.trading.orderbook import BookSide
from papertape.engine.trading.orders import Order, named
from papertape.engine.trading.triggers import Watch

BUCKETS: tuple[Bucket, ...] = ("available", "frozen", "locked")
Findings = Iterator[str]
Hold = tuple[Place, str, Decimal]
"""An amount of a coin that something keeps out of reach, and where."""


def audit(exchange: Exchange) -> list[str]:
    """What is wrong with the exchange, one sentence each; empty when all is well."""
    return [finding for check in CHECKS for finding in check(exchange)]


def ledger_balances(exchange: Exchange) -> Findings:
    """Every coin sums to zero, and only the world outside may owe."""
    for coin, total in exchange.ledger.totals().items():
        if total:
            yield f"{coin} sums to {total}"
    for uid, wallet, coin, balance in exchange.ledger:
        for bucket in BUCKETS:
            amount = getattr(balance, bucket)
            if amount < 0 and Place(uid, wallet, bucket) != ISSUANCE:
                yield f"{uid} has {amount} {coin} {bucket} in {wallet}"


def held_amounts(exchange: Exchange) -> Findings:
    """What is frozen or locked is what orders, withdrawals and advertisements hold, to the last digit.

    Bonuses aside: what is locked in the wallets of bots was granted so, and is kept nowhere else.
    """
    wanted: dict[tuple[Place, str], Decimal] = {}
    for hold in HOLDS:
        for place, coin, amount in hold(exchange):
            wanted[place, coin] = wanted.get((place, coin), ZERO) + amount
    kept = {
        (Place(uid, wallet, bucket), coin): amount
        for uid, wallet, coin, balance in exchange.ledger
        for bucket, amount in _out_of_reach(balance)
        if amount and (bucket, wallet.partition(":")[0]) != ("locked", "bots")
    }
    for place, coin in sorted(kept.keys() | wanted.keys()):
        has, should = kept.get((place, coin), ZERO), wanted.get((place, coin), ZERO)
        if has != should:
            yield f"{place.uid} has {has} {coin} {place.bucket} in {place.wallet}, but {should} is held"


def _out_of_reach(balance: Balance) -> tuple[tuple[Bucket, Decimal], ...]:
    return ("frozen", balance.frozen), ("locked", balance.locked)


def by_orders(exchange: Exchange) -> Iterator[Hold]:
    """What open orders hold."""
    for order in exchange.orders.by_id.values():
        coin = funding_coin(exchange.instruments[order.symbol], order)
        yield Place(order.uid, SPOT, "frozen"), coin, order.frozen


def by_withdrawals(exchange: Exchange) -> Iterator[Hold]:
    """What pending withdrawals hold."""
    for record in exchange.withdrawals.values():
        yield Place(record.uid, WALLET, "frozen"), record.coin, record.size


def by_p2p_desk(exchange: Exchange) -> Iterator[Hold]:
    """What is advertised for sale, and what open P2P orders hold in escrow."""
    for advertisement in exchange.p2p.advertisements.values():
        if advertisement.side == "sell" and advertisement.status != "completed":
            yield p2p.advertised(advertisement.uid), advertisement.coin, remaining(advertisement)
    for order in exchange.p2p.orders.values():
        yield p2p.escrow(p2p.seller_of(order)), order.coin, order.count


HOLDS: tuple[Callable[[Exchange], Iterator[Hold]], ...] = (by_orders, by_withdrawals, by_p2p_desk)
"""All that may freeze or lock coins."""


def open_orders(exchange: Exchange) -> Findings:
    """Each open order is open, unfilled in part, and holds exactly what its rest needs."""
    for key, order in exchange.orders.by_id.items():
        name, instrument = f"order {order.order_id}", exchange.instruments[order.symbol]
        if key != order.order_id or not 0 < order.order_id <= exchange.last_id:
            yield f"{name} is kept as {key}"
        if order.uid not in exchange.accounts:
            yield f"{name} is nobody's"
        if order.status != ("partially_filled" if order.filled else "live"):
            yield f"{name} is {order.status} with {order.filled} lots filled"
        if not (order.waiting or order.resting):
            yield f"{name} neither rests nor waits"
        if not order.budget and not order.filled < order.size:
            yield f"{name} has {order.filled} of {order.size} lots filled"
        if order.frozen != _rest(instrument, order):
            yield f"{name} holds {order.frozen} for a rest of {_rest(instrument, order)}"


def _rest(instrument: Instrument, order: Order) -> Decimal:
    """What an open order must hold for what is not yet filled."""
    if order.waiting:
        return funds(instrument, order)
    if order.side == "sell":
        return instrument.size(order.open_lots)
    return instrument.value(order.price, order.open_lots)


def order_indexes(exchange: Exchange) -> Findings:
    """Orders by user, their counts and their client ids say what the orders say."""
    orders = exchange.orders
    yield from _grouped("orders", orders.by_id, orders.by_user)
    counts = Counter((order.uid, order.symbol) for order in orders.by_id.values())
    if counts != orders.counts:
        yield f"order counts are {orders.counts}, not {dict(counts)}"
    for order in orders.by_id.values():
        if named(order) and orders.client_oids.get((order.uid, order.client_oid)) != order.order_id:
            yield f"order {order.order_id} is not found by its client id"
    taken = {(order.uid, order.client_oid) for order in orders.by_id.values() if named(order)}
    taken |= {(uid, client_oid) for _, uid, client_oid in orders.finished}
    if taken != orders.client_oids.keys():
        yield f"client ids {sorted(taken ^ orders.client_oids.keys())} are taken or free by mistake"


def trigger_indexes(exchange: Exchange) -> Findings:
    """Plan orders by user and by client id say what the plan orders say."""
    triggers = exchange.triggers
    yield from _grouped("plan orders", triggers.by_id, triggers.by_user)
    named_ids = {(each.uid, each.client_oid): each.order_id for each in triggers.by_id.values()}
    if named_ids != triggers.client_oids:
        yield f"client ids of plan orders are {triggers.client_oids}, not {named_ids}"
    for trigger in triggers.by_id.values():
        if trigger.status != "live" or trigger.child_order_id:
            yield f"plan order {trigger.order_id} waits as {trigger.status}"


def _grouped(what: str, by_id: dict[int, Any], by_user: dict[int, dict[int, Any]]) -> Findings:
    """Whether the groups by user hold each item once, in the order in which the items came."""
    groups: dict[int, dict[int, Any]] = {}
    for number, item in by_id.items():
        groups.setdefault(item.uid, {})[number] = item
    for uid in sorted(groups.keys() | by_user.keys()):
        if list(groups.get(uid, ())) != list(by_user.get(uid, ())):
            yield f"{what} of {uid} are {list(by_user.get(uid, ()))}, not {list(groups.get(uid, ()))}"


def books(exchange: Exchange) -> Findings:
    """Every resting order is on its book once, levels add up, prices are in order, and no book is crossed."""
    for symbol, book in exchange.books.items():
        found: list[int] = []
        for name, side in (("bids", book.bids), ("asks", book.asks)):
            yield from _levels(f"{symbol} {name}", side)
            for order in _queued(side.levels[price] for price in sorted(side.levels)):
                found.append(order.order_id)
                if exchange.orders.by_id.get(order.order_id) is not order or book.side(order.side) is not side:
                    yield f"{symbol} {name} hold order {order.order_id}, which does not belong there"
        wanted = [o.order_id for o in exchange.orders.by_id.values() if o.symbol == symbol and o.resting]
        if sorted(found) != sorted(wanted):
            yield f"the {symbol} book holds {sorted(found)}, not {sorted(wanted)}"
        bid, ask = book.best_bid(), book.best_ask()
        if bid is not None and ask is not None and bid >= ask:
            yield f"{symbol} is crossed: bid {bid}, ask {ask}"


def _levels(name: str, side: BookSide) -> Findings:
    if side.keys != sorted(price * side.sign for price in side.levels):
        yield f"{name} have the prices {side.keys}, but levels at {sorted(side.levels)}"
    for price, level in side.levels.items():
        orders = list(_queued([level]))
        if not orders or level.price != price or any(order.price != price for order in orders):
            yield f"{name} at {price} hold {[(order.order_id, order.price) for order in orders]}"
        if level.lots != sum(order.open_lots for order in orders):
            yield f"{name} at {price} show {level.lots} lots, their orders have others"
        before: list[Order | None] = [None, *orders]
        if [order.previous for order in orders] != before[:-1] or level.last is not before[-1]:
            yield f"{name} at {price} have a broken queue"


def _queued(levels: Iterable[Any]) -> Iterator[Order]:
    for level in levels:
        order = level.first
        while order is not None:
            yield order
            order = order.next


def watch_lists(exchange: Exchange) -> Findings:
    """Who waits for a price is watched for exactly that price, and nobody who waits is due."""
    wanted = {symbol: Watch() for symbol in exchange.instruments}
    for order in exchange.orders.by_id.values():
        watch = wanted[order.symbol]
        watch.above += [(order.above.trigger, order.order_id)] if order.above else []
        watch.below += [(-order.below.trigger, order.order_id)] if order.below else []
    for trigger in exchange.triggers.by_id.values():
        ticks = exchange.instruments[trigger.symbol].ticks(trigger.trigger_price)
        if trigger.rising:
            wanted[trigger.symbol].above.append((ticks, trigger.order_id))
        else:
            wanted[trigger.symbol].below.append((-ticks, trigger.order_id))
    for symbol, instrument in exchange.instruments.items():
        watch, should = exchange.triggers.watches.get(symbol, Watch()), wanted[symbol]
        for name, has, expected in (("above", watch.above, should.above), ("below", watch.below, should.below)):
            if has != sorted(expected):
                yield f"{symbol} watches {has} {name}, not {sorted(expected)}"
        due = watch.due(instrument.ticks(exchange.market[symbol].last))
        if due is not None:
            yield f"{due} waits, though {symbol} is at its price"


def timers_set(exchange: Exchange) -> Findings:
    """Nothing that ends by itself waits without a timer, and the timers are a heap."""
    set_for = {(timer.kind, timer.subject) for timer in exchange.timers.heap}
    stages = {"review": "withdrawal_review", "processing": "withdrawal_processing"}
    awaited = [("deposit_confirmation", number) for number in exchange.deposits]
    awaited += [("quote_expiry", number) for number in exchange.quotes.by_id]
    awaited += [(stages[record.stage], number) for number, record in exchange.withdrawals.items()]
    awaited += [
        ("p2p_payment", number) for number, order in exchange.p2p.orders.items() if order.status == "pending_pay"
    ]
    for kind, number in awaited:
        if (kind, number) not in set_for:
            yield f"{number} waits without a timer of kind {kind}"
    heap = exchange.timers.heap
    if any(heap[(place - 1) // 2] > heap[place] for place in range(1, len(heap))):
        yield "the timers are no heap"


def p2p_desk(exchange: Exchange) -> Findings:
    """Each advertisement counts its open orders, and offers no more than it has."""
    ordered: dict[int, Decimal] = {}
    for number, order in exchange.p2p.orders.items():
        ordered[order.advertisement_id] = ordered.get(order.advertisement_id, ZERO) + order.count
        if number != order.order_id or order.advertisement_id not in exchange.p2p.advertisements:
            yield f"P2P order {order.order_id} is kept as {number}, for {order.advertisement_id}"
    for number, advertisement in exchange.p2p.advertisements.items():
        if number != advertisement.advertisement_id or advertisement.uid not in exchange.p2p.merchants:
            yield f"advertisement {advertisement.advertisement_id} is kept as {number}, of {advertisement.uid}"
        if advertisement.held != ordered.get(number, ZERO) or remaining(advertisement) < 0:
            yield f"advertisement {number} has {advertisement.held} of {remaining(advertisement)} ordered"


def accounts(exchange: Exchange) -> Findings:
    """Accounts and keys are kept under their own names, and each key and sub-account has an owner."""
    for uid, account in exchange.accounts.items():
        if uid != account.uid or (account.parent and account.parent not in exchange.accounts):
            yield f"account {account.uid} is kept as {uid}, with parent {account.parent}"
    for name, key in exchange.keys.items():
        if name != key.key or key.uid not in exchange.accounts:
            yield f"key {key.key} is kept as {name}, for {key.uid}"
    for uid, wallet, coin, _ in exchange.ledger:
        if (uid and uid not in exchange.accounts) or not (coin in exchange.coins or coin in DEMO_COINS):
            yield f"{wallet} of {uid} holds {coin}"


def pending(exchange: Exchange) -> Findings:
    """Deposits, withdrawals and quotes under way are under way."""
    counts = Counter(quote.uid for quote in exchange.quotes.by_id.values())
    for uid in exchange.accounts:
        if exchange.quotes.count(uid) != counts[uid]:
            yield f"{uid} has {counts[uid]} quotes, counted as {exchange.quotes.count(uid)}"
    for deposit in exchange.deposits.values():
        if deposit.status != "pending" or deposit.size <= 0:
            yield f"deposit {deposit.order_id} is {deposit.status} with {deposit.size}"
    for withdrawal in exchange.withdrawals.values():
        if withdrawal.status != "pending" or not 0 <= withdrawal.fee < withdrawal.size:
            yield f"withdrawal {withdrawal.order_id} is {withdrawal.status} with {withdrawal.size}"


CHECKS: tuple[Callable[[Exchange], Findings], ...] = (
    ledger_balances, held_amounts, open_orders, order_indexes, trigger_indexes, books, watch_lists, timers_set,
    p2p_desk, accounts, pending,
)  # fmt: skip
"""All checks, in the order in which their findings are told."""
