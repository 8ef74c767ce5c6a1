"""The spot product: its groups of endpoints under one name."""

from __future__ import annotations

from typing import Generic

from papertape.contract.protocol.endpoint import T
from papertape.contract.spot.account import SpotAccount
from papertape.contract.spot.market import SpotMarket
from papertape.contract.spot.plan import SpotPlan
from papertape.contract.spot.trade import SpotTrade
from papertape.contract.spot.wallet import SpotWallet


class Spot(Generic[T]):
    """The spot product, bound to a transport."""

    def __init__(self, transport: T) -> None:
        self.market: SpotMarket[T] = SpotMarket(transport)
        self.trade: SpotTrade[T] = SpotTrade(transport)
        self.plan: SpotPlan[T] = SpotPlan(transport)
        self.account: SpotAccount[T] = SpotAccount(transport)
        self.wallet: SpotWallet[T] = SpotWallet(transport)
