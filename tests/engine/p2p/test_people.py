"""What others see of personal data."""

from __future__ import annotations

import pytest

from papertape.engine.p2p.people import masked_account, masked_email, masked_mobile


@pytest.mark.parametrize(
    ("email", "shown"),
    [("someone@example.com", "******@*****.com"), ("a@b.co.uk", "******@*****.uk"), ("", "")],
)
def test_of_an_email_only_its_ending_is_seen(email: str, shown: str) -> None:
    assert masked_email(email) == shown


@pytest.mark.parametrize(("mobile", "shown"), [("18012341234", "18*34"), ("+4915112345678", "49*78"), ("", "")])
def test_of_a_phone_number_two_digits_on_either_end_are_seen(mobile: str, shown: str) -> None:
    assert masked_mobile(mobile) == shown


@pytest.mark.parametrize(("account", "shown"), [("1188", "11****"), ("DE89370400440532013000", "DE****"), ("", "")])
def test_of_an_account_its_beginning_is_seen(account: str, shown: str) -> None:
    assert masked_account(account) == shown
