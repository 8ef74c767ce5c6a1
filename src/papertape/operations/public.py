"""Public information: server time, announcements, and the caller's own trade rates."""

from __future__ import annotations

from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected
from papertape.contract.protocol.wire import Amount, Nothing, Timestamp
from papertape.contract.public import (
    Announcement,
    AskAllTradeRates,
    AskTradeRate,
    ListAnnouncements,
    Public,
    ServerTime,
    SymbolTradeRate,
    TradeRate,
)
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.public.announcements import ENGLISH, PublishedAnnouncement, language_code
from papertape.engine.public.announcing import MONTH_MS, newest_first
from papertape.engine.spot.fees import rates
from papertape.engine.spot.markets import spot_market, spot_markets
from papertape.operations.paging import DAY_MS, page
from papertape.operations.registry import Caller, query

MOST_ANNOUNCEMENTS = 100
ANNOUNCED_DAYS = MONTH_MS // DAY_MS


@query(Public.time)
def time(exchange: Exchange, caller: Caller, request: Nothing) -> ServerTime:
    """Return the time that signatures are checked against, which clients set their clocks by; else the market's."""
    return ServerTime(server_time=Timestamp(caller.time or exchange.now))


@query(Public.announcements)
def announcements(exchange: Exchange, caller: Caller, request: ListAnnouncements) -> list[Announcement]:
    """Return the last month's announcements, newest first; in English where they are not in the language wanted."""
    wanted = page(
        limit=request.limit,
        most=MOST_ANNOUNCEMENTS,
        before=request.cursor,
        start=request.start_time,
        end=request.end_time,
        days=ANNOUNCED_DAYS,
    )
    language = language_code(request.language) or ENGLISH
    since = max(wanted.start or 0, exchange.now - MONTH_MS)
    until = exchange.now if wanted.end is None else wanted.end
    found = [
        one
        for one in newest_first(exchange)
        if request.announcement_type in (None, one.kind)
        and since <= one.created <= until
        and (wanted.before is None or one.announcement_id < wanted.before)
    ]
    return [_announcement(one, language) for one in found[: wanted.limit]]


@query(Public.trade_rate)
def trade_rate(exchange: Exchange, caller: Caller, request: AskTradeRate) -> TradeRate:
    """Return the caller's rates for one symbol; 40034 where the business line does not have it."""
    if request.business_type == "mix":
        raise Rejected(errors.PARAMETER_DOES_NOT_EXIST.of(request.symbol))
    maker, taker = rates(exchange.account(caller.uid), spot_market(exchange, request.symbol).instrument)
    return TradeRate(maker_fee_rate=Amount(maker), maker_rate=Amount(maker), taker_fee_rate=Amount(taker))


@query(Public.all_trade_rates)
def all_trade_rates(exchange: Exchange, caller: Caller, request: AskAllTradeRates) -> list[SymbolTradeRate]:
    """Return the caller's rates for every symbol of a business line; margin trades at spot rates."""
    if request.business_type == "mix":
        return []
    account = exchange.account(caller.uid)
    markets = spot_markets(exchange).values() if request.symbol is None else [spot_market(exchange, request.symbol)]
    asked = [market.instrument for market in markets]
    found = []
    for instrument in asked:
        maker, taker = rates(account, instrument)
        found.append(
            SymbolTradeRate(
                symbol=instrument.symbol,
                maker_fee_rate=Amount(maker),
                maker_rate=Amount(maker),
                taker_fee_rate=Amount(taker),
            )
        )
    return found


def _announcement(one: PublishedAnnouncement, language: str) -> Announcement:
    wording = one.in_language(language)
    return Announcement(
        announcement_id=str(one.announcement_id),
        title=wording.title,
        text=wording.text,
        created=Timestamp(one.created),
        language=wording.language,
        url=wording.url,
        announcement_type=one.kind,
        announcement_subtype=one.topic,
    )
