"""The control plane's announcements: written, listed and taken back by the operator."""

from __future__ import annotations

from papertape.contract.control import (
    AnnouncementTranslation,
    Control,
    ControlAnnouncement,
    CreateAnnouncement,
    Done,
    ListAllAnnouncements,
    RemoveAnnouncement,
    Translation,
)
from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.public.announcements import ENGLISH, PublishedAnnouncement, Wording, language_code
from papertape.engine.public.announcing import announce, newest_first
from papertape.operations.control.accounts import rows
from papertape.operations.paging import identifier
from papertape.operations.registry import Caller, command, query

LONGEST_TITLE, LONGEST_TEXT, LONGEST_URL, LONGEST_SUBTYPE = 256, 4096, 512, 64
MOST_TRANSLATIONS = 20


@command(Control.create_announcement)
def create_announcement(exchange: Exchange, caller: Caller, request: CreateAnnouncement) -> ControlAnnouncement:
    """Announce something; 40020 for a text that is too long, 40058 when too much is announced."""
    if len(request.subtype) > LONGEST_SUBTYPE:
        raise Rejected(errors.PARAMETER_ERROR.of("subtype"))
    made = announce(
        exchange,
        kind=request.announcement_type,
        topic=request.subtype,
        created=exchange.now,
        wordings=_wordings(request),
    )
    return _view(made)


@command(Control.remove_announcement)
def remove_announcement(exchange: Exchange, caller: Caller, request: RemoveAnnouncement) -> Done:
    """Take an announcement back, in all its languages; 40034 if there is none of this id."""
    number = identifier("announcementId", request.announcement_id)
    kept = [one for one in exchange.announcements if one.announcement_id != number]
    if len(kept) == len(exchange.announcements):
        raise Rejected(errors.PARAMETER_DOES_NOT_EXIST.of("announcementId"))
    exchange.announcements[:] = kept
    return Done()


@query(Control.announcements)
def announcements(exchange: Exchange, caller: Caller, request: ListAllAnnouncements) -> list[ControlAnnouncement]:
    """Tell what is announced, the newest first."""
    return [_view(one) for one in newest_first(exchange)[: rows(request.limit)]]


def _wordings(request: CreateAnnouncement) -> tuple[Wording, ...]:
    """Read the wordings, English first, one for each language."""
    translations = request.translations or []
    if len(translations) > MOST_TRANSLATIONS:
        raise Rejected(errors.MAXIMUM_ALLOWED.of("translations", MOST_TRANSLATIONS))
    english = Translation(language=ENGLISH, title=request.title, text=request.text, url=request.url)
    found = tuple(_wording(each) for each in (english, *translations))
    if len({wording.language for wording in found}) < len(found):
        raise Rejected(errors.PARAMETER_ERROR.of("translations"))
    return found


def _wording(translation: Translation) -> Wording:
    for name, text, longest in (
        ("title", translation.title, LONGEST_TITLE),
        ("text", translation.text, LONGEST_TEXT),
        ("url", translation.url, LONGEST_URL),
    ):
        if len(text) > longest:
            raise Rejected(errors.PARAMETER_ERROR.of(name))
    language = language_code(translation.language)
    if language is None:
        raise Rejected(errors.PARAMETER_ERROR.of("language"))
    return Wording(language=language, title=translation.title, text=translation.text, url=translation.url)


def _view(one: PublishedAnnouncement) -> ControlAnnouncement:
    english, *others = one.wordings
    return ControlAnnouncement(
        announcement_id=str(one.announcement_id),
        announcement_type=one.kind,
        subtype=one.topic,
        title=english.title,
        text=english.text,
        url=english.url,
        created=one.created,
        translations=[
            AnnouncementTranslation(language=wording.language, title=wording.title, text=wording.text, url=wording.url)
            for wording in others
        ],
    )
