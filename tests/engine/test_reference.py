"""Random order flows give the same fills, books and balances as a slow, obvious exchange."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from papertape.contract.protocol.errors import Rejected
from papertape.engine.spot.markets import spot_markets
from papertape.engine.state import digest, dump, load
from papertape.engine.trading.records import FillRecord, Side, TradeRecord
from tests.engine.reference import Reference
from tests.market import UIDS, Market

Flow = list[tuple[Any, ...]]

WHO = st.sampled_from(sorted(UIDS))
PLACE = st.tuples(
    st.just("place"),
    WHO,
    st.sampled_from(["buy", "sell"]),
    st.integers(96, 104),
    st.integers(1, 30),
    st.sampled_from(["gtc", "gtc", "gtc", "ioc", "fok", "post_only"]),
    st.sampled_from(["none", "none", "cancel_taker", "cancel_maker", "cancel_both"]),
)
CANCEL = st.tuples(st.just("cancel"), st.integers(0, 40))
FLOW = st.lists(st.one_of(PLACE, PLACE, PLACE, CANCEL), max_size=60)


@settings(max_examples=150)
@given(FLOW)
def test_random_flows_match_the_reference(flow: Flow) -> None:
    market, reference = Market(**dict.fromkeys(UIDS, "2000 USDT, 20 BTC")), Reference()
    for who in UIDS:
        reference.add(who, "USDT", Decimal(2000))
        reference.add(who, "BTC", Decimal(20))
    placed: list[tuple[str, str]] = []
    trades: list[tuple[str, Decimal, Decimal, str, str]] = []
    for step in flow:
        try:
            act(market, reference, placed, step)
        except Rejected:
            continue
        trades += trades_of(market)
    assert trades == reference.fills
    assert book_of(market) == reference.book()
    assert balances_of(market) == {key: amount for key, amount in reference.balances.items() if amount}
    assert not any(market.exchange.ledger.totals().values())


@settings(max_examples=40)
@given(FLOW, FLOW)
def test_a_dumped_and_loaded_exchange_goes_on_as_if_nothing_had_happened(
    before: Flow,
    after: Flow,
) -> None:
    market, placed = Market(**dict.fromkeys(UIDS, "2000 USDT, 20 BTC")), []
    play(market, placed, before)
    other = Market()
    other.exchange = load(dump(market.exchange))
    play(market, list(placed), after)
    play(other, list(placed), after)
    assert digest(other.exchange) == digest(market.exchange)


def play(market: Market, placed: list[tuple[str, str]], flow: Flow) -> None:
    for step in flow:
        try:
            act(market, Reference(), placed, step)
        except Rejected:
            continue


def act(market: Market, reference: Reference, placed: list[tuple[str, str]], step: tuple[Any, ...]) -> None:
    """Does one step on both exchanges; the market refuses first, then the reference is not asked."""
    if step[0] == "cancel":
        market.exchange.events = []
        if step[1] < len(placed):
            market.cancel(*placed[step[1]])
            reference.cancel(step[1])
        return
    _, who, side, price, tenths, force, stp = step
    size = Decimal(tenths) / 10
    order = f"{size} @ {price} {force}"
    order_id = (market.buy if side == "buy" else market.sell)(who, order, stp_mode=stp)
    reference.place(len(placed), who, side, Decimal(price), size, force, stp)
    placed.append((who, order_id))


def trades_of(market: Market) -> list[tuple[str, Decimal, Decimal, str, str]]:
    names = {uid: who for who, uid in UIDS.items()}
    sides: dict[int, dict[str, str]] = {}
    for fill in market.happened(FillRecord):
        sides.setdefault(fill.trade_id, {})[fill.scope] = names[fill.uid]
    return [
        (trade.side, trade.size, trade.price, sides[trade.trade_id]["maker"], sides[trade.trade_id]["taker"])
        for trade in market.happened(TradeRecord)
    ]


def book_of(market: Market) -> dict[str, list[tuple[Decimal, Decimal]]]:
    found, book = spot_markets(market.exchange)["BTCUSDT"].instrument, spot_markets(market.exchange)["BTCUSDT"].book
    sides: tuple[Side, Side] = ("buy", "sell")
    return {side: [(found.price(ticks), found.size(lots)) for ticks, lots in book.depth(side, 999)] for side in sides}


def balances_of(market: Market) -> dict[tuple[str, str, str], Decimal]:
    held = {}
    for who, uid in UIDS.items():
        for coin, balance in market.exchange.ledger.coins(uid, "spot").items():
            for bucket in ("available", "frozen"):
                if amount := getattr(balance, bucket):
                    held[who, coin, bucket] = amount
    return held
