"""The audit: what must hold of an exchange between any two entries, whatever was asked of it.

Everything that is kept twice for speed is counted again here from the one place it comes from: what is frozen
from the orders and withdrawals that froze it, levels from their orders, indexes from what they index. What a product
keeps, it checks itself. Reads only; takes time in proportion to the whole state.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.money import ZERO
from papertape.engine.exchange.product import Findings
from papertape.engine.funds.ledger import ISSUANCE, Balance, Bucket, Hold, LedgerAccount
from papertape.engine.products import PRODUCTS
from papertape.engine.trading.market import Market
from papertape.engine.trading.orderbook import BookSide
from papertape.engine.trading.orders import named
from papertape.engine.trading.terms import terms_of

BUCKETS: tuple[Bucket, ...] = ("available", "frozen", "locked")


def audit(exchange: Exchange) -> list[str]:
    """What is wrong with the exchange, in any environment, one sentence each; empty when all is well."""
    return [
        finding if view.environment == "live" else f"{view.environment}: {finding}"
        for view in exchange.environments.values()
        for check in (*CHECKS, *(check for product in PRODUCTS for check in product.checks))
        for finding in check(view)
    ]


def ledger_balances(exchange: Exchange) -> Findings:
    """Every coin sums to zero, and only the world outside may owe."""
    for coin, total in exchange.ledger.totals().items():
        if total:
            yield f"{coin} sums to {total}"
    for uid, wallet, coin, balance in exchange.ledger:
        for bucket in BUCKETS:
            amount = getattr(balance, bucket)
            if amount < 0 and LedgerAccount(uid, wallet, bucket) != ISSUANCE:
                yield f"{uid} has {amount} {coin} {bucket} in {wallet}"


def held_amounts(exchange: Exchange) -> Findings:
    """What is frozen or locked is what orders, withdrawals and advertisements hold, to the last digit.

    Bonuses aside: what is locked in the wallets of bots was granted so, and is kept nowhere else.
    """
    wanted: dict[tuple[LedgerAccount, str], Decimal] = {}
    for hold in (by_orders, *(hold for product in PRODUCTS for hold in product.holds)):
        for place, coin, amount in hold(exchange):
            wanted[place, coin] = wanted.get((place, coin), ZERO) + amount
    kept = {
        (LedgerAccount(uid, wallet, bucket), coin): amount
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
    """What open orders hold, by their own terms."""
    for order in exchange.orders.by_id.values():
        yield from terms_of(order.wallet).holds(exchange.market(order.market), order)


def open_orders(exchange: Exchange) -> Findings:
    """Each open order is open, unfilled in part, and holds exactly what its rest needs."""
    for key, order in exchange.orders.by_id.items():
        name = f"order {order.order_id}"
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
        needed = sum((hold[2] for hold in terms_of(order.wallet).holds(exchange.market(order.market), order)), ZERO)
        if order.frozen != needed:
            yield f"{name} holds {order.frozen} for a rest of {needed}"


def order_indexes(exchange: Exchange) -> Findings:
    """Orders by user, their counts and their client ids say what the orders say."""
    orders = exchange.orders
    yield from _grouped("orders", orders.by_id, orders.by_user)
    counts = Counter((order.line, order.uid, order.symbol) for order in orders.by_id.values())
    if counts != orders.counts:
        yield f"order counts are {orders.counts}, not {dict(counts)}"
    for order in orders.by_id.values():
        if named(order) and orders.client_oids.get((order.line, order.uid, order.client_oid)) != order.order_id:
            yield f"order {order.order_id} is not found by its client id"
    taken = {(order.line, order.uid, order.client_oid) for order in orders.by_id.values() if named(order)}
    taken |= {client_oid for _, client_oid in orders.finished}
    if taken != orders.client_oids.keys():
        yield f"client ids {sorted(taken ^ orders.client_oids.keys())} are taken or free by mistake"


def trigger_indexes(exchange: Exchange) -> Findings:
    """Plan orders by user and by client id say what the plan orders say."""
    triggers = exchange.triggers
    yield from _grouped("plan orders", triggers.by_id, triggers.by_user)
    named_ids = {(each.line, each.uid, each.client_oid): each.order_id for each in triggers.by_id.values()}
    if named_ids != triggers.client_oids:
        yield f"client ids of plan orders are {triggers.client_oids}, not {named_ids}"
    for trigger in triggers.by_id.values():
        if trigger.status != "live" or trigger.child_order_id:
            yield f"plan order {trigger.order_id} waits as {trigger.status}"


def _grouped(what: str, by_id: dict[int, Any], by_user: dict[tuple[str, int], dict[int, Any]]) -> Findings:
    """Whether the groups by user hold each item once, in the order in which the items came."""
    groups: dict[tuple[str, int], dict[int, Any]] = {}
    for number, item in by_id.items():
        groups.setdefault((item.line, item.uid), {})[number] = item
    for place in sorted(groups.keys() | by_user.keys()):
        if list(groups.get(place, ())) != list(by_user.get(place, ())):
            yield f"{what} of {place[1]} are {list(by_user.get(place, ()))}, not {list(groups.get(place, ()))}"


def books(exchange: Exchange) -> Findings:
    """Every resting order is on its book once, levels add up, prices are in order, and no book is crossed."""
    resting: dict[Any, list[int]] = {}
    for order in exchange.orders.by_id.values():
        if order.resting:
            resting.setdefault(order.market, []).append(order.order_id)
    for market in _markets(exchange):
        yield from _book(exchange, market, resting.get(market.id, []))


def _book(exchange: Exchange, market: Market[Any], resting: list[int]) -> Findings:
    book, symbol, found = market.book, market.id.symbol, []
    for name, side in (("bids", book.bids), ("asks", book.asks)):
        yield from _levels(f"{symbol} {name}", side)
        for level in side.levels.values():
            for order_id, order in level.orders.items():
                found.append(order_id)
                if exchange.orders.by_id.get(order_id) is not order or book.side(order.side) is not side:
                    yield f"{symbol} {name} hold order {order_id}, which does not belong there"
    if sorted(found) != sorted(resting):
        yield f"the {symbol} book holds {sorted(found)}, not {sorted(resting)}"
    bid, ask = book.best_bid(), book.best_ask()
    if bid is not None and ask is not None and bid >= ask:
        yield f"{symbol} is crossed: bid {bid}, ask {ask}"


def _levels(name: str, side: BookSide) -> Findings:
    if side.keys != sorted(price * side.sign for price in side.levels):
        yield f"{name} have the prices {side.keys}, but levels at {sorted(side.levels)}"
    for price, level in side.levels.items():
        orders = list(level.orders.values())
        if not orders or level.price != price or any(order.price != price for order in orders):
            yield f"{name} at {price} hold {[(order.order_id, order.price) for order in orders]}"
        if level.lots != sum(order.open_lots for order in orders):
            yield f"{name} at {price} show {level.lots} lots, their orders have others"


def watch_lists(exchange: Exchange) -> Findings:
    """Who waits for a price is watched for exactly that price, and nobody who waits is due."""
    above: dict[Any, list[tuple[int, int]]] = {}
    below: dict[Any, list[tuple[int, int]]] = {}
    for order in exchange.orders.by_id.values():
        place = order.market, order.watches
        if order.above:
            above.setdefault(place, []).append((order.above.trigger, order.order_id))
        if order.below:
            below.setdefault(place, []).append((-order.below.trigger, order.order_id))
    for trigger in exchange.triggers.by_id.values():
        ticks = exchange.market(trigger.market).instrument.ticks(trigger.trigger_price)
        watched, key = (above, ticks) if trigger.rising else (below, -ticks)
        watched.setdefault((trigger.market, trigger.watches), []).append((key, trigger.order_id))
    for market in _markets(exchange):
        for kind, watch in market.watches.items():
            place = market.id, kind
            for name, has, wanted in (("above", watch.above, above), ("below", watch.below, below)):
                if has != sorted(wanted.get(place, [])):
                    yield f"{market.id.symbol} watches {has} {name}, not {sorted(wanted.get(place, []))}"
            due = watch.due(market.instrument.ticks(market.price(kind)))
            if due is not None:
                yield f"{due} waits, though {market.id.symbol} is at its price"


def timers_set(exchange: Exchange) -> Findings:
    """Nothing that ends by itself waits without a timer, and the timers are a heap."""
    heap = exchange.timers.heap
    set_for = {(timer.kind, timer.subject) for timer in heap if timer.environment == exchange.environment}
    for product in PRODUCTS:
        for awaited in product.awaited:
            for kind, subject in awaited(exchange):
                if (kind, subject) not in set_for:
                    yield f"{subject} waits without a timer of kind {kind}"
    if any(heap[(place - 1) // 2] > heap[place] for place in range(1, len(heap))):
        yield "the timers are no heap"


def _markets(exchange: Exchange) -> Iterator[Market[Any]]:
    for listed in exchange.markets.values():
        yield from listed.values()


CHECKS: tuple[Callable[[Exchange], Findings], ...] = (
    ledger_balances,
    held_amounts,
    open_orders,
    order_indexes,
    trigger_indexes,
    books,
    watch_lists,
    timers_set,
)
"""The checks that no product brings, in the order in which their findings are told."""
