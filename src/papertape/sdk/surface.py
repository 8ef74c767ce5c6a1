"""The client's tree of product areas: each group of the contract, bound to a transport."""

from __future__ import annotations

from typing import Generic, TypeVar

from papertape.contract.assets import Assets
from papertape.contract.control import Control, FaultControl
from papertape.contract.control.p2p import P2PControl
from papertape.contract.convert import Convert
from papertape.contract.insights import Insights
from papertape.contract.p2p import P2P
from papertape.contract.public import Public
from papertape.contract.spot.account import SpotAccount
from papertape.contract.spot.market import SpotMarket
from papertape.contract.spot.plan import SpotPlan
from papertape.contract.spot.trade import SpotTrade
from papertape.contract.spot.wallet import SpotWallet
from papertape.contract.subaccounts import SubaccountManagement
from papertape.contract.tax import Tax

T = TypeVar("T")


class Spot(Generic[T]):
    """Spot: market data, orders, trigger orders, account, wallet."""

    def __init__(self, transport: T) -> None:
        self.market: SpotMarket[T] = SpotMarket(transport)
        self.trade: SpotTrade[T] = SpotTrade(transport)
        self.plan: SpotPlan[T] = SpotPlan(transport)
        self.account: SpotAccount[T] = SpotAccount(transport)
        self.wallet: SpotWallet[T] = SpotWallet(transport)


class ControlPlane(Control[T]):
    """The control plane; ``p2p`` is its P2P desk, ``faults`` makes things go wrong."""

    def __init__(self, transport: T) -> None:
        super().__init__(transport)
        self.p2p: P2PControl[T] = P2PControl(transport)
        self.faults: FaultControl[T] = FaultControl(transport)


class Surface(Generic[T]):
    """Every product area; ``control`` answers on a local Papertape only."""

    def __init__(self, transport: T) -> None:
        self.public: Public[T] = Public(transport)
        self.spot: Spot[T] = Spot(transport)
        self.assets: Assets[T] = Assets(transport)
        self.convert: Convert[T] = Convert(transport)
        self.subaccounts: SubaccountManagement[T] = SubaccountManagement(transport)
        self.tax: Tax[T] = Tax(transport)
        self.insights: Insights[T] = Insights(transport)
        self.p2p: P2P[T] = P2P(transport)
        self.control: ControlPlane[T] = ControlPlane(transport)
