"""A market: one instrument of one product in one environment, with its book, its data and who waits for its prices."""

from __future__ import annotations

from decimal import Decimal
from typing import Generic, TypeVar

from papertape.engine.trading.flows import Flows
from papertape.engine.trading.instruments import Instrument
from papertape.engine.trading.market_data import MarketData
from papertape.engine.trading.market_id import PRICE_KINDS, MarketId, PriceKind
from papertape.engine.trading.orderbook import LimitOrderBook
from papertape.engine.trading.watches import Watch

InstrumentT = TypeVar("InstrumentT", bound=Instrument)


class Market(Generic[InstrumentT]):
    """One instrument's market. ``mark`` is its mark price, None where the product has none."""

    __slots__ = ("book", "data", "flows", "id", "instrument", "mark", "watches")

    def __init__(self, market_id: MarketId, instrument: InstrumentT) -> None:
        self.id, self.instrument = market_id, instrument
        self.book = LimitOrderBook()
        self.data = MarketData(market_id.product, instrument)
        self.flows = Flows()
        self.mark: Decimal | None = None
        self.watches: dict[PriceKind, Watch] = {kind: Watch() for kind in PRICE_KINDS}

    @property
    def last(self) -> Decimal:
        """The last price, the opening price before any trade."""
        return self.data.last

    def price(self, kind: PriceKind) -> Decimal:
        """The price of this kind; the last price stands in for a mark price that there is not."""
        return self.data.last if kind == "last" or self.mark is None else self.mark
