"""The base of all records: the events that operations emit and that history keeps.

Ids are integers that only grow; times are Unix milliseconds of market time; amounts are exact decimals.
"""

from __future__ import annotations

import msgspec


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened."""
