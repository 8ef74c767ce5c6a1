"""Conversions, as state and audit know them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from papertape.engine.convert.quotes import ConvertQuote, Quotes
from papertape.engine.convert.quoting import TIMER
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.exchange.product import Findings, Part, Product
from papertape.engine.exchange.timers import Subject


def quotes(exchange: Exchange) -> Findings:
    """The quotes of each user are counted."""
    kept = exchange.part(Quotes)
    counts = Counter(quote.uid for quote in kept.by_id.values())
    for uid in exchange.accounts:
        if kept.count(uid) != counts[uid]:
            yield f"{uid} has {counts[uid]} quotes, counted as {kept.count(uid)}"


def awaited(exchange: Exchange) -> Iterator[tuple[str, Subject]]:
    """Quotes that expire."""
    for number in exchange.part(Quotes).by_id:
        yield TIMER, number


def _dump(kept: Quotes) -> list[ConvertQuote]:
    return list(kept.by_id.values())


def _load(state: Iterable[ConvertQuote]) -> Quotes:
    kept = Quotes()
    for quote in state:
        kept.add(quote)
    return kept


CONVERT = Product(
    "convert",
    parts=(Part("quotes", Quotes, list[ConvertQuote], _dump, _load),),
    checks=(quotes,),
    awaited=(awaited,),
)
