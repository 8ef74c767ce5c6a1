"""Every call that must not be made twice, put together from what the products bring."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from papertape.sdk.recovery.course import Recovery
from papertape.sdk.recovery.spot.table import SPOT_RECOVERIES

RECOVERIES: Mapping[str, Recovery[Any, Any]] = {
    **SPOT_RECOVERIES,
}
"""By the endpoint's path. A call that is not here and whose answer is lost raises, and is never sent again."""
