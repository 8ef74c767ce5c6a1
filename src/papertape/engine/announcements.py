"""What the exchange announces; the operator writes it, everybody reads it."""

from __future__ import annotations

import msgspec


class Announcement(msgspec.Struct, frozen=True, kw_only=True):
    """One announcement in one language (``en_US``, ``zh_CN``); ``kind`` and ``topic`` are Bitget's words.

    ``created`` is its time in Unix milliseconds.
    """

    announcement_id: int
    kind: str
    topic: str = ""
    title: str
    text: str = ""
    language: str = "en_US"
    url: str = ""
    created: int
