"""A request as it came in, before anything about it is believed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class IncomingRequest(NamedTuple):
    """``target`` is path and query as sent, ``headers`` have lower-case names, ``peer`` is the client's address.

    ``now`` is the gateway's time of arrival in Unix milliseconds.
    """

    method: str
    target: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    peer: str
    now: int
