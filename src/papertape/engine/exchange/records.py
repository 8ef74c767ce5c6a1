"""The base of all records: the events that operations emit and that history keeps.

Ids are integers that only grow; times are Unix milliseconds of market time; amounts are exact decimals.
"""

from __future__ import annotations

import msgspec

Owner = tuple[str, int | str]
"""Whose a record is: a product's instrument's (its symbol), or a product line's user's (a UID)."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened."""

    @property
    def owner(self) -> Owner | None:
        """Who is told of it on a stream, if anybody."""
        return None
