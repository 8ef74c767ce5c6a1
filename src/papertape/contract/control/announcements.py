"""The control plane's announcements: what the exchange tells its users."""

from __future__ import annotations

from papertape.contract.protocol.wire import Reply, Request
from papertape.contract.public import AnnouncementType, AnnouncementTypeWord


class Translation(Request):
    """An announcement in a further language, ``zh_CN`` for instance."""

    language: str
    title: str
    text: str = ""
    url: str = ""


class CreateAnnouncement(Request):
    """A new announcement in English, and in other languages where that is wanted; its time is the market's."""

    announcement_type: AnnouncementType
    title: str
    subtype: str = ""
    text: str = ""
    url: str = ""
    translations: list[Translation] | None = None


class RemoveAnnouncement(Request):
    """An announcement to take back."""

    announcement_id: str


class ListAllAnnouncements(Request):
    """Announcements, the newest first; 100 unless told, at most 500."""

    limit: int | None = None


class AnnouncementTranslation(Reply):
    """An announcement in a further language."""

    language: str
    title: str
    text: str
    url: str


class ControlAnnouncement(Reply):
    """An announcement: English first, then its translations; ``created`` is Unix milliseconds."""

    announcement_id: str
    announcement_type: AnnouncementTypeWord
    subtype: str
    title: str
    text: str
    url: str
    created: int
    translations: list[AnnouncementTranslation]
