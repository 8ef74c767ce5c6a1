"""Convert quotes: a price for one coin in another, made from the order books, that one user may take once.

A quote holds for ``QUOTE_MS`` of market time and is gone when it is taken or when its timer fires. Its price is
what the books give for the amount, less ``SPREAD`` for the exchange, which takes the other side (``conversions``).
"""

from __future__ import annotations

from decimal import Decimal

from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected
from papertape.engine.convert.quotes import ConvertQuote, Quotes
from papertape.engine.convert.routes import cost, proceeds
from papertape.engine.exchange.exchange import FIRST_ID, Exchange
from papertape.engine.exchange.firing_timers import on_timer, set_timer
from papertape.engine.exchange.money import divide_down, divide_up, down, ratio, step, trimmed, up
from papertape.engine.funds.coins import Coin
from papertape.engine.funds.transfers import require_decimals
from papertape.engine.spot.valuation import usdt_price

QUOTE_MS = 8_000
"""How long a quote holds (documentation, "Convert": 8 seconds)."""
SPREAD = Decimal("0.001")
"""The exchange's share of what the books give."""
SMALLEST, LARGEST = Decimal(1), Decimal(100_000)
"""What one quote may be for, in USDT."""
PRICE_DIGITS = 15
"""Digits of a price: as many as a client that reads it into a float gives back unchanged."""
MOST_PER_USER = 100
MOST_QUOTES = 20_000
"""Quotes that wait to be taken."""
TIMER = "quote_expiry"


@on_timer(TIMER)
def expire(exchange: Exchange, trace_id: int, due: int) -> None:
    """Forgets a quote that nobody took."""
    exchange.part(Quotes).remove(trace_id)


def convertible(exchange: Exchange, name: str) -> Coin:
    """The coin of this name, in any case; 43131 if there is none or nothing says what it is worth."""
    coin = exchange.coins.get(name.upper())
    if coin is None or not usdt_price(exchange, coin.name):
        raise Rejected(errors.NOT_CONVERTIBLE.of(name))
    return coin


def bounds(exchange: Exchange, coin: Coin) -> tuple[Decimal, Decimal]:
    """The least and the most of a coin that one quote may be for: its worth in USDT, in round numbers of the coin."""
    price = usdt_price(exchange, coin.name)
    least, most = divide_up(SMALLEST, price, 18), divide_down(LARGEST, price, 18)
    least = up(least, min(coin.places, -least.adjusted()))
    most = trimmed(down(most, min(coin.places, 1 - most.adjusted())))
    return max(trimmed(least), step(coin.places)), most


def issue(
    exchange: Exchange, uid: int, sold: Coin, bought: Coin, from_size: Decimal | None, to_size: Decimal | None
) -> ConvertQuote:
    """A new quote for one of the two sizes.

    Refuses sizes that are not positive (01001), too fine (01002), below the least (12006) or above the most
    (12007); books that are too thin for it (12014); and too many quotes waiting (12004).
    """
    assert (from_size is None) is not (to_size is None), "exactly one size is asked for"
    if from_size is not None:
        _check_size(exchange, "fromCoinSize", sold, from_size)
        given = proceeds(exchange, sold.name, bought.name, from_size) * (1 - SPREAD)
        to_size = down(given, bought.places)
    elif to_size is not None:
        _check_size(exchange, "toCoinSize", bought, to_size)
        from_size = divide_up(cost(exchange, sold.name, bought.name, to_size), 1 - SPREAD, sold.places)
    assert from_size is not None and to_size is not None
    if not from_size or not to_size:
        raise Rejected(errors.NO_QUOTE)
    if exchange.part(Quotes).count(uid) >= MOST_PER_USER or len(exchange.part(Quotes).by_id) >= MOST_QUOTES:
        raise Rejected(errors.QUOTE_FAILED)
    quote = ConvertQuote(
        trace_id=exchange.next_id(),
        uid=uid,
        from_coin=sold.name,
        from_size=from_size,
        to_coin=bought.name,
        to_size=to_size,
        price=_price(from_size, to_size),
        expires=exchange.now + QUOTE_MS,
    )
    exchange.part(Quotes).add(quote)
    set_timer(exchange, TIMER, quote.trace_id, quote.expires)
    return quote


def find(exchange: Exchange, uid: int, trace_id: int) -> ConvertQuote:
    """The user's quote of this id while it holds.

    Refuses one that has expired or was taken (12021), and one that was never made or made for another (12022).
    """
    quote = exchange.part(Quotes).by_id.get(trace_id)
    if quote is None:
        raise Rejected(errors.QUOTE_EXPIRED if FIRST_ID < trace_id <= exchange.last_id else errors.QUOTE_TAMPERED)
    if quote.uid != uid:
        raise Rejected(errors.QUOTE_TAMPERED)
    if exchange.now >= quote.expires:
        raise Rejected(errors.QUOTE_EXPIRED)
    return quote


def _check_size(exchange: Exchange, name: str, coin: Coin, size: Decimal) -> None:
    require_decimals(name, size, coin.places)
    least, most = bounds(exchange, coin)
    if size < least:
        raise Rejected(errors.BELOW_CONVERT_MINIMUM)
    if size > most:
        raise Rejected(errors.ABOVE_CONVERT_MAXIMUM)


def _price(from_size: Decimal, to_size: Decimal) -> Decimal:
    digits_before = to_size.adjusted() - from_size.adjusted() + 1
    return trimmed(ratio(to_size, from_size, max(PRICE_DIGITS - digits_before, 0)))
