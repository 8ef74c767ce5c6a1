"""The spot channels of which nothing may be missed, and how what was missed of each is fetched."""

from __future__ import annotations

from collections.abc import Mapping

from papertape.contract.spot import streams
from papertape.contract.spot.streams import SPOT
from papertape.sdk.streams.spot.order_trackers import OrderTracker, PlanOrderTracker
from papertape.sdk.streams.spot.trackers import AccountTracker, FillTracker, TradeTracker
from papertape.sdk.streams.tracking.tracker import TrackerOf

SPOT_TRACKERS: Mapping[tuple[str, str], TrackerOf] = {
    (SPOT, streams.trade.name): TradeTracker,
    (SPOT, streams.fill.name): FillTracker,
    (SPOT, streams.account.name): AccountTracker,
    (SPOT, streams.orders.name): OrderTracker,
    (SPOT, streams.plan_orders.name): PlanOrderTracker,
}
"""By product (``instType``) and channel."""
