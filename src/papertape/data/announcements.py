"""What the exchange has announced by the time it opens."""

from __future__ import annotations

from importlib import resources

import msgspec

from papertape.contract.internal import OpeningAnnouncement, OpeningWording

DAY_MS = 86_400_000


class _Written(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    days_before: int
    kind: str
    topic: str
    wordings: list[OpeningWording]


def opening_announcements(opened: int) -> list[OpeningAnnouncement]:
    """The packaged announcements, the oldest first, dated by the days before the opening at ``opened`` (ms)."""
    text = resources.files("papertape.data").joinpath("announcements.json").read_bytes()
    return [
        OpeningAnnouncement(
            kind=each.kind, topic=each.topic, created=opened - each.days_before * DAY_MS, wordings=each.wordings
        )
        for each in msgspec.json.decode(text, type=list[_Written])
    ]
