"""Tracks orders over a gap: looks for those that changed among the open and the past ones.

Past orders are listed by when they were made, so those that were open before the gap are remembered, and asked for
one by one when they are open no more.
"""

from __future__ import annotations

import logging
from abc import abstractmethod
from typing import Any

from papertape.contract.protocol.channel import Topic
from papertape.sdk.exceptions import BitgetError
from papertape.sdk.rest.async_client import AsyncClient
from papertape.sdk.streams.tracking.events import EventTracker
from papertape.sdk.streams.tracking.tracker import UNKNOWN, Missed

logger = logging.getLogger("papertape.stream")

MOST_OPEN = 10_000
"""Open orders that are remembered."""


class OpenTracker(EventTracker):
    """Delivers each state of an order once and remembers the open ones: their id and when they were made."""

    ended: frozenset[str]
    """The statuses after which nothing more happens to an order."""

    def __init__(self, topic: Topic, rest: AsyncClient) -> None:
        super().__init__(topic, rest)
        self.open: dict[str, int] = {}
        self._knows_open = False

    @abstractmethod
    async def listed(self) -> tuple[list[Any], bool]:
        """List the open orders as messages, and whether these are all."""

    async def begin(self) -> None:
        """Note what is open already: its present state need not be delivered."""
        try:
            await super().begin()
            rows, self._knows_open = await self.listed()
        except BitgetError as error:
            logger.info("what is open could not be listed: %s", error)
            return
        for row in rows:
            self.seen.add(self.key(row))
            self.open.setdefault(row.order_id, row.created)

    def note(self, row: Any) -> None:
        """Remember whether the order is open."""
        super().note(row)
        if row.status in self.ended:
            self.open.pop(row.order_id, None)
        else:
            self.open[row.order_id] = row.created
            if len(self.open) > MOST_OPEN:
                del self.open[next(iter(self.open))]
                self._knows_open = False

    async def missed(self) -> Missed:
        """Fetch every order that is open, was made since the gap began, or was open before it and no longer is."""
        if not self.since:
            return UNKNOWN
        listed, all_listed = await self.listed()
        gone = self.open.keys() - {row.order_id for row in listed}
        past, all_past = await self.past(sorted(gone, key=int_or_zero))
        rows = sorted((*listed, *past), key=lambda row: (row.updated, int_or_zero(row.order_id)))
        complete = all_listed and all_past and self._knows_open
        # From now on all open orders are known again.
        self._knows_open = all_listed
        return Missed([row for row in rows if row.updated >= self.since], complete)

    @abstractmethod
    async def past(self, gone: list[str]) -> tuple[list[Any], bool]:
        """List the orders of the gap that are no longer open, ``gone`` among them, and whether these are all."""


def int_or_zero(order_id: str) -> int:
    """Return an id as a number: ids grow with time."""
    return int(order_id) if order_id.isdigit() else 0
