"""Convert: quotes, conversions, and small balances that become BGB."""

from __future__ import annotations

from papertape.contract.convert import (
    AskQuote,
    Conversion,
    ConversionFee,
    ConversionPage,
    Convert,
    ConvertCoin,
    Converted,
    ConvertSmallBalances,
    ListConversions,
    ListSmallBalanceConversions,
    Quote,
    SmallBalance,
    SmallBalanceConversion,
    SmallBalanceFee,
    SmallBalanceOrder,
    SmallBalanceOrders,
    SmallBalances,
    TakeQuote,
)
from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected
from papertape.contract.protocol.wire import Amount, Count, Nothing, Timestamp
from papertape.engine.convert import conversions, quoting
from papertape.engine.convert.records import ConversionRecord, SmallBalanceRecord
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.funds.coins import Coin
from papertape.engine.spot.valuation import usdt_price
from papertape.operations.paging import identifier, optional_identifier, page
from papertape.operations.ports import History
from papertape.operations.registry import Caller, command, history, query

RECORDS = 20
"""Rows of a page unless told."""
MOST_RECORDS = 100
MOST_COINS = 100
"""Small balances in one request."""


@query(Convert.currencies)
def currencies(exchange: Exchange, caller: Caller, request: Nothing) -> list[ConvertCoin]:
    """Return every coin that has a price, with what the caller's spot wallet has of it."""
    coins = [coin for coin in exchange.coins.values() if usdt_price(exchange, coin.name)]
    return [_convert_coin(exchange, caller.uid, coin) for coin in coins]


@command(Convert.quoted_price)
def quoted_price(exchange: Exchange, caller: Caller, request: AskQuote) -> Quote:
    """Make a quote. Refuses no size (40019), both sizes or twice the same coin (40020)."""
    sold = quoting.convertible(exchange, request.from_coin)
    bought = quoting.convertible(exchange, request.to_coin)
    if sold is bought:
        raise Rejected(errors.PARAMETER_ERROR.of("toCoin"))
    if request.from_coin_size is None and request.to_coin_size is None:
        raise Rejected(errors.PARAMETER_EMPTY.of("fromCoinSize"))
    if request.from_coin_size is not None and request.to_coin_size is not None:
        raise Rejected(errors.PARAMETER_ERROR.of("toCoinSize"))
    quote = quoting.issue(exchange, caller.uid, sold, bought, request.from_coin_size, request.to_coin_size)
    return Quote(
        fee=Amount(0),
        from_coin_size=Amount(quote.from_size),
        from_coin=quote.from_coin,
        price=Amount(quote.price),
        to_coin_size=Amount(quote.to_size),
        to_coin=quote.to_coin,
        trace_id=str(quote.trace_id),
    )


@command(Convert.trade)
def trade(exchange: Exchange, caller: Caller, request: TakeQuote) -> Converted:
    """Take a quote; 12022 unless coins, sizes and price are the quote's own."""
    quote = quoting.find(exchange, caller.uid, identifier("traceId", request.trace_id))
    asked = (request.from_coin.upper(), request.from_coin_size, request.to_coin.upper(), request.to_coin_size)
    promised = (quote.from_coin, quote.from_size, quote.to_coin, quote.to_size)
    if asked != promised or request.price != quote.price:
        raise Rejected(errors.QUOTE_TAMPERED)
    done = conversions.take(exchange, quote)
    return Converted(
        time=Timestamp(done.created),
        price=Amount(done.price),
        to_coin_size=Amount(done.to_size),
        to_coin=done.to_coin,
    )


@history(Convert.records)
async def records(exchange: Exchange, past: History, caller: Caller, request: ListConversions) -> ConversionPage:
    """Return the caller's conversions, newest first."""
    wanted = page(
        limit=request.limit,
        default=RECORDS,
        most=MOST_RECORDS,
        before=request.id_less_than,
        start=request.start_time,
        end=request.end_time,
    )
    rows = [
        Conversion(
            id=str(row.conversion_id),
            time=Timestamp(row.created),
            price=Amount(row.price),
            fee=Amount(row.fee),
            from_coin_size=Amount(row.from_size),
            from_coin=row.from_coin,
            to_coin_size=Amount(row.to_size),
            to_coin=row.to_coin,
        )
        for row in await past.rows(ConversionRecord, wanted, uid=caller.uid)
    ]
    return ConversionPage(data_list=rows, end_id=rows[-1].id if rows else "")


@query(Convert.small_balances)
def small_balances(exchange: Exchange, caller: Caller, request: Nothing) -> SmallBalances:
    """Return the caller's balances that are small enough, and what they would become at the book's best prices."""
    return SmallBalances(
        coin_list=[
            SmallBalance(
                coin=found.coin,
                available=Amount(found.amount),
                estimate=Amount(found.bgb),
                precision=Count(conversions.BGB_PLACES),
                fee_detail=[SmallBalanceFee(fee_rate=Amount(conversions.SMALL_BALANCE_FEE), fee=Amount(found.fee))],
                time=Timestamp(exchange.now),
            )
            for found in conversions.small_balances(exchange, caller.uid)
        ]
    )


@command(Convert.convert_small_balances)
def convert_small_balances(exchange: Exchange, caller: Caller, request: ConvertSmallBalances) -> SmallBalanceOrders:
    """Convert the small balances of all these coins or of none; 40020 for a coin named twice."""
    if len(request.coin_list) > MOST_COINS:
        raise Rejected(errors.MAXIMUM_ALLOWED.of("coinList", MOST_COINS))
    coins = [quoting.convertible(exchange, name.strip()).name for name in request.coin_list]
    if len(dict.fromkeys(coins)) < len(coins):
        raise Rejected(errors.PARAMETER_ERROR.of("coinList"))
    orders = conversions.sweep(exchange, caller.uid, coins)
    return SmallBalanceOrders(
        order_list=[SmallBalanceOrder(coin=order.from_coin, order_id=str(order.order_id)) for order in orders]
    )


@history(Convert.small_balance_records)
async def small_balance_records(
    exchange: Exchange, past: History, caller: Caller, request: ListSmallBalanceConversions
) -> list[SmallBalanceConversion]:
    """Return the caller's small balances that became BGB, newest first."""
    wanted = page(
        limit=request.limit,
        default=RECORDS,
        most=MOST_RECORDS,
        before=request.id_less_than,
        start=request.start_time,
        end=request.end_time,
    )
    order_id = optional_identifier("orderId", request.order_id)
    return [
        SmallBalanceConversion(
            order_id=str(row.order_id),
            from_coin=row.from_coin,
            from_amount=Amount(row.from_amount),
            from_coin_price=Amount(row.from_price),
            to_coin=row.to_coin,
            to_amount=Amount(row.to_amount),
            to_coin_price=Amount(row.to_price),
            fee_detail=[ConversionFee(fee_coin=row.fee_coin, fee=Amount(row.fee))],
            status=row.status,
            time=Timestamp(row.created),
            created=Timestamp(row.created),
        )
        for row in await past.rows(SmallBalanceRecord, wanted, uid=caller.uid, order_id=order_id)
    ]


def _convert_coin(exchange: Exchange, uid: int, coin: Coin) -> ConvertCoin:
    least, most = quoting.bounds(exchange, coin)
    return ConvertCoin(
        coin=coin.name,
        available=Amount(exchange.ledger.balance(uid, "spot", coin.name).available),
        maximum=Amount(most),
        minimum=Amount(least),
    )
