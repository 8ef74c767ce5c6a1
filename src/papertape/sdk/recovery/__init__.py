"""Finds out what became of a request whose answer was lost, before anything is sent again.

Source: documentation, "Request interaction": ``clientOid`` names an order before the exchange has numbered it, and the
exchange takes each only once. So an order that is not found may be sent again under the same id: at most one
of the two is taken.
"""

from __future__ import annotations

from papertape.sdk.recovery.course import Ask, Recovery, recovered
from papertape.sdk.recovery.table import RECOVERIES

__all__ = ["RECOVERIES", "Ask", "Recovery", "recovered"]
