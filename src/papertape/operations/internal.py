"""The exchange's own commands: opening it, letting timers fire, and what its simulated people do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial

import msgspec
from msgspec.structs import replace

from papertape.contract.internal import (
    DeskActions,
    DeskOffer,
    Internal,
    MarketActions,
    MarketOrders,
    OpenExchange,
    OpeningAccount,
    OpeningBalance,
)
from papertape.contract.protocol.errors import Rejected
from papertape.contract.protocol.wire import Nothing
from papertape.engine.accounts.accounts import Account, ApiKey
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.firing_timers import fire_due
from papertape.engine.exchange.money import ZERO
from papertape.engine.funds.bills import GRANT, post_bill
from papertape.engine.funds.coins import Coin
from papertape.engine.funds.ledger import ISSUANCE, LedgerAccount
from papertape.engine.p2p import advertisements, people
from papertape.engine.p2p import orders as deals
from papertape.engine.p2p.desk import DeskPerson
from papertape.engine.public.announcements import Wording
from papertape.engine.public.announcing import announce
from papertape.engine.spot.instruments import SpotInstrument
from papertape.engine.spot.markets import SPOT, list_instrument
from papertape.engine.trading.firing import submit
from papertape.engine.trading.matching import cancel
from papertape.engine.trading.records import CandleRecord, Force, OrderType, Side
from papertape.engine.trading.terms import OrderRequest, terms_of
from papertape.operations.registry import Caller, command


@command(Internal.open)
def open_exchange(exchange: Exchange, caller: Caller, request: OpenExchange) -> None:
    """List coins and instruments, open accounts and credit what they start with: the first entry of every log."""
    assert not exchange.opened, "the exchange is open already"
    exchange.shared.seed, exchange.shared.opened = request.seed, exchange.now
    for coin in msgspec.convert(request.coins, list[Coin]):
        exchange.coins[coin.name] = coin
    for environment in exchange.environments.values():
        _open_markets(environment, request)
    for account in request.accounts:
        _open_account(exchange, account)
    for one in request.announcements:
        wordings = tuple(Wording(**msgspec.structs.asdict(wording)) for wording in one.wordings)
        announce(exchange, kind=one.kind, topic=one.topic, created=one.created, wordings=wordings)


@command(Internal.tick)
def tick(exchange: Exchange, caller: Caller, request: Nothing) -> None:
    """Fire every timer that is due at the entry's time."""
    fire_due(exchange)


@command(Internal.market_actions)
def market_actions(exchange: Exchange, caller: Caller, request: MarketActions) -> MarketOrders:
    """Cancel, then place, what one of the market's own traders wants; pass over what is refused or gone."""
    for order_id in request.cancels:
        order = exchange.orders.find(SPOT, caller.uid, order_id, None)
        if order is not None:
            cancel(exchange, order)
    return MarketOrders(order_ids=[_trade(exchange, caller.uid, request.symbol, row) for row in request.orders])


@command(Internal.desk_actions)
def desk_actions(exchange: Exchange, caller: Caller, request: DeskActions) -> None:
    """Do what one of the P2P desk's own people wants; what is refused is passed over."""
    for act in _desk_steps(exchange, caller.uid, request):
        try:
            act()
        except Rejected:
            continue


def _desk_steps(exchange: Exchange, uid: int, request: DeskActions) -> Iterator[Callable[[], object]]:
    if request.real_name:
        person = DeskPerson(real_name=request.real_name, country=request.country, verified=True)
        yield partial(people.identify, exchange, uid, person)
    if request.nick_name:
        yield partial(people.register, exchange, uid, request.nick_name)
    if request.online is not None:
        yield partial(people.set_online, exchange, uid, request.online)
    for advertisement_id in request.closes:
        yield partial(advertisements.close, exchange, advertisement_id)
    for offer in request.offers:
        yield partial(_advertise, exchange, uid, offer)
    for advertisement_id, price in request.prices:
        yield partial(_reprice, exchange, advertisement_id, price)
    for advertisement_id in request.resumes:
        yield partial(advertisements.set_status, exchange, advertisement_id, "online")
    for advertisement_id, count in request.takes:
        asked = deals.NewOrder(uid=uid, advertisement_id=advertisement_id, count=count)
        yield partial(deals.place, exchange, asked)
    for step, order_ids in (
        (deals.pay, request.pays),
        (deals.release, request.releases),
        (deals.cancel, request.cancels),
        (deals.appeal, request.appeals),
    ):
        yield from (partial(step, exchange, order_id) for order_id in order_ids)


def _advertise(exchange: Exchange, uid: int, offer: DeskOffer) -> None:
    terms = advertisements.draft(exchange, uid=uid, **msgspec.structs.asdict(offer))
    advertisements.post(exchange, terms)


def _reprice(exchange: Exchange, advertisement_id: int, price: Decimal) -> None:
    """Change an advertisement's price by editing it, as every merchant does; one order may still take all of it."""
    current = advertisements.set_status(exchange, advertisement_id, "editing")
    advertisements.edit(exchange, replace(current, price=price, maximum=ZERO))
    advertisements.set_status(exchange, advertisement_id, "online")


def _trade(exchange: Exchange, uid: int, symbol: str, row: tuple[Side, Force, OrderType, Decimal, Decimal]) -> int:
    side, force, order_type, price, size = row
    new = OrderRequest(
        symbol=symbol,
        side=side,
        order_type=order_type,
        size=size,
        force=force,
        price=price or None,
        stp_mode="cancel_maker",
    )
    try:
        order = terms_of(SPOT).check(exchange, uid, new)
    except Rejected:
        return 0
    submit(exchange, order)
    return order.order_id


def _open_markets(exchange: Exchange, request: OpenExchange) -> None:
    """List the instruments, each with the 24 hours before."""
    for instrument in msgspec.convert(request.instruments, list[SpotInstrument]):
        market = list_instrument(exchange, instrument)
        hours = [hour for hour in request.hours if hour.symbol == instrument.symbol]
        market.data.seed_window(CandleRecord(product=SPOT, **msgspec.structs.asdict(hour)) for hour in hours)


def _open_account(exchange: Exchange, opening: OpeningAccount) -> None:
    uid = opening.uid
    assert uid not in exchange.accounts, f"account {uid} opened twice"
    exchange.accounts[uid] = Account(
        uid=uid,
        name=opening.name,
        parent=opening.parent_uid,
        registered=exchange.now,
        vip_level=opening.vip_level,
    )
    for key in opening.keys:
        exchange.keys[key.key] = ApiKey(
            key=key.key,
            uid=uid,
            kind=key.kind,
            secret=key.secret,
            passphrase=key.passphrase,
            permissions=tuple(key.permissions),
            ips=tuple(key.ips),
            label=key.label,
            demo=key.demo,
            created=exchange.now,
        )
    _grant(exchange, uid, opening.balances)
    demo = opening.balances if opening.demo_balances is None else opening.demo_balances
    _grant(exchange.environments["demo"], uid, demo)


def _grant(exchange: Exchange, uid: int, balances: list[OpeningBalance]) -> None:
    for balance in balances:
        exchange.ledger.move(balance.coin, balance.amount, ISSUANCE, LedgerAccount(uid, balance.wallet))
        post_bill(exchange, uid, balance.wallet, balance.coin, balance.amount, *GRANT)
