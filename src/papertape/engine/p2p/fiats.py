"""The fiat moneys that coins are advertised for."""

from __future__ import annotations

from typing import NamedTuple

from papertape.contract.protocol import errors
from papertape.contract.protocol.errors import Rejected


class Fiat(NamedTuple):
    """A fiat money: its code, its sign and its decimals; prices may have two more."""

    code: str
    symbol: str
    places: int = 2

    @property
    def price_places(self) -> int:
        """The decimals of a price."""
        return self.places + 2


FIATS = {
    fiat.code: fiat
    for fiat in (
        Fiat("AED", "د.إ"), Fiat("ARS", "$"), Fiat("AUD", "A$"), Fiat("BRL", "R$"), Fiat("CAD", "C$"),
        Fiat("CHF", "Fr"), Fiat("CNY", "￥"), Fiat("EUR", "€"), Fiat("GBP", "£"), Fiat("HKD", "HK$"),
        Fiat("IDR", "Rp", 0), Fiat("INR", "₹"), Fiat("JPY", "¥", 0), Fiat("KRW", "₩", 0), Fiat("MXN", "$"),
        Fiat("NGN", "₦"), Fiat("PHP", "₱"), Fiat("PLN", "zł"), Fiat("RUB", "₽"), Fiat("SGD", "S$"),
        Fiat("THB", "฿"), Fiat("TRY", "₺"), Fiat("UAH", "₴"), Fiat("USD", "$"), Fiat("VND", "₫", 0),
        Fiat("ZAR", "R"),
    )
}  # fmt: skip


def find_fiat(code: str) -> Fiat:
    """The fiat money of this code, in any case; 60014 if there is none."""
    fiat = FIATS.get(code.upper())
    if fiat is None:
        raise Rejected(errors.FIAT_NOT_FOUND)
    return fiat
