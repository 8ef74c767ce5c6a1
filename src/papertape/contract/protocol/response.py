"""What a caller gets who asks for the whole answer instead of the reply alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar

import msgspec

R = TypeVar("R")

REMAINING = "x-mbx-used-remain-limit"


class Response(msgspec.Struct, Generic[R], frozen=True):
    """An answer as it came: ``data`` is the reply, for a path without declaration its JSON as Python values.

    ``content`` is the body's bytes, ``headers`` have lower-case names, ``request_time`` is the exchange's clock in
    ms (0: not told), ``latency`` is in seconds, from the first byte out to the last one in.
    """

    data: R
    status: int
    headers: Mapping[str, str]
    content: bytes
    request_time: int = 0
    latency: float = 0.0

    @property
    def remaining(self) -> int | None:
        """How many more calls this endpoint takes in the current second, if the exchange tells."""
        quota = self.headers.get(REMAINING, "")
        return int(quota) if quota.isdecimal() else None
