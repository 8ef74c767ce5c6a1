"""What the exchange announces; the operator writes it, everybody reads it for a month.

Source: documentation, "Query Announcements": English and Chinese; other languages fall back to English.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected

if TYPE_CHECKING:
    from papertape.engine.exchange.exchange import Exchange

ENGLISH = "en_US"
MONTH_MS = 30 * 86_400_000
"""How long an announcement is listed."""
MOST_ANNOUNCEMENTS = 1000
"""Announcements of one month."""

_LANGUAGE = re.compile("([a-z]{2})[_-]([a-z]{2})", re.ASCII | re.IGNORECASE)


class Wording(msgspec.Struct, frozen=True, kw_only=True):
    """An announcement in one language (``en_US``, ``zh_CN``)."""

    language: str
    title: str
    text: str = ""
    url: str = ""


class Announcement(msgspec.Struct, frozen=True, kw_only=True):
    """One announcement, in English first; ``kind`` and ``topic`` are Bitget's words.

    ``created`` is its time in Unix milliseconds.
    """

    announcement_id: int
    kind: str
    topic: str = ""
    created: int
    wordings: tuple[Wording, ...]

    def in_language(self, language: str) -> Wording:
        """The announcement in this language, in English where it has not been translated."""
        for wording in self.wordings:
            if wording.language == language:
                return wording
        return self.wordings[0]


def announce(exchange: Exchange, *, kind: str, topic: str, created: int, wordings: tuple[Wording, ...]) -> Announcement:
    """Adds an announcement, no older than the last, and forgets those of past months; 40058 for too many."""
    current = [one for one in exchange.announcements if one.created >= exchange.now - MONTH_MS]
    if len(current) >= MOST_ANNOUNCEMENTS:
        raise Rejected(errors.MAXIMUM_ALLOWED.of("announcements", MOST_ANNOUNCEMENTS))
    assert wordings[0].language == ENGLISH, "the first wording is English"
    made = Announcement(announcement_id=exchange.next_id(), kind=kind, topic=topic, created=created, wordings=wordings)
    exchange.announcements = [*current, made]
    return made


def newest_first(exchange: Exchange) -> list[Announcement]:
    """The announcements, the last first; their ids go with their times."""
    return exchange.announcements[::-1]


def language_code(text: str) -> str | None:
    """A language as Bitget writes it (``zh_CN``) from any case, with a hyphen or an underscore; None if it is none."""
    found = _LANGUAGE.fullmatch(text)
    return f"{found[1].lower()}_{found[2].upper()}" if found else None
