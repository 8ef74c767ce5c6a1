"""Every channel of which nothing may be missed, put together from what the products bring."""

from __future__ import annotations

from papertape.sdk.streams.spot.tracked_channels import SPOT_TRACKERS
from papertape.sdk.streams.tracking.tracker import TrackerOf

TRACKERS: dict[tuple[str, str], TrackerOf] = {
    **SPOT_TRACKERS,
}
"""By product (``instType``) and channel: two products have channels of one name."""
