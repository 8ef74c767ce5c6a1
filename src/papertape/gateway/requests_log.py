"""The last requests, for whoever asks what a client really sent.

Kept in memory only. Headers and bodies are not recorded, so no secret can be.
"""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import NamedTuple

from papertape.contract.control import LoggedRequest

LAST_REQUESTS = 1000
LONGEST_TARGET = 1024


class AnsweredRequest(NamedTuple):
    """One answered request; the fields are those of ``LoggedRequest``, ``target`` is path and query."""

    time: int
    method: str
    target: str
    uid: int
    key: str
    ip: str
    status: int
    code: str
    microseconds: int
    fault: str = ""

    def shown(self) -> LoggedRequest:
        """The entry as the control plane shows it."""
        path, _, query = self.target.partition("?")
        return LoggedRequest(
            time=self.time,
            method=self.method,
            path=path,
            query=query,
            uid=self.uid,
            key=self.key,
            ip=self.ip,
            status=self.status,
            code=self.code,
            microseconds=self.microseconds,
            fault=self.fault,
        )


class RequestsLog:
    """A ring of the last 1000 requests."""

    def __init__(self) -> None:
        self._last: deque[AnsweredRequest] = deque(maxlen=LAST_REQUESTS)

    def add(self, entry: AnsweredRequest) -> None:
        """Remembers one answered request."""
        if len(entry.target) > LONGEST_TARGET:
            entry = entry._replace(target=entry.target[:LONGEST_TARGET])
        self._last.append(entry)

    def newest(self, limit: int, *, uid: int | None = None, path: str | None = None) -> list[LoggedRequest]:
        """The last ``limit`` requests, newest first, of one account and of one path if asked."""
        found = (
            entry
            for entry in reversed(self._last)
            if uid in (None, entry.uid) and path in (None, entry.target.partition("?")[0])
        )
        return [entry.shown() for entry in islice(found, limit)]
