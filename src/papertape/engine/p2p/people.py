"""Who trades on the desk: names, merchants, and where sellers are paid. And what others see of it."""

from __future__ import annotations

import re

from msgspec.structs import replace

from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.p2p import advertisements
from papertape.engine.p2p.desk import MOST_MERCHANTS, Certificate, Desk, DeskPerson, Merchant
from papertape.engine.p2p.payments import find_method

LONGEST_TEXT = 128
"""Letters of a name, an address, an account."""
MOST_CERTIFICATES = 5
_EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@]{1,60}\.[^\s@.]{1,24}")
_MOBILE = re.compile(r"\+?[0-9]{4,20}", re.ASCII)


def check_text(name: str, text: str) -> None:
    """Refuses a text that is too long or not printable (40020)."""
    if len(text) > LONGEST_TEXT or not (text == "" or text.isprintable()):
        raise Rejected(errors.PARAMETER_ERROR.of(name))


def identify(exchange: Exchange, uid: int, person: DeskPerson) -> DeskPerson:
    """Says who a user is; what the desk knew of them is replaced, the accounts they are paid on stay.

    Refuses texts that are too long and an email or phone number that cannot be one (40020), and a country that is
    not two letters (60026).
    """
    check_text("realName", person.real_name)
    if person.country and not advertisements.is_country(person.country):
        raise Rejected(errors.COUNTRY_NOT_ALLOWED)
    if person.email and not _EMAIL.fullmatch(person.email):
        raise Rejected(errors.PARAMETER_ERROR.of("email"))
    if person.mobile and not _MOBILE.fullmatch(person.mobile):
        raise Rejected(errors.PARAMETER_ERROR.of("mobile"))
    known = replace(person, accounts=exchange.part(Desk).person(uid).accounts)
    exchange.part(Desk).people[uid] = known
    return known


def set_payment_account(exchange: Exchange, uid: int, payment_id: str, details: tuple[str, ...]) -> DeskPerson:
    """Says where a seller is paid: one text for each detail of the method; 60028 if they are not its details."""
    method = find_method(payment_id)
    if len(details) != len(method.details):
        raise Rejected(errors.PAYMENT_METHOD_WRONG)
    for text in details:
        check_text("details", text)
    known = exchange.part(Desk).person(uid)
    person = replace(known, accounts=known.accounts | {payment_id: details})
    exchange.part(Desk).people[uid] = person
    return person


def register(exchange: Exchange, uid: int, nick_name: str, certificates: tuple[Certificate, ...] = ()) -> Merchant:
    """Makes a main account a merchant, offline at first.

    Refuses frozen accounts (40024), sub-accounts (40048), who is a merchant already and a name that is taken or cannot
    be one (40020), more certificates or merchants than there may be (40058).
    """
    desk, account = exchange.part(Desk), exchange.account(uid)
    if account.frozen:
        raise Rejected(errors.ACCOUNT_FROZEN)
    if account.parent:
        raise Rejected(errors.KEY_MUST_BE_MAIN)
    if uid in desk.merchants:
        raise Rejected(errors.PARAMETER_ERROR.of("uid"))
    check_text("nickName", nick_name)
    if not nick_name or any(merchant.nick_name == nick_name for merchant in desk.merchants.values()):
        raise Rejected(errors.PARAMETER_ERROR.of("nickName"))
    if len(certificates) > MOST_CERTIFICATES:
        raise Rejected(errors.MAXIMUM_ALLOWED.of("certificates", MOST_CERTIFICATES))
    for certificate in certificates:
        check_text("imageUrl", certificate.image_url)
        check_text("desc", certificate.text)
    if len(desk.merchants) >= MOST_MERCHANTS:
        raise Rejected(errors.MAXIMUM_ALLOWED.of("merchants", MOST_MERCHANTS))
    merchant = Merchant(
        merchant_id=exchange.next_id(),
        uid=uid,
        nick_name=nick_name,
        registered=exchange.now,
        certificates=certificates,
    )
    desk.merchants[uid] = merchant
    return merchant


def set_online(exchange: Exchange, uid: int, online: bool) -> Merchant:
    """Brings a merchant online or takes them offline, and with them what they advertise.

    Refuses who is no merchant (60005), and to bring online whose account is frozen (40024).
    """
    merchant = replace(exchange.part(Desk).merchant(uid), online=online)
    if online and exchange.account(uid).frozen:
        raise Rejected(errors.ACCOUNT_FROZEN)
    exchange.part(Desk).merchants[uid] = merchant
    if not online:
        advertisements.take_offline(exchange, uid)
    return merchant


def masked_email(email: str) -> str:
    """An email as the documentation shows it: ``******@*****.com``."""
    return f"******@*****.{email.rpartition('.')[2]}" if email else ""


def masked_mobile(mobile: str) -> str:
    """A phone number as the documentation shows it, the first and the last two digits: ``18*34``."""
    digits = mobile.removeprefix("+")
    return f"{digits[:2]}*{digits[-2:]}" if digits else ""


def masked_account(value: str) -> str:
    """An account as the documentation shows it, the first two characters: ``11****``."""
    return f"{value[:2]}****" if value else ""
