"""What the operator announces, everybody reads."""

from __future__ import annotations

from typing import Any

import pytest

from papertape.contract.control import (
    ControlAnnouncement,
    CreateAnnouncement,
    ListAllAnnouncements,
    RemoveAnnouncement,
    Translation,
)
from papertape.contract.public import Announcement, ListAnnouncements
from papertape.engine.state import digest
from papertape.operations.control.announcements import announcements as listed
from papertape.operations.control.announcements import create_announcement, remove_announcement
from papertape.operations.public import announcements as read
from tests.bank import OPENED, Bank

DAY = 86_400_000
CHINESE = Translation(language="zh-cn", title="上线", url="https://example.org/zh")


def announce(bank: Bank, title: str = "Listed", **fields: Any) -> ControlAnnouncement:
    asked = CreateAnnouncement(**{"announcement_type": "coin_listings", "title": title} | fields)
    return bank.do(create_announcement, "operator", asked)


def seen(bank: Bank, language: str = "en_US", **fields: Any) -> list[Announcement]:
    return bank.do(read, "alice", ListAnnouncements(language=language, **fields))


def test_an_announcement_is_read_as_it_was_written() -> None:
    bank = Bank()
    bank.wait(5000)
    made = announce(bank, subtype="spot", text="From noon.", url="https://example.org/en")
    [one] = seen(bank)

    assert (one.announcement_id, one.title, one.text) == (made.announcement_id, "Listed", "From noon.")
    assert (one.announcement_type, one.announcement_subtype) == ("coin_listings", "spot")
    assert (one.created, one.language, one.url) == (OPENED + 5000, "en_US", "https://example.org/en")


def test_a_translation_is_read_where_there_is_one_and_english_elsewhere() -> None:
    bank = Bank()
    announce(bank, "Translated", translations=[CHINESE])
    announce(bank, "English only")

    assert [(one.language, one.title) for one in seen(bank, "zh_CN")] == [("en_US", "English only"), ("zh_CN", "上线")]
    assert [one.language for one in seen(bank, "fr_FR")] == ["en_US", "en_US"]


def test_an_announcement_taken_back_is_gone_in_every_language() -> None:
    bank = Bank()
    made = announce(bank, translations=[CHINESE])
    bank.do(remove_announcement, "operator", RemoveAnnouncement(announcement_id=made.announcement_id))

    assert seen(bank) == seen(bank, "zh_CN") == bank.do(listed, "operator", ListAllAnnouncements()) == []
    again = RemoveAnnouncement(announcement_id=made.announcement_id)
    assert bank.code(remove_announcement, "operator", again) == "40034"


def test_the_operator_lists_them_with_their_translations() -> None:
    bank = Bank()
    announce(bank, "First", translations=[CHINESE])
    announce(bank, "Second")
    second, first = bank.do(listed, "operator", ListAllAnnouncements())

    assert (second.title, second.translations) == ("Second", [])
    assert (first.translations[0].language, first.translations[0].title) == ("zh_CN", "上线")
    assert [one.title for one in bank.do(listed, "operator", ListAllAnnouncements(limit=1))] == ["Second"]


def test_a_months_old_announcement_is_forgotten_with_the_next() -> None:
    bank = Bank()
    announce(bank, "Old")
    bank.wait(31 * DAY)
    assert seen(bank) == []
    announce(bank, "New")

    assert [one.title for one in bank.do(listed, "operator", ListAllAnnouncements())] == ["New"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"title": "x" * 257}, "40020"),
        ({"text": "x" * 4097}, "40020"),
        ({"url": "x" * 513}, "40020"),
        ({"subtype": "x" * 65}, "40020"),
        ({"translations": [Translation(language="Chinese", title="x")]}, "40020"),
        ({"translations": [CHINESE, CHINESE]}, "40020"),
        ({"translations": [Translation(language="en_US", title="x")]}, "40020"),
        ({"translations": [CHINESE] * 21}, "40058"),
    ],
)
def test_an_announcement_that_cannot_be_is_refused(fields: dict[str, Any], code: str) -> None:
    asked = CreateAnnouncement(**{"announcement_type": "latest_news", "title": "x"} | fields)
    assert Bank().code(create_announcement, "operator", asked) == code


def test_announcements_survive_a_snapshot() -> None:
    bank = Bank()
    announce(bank, translations=[CHINESE])
    before = digest(bank.exchange)
    bank.restart()

    assert digest(bank.exchange) == before
    assert [one.title for one in seen(bank, "zh_CN")] == ["上线"]
