"""What the exchange announces; the operator writes it, everybody reads it for a month.

Source: documentation, "Query Announcements": English and Chinese; other languages fall back to English.
"""

from __future__ import annotations

import re

import msgspec

ENGLISH = "en_US"

_LANGUAGE = re.compile("([a-z]{2})[_-]([a-z]{2})", re.ASCII | re.IGNORECASE)


class Wording(msgspec.Struct, frozen=True, kw_only=True):
    """An announcement in one language (``en_US``, ``zh_CN``)."""

    language: str
    title: str
    text: str = ""
    url: str = ""


class PublishedAnnouncement(msgspec.Struct, frozen=True, kw_only=True):
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


def language_code(text: str) -> str | None:
    """A language as Bitget writes it (``zh_CN``) from any case, with a hyphen or an underscore; None if it is none."""
    found = _LANGUAGE.fullmatch(text)
    return f"{found[1].lower()}_{found[2].upper()}" if found else None
