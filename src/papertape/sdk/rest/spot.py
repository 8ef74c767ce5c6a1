"""Spot over REST: its groups of endpoints, each loaded when it is first used."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from papertape.contract.spot.account import SpotAccount
    from papertape.contract.spot.market import SpotMarket
    from papertape.contract.spot.plan import SpotPlan
    from papertape.contract.spot.trade import SpotTrade
    from papertape.contract.spot.wallet import SpotWallet

T = TypeVar("T")


class SpotMethods(Generic[T]):
    """Spot: market data, orders, trigger orders, account, wallet."""

    def __init__(self, transport: T) -> None:
        self._bound_to = transport

    @cached_property
    def market(self) -> SpotMarket[T]:
        """Market data."""
        from papertape.contract.spot.market import SpotMarket

        return SpotMarket(self._bound_to)

    @cached_property
    def trade(self) -> SpotTrade[T]:
        """Orders and fills."""
        from papertape.contract.spot.trade import SpotTrade

        return SpotTrade(self._bound_to)

    @cached_property
    def plan(self) -> SpotPlan[T]:
        """Trigger orders."""
        from papertape.contract.spot.plan import SpotPlan

        return SpotPlan(self._bound_to)

    @cached_property
    def account(self) -> SpotAccount[T]:
        """Balances, bills and transfer records."""
        from papertape.contract.spot.account import SpotAccount

        return SpotAccount(self._bound_to)

    @cached_property
    def wallet(self) -> SpotWallet[T]:
        """Transfers, deposits and withdrawals."""
        from papertape.contract.spot.wallet import SpotWallet

        return SpotWallet(self._bound_to)
