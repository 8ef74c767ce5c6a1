"""The client's product areas: each group of the contract, bound to a transport.

An area's contract is imported when the area is first used, so that no program waits for areas that it does not use.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Generic, TypeVar

from papertape.sdk.rest.spot import SpotMethods

if TYPE_CHECKING:
    from papertape.contract.assets import Assets
    from papertape.contract.convert import Convert
    from papertape.contract.insights import Insights
    from papertape.contract.p2p.desk import P2P
    from papertape.contract.public import Public
    from papertape.contract.subaccounts import SubaccountManagement
    from papertape.contract.tax import Tax
    from papertape.sdk.rest.control_plane import ControlPlaneMethods

T = TypeVar("T")


class Surface(Generic[T]):
    """All product areas of a client."""

    def __init__(self, transport: T) -> None:
        self._bound_to = transport

    @cached_property
    def public(self) -> Public[T]:
        """Server time, announcements and trade rates."""
        from papertape.contract.public import Public

        return Public(self._bound_to)

    @cached_property
    def spot(self) -> SpotMethods[T]:
        """Market data, orders, trigger orders, account, wallet."""
        return SpotMethods(self._bound_to)

    @cached_property
    def assets(self) -> Assets[T]:
        """What an account holds outside spot, and all of it in USDT."""
        from papertape.contract.assets import Assets

        return Assets(self._bound_to)

    @cached_property
    def convert(self) -> Convert[T]:
        """One coin for another at a quoted price, and small balances for BGB."""
        from papertape.contract.convert import Convert

        return Convert(self._bound_to)

    @cached_property
    def subaccounts(self) -> SubaccountManagement[T]:
        """Virtual sub-accounts and their API keys."""
        from papertape.contract.subaccounts import SubaccountManagement

        return SubaccountManagement(self._bound_to)

    @cached_property
    def tax(self) -> Tax[T]:
        """Transaction records for tax returns."""
        from papertape.contract.tax import Tax

        return Tax(self._bound_to)

    @cached_property
    def insights(self) -> Insights[T]:
        """Who moves the market."""
        from papertape.contract.insights import Insights

        return Insights(self._bound_to)

    @cached_property
    def p2p(self) -> P2P[T]:
        """Merchants, advertisements, orders."""
        from papertape.contract.p2p.desk import P2P

        return P2P(self._bound_to)

    @cached_property
    def control(self) -> ControlPlaneMethods[T]:
        """The control plane; it answers on a local Papertape only."""
        from papertape.sdk.rest.control_plane import ControlPlaneMethods

        return ControlPlaneMethods(self._bound_to)
