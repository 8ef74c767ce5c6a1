"""Orders that changed while a socket was down: looked for among the open and the past ones.

Past orders are listed by when they were made, so those that were open before the gap are kept in mind, and asked for
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
"""Open orders that are kept in mind."""


class OpenTracker(EventTracker):
    """Tells each state of an order once, and keeps in mind which are open: their id and when they were made."""

    ended: frozenset[str]
    """The statuses after which nothing more happens to an order."""

    def __init__(self, topic: Topic, rest: AsyncClient) -> None:
        super().__init__(topic, rest)
        self.open: dict[str, int] = {}
        self._knows_open = False

    @abstractmethod
    async def listed(self) -> tuple[list[Any], bool]:
        """The open orders as messages, and whether these are all."""

    async def begin(self) -> None:
        """Notes what is open already: how it stands now need not be told."""
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
        """Keeps in mind whether the order is open."""
        super().note(row)
        if row.status in self.ended:
            self.open.pop(row.order_id, None)
        else:
            self.open[row.order_id] = row.created
            if len(self.open) > MOST_OPEN:
                del self.open[next(iter(self.open))]
                self._knows_open = False

    async def missed(self) -> Missed:
        """Every order that is open, was made since the gap began, or was open before it and is no more."""
        if not self.since:
            return UNKNOWN
        listed, all_listed = await self.listed()
        gone = self.open.keys() - {row.order_id for row in listed}
        past, all_past = await self.past(sorted(gone, key=int_or_zero))
        rows = sorted((*listed, *past), key=lambda row: (row.updated, int_or_zero(row.order_id)))
        complete = all_listed and all_past and self._knows_open
        # What is open now is known again, whatever was not before.
        self._knows_open = all_listed
        return Missed([row for row in rows if row.updated >= self.since], complete)

    @abstractmethod
    async def past(self, gone: list[str]) -> tuple[list[Any], bool]:
        """The orders of the gap that are open no more, ``gone`` among them, and whether these are all."""


def int_or_zero(order_id: str) -> int:
    """An id as a number: ids grow with time."""
    return int(order_id) if order_id.isdigit() else 0
