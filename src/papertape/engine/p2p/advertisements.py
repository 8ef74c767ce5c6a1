"""Advertisements: what merchants buy and sell, on which terms.

An advertisement to sell freezes what is left of it in the merchant's funding wallet. It leaves the desk for history
once it is completed, all taken or closed by its merchant, and none of its orders is open any more.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from msgspec.structs import replace

from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected
from papertape.contract.protocol.wire import plain
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.money import ZERO, down, is_multiple
from papertape.engine.funds.coins import Coin
from papertape.engine.p2p.desk import MOST_ADVERTISEMENTS, WALLET, Desk, advertised, available, tell
from papertape.engine.p2p.fiats import find_fiat
from papertape.engine.p2p.payments import find_method
from papertape.engine.p2p.records import AdvertisementRecord
from papertape.engine.trading.records import Side

MOST_PAYMENT_METHODS = 5
LONGEST_PAYMENT_MINUTES = 24 * 60
LONGEST_LABEL = 500
MOST_COUNTRIES = 50
MOST_ORDERS_COUNTED = 1_000_000
"""The largest number that a limit of orders may be."""
RATE_PLACES = 2
LARGEST = Decimal(1_000_000_000_000)
"""Of prices, sizes and amounts."""


def draft(
    exchange: Exchange,
    *,
    uid: int,
    side: Side,
    coin: str,
    fiat: str,
    price: Decimal,
    size: Decimal,
    minimum: Decimal,
    maximum: Decimal = ZERO,
    payment_ids: str,
    pay_minutes: int = 15,
    label: str = "",
    hidden: bool = False,
    least_completed: int = 0,
    most_completed: int = 0,
    orders_each: int = 0,
    merchants_allowed: bool = True,
    least_completion_rate: Decimal = ZERO,
    countries: str = "",
) -> AdvertisementRecord:
    """An advertisement to be posted; with a ``maximum`` of 0 or above its worth one order may take it all."""
    return AdvertisementRecord(
        advertisement_id=0,
        uid=uid,
        side=side,
        coin=coin.upper(),
        fiat=fiat.upper(),
        price=price,
        size=size,
        filled=ZERO,
        held=ZERO,
        minimum=minimum,
        maximum=maximum,
        payment_ids=payment_ids,
        pay_minutes=pay_minutes,
        label=label,
        hidden=hidden,
        status="online",
        deals=0,
        failed=0,
        least_completed=least_completed,
        most_completed=most_completed,
        orders_each=orders_each,
        merchants_allowed=merchants_allowed,
        least_completion_rate=least_completion_rate,
        countries=countries,
        created=exchange.now,
        updated=exchange.now,
    )


def remaining(advertisement: AdvertisementRecord) -> Decimal:
    """What can still be ordered, in the coin."""
    return advertisement.size - advertisement.filled - advertisement.held


def post(exchange: Exchange, asked: AdvertisementRecord) -> AdvertisementRecord:
    """Posts an advertisement: it is online at once.

    Refuses users who are frozen (40024), no merchants (60011) or offline (60012), one too many (60045), terms that
    cannot be (see ``check``) and, for sales, coins that are not there (60013).
    """
    desk = exchange.part(Desk)
    merchant = desk.merchants.get(asked.uid)
    if merchant is None:
        raise Rejected(errors.NOT_ALLOWED_TO_ADVERTISE)
    if exchange.account(asked.uid).frozen:
        raise Rejected(errors.ACCOUNT_FROZEN)
    if not merchant.online:
        raise Rejected(errors.MERCHANT_OFFLINE)
    if sum(one.uid == asked.uid for one in desk.advertisements.values()) >= MOST_ADVERTISEMENTS:
        raise Rejected(errors.TOO_MANY_ADVERTISEMENTS)
    fitted = check(exchange, asked)
    _cover(exchange, fitted, fitted.size)
    posted = replace(fitted, advertisement_id=exchange.next_id())
    _freeze(exchange, posted, posted.size)
    return _keep(exchange, posted)


def edit(exchange: Exchange, edited: AdvertisementRecord) -> AdvertisementRecord:
    """Puts new terms in place of an advertisement's; it stays in editing.

    Refuses one that is not being edited (60044) and what ``post`` would refuse; open orders keep their terms.
    """
    current = exchange.part(Desk).advertisement(edited.advertisement_id)
    if current.status != "editing":
        raise Rejected(errors.ADVERTISEMENT_NOT_IN_EDITING)
    fitted = check(exchange, edited)
    more = fitted.size - current.size
    _cover(exchange, fitted, more)
    _freeze(exchange, fitted, more)
    return _keep(exchange, replace(fitted, updated=exchange.now))


def set_status(
    exchange: Exchange, advertisement_id: int, status: Literal["online", "offline", "editing"]
) -> AdvertisementRecord:
    """Brings an advertisement online, takes it offline or opens it for editing.

    Refuses one that is completed (60043), and to bring one online whose merchant is offline (60012) or frozen (40024).
    """
    current = exchange.part(Desk).advertisement(advertisement_id)
    if current.status == "completed":
        raise Rejected(errors.ADVERTISEMENT_STATUS_FIXED)
    if status == "online" and exchange.account(current.uid).frozen:
        raise Rejected(errors.ACCOUNT_FROZEN)
    if status == "online" and not exchange.part(Desk).merchant(current.uid).online:
        raise Rejected(errors.MERCHANT_OFFLINE)
    return _keep(exchange, replace(current, status=status, updated=exchange.now))


def close(exchange: Exchange, advertisement_id: int) -> AdvertisementRecord:
    """Ends an advertisement; what nobody has ordered goes back to its merchant. 60043 if it is completed."""
    current = exchange.part(Desk).advertisement(advertisement_id)
    if current.status == "completed":
        raise Rejected(errors.ADVERTISEMENT_STATUS_FIXED)
    _freeze(exchange, current, -remaining(current))
    return _keep(exchange, replace(current, status="completed", updated=exchange.now))


def take_offline(exchange: Exchange, uid: int) -> None:
    """Takes all of a merchant's advertisements offline."""
    for current in list(exchange.part(Desk).advertisements.values()):
        if current.uid == uid and current.status == "online":
            _keep(exchange, replace(current, status="offline", updated=exchange.now))


def hold(exchange: Exchange, advertisement: AdvertisementRecord, count: Decimal, uid: int) -> None:
    """Counts a new order of a customer; its coins have been moved."""
    if advertisement.orders_each:
        takers = exchange.part(Desk).takers.setdefault(advertisement.advertisement_id, {})
        takers[uid] = takers.get(uid, 0) + 1
    _keep(exchange, replace(advertisement, held=advertisement.held + count, updated=exchange.now))


def settle(exchange: Exchange, advertisement_id: int, count: Decimal, *, completed: bool) -> None:
    """Counts an order that ended. What is left is closed when it is worth less than the smallest order."""
    current = exchange.part(Desk).advertisements[advertisement_id]
    settled = replace(
        current,
        held=current.held - count,
        filled=current.filled + count if completed else current.filled,
        deals=current.deals + completed,
        failed=current.failed + (not completed),
        updated=exchange.now,
    )
    _keep(exchange, settled)
    spent = _worth(settled.fiat, settled.price, remaining(settled)) < settled.minimum
    if settled.status != "completed" and completed and spent and not settled.held:
        close(exchange, advertisement_id)


def find_p2p_coin(exchange: Exchange, name: str) -> Coin:
    """The coin of this name, in any case, if it can be traded here; 60015 if not."""
    coin = exchange.coins.get(name.upper())
    if coin is None or not coin.transferable:
        raise Rejected(errors.P2P_COIN_NOT_FOUND)
    return coin


def check(exchange: Exchange, terms: AdvertisementRecord) -> AdvertisementRecord:
    """The terms with a maximum that is no more than all of it; refuses those that cannot be.

    Unknown coins (60015) and fiats (60014); a price, size or minimum that is not positive (01001), too fine (01002)
    or too large (40053); a size below what is ordered already and a minimum above the maximum (60033); no payment
    method (60021), unknown ones, one twice or too many (60028); a payment time of less than a minute or more than a
    day (60027); a label that is too long (60025); bounds of who may take it that cannot be (40020, 60026).
    """
    coin, fiat = find_p2p_coin(exchange, terms.coin), find_fiat(terms.fiat)
    for name, value, places in (
        ("price", terms.price, fiat.price_places),
        ("size", terms.size, coin.places),
        ("minTradeAmount", terms.minimum, fiat.places),
        ("maxTradeAmount", terms.maximum or LARGEST, fiat.places),
    ):
        if value <= 0:
            raise Rejected(errors.MUST_BE_POSITIVE.of(name))
        if value > LARGEST:
            raise Rejected(errors.OUT_OF_RANGE.of(name, f"0 and {LARGEST}"))
        if not is_multiple(value, places):
            raise Rejected(errors.PRECISION_TOO_FINE.of(name, places))
    most = _worth(terms.fiat, terms.price, terms.size)
    maximum = min(terms.maximum or most, most)
    if remaining(terms) < 0 or terms.minimum > maximum:
        raise Rejected(errors.ADVERTISED_AMOUNT_INCORRECT)
    _check_payment(terms)
    _check_takers(terms)
    return replace(terms, maximum=maximum)


def _check_payment(terms: AdvertisementRecord) -> None:
    if not terms.payment_ids:
        raise Rejected(errors.PAYMENT_METHOD_EMPTY)
    wanted = terms.payment_ids.split(",")
    if len(wanted) > MOST_PAYMENT_METHODS or len(set(wanted)) != len(wanted):
        raise Rejected(errors.PAYMENT_METHOD_WRONG)
    for payment_id in wanted:
        find_method(payment_id)
    if not 1 <= terms.pay_minutes <= LONGEST_PAYMENT_MINUTES:
        raise Rejected(errors.PAYMENT_TIME_WRONG)


def _check_takers(terms: AdvertisementRecord) -> None:
    if len(terms.label) > LONGEST_LABEL:
        raise Rejected(errors.REMARK_TOO_LONG)
    for name, number in (
        ("minCompleteNum", terms.least_completed),
        ("maxCompleteNum", terms.most_completed),
        ("placeOrderNum", terms.orders_each),
    ):
        if not 0 <= number <= MOST_ORDERS_COUNTED:
            raise Rejected(errors.PARAMETER_ERROR.of(name))
    rate = terms.least_completion_rate
    if not 0 <= rate <= 1 or not is_multiple(rate, RATE_PLACES):
        raise Rejected(errors.PARAMETER_ERROR.of("completeRate30d"))
    countries = terms.countries.split(",") if terms.countries else []
    if len(countries) > MOST_COUNTRIES or not all(map(is_country, countries)):
        raise Rejected(errors.COUNTRY_NOT_ALLOWED)


def is_country(code: str) -> bool:
    """Whether the code is two letters, as countries have them."""
    return len(code) == 2 and code.isascii() and code.isupper()


def limits(advertisement: AdvertisementRecord) -> tuple[str, str]:
    """The smallest and the largest order, in fiat, as text."""
    return plain(advertisement.minimum), plain(advertisement.maximum)


def _worth(fiat: str, price: Decimal, size: Decimal) -> Decimal:
    return down(price * size, find_fiat(fiat).places)


def _cover(exchange: Exchange, advertisement: AdvertisementRecord, more: Decimal) -> None:
    if advertisement.side == "sell":
        held = exchange.ledger.balance(advertisement.uid, WALLET, advertisement.coin).available
        if held < more:
            raise Rejected(errors.P2P_BALANCE_INSUFFICIENT)


def _freeze(exchange: Exchange, advertisement: AdvertisementRecord, more: Decimal) -> None:
    """Freezes what a sale offers more than before, or gives back what it offers less."""
    if advertisement.side == "buy":
        return
    places = available(advertisement.uid), advertised(advertisement.uid)
    debit, credit = places if more > 0 else reversed(places)
    exchange.ledger.move(advertisement.coin, abs(more), debit, credit)


def _keep(exchange: Exchange, advertisement: AdvertisementRecord) -> AdvertisementRecord:
    """Puts the advertisement in its place, or lets it go when nothing can happen to it any more."""
    desk = exchange.part(Desk)
    if advertisement.status == "completed" and not advertisement.held:
        desk.advertisements.pop(advertisement.advertisement_id, None)
        desk.takers.pop(advertisement.advertisement_id, None)
    else:
        desk.advertisements[advertisement.advertisement_id] = advertisement
    tell(exchange, advertisement)
    return advertisement
