"""Making announcements, and the order in which they are read; they are the same in every environment."""

from __future__ import annotations

from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.public.announcements import ENGLISH, PublishedAnnouncement, Wording

MONTH_MS = 30 * 86_400_000
"""How long an announcement is listed."""
MOST_ANNOUNCEMENTS = 1000
"""Announcements of one month."""


def announce(
    exchange: Exchange, *, kind: str, topic: str, created: int, wordings: tuple[Wording, ...]
) -> PublishedAnnouncement:
    """Adds an announcement, no older than the last, and forgets those of past months; 40058 for too many."""
    current = [one for one in exchange.announcements if one.created >= exchange.now - MONTH_MS]
    if len(current) >= MOST_ANNOUNCEMENTS:
        raise Rejected(errors.MAXIMUM_ALLOWED.of("announcements", MOST_ANNOUNCEMENTS))
    assert wordings[0].language == ENGLISH, "the first wording is English"
    made = PublishedAnnouncement(
        announcement_id=exchange.environments["live"].next_id(),
        kind=kind,
        topic=topic,
        created=created,
        wordings=wordings,
    )
    exchange.announcements[:] = [*current, made]
    return made


def newest_first(exchange: Exchange) -> list[PublishedAnnouncement]:
    """The announcements, the last first; their ids go with their times."""
    return exchange.announcements[::-1]
